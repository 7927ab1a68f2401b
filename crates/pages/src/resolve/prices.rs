//! What each place for a row costs: the sample speaks first, then marks, then order; the prices say how loudly.

use super::sample::ShapeId;
use super::section::{Field, Shown};
use super::types::Like;
use super::weights::Weights;
use crate::table::{Depth, Format};

impl Weights {
    /// What the sample says to a row's place in an object where it does not show the row's field.
    pub(crate) fn silent_at(&self, is_shown: bool, like: Like) -> i32 {
        match like {
            Like::Has => self.like_others,
            Like::Unknown if is_shown => self.silent,
            Like::Unknown => 0,
            Like::Lacks => self.silent_at(is_shown, Like::Unknown) + self.complete,
        }
    }

    /// What the sample says to a row's place in an object that it shows with the row's field `id`, `levels` levels of
    /// which no row documents. The field may be the envelope's, if
    /// `is_envelope`.
    pub(crate) fn shown_at(
        &self,
        shown: &Shown,
        id: ShapeId,
        field: &Field<'_>,
        levels: usize,
        is_envelope: bool,
    ) -> i32 {
        let shape = shown.shapes.get(id);
        let holds = !shape.fields.is_empty();
        let is_scalar = shape.scalar.is_some() && !holds;
        let clashes = (holds && field.doc.element.is_scalar() && !field.doc.list)
            || (is_scalar && field.is_container());
        if is_envelope {
            return self.envelope;
        }
        self.shown
            + self.undocumented_level * count(levels)
            + if clashes { self.other_kind } else { 0 }
    }

    /// What it costs to leave the sample's field `id` without a row.
    pub(crate) fn left_without_row(&self, shown: &Shown, id: ShapeId) -> i32 {
        if shown.shapes.has_fields(id) {
            self.forgone_object
        } else {
            self.forgone
        }
    }

    /// What it costs to close an object that shows the field of a row to come; `is_only` says that there is one such row
    /// and one such field.
    pub(crate) fn awaiting(&self, is_only: bool) -> i32 {
        if is_only {
            self.surely_left_behind
        } else {
            self.left_behind
        }
    }

    /// What it costs to close objects of which so much would be left behind.
    pub(crate) fn closing(&self, left_behind: i32) -> i32 {
        left_behind.min(self.most_left)
    }

    /// What marks and order say to a place.
    pub(crate) fn distance(
        &self,
        depth: Depth,
        at: &Standing,
        position: usize,
        is_shown: bool,
        in_place: InPlace,
    ) -> i32 {
        let between = count(position.abs_diff(at.proposed));
        let too_shallow = position > at.proposed;
        match depth {
            Depth::Mark(_) if !is_shown => self.against_mark * between,
            Depth::Exact(_) if !is_shown => self.against_indent * between,
            // Pages are known for marks that are too shallow.
            Depth::Mark(_) if too_shallow => 0,
            Depth::Mark(_) => self.mark_too_deep * between,
            Depth::Exact(_) if too_shallow => self.indent_too_shallow * between,
            Depth::Exact(_) => self.indent_too_deep * between,
            Depth::AtLeast(least) if position < least => self.indent_too_deep,
            _ if is_shown && in_place == InPlace::Perhaps => {
                self.outward_shown * count(at.innermost - position)
            }
            _ if is_shown && position <= at.current => {
                self.outward_shown * count(at.current - position)
            }
            _ if position <= at.current => self.outward * count(at.current - position),
            _ if is_shown => self.back_shown,
            _ => self.back_silent,
        }
    }
}

/// Positions in the stack of open objects that a row's place is measured from.
pub(crate) struct Standing {
    /// The one that the row's mark proposes.
    pub proposed: usize,
    /// The one that took the last row.
    pub current: usize,
    /// The innermost.
    pub innermost: usize,
}

/// Whether the rows of an object stand together. Below round marks they need not: there rows of an object may come
/// between those of another, and the innermost object that shows a field has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InPlace {
    /// They do.
    Surely,
    /// They mostly do.
    Perhaps,
}

/// Whether the rows of an object stand together on a page with marks or without, and with this sample.
pub(crate) fn in_place(has_marks: bool, shown: Option<&Shown>) -> InPlace {
    if has_marks && !is_ordered(shown) {
        InPlace::Perhaps
    } else {
        InPlace::Surely
    }
}

/// Whether the sample has the order of the rows.
fn is_ordered(shown: Option<&Shown>) -> bool {
    shown.is_some_and(|shown| shown.shapes.format() == Format::Xml)
}

/// A count of levels as a factor of prices.
fn count(levels: usize) -> i32 {
    i32::try_from(levels).unwrap_or(i32::MAX).min(1000)
}
