//! README says that its examples are short.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::PathBuf;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// The file of an example that README names in a row of its table.
fn file_of(row: &str) -> PathBuf {
    let (_, link) = row.split_once("](").unwrap_or_default();
    let path = match row.split_once("--example ") {
        Some((_, name)) => {
            let is_end = |c: char| c != '_' && !c.is_alphanumeric();
            let name = name.split(is_end).next().unwrap();
            let folders = ["crates/examples", "crates/examples/alone"];
            let mut files = folders.iter().map(|folder| format!("{folder}/{name}.rs"));
            files.find(|file| PathBuf::from(format!("{ROOT}/{file}")).exists())
        }
        None => link.split(')').next().map(str::to_owned),
    };
    PathBuf::from(format!("{ROOT}/{}", path.unwrap()))
}

#[test]
fn examples_are_as_short_as_readme_promises() {
    let readme = fs::read_to_string(format!("{ROOT}/README.md")).unwrap();
    let (_, table) = readme
        .split_once("More examples, each under sixty lines:\n")
        .unwrap();
    let table = table.split("\n#").next().unwrap();
    let rows = table
        .lines()
        .filter(|line| line.contains("--example ") || line.contains("]("));
    let lengths: Vec<_> = rows
        .map(|row| {
            let file = file_of(row);
            let text = fs::read_to_string(&file).unwrap();
            (file, text.lines().count())
        })
        .collect();
    assert!(lengths.len() >= 5, "{lengths:?}");
    for (file, lines) in lengths {
        assert!(lines < 60, "{}: {lines} lines", file.display());
    }
}
