//! What a table and its sample tell of any row, whatever tree is tried: the facts that terms count from.

use std::collections::HashMap;

use super::catalogue::Catalogue;
use super::recurring::{AMOUNTS, KnownShapes};
use super::sample::ShapeId;
use super::sections::{Field, Input, MOST_ABSENT};
use super::shown::Shown;
use super::types::NamedTypes;
use crate::table::{Depth, Format};

/// A section, its sample and what else is known, as terms ask for it.
#[derive(Debug)]
pub(crate) struct Page<'i, 't> {
    /// The rows and the sample.
    pub input: &'i Input<'t>,
    /// The fields that objects have in other APIs.
    pub catalogue: &'i Catalogue,
    /// The sample's recurring shapes.
    pub shapes: KnownShapes,
    /// The names of all rows, with the last row of each.
    pub last_row: HashMap<&'t str, usize>,
    /// What the types' names tell.
    pub types: NamedTypes<'i>,
    /// Whether the table shows depth by marks.
    pub has_marks: bool,
    /// Whether rows of others may come between an object's row and those of its fields: below marks they do, unless
    /// the sample has the order of the rows.
    pub may_stand_apart: bool,
    /// Whether the sample shows marks of the table to be too shallow.
    pub has_shallow_marks: bool,
    /// How many of the root's fields are the envelope's.
    pub envelope: usize,
    /// Whether the table has several amounts of money.
    pub has_amounts: bool,
    /// Per row, whether the sample has a field for each row of its name.
    pub has_field_each: Vec<bool>,
    /// Per shape, its fields whose names have as many rows as the sample has fields: each name's hash and last row.
    due: HashMap<ShapeId, Vec<(u64, usize)>>,
    /// Per row, whether the sample has a field for each row of its name, and no more.
    is_due: Vec<bool>,
    /// Per row, the next one that the sample shows.
    next_shown: Vec<Option<usize>>,
}

impl<'i, 't> Page<'i, 't> {
    /// Collects the facts of `input`.
    pub(crate) fn new(input: &'i Input<'t>, catalogue: &'i Catalogue) -> Self {
        let rows = input.rows.iter().enumerate();
        let last_row: HashMap<_, _> = rows
            .map(|(at, field)| (field.row.name.as_str(), at))
            .collect();
        let mut page = Self {
            input,
            catalogue,
            shapes: KnownShapes::of(input.shown.as_ref()),
            types: NamedTypes::of(input, |name| last_row.contains_key(name)),
            last_row,
            has_marks: input.has_marks(),
            may_stand_apart: input.has_marks()
                && input
                    .shown
                    .as_ref()
                    .is_none_or(|shown| shown.shapes.format() != Format::Xml),
            has_shallow_marks: input
                .shown
                .as_ref()
                .is_some_and(|shown| has_shallow_marks(input, shown)),
            envelope: input
                .shown
                .as_ref()
                .map_or(0, |shown| shown.envelope(input.section)),
            has_amounts: has_amounts(input),
            has_field_each: Vec::new(),
            due: HashMap::new(),
            is_due: Vec::new(),
            next_shown: vec![None; input.rows.len()],
        };
        if let Some(shown) = &input.shown {
            page.look_up(shown);
        }
        page
    }

    fn look_up(&mut self, shown: &Shown) {
        let mut next = None;
        for (at, field) in self.input.rows.iter().enumerate().rev() {
            self.next_shown[at] = next.filter(|next| next - at <= MOST_ABSENT);
            if !shown.shapes.called(&field.row.name).is_empty() {
                next = Some(at);
            }
        }
        for (at, field) in self.input.rows.iter().enumerate() {
            let is_own = |id: &&ShapeId| !shown.is_envelope(**id, self.input.section);
            let called = shown.shapes.called(&field.row.name).iter();
            let own = called.filter(is_own).take(field.namesakes + 1);
            let ids: Vec<ShapeId> = own.copied().collect();
            let is_told = !field.is_outright();
            self.has_field_each
                .push(is_told && ids.len() >= field.namesakes);
            let is_due = is_told && ids.len() == field.namesakes;
            self.is_due.push(is_due);
            if is_due && field.next_same.is_none() {
                for id in ids {
                    let parent = shown.shapes.get(id).parent;
                    self.due.entry(parent).or_default().push((field.hash, at));
                }
            }
        }
    }

    /// The names of the fields of `content` for each of which there is one row, no more and no fewer, and of which
    /// rows come from row `at` on.
    pub(crate) fn due(&self, content: ShapeId, at: usize) -> impl Iterator<Item = u64> {
        let due = self.due.get(&content).map_or(&[][..], Vec::as_slice);
        due.iter()
            .filter(move |(_, last)| *last >= at)
            .map(|(name, _)| *name)
    }

    /// Whether there is a field of the sample for row `at` and each of its name, no more and no fewer.
    pub(crate) fn is_due(&self, at: usize) -> bool {
        self.is_due.get(at).copied().unwrap_or(false)
    }

    /// Whether no more than half of the fields that the sample shows in `content` have a row anywhere.
    pub(crate) fn hardly_documents(&self, content: ShapeId) -> bool {
        let Some(shown) = self.shown() else {
            return false;
        };
        let fields = &shown.shapes.get(content).fields;
        let has_row = |&&id: &&ShapeId| {
            self.last_row
                .contains_key(shown.shapes.get(id).name.as_str())
        };
        2 * fields.iter().filter(has_row).count() <= fields.len()
    }

    /// What the sample shows.
    pub(crate) fn shown(&self) -> Option<&'i Shown> {
        self.input.shown.as_ref()
    }

    /// The next row below row `at` that the sample shows somewhere.
    pub(crate) fn next_shown(&self, at: usize) -> Option<&'i Field<'t>> {
        self.next_shown[at].map(|next| &self.input.rows[next])
    }
}

/// Whether some amount's name comes in several rows.
fn has_amounts(input: &Input<'_>) -> bool {
    let is_repeated =
        |field: &Field<'_>| field.namesakes > 1 && AMOUNTS.contains(&field.row.name.as_str());
    input.rows.iter().any(is_repeated)
}

/// Whether the sample shows an object deeper than its mark says, which is not the innermost mark; only objects whose
/// name stands for one row and one field tell.
fn has_shallow_marks(input: &Input<'_>, shown: &Shown) -> bool {
    let known: HashMap<&str, ShapeId> = input
        .rows
        .iter()
        .filter_map(|field| match shown.shapes.called(&field.row.name) {
            [only] if field.namesakes == 1 => Some((field.row.name.as_str(), *only)),
            _ => None,
        })
        .collect();
    input.rows.iter().any(|field| {
        let (Depth::Mark(level), Some(&id)) = (field.row.depth, known.get(field.row.name.as_str()))
        else {
            return false;
        };
        let mut depth = 0;
        let mut above = shown.shapes.get(id).parent;
        while above != shown.root && above != shown.shapes.get(above).parent {
            let shape = shown.shapes.get(above);
            depth += usize::from(known.get(shape.name.as_str()) == Some(&above));
            above = shape.parent;
        }
        level < 2 && depth > level
    })
}
