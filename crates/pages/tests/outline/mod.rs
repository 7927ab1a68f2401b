//! Builds small pages of each layout, resolves them, and writes their trees as one line.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::fmt::Write as _;

use pages::read;
use pages::resolve::{Decisions, Model, resolve};
use pages::table::FieldTable;
use pages::tree::{Node, Tree};

pub(crate) fn table(page: &str) -> FieldTable {
    read::page("made.txt", page.as_bytes(), "2026-01-01").unwrap()
}

/// The tree of a page, without an overlay.
pub(crate) fn tree(page: &str) -> Tree {
    resolve(&table(page), &Decisions::default(), &Model::default()).unwrap()
}

/// A Markdown page with these rows of an answer, each `name | Type`, and this sample of the answer without its
/// envelope.
pub(crate) fn markdown(rows: &str, sample: &str) -> String {
    let mut page = "# made.up.things.get\n\n# Response Struct\n\n|  |  |  |\n| --- | --- | --- |\n| Name | Type | Description |\n".to_owned();
    for row in rows.lines() {
        let _ = writeln!(page, "| {row} | words |");
    }
    if !sample.is_empty() {
        let _ = write!(
            page,
            "\n# Response\n\n```json\n{{\"made_up_things_get_response\": {sample}}}\n```\n"
        );
    }
    page
}

/// A page with bullets; the cells of `rows` are one per line, the top row first.
pub(crate) fn bullets(rows: &str, sample: &str) -> String {
    let mut page = "made.up.things.get (made up)\n\n响应参数\n\n名称 类型 示例值 描述\n".to_owned();
    for (at, cell) in rows.lines().enumerate() {
        let bullet = if at == 0 { "" } else { "  • " };
        let _ = writeln!(page, "{bullet}{cell}");
    }
    let _ = writeln!(
        page,
        "\n响应示例\n\n  • XML示例\n<made_up_things_get_response>{sample}</made_up_things_get_response>\n\n异常示例\n"
    );
    page
}

/// A flattened page; each row is `name Type`.
pub(crate) fn flattened(rows: &str, sample: &str) -> String {
    let mut page =
        "made.up.things.get\nParameter\nResponse Parameters\nName\nType\nDescription\n".to_owned();
    for row in rows.lines() {
        let _ = writeln!(page, "{}\nsome words", row.replace(' ', "\n"));
    }
    let _ = write!(
        page,
        "Error code\nError code\nError message\nSolution\nGET/POST\nmade.up.things.get\nJAVA\nPHP\n\nStreamlined Return\n{sample}\n"
    );
    page
}

/// One word per node: `name{…}`, with `[]` for a list and `?` for a field that no row documents.
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
