//! What all ways to place the rows share: the table, the sample, and what both tell of any row.

use std::collections::{HashMap, HashSet};

use super::placed::Placed;
use super::prices::InPlace;
use super::recurring::KnownShapes;
use super::sample::ShapeId;
use super::section::{Field, Input, MOST_ABSENT, Shown};
use super::types::NamedTypes;
use super::weights::Weights;

/// What all ways share.
#[derive(Debug)]
pub(crate) struct Ground<'i, 't> {
    /// What each reason costs.
    pub weights: Weights,
    /// The rows and the sample.
    pub input: &'i Input<'t>,
    /// The sample's recurring shapes.
    pub shapes: KnownShapes,
    /// The names of all rows, with the last row of each.
    pub last_row: HashMap<&'t str, usize>,
    /// What the types' names tell.
    pub types: &'i NamedTypes<'i>,
    /// Whether the table shows depth by marks.
    pub has_marks: bool,
    /// Whether the rows of an object stand together.
    pub in_place: InPlace,
    /// How many of the root's fields are the envelope's.
    pub envelope: usize,
    /// Whether the table has several amounts of money.
    pub has_amounts: bool,
    /// The nodes on which all ways agree.
    pub placed: Vec<Placed>,
    /// The names that those have taken, per node.
    pub taken: HashSet<(usize, &'t str)>,
}

impl<'i> Ground<'i, '_> {
    /// What it costs to close an object with `content` right after row `at`, for the rows to come that it shows.
    pub(crate) fn waiting(&self, content: Option<ShapeId>, at: usize) -> i32 {
        let Some((shown, content)) = self.shown().zip(content) else {
            return 0;
        };
        let fields = shown.shapes.get(content).fields.iter();
        let names = fields.map(|&id| shown.shapes.get(id).name.as_str());
        names.map(|name| self.awaited(shown, name, at)).sum()
    }

    /// What it costs to leave behind a field called `name`, if a row of that name comes after row `at`.
    pub(crate) fn awaited(&self, shown: &Shown, name: &str, at: usize) -> i32 {
        let Some(&last) = self.last_row.get(name).filter(|&&last| last > at) else {
            return 0;
        };
        let is_only = self.input.rows[last].namesakes == 1 && shown.shapes.called(name).len() == 1;
        self.weights.awaiting(is_only)
    }

    /// Whether most of the fields that the sample shows in `content` have no row anywhere.
    pub(crate) fn hardly_documents(&self, content: Option<ShapeId>) -> bool {
        let Some((shown, content)) = self.shown().zip(content) else {
            return false;
        };
        let fields = &shown.shapes.get(content).fields;
        let has_row = |&&id: &&ShapeId| {
            self.last_row
                .contains_key(shown.shapes.get(id).name.as_str())
        };
        2 * fields.iter().filter(has_row).count() < fields.len()
    }

    /// What the sample shows.
    pub(crate) fn shown(&self) -> Option<&'i Shown> {
        self.input.shown.as_ref()
    }

    /// The next row below row `at` that the sample shows somewhere.
    pub(crate) fn next_shown(&self, at: usize) -> Option<&'i Field<'i>> {
        let shown = self.shown()?;
        let mut below = self.input.rows[at + 1..].iter().take(MOST_ABSENT);
        below.find(|field| !shown.shapes.called(&field.row.name).is_empty())
    }

    /// Whether the rows below row `at` are the root's, or there are none.
    pub(crate) fn goes_on_at_top(&self, at: usize) -> bool {
        let at_top = |shown: &Shown| {
            self.next_shown(at)
                .is_none_or(|next| shown.shapes.field(shown.root, &next.row.name).is_some())
        };
        self.shown().is_some_and(at_top)
    }
}
