//! The pages of fixtures/pages after both stages: their tables and their trees.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::PathBuf;

use pages::commands::fields;
use pages::read;
use pages::resolve::{Decisions, Model, resolve};
use pages::root::Root;
use pages::table::FieldTable;
use pages::tree::Tree;

fn pages() -> Vec<(String, Vec<u8>)> {
    let folder = Root::workspace().path().join("fixtures/pages");
    let entries = std::fs::read_dir(&folder).expect("fixtures/pages");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name != "README.md"));
    paths.sort();
    let page = |path: PathBuf| {
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        (name, std::fs::read(&path).expect("a page"))
    };
    paths.into_iter().map(page).collect()
}

fn tree(table: &FieldTable) -> Tree {
    resolve(table, &Decisions::default(), &Model::default()).expect("the table can be resolved")
}

#[test]
fn pages_become_tables_and_tables_become_trees() {
    let pages = pages();
    assert!(pages.len() > 10);
    for (name, bytes) in pages {
        let table =
            read::page(&name, &bytes, "2026-01-01").unwrap_or_else(|error| panic!("{error}"));
        let stem = name.split('.').next().expect("a stem");
        insta::assert_snapshot!(format!("{stem}@table"), table.to_toml().expect("TOML"));
        insta::assert_snapshot!(format!("{stem}@tree"), fields::text(&tree(&table)));
    }
}

#[test]
fn every_row_is_in_the_tree_once() {
    for (name, bytes) in pages() {
        let table =
            read::page(&name, &bytes, "2026-01-01").unwrap_or_else(|error| panic!("{error}"));
        check_rows(&table);
    }
    for table in FieldTable::load_all(&Root::workspace()).expect("tables") {
        check_rows(&table);
    }
}

#[track_caller]
fn check_rows(table: &FieldTable) {
    let tree = tree(table);
    for (rows, nodes) in [
        (&table.request, &tree.request),
        (&table.response, &tree.response),
    ] {
        let mut lines = Vec::new();
        collect_lines(nodes, &mut lines);
        lines.sort_unstable();
        let wanted: Vec<usize> = rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, wanted, "{}", table.page);
    }
}

fn collect_lines(nodes: &[pages::tree::Node], lines: &mut Vec<usize>) {
    for node in nodes {
        lines.extend(node.line);
        collect_lines(&node.children, lines);
    }
}
