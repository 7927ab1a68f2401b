//! The terms of a tree's cost: each counts one kind of evidence for or against a row's place.
//!
//! A count depends on the page and on the tree alone: on where the row is, and on the rows above it. The cost of a
//! tree is the sum, over all rows and terms, of a term's weight times its count.

use super::chain::{Chain, Place};
use super::open::{Open, Settled};
use super::page::Page;
use super::recurring::MONEY;
use super::rows::Field;
use super::sample::ShapeId;
use super::types::Like;
use crate::table::Depth;

/// A row at its place, below the rows above it.
#[derive(Clone, Copy)]
pub(crate) struct Step<'s, 'i, 't> {
    /// The table, the sample and other evidence.
    pub page: &'s Page<'i, 't>,
    /// The open objects after the rows above.
    pub chain: &'s Chain,
    /// The names that objects have taken.
    pub settled: &'s Settled,
    /// The row.
    pub at: usize,
    /// Its place.
    pub place: &'s Place,
    /// The evidence of similar objects for the row.
    pub like: Like,
}

impl<'s, 'i, 't> Step<'s, 'i, 't> {
    /// Row `at` at `place`.
    pub(crate) fn new(
        page: &'s Page<'i, 't>,
        chain: &'s Chain,
        settled: &'s Settled,
        at: usize,
        place: &'s Place,
    ) -> Self {
        let mut step = Self {
            page,
            chain,
            settled,
            at,
            place,
            like: Like::Unknown,
        };
        if !step.is_shown() && !place.repeats {
            step.like = like(&step);
        }
        step
    }

    fn field(&self) -> &'s Field<'t> {
        &self.page.input.rows[self.at]
    }

    fn open(&self) -> &'s Open {
        &self.chain.open[self.place.position]
    }

    fn depth(&self) -> Depth {
        self.field().row.depth
    }

    fn is_object_shown(&self) -> bool {
        self.open().content.is_some()
    }

    fn is_envelope(&self) -> bool {
        let shown = self.page.shown().zip(self.place.shown);
        shown.is_some_and(|(shown, id)| shown.is_envelope(id, self.page.input.section))
    }

    /// Whether the sample shows the field in this object, and shows no object where a scalar is documented.
    fn is_shown(&self) -> bool {
        let Some((shown, id)) = self.page.shown().zip(self.place.shown) else {
            return false;
        };
        let doc = &self.field().doc;
        let is_other = doc.element.is_scalar() && !doc.list && shown.is_object(id);
        id != shown.root && !is_other
    }

    /// How many levels deeper the row is than its mark or indentation proposes; below zero, further out.
    fn off(&self) -> i32 {
        let proposed = self.chain.proposed(self.field());
        levels(self.place.position) - levels(proposed)
    }

    /// Whether only the order of the rows shows where the row belongs.
    fn is_ordered(&self) -> bool {
        match self.depth() {
            Depth::Mark(_) | Depth::Exact(_) => false,
            Depth::AtLeast(least) => self.place.position >= least,
            Depth::Unsaid => true,
        }
    }

    /// How many levels further out the row is than the row above it.
    fn outward(&self) -> i32 {
        levels(self.chain.current.saturating_sub(self.place.position))
    }

    fn is_back(&self) -> bool {
        self.is_ordered() && self.place.position > self.chain.current
    }
}

/// A number of levels as a count.
fn levels(levels: usize) -> i32 {
    i32::try_from(levels).unwrap_or(i32::MAX).min(1000)
}

/// The sample shows the row's field in this object, which is not the envelope.
pub(crate) fn shown(step: &Step<'_, '_, '_>) -> i32 {
    i32::from(step.is_shown() && !step.is_envelope())
}

/// The sample shows this object without the row's field.
pub(crate) fn absent(step: &Step<'_, '_, '_>) -> i32 {
    i32::from(!step.is_shown() && step.is_object_shown() && step.like != Like::Has)
}

/// Another object of the same documented type is shown with the row's field.
pub(crate) fn like_others(step: &Step<'_, '_, '_>) -> i32 {
    i32::from(!step.is_shown() && step.like == Like::Has)
}

/// The object is complete without the row: its shape recurs, or the sample shows others of its type, or it already has a
/// row with the name.
pub(crate) fn complete(step: &Step<'_, '_, '_>) -> i32 {
    i32::from(step.place.repeats || step.like == Like::Lacks)
}

/// The row is an object that no sample shows, and this object already has a row for each field that the sample shows.
pub(crate) fn full(step: &Step<'_, '_, '_>) -> i32 {
    let is_silent = !step.is_shown() && step.field().is_container();
    i32::from(is_silent && is_full(step.page, step.open()))
}

/// The row leaves the object above it, which no sample shows, without rows.
pub(crate) fn empty(step: &Step<'_, '_, '_>) -> i32 {
    let last = step.chain.open.len() - 1;
    let open = &step.chain.open[last];
    let is_left = step.chain.current == last && step.place.position < last;
    i32::from(is_left && open.count == 0 && open.content.is_none())
}

/// The number of levels by which a place differs from the mark, if the sample shows nothing.
pub(crate) fn against_mark(step: &Step<'_, '_, '_>) -> i32 {
    match step.depth() {
        Depth::Mark(_) if !step.is_shown() => step.off().abs(),
        _ => 0,
    }
}

/// The number of levels by which an indentation is too deep for the place at which the sample shows the row. A bullet is
/// never at the top.
pub(crate) fn indent_too_deep(step: &Step<'_, '_, '_>) -> i32 {
    match step.depth() {
        Depth::Exact(_) if step.is_shown() => -step.off().min(0),
        Depth::AtLeast(least) => i32::from(step.place.position < least),
        _ => 0,
    }
}

/// The number of levels by which a place differs from the indentation, if the sample shows nothing.
pub(crate) fn against_indent(step: &Step<'_, '_, '_>) -> i32 {
    match step.depth() {
        Depth::Exact(_) if !step.is_shown() => step.off().abs(),
        _ => 0,
    }
}

/// The number of levels by which the row is further out than the row above.
pub(crate) fn outward(step: &Step<'_, '_, '_>) -> i32 {
    if step.is_ordered() { step.outward() } else { 0 }
}

/// The row returns to an object after other rows have left it.
pub(crate) fn back(step: &Step<'_, '_, '_>) -> i32 {
    i32::from(step.is_back())
}

/// The sample has a field for each row with this name, and this row is not at any of them.
pub(crate) fn unmatched(step: &Step<'_, '_, '_>) -> i32 {
    let is_matched = step.is_shown() && !step.is_envelope();
    i32::from(!is_matched && step.page.has_field_each(step.at))
}

/// Most fields that the sample shows in the object have no row anywhere.
pub(crate) fn hardly_documented(step: &Step<'_, '_, '_>) -> i32 {
    let hardly = |content: ShapeId| step.page.hardly_documents(content);
    i32::from(step.is_shown() && step.open().content.is_some_and(hardly))
}

/// How rare the field is in similar objects of other APIs.
pub(crate) fn strange(step: &Step<'_, '_, '_>) -> i32 {
    if (step.is_shown() && !step.is_envelope()) || step.place.repeats {
        return 0;
    }
    let (open, likeness) = (step.open(), &step.page.likeness);
    let name = step.field().name;
    let rows = &step.page.input.rows;
    let object = open.row().map(|row| rows[row].name);
    match (step.page.shown(), open.content) {
        (Some(shown), Some(content)) => {
            let fields = &shown.shapes.get(content).fields;
            likeness.in_shown(name, object, content, fields)
        }
        _ => likeness.among_rows(name, object, open.last_rows().map(|row| rows[row].name)),
    }
}

/// Neither the object nor any of its fields shares a rare word with the row.
pub(crate) fn unlike(step: &Step<'_, '_, '_>) -> i32 {
    if (step.is_shown() && !step.is_envelope()) || step.place.repeats {
        return 0;
    }
    let (open, rows) = (step.open(), &step.page.input.rows);
    let object = open.row().map(|row| rows[row].name);
    let last_rows = open.last_rows().map(|row| rows[row].name);
    let words = &step.page.words;
    i32::from(!words.are_shared(step.field().name, object, open.content, last_rows))
}

/// Whether the sample shows `open` with fields, and each has its row.
fn is_full(page: &Page<'_, '_>, open: &Open) -> bool {
    let (Some(shown), Some(content)) = (page.shown(), open.content) else {
        return false;
    };
    let envelope = if content == shown.root {
        page.envelope
    } else {
        0
    };
    open.shown_count + envelope >= shown.shapes.get(content).fields.len()
}

/// The evidence for the row in objects of the same type or with the same fields.
fn like(step: &Step<'_, '_, '_>) -> Like {
    let (page, at) = (step.page, step.at);
    let position = step.place.position;
    let open = step.open();
    let field = step.field();
    let by_type = open.row().map_or(Like::Unknown, |row| {
        page.types.like(page.input, row, at, open.content.is_some())
    });
    // A row that is indented as a field of this object is one, even if others of its type do not show it.
    let lacks = by_type == Like::Lacks && !field.is_outright() && !awaits(step);
    if by_type == Like::Has || lacks {
        return by_type;
    }
    if matches!(field.row.depth, Depth::Mark(_) | Depth::Exact(_)) {
        return Like::Unknown;
    }
    // A single object with an amount and a currency may have more fields; and answers are rarely an amount themselves.
    let may_be_money = page.has_amounts && position > 1;
    let alike = match open.content {
        Some(content) => page.shapes.alike(content).filter(|&count| {
            let is_before_own = count > 1
                && page.may_stand_apart
                && page.shapes.is_money(content)
                && open.count == 0;
            is_before_own || ((count > 1 || may_be_money) && is_full(page, open))
        }),
        None if may_be_money && page.shapes.make_money(open.count, open.names) => Some(usize::MAX),
        None => page.shapes.with(open.count, open.names),
    };
    // A row whose name is as frequent as the shape may be a part of the shape.
    let is_part = |count| field.namesakes > 1 && field.namesakes >= count;
    match alike {
        Some(count) if !is_part(count) && !MONEY.contains(&field.row.name.as_str()) => Like::Lacks,
        _ => Like::Unknown,
    }
}

/// Whether the rows below continue with a field that the sample shows in this object, and in no other that is open.
fn awaits(step: &Step<'_, '_, '_>) -> bool {
    let Some(next) = step.page.next_shown(step.at) else {
        return false;
    };
    let waits = |open: &Open| {
        let slot = open.content.and_then(|id| step.page.field(id, next.name));
        slot.is_some() && !open.has(step.settled, next.name)
    };
    let open = &step.chain.open;
    let mut waiting = (0..open.len()).filter(|&at| waits(&open[at]));
    waiting.next() == Some(step.place.position) && waiting.next().is_none()
}
