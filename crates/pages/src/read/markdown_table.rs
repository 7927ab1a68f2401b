//! The rows of Markdown tables: tables of fields, of error codes, and of a field's codes.

use super::cells::RowCells;
use super::depth::{self, NameCell};
use super::errors;
use super::found;
use super::markup::{cells, plain, single_spaced, without_markup};
use super::page::{Line, is_blank};
use super::words::{self, Column};
use crate::type_text::TypeText;

/// A row of a table with at least one cell that is not empty.
pub(crate) struct TableRow<'a> {
    /// Line of the page.
    pub line: usize,
    /// The texts between the bars.
    pub cells: Vec<&'a str>,
}

impl<'a> TableRow<'a> {
    pub(crate) fn new(line: Line<'a>) -> Option<Self> {
        if is_separator(line.text) {
            return None;
        }
        let cells = cells(line.text.trim_start_matches(is_blank));
        let shows = cells.iter().any(|cell| !plain(cell).is_empty());
        shows.then_some(Self {
            line: line.number,
            cells,
        })
    }

    pub(crate) fn text(&self, at: usize) -> String {
        self.cells
            .get(at)
            .map(|cell| single_spaced(&plain(cell)))
            .unwrap_or_default()
    }

    /// The row as a field; `None` if it has no name.
    pub(crate) fn field(&self, columns: &[Column]) -> Option<(RowCells, NameCell)> {
        let start = self.start(columns);
        let at = |column| {
            columns
                .iter()
                .position(|&c| c == column)
                .map(|at| at + start)
        };
        let text = |column| {
            at(column)
                .map(|at| self.text(at))
                .filter(|text| !text.is_empty())
        };
        let name = depth::name_cell(&without_markup(self.cells.get(at(Column::Name)?)?));
        if name.name.is_empty() {
            return None;
        }
        let last = start + columns.len();
        let mut description = text(Column::Description).unwrap_or_default();
        for extra in last..self.cells.len() {
            description.push(' ');
            description.push_str(&self.text(extra));
        }
        let cells = RowCells {
            line: self.line,
            name: name.name.clone(),
            type_text: text(Column::Type),
            required: text(Column::Required),
            example: text(Column::Example),
            limit: text(Column::Limit),
            description,
        };
        Some((cells, name))
    }

    /// The number of empty cells to skip at the front of a row with too many cells.
    fn start(&self, columns: &[Column]) -> usize {
        let spare = self.cells.len().saturating_sub(columns.len());
        let empty = self
            .cells
            .iter()
            .take_while(|cell| plain(cell).is_empty())
            .count();
        spare.min(empty)
    }

    pub(crate) fn has_type(&self, columns: &[Column]) -> bool {
        let at = columns.iter().position(|&column| column == Column::Type);
        at.is_some_and(|at| TypeText::is_known_word(&self.text(at)))
    }

    pub(crate) fn looks_like_field(&self, columns: &[Column]) -> bool {
        self.has_type(columns) && self.field(columns).is_some()
    }
}

/// The columns of a field table, from its head.
pub(crate) fn field_head(row: &TableRow<'_>) -> Option<Vec<Column>> {
    let heads: Vec<_> = (0..row.cells.len()).map(|at| row.text(at)).collect();
    let columns: Vec<_> = heads
        .iter()
        .map(|head| words::column(head).unwrap_or(Column::Description))
        .collect();
    let named = |column| heads.iter().any(|head| words::column(head) == Some(column));
    (named(Column::Name) && named(Column::Type)).then_some(columns)
}

pub(crate) fn is_code_head(text: &str) -> bool {
    let is_value = matches!(
        text.to_lowercase().as_str(),
        "value" | "enum" | "enum value" | "key" | "status" | "枚举值" | "枚举" | "值" | "编码"
    );
    is_value || errors::is_code_head(text)
}

/// The column with the codes: the one whose head says so, or else the one with the most codes.
pub(crate) fn code_column(rows: &[TableRow<'_>]) -> usize {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(1);
    let by_head = (0..width).find(|&at| {
        matches!(
            rows[0].text(at).to_lowercase().as_str(),
            "code" | "value" | "enum value" | "枚举值"
        )
    });
    if let Some(at) = by_head {
        return at;
    }
    let mut codes = vec![0; width];
    for row in rows {
        for (at, count) in codes.iter_mut().enumerate().take(row.cells.len()) {
            *count += usize::from(found::is_code(&row.text(at)));
        }
    }
    (0..width).rev().max_by_key(|&at| codes[at]).unwrap_or(0)
}

pub(crate) fn is_code_list(rows: &[TableRow<'_>]) -> bool {
    let column = code_column(rows);
    rows.len() > 1
        && rows[1..]
            .iter()
            .all(|row| found::is_code(&row.text(column)))
}

/// Whether the line is the separator below a table's head.
pub(crate) fn is_separator(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('|')
        && text.contains("--")
        && text
            .chars()
            .all(|c| matches!(c, '|' | '-' | ':') || is_blank(c))
}
