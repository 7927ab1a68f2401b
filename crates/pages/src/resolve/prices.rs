//! What each place for a row costs: the sample speaks first, then marks, then order; the prices say how loudly.

use super::sample::ShapeId;
use super::section::{Field, Shown};
use super::types::Like;
use crate::table::{Depth, Format};

/// The sample shows the row's field in this object, and no row has taken it yet.
const SHOWN: i32 = -30;
/// The field may be the envelope's, and the row's another one.
const ENVELOPE: i32 = 8;
/// The sample shows this object without the row's field.
const SILENT: i32 = 30;
/// The sample does not show this object, so that it cannot show the field; or the row is an object itself.
const UNSHOWN: i32 = 0;
const UNSHOWN_OBJECT: i32 = 38;
/// The last row of its name goes elsewhere than where the sample shows its field, or its object.
const FORGONE: i32 = 20;
const FORGONE_OBJECT: i32 = 400;
/// Another object of the same type is shown with the row's field.
const LIKE_OTHERS: i32 = -15;
/// The object has a shape that recurs, or others of its type are shown, and it is complete without the row.
const COMPLETE: i32 = 90;
/// Per field that the sample shows of an object which the row would close, where a row of that name is still to come;
/// more where that is the only row of the name, and the sample has its field nowhere else.
const LEFT_BEHIND: i32 = 30;
const SURELY_LEFT_BEHIND: i32 = 150;
/// So much says it all.
const MOST_LEFT: i32 = 300;
/// Most of what the sample shows of this object has no row anywhere, so that its inside may not be documented at all.
pub(crate) const HARDLY_DOCUMENTED: i32 = 25;
/// The row is an object that no sample shows, and this object has a row for all that is shown of it.
pub(crate) const FIRST_OBJECT: i32 = 15;
/// The row is an object that no sample shows, of the very type of this object.
pub(crate) const RECURSION: i32 = 15;
/// The object has a row of that name already, but the row is indented as its own.
pub(crate) const SAME_NAME: i32 = 100;
/// A level between this object and the row is shown and documented nowhere.
const UNDOCUMENTED_LEVEL: i32 = 50;
/// The documented type is an object's and the sample's a scalar's, or the reverse.
const OTHER_KIND: i32 = 30;
/// The sample's order of fields differs from the rows'; samples that a machine made, in XML, have their order.
const INVERSION_XML: i32 = 15;

/// Per level that a mark is too shallow, where the sample shows the row: pages are known for that.
const MARK_TOO_SHALLOW: i32 = 30;
/// Per level that a mark is too deep, where the sample shows the row.
const MARK_TOO_DEEP: i32 = 20;
/// Per level that an indentation is too shallow, where the sample shows the row.
const INDENT_TOO_SHALLOW: i32 = 50;
/// Per level that an indentation is too deep, where the sample shows the row.
const INDENT_TOO_DEEP: i32 = 120;
/// Per level that a place differs from the mark, or from the indentation, where the sample is silent.
const AGAINST_MARK: i32 = 75;
const AGAINST_INDENT: i32 = 150;

/// Per level between the object that took the last row and one further out, where the sample is silent.
const OUTWARD: i32 = 10;
/// Per level between that object, or the innermost, and one further out that shows the row.
const OUTWARD_SHOWN: i32 = 5;
/// A silent row goes back into an object that rows have left.
const BACK_SILENT: i32 = 50;
/// A shown row does so; below marks, only where the object has taken rows before.
pub(crate) const BACK_SHOWN: i32 = 20;

/// What the sample says to a row's place in an object where it does not show the row's field.
pub(crate) fn silent(is_shown: bool, is_object: bool, like: Like) -> i32 {
    match like {
        Like::Has => LIKE_OTHERS,
        Like::Unknown if is_shown => SILENT,
        Like::Unknown if is_object => UNSHOWN_OBJECT,
        Like::Unknown => UNSHOWN,
        Like::Lacks => silent(is_shown, is_object, Like::Unknown) + COMPLETE,
    }
}

/// What the sample says to a row's place in an object that it shows with the row's field `id`, `levels` levels of
/// which no row documents; `last` is where it shows the object's last row. The field may be the envelope's, if
/// `is_envelope`.
pub(crate) fn shown(
    shown: &Shown,
    id: ShapeId,
    field: &Field<'_>,
    levels: usize,
    last: ShapeId,
    is_envelope: bool,
) -> i32 {
    let shape = shown.shapes.get(id);
    let holds = !shape.fields.is_empty();
    let is_scalar = shape.scalar.is_some() && !holds;
    let clashes = (holds && field.doc.element.is_scalar() && !field.doc.list)
        || (is_scalar && field.is_container());
    let inverted = is_ordered(Some(shown)) && id < last;
    if is_envelope {
        return ENVELOPE;
    }
    SHOWN
        + UNDOCUMENTED_LEVEL * count(levels)
        + if clashes { OTHER_KIND } else { 0 }
        + if inverted { INVERSION_XML } else { 0 }
}

/// What it costs to leave the sample's field `id` without a row.
pub(crate) fn forgone(shown: &Shown, id: ShapeId) -> i32 {
    if shown.shapes.has_fields(id) {
        FORGONE_OBJECT
    } else {
        FORGONE
    }
}

/// What it costs to close an object that shows the field of a row to come; `is_only` says that there is one such row
/// and one such field.
pub(crate) fn left_behind(is_only: bool) -> i32 {
    if is_only {
        SURELY_LEFT_BEHIND
    } else {
        LEFT_BEHIND
    }
}

/// What it costs to close objects of which so much would be left behind.
pub(crate) fn closing(left_behind: i32) -> i32 {
    left_behind.min(MOST_LEFT)
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

/// What marks and order say to a place.
pub(crate) fn distance(
    depth: Depth,
    at: &Standing,
    position: usize,
    is_shown: bool,
    in_place: InPlace,
) -> i32 {
    let between = count(position.abs_diff(at.proposed));
    let too_shallow = position > at.proposed;
    match depth {
        Depth::Mark(_) if !is_shown => AGAINST_MARK * between,
        Depth::Exact(_) if !is_shown => AGAINST_INDENT * between,
        Depth::Mark(_) if too_shallow => MARK_TOO_SHALLOW * between,
        Depth::Mark(_) => MARK_TOO_DEEP * between,
        Depth::Exact(_) if too_shallow => INDENT_TOO_SHALLOW * between,
        Depth::Exact(_) => INDENT_TOO_DEEP * between,
        Depth::AtLeast(least) if position < least => INDENT_TOO_DEEP,
        _ if is_shown && in_place == InPlace::Perhaps => {
            OUTWARD_SHOWN * count(at.innermost - position)
        }
        _ if is_shown && position <= at.current => OUTWARD_SHOWN * count(at.current - position),
        _ if position <= at.current => OUTWARD * count(at.current - position),
        _ if is_shown => BACK_SHOWN,
        _ => BACK_SILENT,
    }
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
