//! Rewrites tables with tabs between the cells, as browsers copy them, as Markdown tables, line by line.

use std::borrow::Cow;

use super::page::is_blank;
use super::words::{self, Column};

/// A text, with the line number on the page for each of its lines.
pub(super) type Numbered<'t> = (Cow<'t, str>, Option<Vec<usize>>);

/// The page with each table of tabs rewritten as a Markdown table; the page itself if there is none.
pub(super) fn as_markdown(text: &str) -> Numbered<'_> {
    if !text.contains('\t') {
        return (Cow::Borrowed(text), None);
    }
    let mut output = String::with_capacity(text.len() + text.len() / 8);
    let mut numbers = Vec::new();
    let mut columns = 0;
    let mut put = |line: &str, number: usize| {
        output.push_str(line);
        output.push('\n');
        numbers.push(number);
    };
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let cells: Vec<&str> = line.split('\t').collect();
        if is_head(&cells) {
            columns = cells.len();
            put(&row(&cells), number);
            put(&format!("|{}", " --- |".repeat(columns)), number);
        } else if columns > 0 && cells.len() > 1 {
            put(&row(&cells), number);
        } else {
            columns = 0;
            put(line, number);
        }
    }
    match numbers.len() == text.lines().count() {
        // No table head was found, so the tabs have another meaning.
        true => (Cow::Borrowed(text), None),
        false => (Cow::Owned(output), Some(numbers)),
    }
}

/// Whether the cells are the head of a table of fields.
fn is_head(cells: &[&str]) -> bool {
    let columns: Vec<_> = cells
        .iter()
        .filter_map(|cell| words::column(cell))
        .collect();
    cells.len() > 1 && columns.contains(&Column::Name) && columns.contains(&Column::Type)
}

/// Cells as a row of Markdown. Blanks before a name show its depth and are kept.
fn row(cells: &[&str]) -> String {
    let cell = |cell: &&str| cell.trim_end_matches(is_blank).replace('|', "\\|");
    let cells: Vec<_> = cells.iter().map(cell).collect();
    format!("| {} |", cells.join(" | "))
}
