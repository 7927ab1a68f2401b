//! Debug output of models: only fields with a value, and no personal data.

use std::fmt::{self, Formatter};

use super::{List, Record, View};

/// Prints the fields that have a value; those marked personal as `[redacted]`.
#[inline]
pub(crate) fn debug(record: &dyn Record, formatter: &mut Formatter<'_>) -> fmt::Result {
    let shape = record.shape();
    let mut output = formatter.debug_struct(shape.name);
    for (index, field) in shape.fields.iter().enumerate() {
        match record.view(index) {
            View::Absent => {}
            View::List(list) if list.is_empty() => {}
            _ if field.personal => {
                output.field(field.key, &format_args!("[redacted]"));
            }
            view => {
                output.field(field.key, &view);
            }
        }
    }
    output.finish()
}

impl fmt::Debug for View<'_> {
    #[inline]
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => formatter.write_str("absent"),
            Self::Integer(value) => value.fmt(formatter),
            Self::Boolean(value) => value.fmt(formatter),
            Self::Text(value) => value.fmt(formatter),
            Self::Record(record) => debug(*record, formatter),
            Self::List(list) => formatter.debug_list().entries(elements(*list)).finish(),
        }
    }
}

/// The elements of a list.
#[inline]
pub(crate) fn elements(list: &dyn List) -> impl Iterator<Item = View<'_>> {
    (0..list.len()).map(|index| list.get(index))
}
