//! Tables for people.

use comfy_table::{ContentArrangement, Table, presets};
use terminal_size::{Width, terminal_size};

use crate::printable::printable;

/// A table as wide as its content, or as the terminal where that is narrower.
pub(crate) fn table<const N: usize>(
    heads: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Table {
    let mut table = empty();
    table.set_header(heads);
    rows.into_iter().for_each(|row| {
        table.add_row(row);
    });
    table
}

/// The same where the columns are known only at run time.
pub(crate) fn table_of(heads: Vec<String>, rows: Vec<Vec<String>>) -> Table {
    let mut table = empty();
    table.set_header(heads.iter().map(|head| printable(head)));
    for row in rows {
        table.add_row(row.iter().map(|cell| printable(cell)));
    }
    table
}

fn empty() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    if let Some((Width(columns), _)) = terminal_size() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(columns);
    }
    table
}
