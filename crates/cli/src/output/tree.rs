//! Any model as text for people: keys with their values, lists of objects as tables.

use std::collections::BTreeSet;
use std::fmt::Write;

use aliexpress_models::{Amount, List, Record, View};
use anstyle::Style;

use crate::output::table::{fits, table_of};
use crate::printable::printable;

/// A table with more columns than this is printed line by line.
const MOST_COLUMNS: usize = 7;
/// A table with a cell of more characters than this is printed line by line, too.
const WIDEST_CELL: usize = 60;

/// The fields that have a value, in the order of the vendor's page, under their names on the wire.
pub(crate) fn tree(record: &dyn Record) -> String {
    let mut text = String::new();
    write_record(&mut text, record, 0);
    text.truncate(text.trim_end().len());
    text
}

fn write_record(text: &mut String, record: &dyn Record, depth: usize) {
    let indent = "  ".repeat(depth);
    let fields: Vec<_> = members(record).collect();
    let leaves = fields.iter().filter(|(_, view)| leaf(*view).is_some());
    let width = leaves.map(|(key, _)| key.len()).max().unwrap_or_default();
    for (key, view) in fields {
        if let Some(value) = leaf(view) {
            push(text, format_args!("{indent}{key:width$}  {value}"));
            continue;
        }
        match view {
            View::Record(inner) => {
                push(text, format_args!("{indent}{}", heading(key)));
                write_record(text, inner, depth + 1);
            }
            View::List(list) => write_list(text, key, list, depth),
            _ => {}
        }
    }
}

fn write_list(text: &mut String, key: &str, list: &dyn List, depth: usize) {
    let indent = "  ".repeat(depth);
    let count = list.len();
    push(text, format_args!("{indent}{} ({count})", heading(key)));
    let elements: Vec<&dyn Record> = (0..count)
        .filter_map(|index| match list.get(index) {
            View::Record(record) => Some(record),
            _ => None,
        })
        .collect();
    write_elements(text, key, &elements, depth + 1);
}

/// Writes objects as a table, or one by one if a table does not fit.
fn write_elements(text: &mut String, key: &str, elements: &[&dyn Record], depth: usize) {
    let indent = "  ".repeat(depth);
    if let Some(table) = as_table(elements, indent.len()) {
        for line in table.lines() {
            push(text, format_args!("{indent}{line}"));
        }
        return;
    }
    for (index, element) in elements.iter().enumerate() {
        let name = heading(&format!("{key}[{index}]"));
        push(text, format_args!("{indent}{name}"));
        write_record(text, *element, depth + 1);
    }
}

/// Appends objects after a blank line, if there are any.
pub(crate) fn add_records<R: Record>(text: &mut String, name: &str, records: &[R]) {
    if records.is_empty() {
        return;
    }
    let records: Vec<_> = records.iter().map(|record| record as &dyn Record).collect();
    text.push_str("\n\n");
    write_elements(text, name, &records, 0);
    text.truncate(text.trim_end().len());
}

/// The elements as a table, if they contain no lists of objects and the table is small enough.
fn as_table(elements: &[&dyn Record], indent: usize) -> Option<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for element in elements {
        let cells = flat(*element)?;
        for (column, _) in &cells {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        rows.push(cells);
    }
    if columns.is_empty() || columns.len() > MOST_COLUMNS {
        return None;
    }
    let long = |(_, value): &(String, String)| value.chars().count() > WIDEST_CELL;
    if rows.iter().flatten().any(long) {
        return None;
    }
    let rows = rows.into_iter().map(|cells| {
        let cell = |column: &String| {
            let found = cells.iter().find(|(name, _)| name == column);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        columns.iter().map(cell).collect()
    });
    let indent = u16::try_from(indent).unwrap_or(u16::MAX);
    let table = table_of(columns.clone(), rows.collect(), indent);
    fits(&table, indent).then(|| table.to_string())
}

/// Keys and values of an element that holds no list of objects; keys of inner objects are joined by dots.
fn flat(record: &dyn Record) -> Option<Vec<(String, String)>> {
    let mut cells = Vec::new();
    for (key, view) in members(record) {
        match (leaf(view), view) {
            (Some(value), _) => cells.push((key.to_owned(), value)),
            (None, View::Record(inner)) => {
                let inner = flat(inner)?.into_iter();
                cells.extend(inner.map(|(name, value)| (format!("{key}.{name}"), value)));
            }
            _ => return None,
        }
    }
    Some(cells)
}

/// The fields that have a value; an object without any and an empty list have none.
fn members(record: &dyn Record) -> impl Iterator<Item = (&'static str, View<'_>)> {
    let fields = record.shape().fields.iter().enumerate();
    fields
        .map(|(index, field)| (field.key, record.view(index)))
        .filter(|(_, view)| !is_nothing(*view))
}

fn is_nothing(view: View<'_>) -> bool {
    match view {
        View::Absent => true,
        View::List(list) => list.is_empty(),
        View::Record(record) => members(record).next().is_none(),
        _ => false,
    }
}

/// A value that fits on one line: a scalar, a list of scalars, money.
fn leaf(view: View<'_>) -> Option<String> {
    match view {
        View::Integer(number) => Some(number.to_string()),
        View::Boolean(truth) => Some(if truth { "yes" } else { "no" }.to_owned()),
        View::Text(text) => Some(printable(text).into_owned()),
        View::Record(record) => money(record),
        View::List(list) => (0..list.len())
            .map(|index| match list.get(index) {
                View::Record(_) | View::List(_) => None,
                scalar => leaf(scalar),
            })
            .collect::<Option<Vec<_>>>()
            .map(|values| values.join(", ")),
        _ => None,
    }
}

/// An object with an amount and a currency as one text. If its cents contradict the amount, they are added.
pub(crate) fn money(record: &dyn Record) -> Option<String> {
    let keys: BTreeSet<_> = record
        .shape()
        .fields
        .iter()
        .map(|field| field.key)
        .collect();
    if !keys.contains("amount") || !keys.contains("currency_code") {
        return None;
    }
    let (mut amount, mut currency, mut cent, mut factor) = (None, None, None, None);
    for (key, view) in members(record) {
        match (key, view) {
            ("amount", View::Text(text)) => amount = Some(text),
            ("currency_code", View::Text(text)) => currency = Some(text),
            ("cent", View::Integer(number)) => cent = Some(number),
            ("cent_factor", View::Integer(number)) => factor = Some(number),
            _ => {}
        }
    }
    let amount = amount?;
    let mut text = printable(amount).into_owned();
    if let Some(currency) = currency {
        let _ = write!(text, " {}", printable(currency));
    }
    if let (Some(cent), Some(factor)) = (cent, factor)
        && Amount::from(amount).minor_units(factor) != Some(cent)
    {
        let _ = write!(text, " (but {cent}/{factor})");
    }
    Some(text)
}

/// The text in bold.
pub(crate) fn heading(text: &str) -> String {
    let bold = Style::new().bold();
    format!("{bold}{text}{bold:#}")
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}
