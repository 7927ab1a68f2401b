//! The picture in docs/architecture.md holds: each crate leans on those below it and on no other.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::Path;

/// Each crate's folder, and which crates of the workspace it may use outside of tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("crates/models", &[]),
    ("crates/signing", &[]),
    ("crates/transport", &[]),
    (
        "crates/client",
        &[
            "aliexpress-models",
            "aliexpress-signing",
            "aliexpress-transport",
        ],
    ),
    (
        "crates/sandbox",
        &["aliexpress-models", "aliexpress-signing"],
    ),
    ("crates/stores", &["aliexpress"]),
    (
        "crates/cli",
        &[
            "aliexpress",
            "aliexpress-models",
            "aliexpress-sandbox",
            "aliexpress-signing",
            "aliexpress-stores",
        ],
    ),
    ("crates/pages", &[]),
    ("xtask", &["pages"]),
];

/// What `models` may use of others' crates; all but the first only with a feature.
const MODELS_MAY_USE: &[&str] = &["serde_core", "jiff", "quick-xml", "rust_decimal"];

fn dependencies(folder: &str) -> Vec<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder)
        .join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap();
    let dependencies = table.get("dependencies").and_then(toml::Value::as_table);
    dependencies
        .map(|names| names.keys().cloned().collect())
        .unwrap_or_default()
}

#[test]
fn crates_lean_only_on_those_below() {
    for (folder, allowed) in ARROWS {
        for name in dependencies(folder) {
            let ours = name == "aliexpress"
                || name.starts_with("aliexpress-")
                || name == "xtask"
                || name == "pages";
            assert!(
                !ours || allowed.contains(&name.as_str()),
                "{folder} uses {name}, an arrow that is not in docs/architecture.md"
            );
        }
    }
}

#[test]
fn models_stays_light() {
    for name in dependencies("crates/models") {
        assert!(
            MODELS_MAY_USE.contains(&name.as_str()),
            "crates/models uses {name}; its users pull it for every stored answer, so weigh it and list it here"
        );
    }
}
