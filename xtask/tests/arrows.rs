//! The picture in docs/architecture.md is right: each crate uses those that its arrows point to, and no other.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The arrows of the picture: each crate, and those of the workspace that it uses outside of tests.
fn picture() -> BTreeMap<String, BTreeSet<String>> {
    let page = workspace().join("docs/architecture.md");
    let text = fs::read_to_string(page).unwrap();
    let picture = text.split("```").nth(1).unwrap();
    let arrows = picture.lines().filter_map(|line| line.split_once("──>"));
    arrows
        .map(|(from, to)| (from.trim().to_owned(), to.split(',')))
        .filter(|(from, _)| from != "your program")
        .map(|(from, to)| {
            let to = to.map(|name| name.trim().to_owned());
            (from, to.filter(|name| name != "nothing").collect())
        })
        .collect()
}

/// The crates that the picture is about, by their names in it, with their folders.
fn crates() -> BTreeMap<String, String> {
    let folders = fs::read_dir(workspace().join("crates")).unwrap();
    let names = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut crates: BTreeMap<_, _> = names
        .filter(|name| name != "examples")
        .map(|name| (name.clone(), format!("crates/{name}")))
        .collect();
    crates.insert("xtask".to_owned(), "xtask".to_owned());
    crates
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The external crates that `models` may use; all but the first only with a feature.
const MODELS_MAY_USE: &[&str] = &["serde_core", "jiff", "memchr", "quick-xml", "rust_decimal"];

fn dependencies(folder: &str) -> Vec<String> {
    let manifest = workspace().join(folder).join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap();
    let dependencies = table.get("dependencies").and_then(toml::Value::as_table);
    dependencies
        .map(|names| names.keys().cloned().collect())
        .unwrap_or_default()
}

#[test]
fn the_picture_has_the_arrows_of_the_manifests() {
    let crates = crates();
    let manifests: BTreeMap<String, BTreeSet<String>> = crates
        .iter()
        .map(|(name, folder)| {
            let used = dependencies(folder).into_iter().filter_map(|dependency| {
                let short = match dependency.as_str() {
                    "aliexpress" => "client",
                    other => other.strip_prefix("aliexpress-").unwrap_or(other),
                };
                crates.contains_key(short).then(|| short.to_owned())
            });
            (name.clone(), used.collect())
        })
        .collect();
    assert_eq!(
        picture(),
        manifests,
        "docs/architecture.md and the manifests differ"
    );
}

#[test]
fn models_has_only_the_allowed_dependencies() {
    for name in dependencies("crates/models") {
        assert!(
            MODELS_MAY_USE.contains(&name.as_str()),
            "crates/models uses {name}; its users pull it for every stored answer, so weigh it and list it here"
        );
    }
}
