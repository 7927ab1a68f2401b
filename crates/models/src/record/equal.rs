//! Compares models field by field, by their values on the wire.

use super::{List, Record, View};

/// Whether two models of one type have equal fields. Codes are compared by their text, documented or not.
#[inline]
pub(crate) fn equal(left: &dyn Record, right: &dyn Record) -> bool {
    (0..left.shape().fields.len()).all(|index| equal_views(left.view(index), right.view(index)))
}

#[inline]
fn equal_views(left: View<'_>, right: View<'_>) -> bool {
    match (left, right) {
        (View::Absent, View::Absent) => true,
        (View::Integer(left), View::Integer(right)) => left == right,
        (View::Boolean(left), View::Boolean(right)) => left == right,
        (View::Text(left), View::Text(right)) => left == right,
        (View::Record(left), View::Record(right)) => equal(left, right),
        (View::List(left), View::List(right)) => equal_lists(left, right),
        _ => false,
    }
}

#[inline]
fn equal_lists(left: &dyn List, right: &dyn List) -> bool {
    left.len() == right.len()
        && (0..left.len()).all(|index| equal_views(left.get(index), right.get(index)))
}
