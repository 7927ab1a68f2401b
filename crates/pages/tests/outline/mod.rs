//! A page read and resolved, and its tree in a line.

use pages::read;
use pages::resolve::{Decisions, Model, resolve};
use pages::table::FieldTable;
use pages::tree::{Node, Tree};

pub(crate) fn table(page: &str) -> FieldTable {
    read::page("made.txt", page.as_bytes(), "2026-01-01").unwrap()
}

/// The tree of a page, without decisions of an overlay.
pub(crate) fn tree(page: &str) -> Tree {
    resolve(&table(page), &Decisions::default(), &Model::default()).unwrap()
}

/// A node per word: `name{…}`, with `[]` for a list and `?` for what no row documents.
pub(crate) fn outline(nodes: &[Node]) -> String {
    let one = |node: &Node| {
        let list = if node.list { "[]" } else { "" };
        let unknown = if node.line.is_none() { "?" } else { "" };
        let children = outline(&node.children);
        let below = if children.is_empty() {
            children
        } else {
            format!("{{ {children} }}")
        };
        format!("{}{list}{unknown}{below}", node.name)
    };
    nodes.iter().map(one).collect::<Vec<_>>().join(" ")
}
