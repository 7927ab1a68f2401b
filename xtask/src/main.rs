//! Maintainers' tasks: `cargo xtask` lists them.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::bench::Subject;
use xtask::codegen::Mode;
use xtask::commands::{fields, import, steps};
use xtask::root::Root;
use xtask::{audit, bench, codegen};

/// Maintainers' tasks: from a saved documentation page to tables, trees and code.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    /// Folder that holds `fixtures` [default: this workspace]
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write what saved documentation pages say into fixtures/tables and fixtures/samples
    Import {
        /// Saved pages
        #[arg(required = true, value_name = "PAGE")]
        pages: Vec<PathBuf>,
    },
    /// Print the resolved field tree of a saved documentation page
    Fields {
        /// A saved page
        #[arg(value_name = "PAGE")]
        page: PathBuf,
        /// As JSON, for programs
        #[arg(long)]
        json: bool,
        /// Exit with code 1 when anything is unproven
        #[arg(long)]
        strict: bool,
    },
    /// Write the models and the pages that follow from tables and overlays
    Codegen {
        /// Write nothing; fail when anything is stale
        #[arg(long)]
        check: bool,
    },
    /// Say what a stored answer holds that its model lacks, and the reverse
    Drift {
        /// A stored answer, JSON or XML, full or simplified
        #[arg(value_name = "ANSWER")]
        answer: PathBuf,
        /// The API that gave it
        #[arg(long, value_name = "NAME")]
        api: String,
    },
    /// Run everything that must pass, printing each command
    Ci,
    /// Measure reading and signing, and write docs/benchmarks.md
    Bench {
        /// Measure what building the models costs instead
        #[arg(long)]
        compile: bool,
        /// Measure how long a fresh clone takes to its first order instead
        #[arg(long, conflicts_with_all = ["compile", "call"])]
        first_order: bool,
        /// Measure what a call of the client costs beside a bare one instead
        #[arg(long, conflicts_with = "compile")]
        call: bool,
    },
    /// Write docs/discrepancies.md: what the pages contradict and how it was settled
    Audit {
        /// Write nothing; fail when it is stale
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let root = arguments.root.map_or_else(Root::workspace, Root::at);
    match arguments.task {
        Task::Import { pages } => {
            for line in import::run(&root, &pages)? {
                show(&format!("{line}\n"))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Task::Fields { page, json, strict } => print_fields(&root, &page, json, strict),
        Task::Codegen { check } => codegen::run(&root, mode(check)).map(|()| ExitCode::SUCCESS),
        Task::Drift { answer, api } => steps::drift(&root, &answer, &api),
        Task::Bench {
            compile,
            first_order,
            call,
        } => {
            let subject = match (compile, first_order, call) {
                (true, ..) => Subject::Compile,
                (_, true, _) => Subject::FirstOrder,
                (.., true) => Subject::Call,
                _ => Subject::Speed,
            };
            bench::run(&root, subject).map(|()| ExitCode::SUCCESS)
        }
        Task::Ci => steps::ci(&root).map(|()| ExitCode::SUCCESS),
        Task::Audit { check } => audit::run(&root, mode(check)).map(|()| ExitCode::SUCCESS),
    }
}

fn mode(check: bool) -> Mode {
    if check { Mode::Check } else { Mode::Write }
}

/// Writes to standard output; whoever reads it may stop early.
fn show(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn print_fields(
    root: &Root,
    page: &std::path::Path,
    json: bool,
    strict: bool,
) -> anyhow::Result<ExitCode> {
    let tree = fields::tree(root, page)?;
    let unproven: Vec<_> = tree
        .findings
        .iter()
        .filter(|finding| !finding.proven)
        .collect();
    if json {
        show(&format!("{}\n", fields::json(&tree)?))?;
        for finding in &unproven {
            eprintln!("unproven: {}", fields::sentence(finding));
        }
    } else {
        show(&fields::text(&tree))?;
    }
    Ok(if strict && !unproven.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
