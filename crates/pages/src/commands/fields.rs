//! `fields PAGE`: prints the resolved tree of a page, without writing anything.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use crate::read;
use crate::resolve::{self, Decisions, Model};
use crate::root::Root;
use crate::tree::{Finding, Node, Tree};

/// Reads and resolves the page at `path`, with the overlay of its API if there is one.
///
/// # Errors
///
/// When the page cannot be read, or the overlay does not fit it.
pub fn tree(root: &Root, path: &Path) -> anyhow::Result<Tree> {
    let (name, bytes) = super::page(path)?;
    let tables = read::tables(&name, &bytes)?;
    let [table] = tables.as_slice() else {
        anyhow::bail!(
            "cannot show the fields of {name}: found {} APIs; wanted one",
            tables.len()
        );
    };
    let decisions = Decisions::load(root, &table.api)?;
    resolve::resolve(table, &decisions, &Model::load(root)?)
}

/// The tree as JSON for programs.
///
/// # Errors
///
/// When it cannot be written as JSON.
pub fn json(tree: &Tree) -> anyhow::Result<String> {
    #[derive(Serialize)]
    struct Api<'t> {
        api: &'t str,
        request: Vec<Field<'t>>,
        response: Vec<Field<'t>>,
    }
    let api = Api {
        api: &tree.api,
        request: fields(&tree.request),
        response: fields(&tree.response),
    };
    Ok(serde_json::to_string_pretty(&api)?)
}

#[derive(Serialize)]
struct Field<'t> {
    name: &'t str,
    #[serde(rename = "type")]
    type_text: Option<&'t str>,
    required: Option<bool>,
    list: bool,
    children: Vec<Field<'t>>,
}

fn fields(nodes: &[Node]) -> Vec<Field<'_>> {
    let mut out = Vec::with_capacity(nodes.len());
    for node in nodes {
        out.push(Field {
            name: &node.name,
            type_text: node.documented.as_deref(),
            required: node.required,
            list: node.list,
            children: fields(&node.children),
        });
    }
    out
}

/// The tree for people, followed by the findings.
pub fn text(tree: &Tree) -> String {
    let mut out = format!("{}\n", tree.api);
    for (title, nodes) in [("request", &tree.request), ("response", &tree.response)] {
        let _ = writeln!(
            out,
            "\n{title}: {} rows, {} fields",
            Tree::documented(nodes),
            Tree::count(nodes)
        );
        lines(nodes, 1, &mut out);
    }
    for (title, proven) in [("contradictions, settled", true), ("unproven", false)] {
        let of_kind: Vec<_> = tree
            .findings
            .iter()
            .filter(|finding| finding.proven == proven)
            .collect();
        if !of_kind.is_empty() {
            let _ = writeln!(out, "\n{title}: {}", of_kind.len());
        }
        for finding in of_kind {
            let _ = writeln!(out, "  {}", sentence(finding));
        }
    }
    out
}

/// A finding in one line.
pub fn sentence(finding: &Finding) -> String {
    let line = finding
        .line
        .map_or_else(String::new, |line| format!("line {line}: "));
    let path = if finding.path.is_empty() {
        String::new()
    } else {
        format!(" {}", finding.path)
    };
    format!(
        "{line}{}{path}: {}; {} ({})",
        finding.section.word(),
        finding.found,
        finding.settled,
        finding.rule.words()
    )
}

fn lines(nodes: &[Node], depth: usize, out: &mut String) {
    for node in nodes {
        let indent = "  ".repeat(depth);
        let list = if node.list { "[]" } else { "" };
        let kind = node.kind.word();
        let documented = node
            .documented
            .as_deref()
            .map_or_else(|| "undocumented".to_owned(), |text| format!("{text:?}"));
        let required = match node.required {
            Some(true) => ", required",
            Some(false) => ", optional",
            None => "",
        };
        let wrapper = node
            .wrapper
            .as_ref()
            .map_or_else(String::new, |name| format!(", of <{name}>"));
        let deprecated = if node.deprecated { ", deprecated" } else { "" };
        let line = node
            .line
            .map_or_else(String::new, |line| format!("  (line {line})"));
        let _ = writeln!(
            out,
            "{indent}{}: {kind}{list}, {documented}{required}{wrapper}{deprecated}{line}",
            node.name
        );
        lines(&node.children, depth + 1, out);
    }
}
