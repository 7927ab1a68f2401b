//! Tables for people.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use terminal_size::terminal_size;

use crate::printable::printable;

/// On a narrow terminal, a wider column with several words is wrapped, but not to fewer characters than this.
const NEVER_BROKEN: u16 = 20;

/// The narrowest terminal, in characters, for which texts are wrapped and tables are fitted.
const NARROWEST: u16 = 30;

/// A table no wider than the terminal. If it does not fit, each cell has its own line.
pub(crate) fn table<const N: usize>(
    heads: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rows = rows.into_iter().map(Vec::from).collect();
    laid_out(heads.map(str::to_owned).to_vec(), rows)
}

/// The same for columns that are known only at run time.
pub(crate) fn laid_out(heads: Vec<String>, rows: Vec<Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().map(fit).collect();
    let table = build(heads.clone(), rows.clone(), 0);
    match fits(&table, 0) {
        true => table.to_string(),
        false => stacked(&heads, rows),
    }
}

/// Each row as several lines, a cell with its head on each.
fn stacked(heads: &[String], rows: Vec<Vec<String>>) -> String {
    let rows = rows.into_iter().map(|row| {
        let cells = heads.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
        labelled(cells.map(|(head, cell)| (head.as_str(), cell)))
    });
    rows.collect::<Vec<_>>().join("\n\n")
}

/// A table that is indented by so many characters. Control characters in its cells are escaped.
pub(crate) fn table_of(heads: Vec<String>, rows: Vec<Vec<String>>, indent: u16) -> Table {
    build(fit(heads), rows.into_iter().map(fit).collect(), indent)
}

/// The cells with control characters escaped.
fn fit(cells: Vec<String>) -> Vec<String> {
    let cells = cells.iter().map(|cell| printable(cell).into_owned());
    cells.collect()
}

/// Whether the table is no wider than the terminal. `true` if the width is unknown.
pub(crate) fn fits(table: &Table, indent: u16) -> bool {
    let Some(columns) = terminal_columns() else {
        return true;
    };
    // The frame has no wide characters: each is one column.
    let width = table
        .lines()
        .next()
        .map_or(0, |frame| frame.chars().count());
    width <= usize::from(columns.saturating_sub(indent))
}

/// The width of the terminal, or else of `COLUMNS`, which help uses, too. `None` if there is neither, or if it is too
/// narrow for a layout: then the terminal breaks the lines.
fn terminal_columns() -> Option<u16> {
    let named = || std::env::var("COLUMNS").ok()?.parse().ok();
    let columns = terminal_size().map(|(columns, _)| columns.0);
    columns
        .or_else(named)
        .filter(|columns| *columns >= NARROWEST)
}

/// Labels with texts next to them, which are wrapped at the width of the terminal.
pub(crate) fn labelled<L: Into<String>>(rows: impl IntoIterator<Item = (L, String)>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if let Some(columns) = terminal_columns() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(columns);
    }
    for (label, text) in rows {
        table.add_row([label.into(), text]);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if index == 0 {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned());
    lines.collect::<Vec<_>>().join("\n")
}

fn build(heads: Vec<String>, rows: Vec<Vec<String>>, indent: u16) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    if let Some(columns) = terminal_columns() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(columns.saturating_sub(indent));
    }
    let whole: Vec<bool> = (0..heads.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            !cells.into_iter().any(|cell| may_break(cell))
        })
        .collect();
    table.set_header(heads);
    table.add_rows(rows);
    for (column, whole) in table.column_iter_mut().zip(whole) {
        column.set_constraint(match whole {
            true => ColumnConstraint::ContentWidth,
            false => ColumnConstraint::LowerBoundary(Width::Fixed(NEVER_BROKEN)),
        });
    }
    table
}

/// Whether a cell may be wrapped: a name of several words may, a number, an amount or a code may not.
fn may_break(cell: &str) -> bool {
    cell.chars().count() > usize::from(NEVER_BROKEN) && cell.contains(' ')
}
