//! `weights`: which pages come out otherwise when a weight of the search for lost nesting moves.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::read;
use crate::resolve::weights::TERMS;
use crate::resolve::{Decisions, Model, resolve};
use crate::root::Root;
use crate::table::FieldTable;
use crate::tree::Tree;

/// By how much a weight moves, in percent.
const MOVED: [i32; 2] = [-30, 30];
/// A weight that is not there.
const REMOVED: [i32; 1] = [-100];
/// Between a contested page and the tree that is wanted of it.
const WANTED: &str = "\n==== wanted ====\n";

/// A page, with its name and what the weights as they are make of it.
struct Base {
    name: String,
    table: FieldTable,
    tree: Tree,
}

/// The table of weights, in Markdown: each with its value, what it protects, and which pages flip when it moves.
///
/// # Errors
///
/// When a page or table cannot be read or resolved.
pub fn report(root: &Root) -> anyhow::Result<String> {
    let mut model = Model::load(root)?;
    let pages = pages(root, &model)?;
    let mut out = format!(
        "Of {} pages, those whose trees change when a weight moves by {} % or {:+} %, and when it is removed:\n\n| weight | value | protects | moved | removed |\n|---|---|---|---|---|\n",
        pages.len(),
        MOVED[0],
        MOVED[1]
    );
    for (at, term) in TERMS.iter().enumerate() {
        let moved = named(&flipped(&mut model, at, &pages, &MOVED)?);
        let removed = named(&flipped(&mut model, at, &pages, &REMOVED)?);
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {moved} | {removed} |",
            term.name, term.weight, term.protects
        );
    }
    Ok(out)
}

fn named(pages: &[String]) -> String {
    match pages {
        [] => "none".to_owned(),
        [name] => name.clone(),
        [name, others @ ..] => format!("{name} and {} more", others.len()),
    }
}

/// The pages whose trees change when the weight of `term` moves by any of so many percent.
fn flipped(
    model: &mut Model,
    term: usize,
    pages: &[Base],
    moves: &[i32],
) -> anyhow::Result<Vec<String>> {
    let mut flipped = Vec::new();
    for page in pages {
        for percent in moves {
            let whole = model.weights.0[term];
            model.weights.0[term] += whole * percent / 100;
            let tree = resolve(&page.table, &Decisions::default(), model);
            model.weights.0[term] = whole;
            let tree = tree?;
            if (&tree.request, &tree.response) != (&page.tree.request, &page.tree.response) {
                flipped.push(page.name.clone());
                break;
            }
        }
    }
    Ok(flipped)
}

/// The contested pages, the made-up ones, and every committed table whose source does not show the structure outright.
fn pages(root: &Root, model: &Model) -> anyhow::Result<Vec<Base>> {
    let mut tables = Vec::new();
    for folder in ["fixtures/contested", "fixtures/pages"] {
        saved(&root.path().join(folder), &mut tables)?;
    }
    for table in FieldTable::load_all(root)? {
        if !table.shows_structure() {
            tables.push((format!("{}/{}", table.source, table.api), table));
        }
    }
    let base = |(name, table): (String, FieldTable)| {
        let tree = resolve(&table, &Decisions::default(), model)
            .with_context(|| format!("resolving {name}"))?;
        Ok(Base { name, table, tree })
    };
    tables.into_iter().map(base).collect()
}

fn saved(folder: &Path, tables: &mut Vec<(String, FieldTable)>) -> anyhow::Result<()> {
    let reading = || format!("reading the folder {}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(reading)? {
        paths.push(entry.with_context(reading)?.path());
    }
    paths.sort();
    for path in paths.iter().filter(|path| !path.ends_with("README.md")) {
        let (name, bytes) = super::page(path)?;
        let text = String::from_utf8_lossy(&bytes);
        let page = text.split_once(WANTED).map_or(&*text, |(page, _)| page);
        for table in read::tables(&name, page.as_bytes())? {
            tables.push((name.clone(), table));
        }
    }
    Ok(())
}
