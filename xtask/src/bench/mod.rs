//! Measures reading and signing, compared with a lower bound and with other programs, and writes docs/benchmarks.md.
//!
//! The figures are instructions, counted by callgrind, because clocks vary; only readers in other languages are
//! compared in wall time.

mod call;
mod compile;
mod decode;
mod first_order;
mod measure;
mod pages;
mod peers;
mod report;
mod sandbox;
mod twin;

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use ::pages::root::Root;
use measure::{Program, cargo};
use report::Table;

/// Payloads by name, with the answer's module in the derived twin.
const PAYLOADS: &[(&str, &str)] = &[
    ("order_get_1", "aliexpress_trade_ds_order_get"),
    ("order_get_20", "aliexpress_trade_ds_order_get"),
    ("order_info_1", "aliexpress_solution_order_info_get"),
    ("order_info_20", "aliexpress_solution_order_info_get"),
];

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Reading and signing; writes docs/benchmarks.md except for the other parts.
    Speed,
    /// Building the models; writes that part.
    Compile,
    /// A call of the client compared with a bare one; writes that part.
    Call,
    /// A call to the sandbox compared with one to a bare server; writes that part.
    Sandbox,
    /// The program's `decode` compared with the library; writes that part.
    Decode,
    /// Building README's first example in an empty folder; writes that part.
    FirstOrder,
}

/// Measures, prints the tables and writes them to docs/benchmarks.md.
///
/// # Errors
///
/// When valgrind is not installed, or a program cannot be built or run.
pub fn run(root: &Root, subject: Subject) -> anyhow::Result<()> {
    match subject {
        Subject::Speed => speed(root),
        Subject::Compile => {
            let bench = Bench::new(root)?;
            report(root, &[compile::table(&bench)?, compile::sizes(&bench)?])
        }
        Subject::Call => report(root, &[call::table(root)?]),
        Subject::Sandbox => report(root, &[sandbox::table(root)?]),
        Subject::Decode => report(root, &[decode::table(root)?]),
        Subject::FirstOrder => report(root, &first_order::tables(root)?),
    }
}

/// Prints the tables and writes them to docs/benchmarks.md.
fn report(root: &Root, tables: &[Table]) -> anyhow::Result<()> {
    for table in tables {
        println!("{}", table.text());
    }
    report::write(&root.path().join("docs/benchmarks.md"), tables)
}

/// Reports each table once it is measured, because the later ones take minutes on a busy machine.
fn speed(root: &Root) -> anyhow::Result<()> {
    let bench = Bench::new(root)?;
    report(root, &[bench.json()?])?;
    report(root, &[bench.xml()?])?;
    report(root, &[bench.raw()?])?;
    report(root, &[bench.signing()?])?;
    report(root, &[peers::table(&bench)?])?;
    report(root, &[pages::table(root)?])
}

/// The built programs and their folder.
struct Bench<'a> {
    root: &'a Root,
    folder: PathBuf,
    models: Program,
    signing: Program,
}

impl<'a> Bench<'a> {
    fn new(root: &'a Root) -> anyhow::Result<Self> {
        let folder = root.path().join("target/bench");
        fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        for (package, example) in [
            ("aliexpress-models", "bench_models"),
            ("aliexpress-models", "derived_twin"),
            ("aliexpress-signing", "bench_signing"),
        ] {
            cargo(
                root.path(),
                &["build", "--release", "-p", package, "--example", example],
            )?;
        }
        let example =
            |name: &str| Program::new(root.path().join("target/release/examples").join(name));
        Ok(Self {
            root,
            folder,
            models: example("bench_models"),
            signing: example("bench_signing"),
        })
    }

    /// A payload in a file, `json` or `xml`.
    fn payload(&self, name: &str, format: &str) -> anyhow::Result<PathBuf> {
        let path = self.folder.join(format!("{name}.{format}"));
        let text = self
            .models
            .output(&[&format!("print-{format}"), name, "1"])?;
        fs::write(&path, text.trim_end()).with_context(|| format!("writing {}", path.display()))?;
        Ok(path)
    }

    fn json(&self) -> anyhow::Result<Table> {
        self.reading(
            "json",
            "JSON",
            "Instructions to decode an answer into its model. The floor is serde_json skipping the text, plus \
             one copy of the value; the derive is serde's, with one strict type per field.",
            "serde's derive",
        )
    }

    fn xml(&self) -> anyhow::Result<Table> {
        self.reading(
            "xml",
            "XML",
            "The floor is quick-xml's bare reader, which only visits each event; the derive is quick-xml's serde \
             layer into the same structs as above.",
            "quick_xml::de",
        )
    }

    /// A row per payload: the models and a derive, compared with the lower bound of the format.
    fn reading(
        &self,
        format: &str,
        title: &'static str,
        note: &'static str,
        derive: &'static str,
    ) -> anyhow::Result<Table> {
        let mut table = Table::new(
            title,
            note,
            &[
                "payload",
                "bytes",
                "floor",
                "models",
                "of the floor",
                derive,
                "of the floor",
            ],
        );
        let floor_of = format!("{format}_floor");
        let twin = twin::runner(self)?;
        for (payload, module) in PAYLOADS {
            let file = self.payload(payload, format)?;
            let floor = self.models.instructions(&[&floor_of, payload])?;
            let ours = self.models.instructions(&[format, payload])?;
            let derive = twin.instructions(&[format, module, &file.to_string_lossy()])?;
            table.row(payload, fs::metadata(&file)?.len(), floor, &[ours, derive]);
        }
        Ok(table)
    }

    /// Answers without a model, compared with the tree that most programs would use.
    fn raw(&self) -> anyhow::Result<Table> {
        let mut table = Table::new(
            "Without a model",
            "Instructions of `decode_raw` for JSON, compared with serde_json decoding into its `Value`. `cargo \
             test -p aliexpress-models --test memory -- --nocapture` prints the peak memory of both.",
            &[
                "payload",
                "bytes",
                "serde_json::Value",
                "decode_raw",
                "of the Value",
            ],
        );
        for (payload, _) in PAYLOADS {
            let file = self.payload(payload, "json")?;
            let value = self.models.instructions(&["raw_value", payload])?;
            let ours = self.models.instructions(&["raw", payload])?;
            table.row(payload, fs::metadata(&file)?.len(), value, &[ours]);
        }
        Ok(table)
    }

    fn signing(&self) -> anyhow::Result<Table> {
        let mut table = Table::new(
            "Signing",
            "Instructions for the signature of one business call; the floor is one pass of the same hash over the same \
             bytes.",
            &["call", "floor", "signature", "of the floor"],
        );
        let floor = self.signing.instructions(&["hash"])?;
        let ours = self.signing.instructions(&["sign"])?;
        table.row("order.create", None, floor, &[ours]);
        Ok(table)
    }
}
