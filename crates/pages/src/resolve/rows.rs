//! The rows of a table, each with its type read and its name as a number.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::table::{Depth, Row};
use crate::type_text::{Element, TypeText};

/// The maximum number of an object's first rows that the sample may leave out before it shows one.
pub(crate) const MOST_ABSENT: usize = 12;

/// A row's name, as a number. Distinct names are numbered from 0 in the order of their first rows.
pub(crate) type NameId = u32;

/// A row with its type read.
#[derive(Debug)]
pub(crate) struct Field<'t> {
    /// The row.
    pub row: &'t Row,
    /// Its type.
    pub doc: TypeText,
    /// Index of the next row of the same name.
    pub next_same: Option<usize>,
    /// How many rows have the same name, itself included.
    pub namesakes: usize,
    /// Whether the row has rows below it by indentation.
    pub has_deeper: bool,
    /// Its name.
    pub name: NameId,
    /// The hash of its name.
    pub hash: u64,
}

impl Field<'_> {
    /// Whether the page shows the row's depth directly.
    pub(crate) fn is_outright(&self) -> bool {
        matches!(self.row.depth, Depth::Exact(_))
    }

    /// Whether the row can have rows below it by its type.
    pub(crate) fn is_container(&self) -> bool {
        matches!(self.doc.element, Element::Object(_)) || self.has_deeper
    }
}

pub(super) fn fields<'t>(rows: &'t [Row], ids: &HashMap<&str, NameId>) -> Vec<Field<'t>> {
    let names: Vec<NameId> = rows.iter().map(|row| ids[row.name.as_str()]).collect();
    let mut next: Vec<Option<usize>> = vec![None; ids.len()];
    let mut counts = vec![0; ids.len()];
    for &name in &names {
        counts[name as usize] += 1;
    }
    let mut fields: Vec<Field<'_>> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate().rev() {
        let name = names[at];
        let below = rows.get(at + 1).map(|row| row.depth);
        let has_deeper = match (row.depth, below) {
            (Depth::Exact(level), Some(Depth::Exact(below))) => below > level,
            (Depth::Exact(_), Some(Depth::AtLeast(_))) => true,
            _ => false,
        };
        fields.push(Field {
            row,
            doc: TypeText::parse(row.type_text.as_deref().unwrap_or_default()),
            next_same: next[name as usize].replace(at),
            namesakes: counts[name as usize],
            has_deeper,
            name,
            hash: hash(&row.name),
        });
    }
    fields.reverse();
    fields
}

pub(super) fn ids(rows: &[Row]) -> HashMap<&str, NameId> {
    let mut ids = HashMap::with_capacity(rows.len());
    for row in rows {
        let next = NameId::try_from(ids.len()).unwrap_or(NameId::MAX);
        ids.entry(row.name.as_str()).or_insert(next);
    }
    ids
}

/// The hash of a name. The hash of a set of fields is the sum of these, so that their order does not matter.
pub(crate) fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}
