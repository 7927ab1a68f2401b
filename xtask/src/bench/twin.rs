//! Writes packages that use the models, and their twin with serde's derive.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use super::Bench;
use super::measure::{Program, cargo};

const SERDE: &str = "serde = { version = \"1\", features = [\"derive\"] }\n";
const SERDE_JSON: &str = "serde_json = \"1\"\n";

/// A program that reads answers into the twin: `runner <json|xml> <module> <file> <iterations>`.
pub(super) fn runner(bench: &Bench<'_>) -> anyhow::Result<Program> {
    let quick_xml = "quick-xml = { version = \"0.42\", features = [\"serialize\"] }\n";
    let dependencies = [SERDE, SERDE_JSON, quick_xml].concat();
    let folder = package(
        bench,
        "runner",
        &dependencies,
        &[("twin.rs", &source(bench)?), ("main.rs", RUNNER)],
    )?;
    cargo(&folder, &["build", "--release", "--offline"])?;
    Ok(Program::new(folder.join("target/release/runner")))
}

/// The twin's source.
pub(super) fn source(bench: &Bench<'_>) -> anyhow::Result<String> {
    Program::new(
        bench
            .root
            .path()
            .join("target/release/examples/derived_twin"),
    )
    .output(&[])
}

/// Writes a package with these files under `src`, whose dependencies have the workspace's versions.
pub(super) fn package(
    bench: &Bench<'_>,
    name: &str,
    dependencies: &str,
    files: &[(&str, &str)],
) -> anyhow::Result<PathBuf> {
    let folder = bench.folder.join(name);
    let source = folder.join("src");
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n[workspace]\n"
    );
    fs::create_dir_all(&source).with_context(|| format!("creating {}", source.display()))?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(
        bench.root.path().join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )?;
    for (file, text) in files {
        fs::write(source.join(file), text).with_context(|| format!("writing {file} of {name}"))?;
    }
    Ok(folder)
}

/// The packages whose build times are compared.
pub(super) struct ToBuild {
    /// The models of the default families without any other feature.
    pub(super) bare: PathBuf,
    /// The same with serde's traits.
    pub(super) with_serde: PathBuf,
    /// Their structs with serde's derive.
    pub(super) derive: PathBuf,
    /// The default families with JSON in use: the models, and the same with serde's derive.
    pub(super) with_json: [PathBuf; 2],
    /// Every family without any other feature.
    pub(super) all: PathBuf,
    /// One in ten of their APIs with serde's derive.
    pub(super) tenth: PathBuf,
    /// serde alone.
    pub(super) serde: PathBuf,
}

/// The twin of one in ten of all APIs.
fn tenth(bench: &Bench<'_>) -> anyhow::Result<String> {
    let target = bench.folder.join("target-all");
    let target = target.display().to_string();
    let build = [
        "build",
        "--release",
        "-p",
        "aliexpress-models",
        "--features",
        "all",
        "--example",
        "derived_twin",
        "--target-dir",
        &target,
    ];
    cargo(bench.root.path(), &build)?;
    Program::new(
        bench
            .folder
            .join("target-all/release/examples/derived_twin"),
    )
    .output(&["10"])
}

/// The dependency on the models in a manifest, with these features or the default ones.
fn models(bench: &Bench<'_>, features: Option<&str>) -> String {
    let path = bench.root.path().join("crates/models");
    let path = path.display().to_string();
    let chosen = features.map_or(String::new(), |features| {
        format!(", default-features = false, features = [{features}]")
    });
    format!("aliexpress-models = {{ path = {path:?}{chosen} }}\n")
}

/// A program that reads a file as one answer, with these features of the models or the default ones.
pub(super) fn reads_one_answer(
    bench: &Bench<'_>,
    features: Option<&str>,
) -> anyhow::Result<PathBuf> {
    let name = match features {
        Some(_) => "one-answer",
        None => "one-answer-default",
    };
    package(
        bench,
        name,
        &models(bench, features),
        &[("main.rs", ONE_ANSWER)],
    )
}

/// A program that reads a file and nothing else.
pub(super) fn reads_a_file(bench: &Bench<'_>) -> anyhow::Result<PathBuf> {
    package(bench, "one-file", "", &[("main.rs", ONE_FILE)])
}

/// Writes the packages.
pub(super) fn to_build(bench: &Bench<'_>) -> anyhow::Result<ToBuild> {
    const DEFAULT: &str = "\"affiliate\", \"ds\", \"solution\", \"system\", \"trade\"";
    let models = |features: &str| models(bench, Some(features));
    let twin = source(bench)?;
    let json = [SERDE, SERDE_JSON].concat();
    let with_json = [
        package(
            bench,
            "json-models",
            &models(&format!("\"json\", {DEFAULT}")),
            &[("main.rs", JSON_MODELS)],
        )?,
        package(
            bench,
            "json-derive",
            &json,
            &[("twin.rs", &twin), ("main.rs", JSON_DERIVE)],
        )?,
    ];
    let library = |name: &str, dependencies: &str, text: &str| {
        package(bench, name, dependencies, &[("lib.rs", text)])
    };
    Ok(ToBuild {
        bare: library("bare-models", &models(DEFAULT), REEXPORT)?,
        with_serde: library(
            "serde-models",
            &models(&format!("\"serde\", {DEFAULT}")),
            REEXPORT,
        )?,
        derive: library("bare-derive", SERDE, &twin)?,
        with_json,
        all: library("all-models", &models("\"all\""), REEXPORT)?,
        tenth: library("tenth-derive", SERDE, &tenth(bench)?)?,
        serde: library("serde-alone", SERDE, "pub use serde;\n")?,
    })
}

const REEXPORT: &str = "pub use aliexpress_models;\n";

const RUNNER: &str = r#"//! Reads a file again and again.
use std::hint::black_box;
#[allow(dead_code)]
mod twin;
use twin::{aliexpress_solution_order_info_get as info, aliexpress_trade_ds_order_get as get};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let text = std::fs::read_to_string(&words[2]).unwrap();
    for _ in 0..words[3].parse::<u32>().unwrap() {
        let text = black_box(text.as_str());
        match (words[0].as_str(), words[1].as_str()) {
            ("json", "aliexpress_trade_ds_order_get") => drop(black_box(serde_json::from_str::<get::Full>(text).unwrap())),
            ("json", _) => drop(black_box(serde_json::from_str::<info::Full>(text).unwrap())),
            (_, "aliexpress_trade_ds_order_get") => drop(black_box(quick_xml::de::from_str::<get::Answer>(text).unwrap())),
            _ => drop(black_box(quick_xml::de::from_str::<info::Answer>(text).unwrap())),
        }
    }
}
"#;

const ONE_ANSWER: &str = r#"//! Reads a file as an answer.
use aliexpress_models::{decode, order_get::OrderGetAnswer};

fn main() {
    let text = std::fs::read("answer").unwrap();
    println!("{:?}", decode::<OrderGetAnswer>(&text));
}
"#;

const ONE_FILE: &str = r#"//! Reads a file.
fn main() {
    let text = std::fs::read("answer").unwrap();
    println!("{}", text.len());
}
"#;

const JSON_MODELS: &str = r#"//! Reads answers of all three APIs from standard input.
use aliexpress_models::{decode, order_create::OrderCreateAnswer, order_get::OrderGetAnswer, order_info::OrderInfoGetAnswer};

fn main() {
    let text = std::io::read_to_string(std::io::stdin()).unwrap();
    println!("{:?}", decode::<OrderCreateAnswer>(text.as_bytes()));
    println!("{:?}", decode::<OrderGetAnswer>(text.as_bytes()));
    println!("{:?}", decode::<OrderInfoGetAnswer>(text.as_bytes()));
}
"#;

const JSON_DERIVE: &str = r#"//! Reads answers of all three APIs from standard input.
#[allow(dead_code)]
mod twin;

fn main() {
    let text = std::io::read_to_string(std::io::stdin()).unwrap();
    println!("{:?}", serde_json::from_str::<twin::aliexpress_ds_order_create::Full>(&text));
    println!("{:?}", serde_json::from_str::<twin::aliexpress_trade_ds_order_get::Full>(&text));
    println!("{:?}", serde_json::from_str::<twin::aliexpress_solution_order_info_get::Full>(&text));
}
"#;
