//! Models out through any serde serializer, simplified or full.

use serde_core::ser::{Serialize, SerializeMap, Serializer};

use super::debug::elements;
use super::{Field, List, Record, View};

/// How lists are written.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Lists {
    /// As arrays, as in simplified answers and in requests.
    Plain,
    /// Under their inner name, as in full answers.
    Wrapped,
}

/// Writes a model in the simplified form; fields without a value and empty lists are left out.
pub(crate) fn write<S: Serializer>(record: &dyn Record, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    write_fields(record, Lists::Plain, &mut map)?;
    map.end()
}

/// Writes a model's fields into an object that may have others.
pub(crate) fn write_fields<M: SerializeMap>(
    record: &dyn Record,
    lists: Lists,
    map: &mut M,
) -> Result<(), M::Error> {
    for (index, field) in record.shape().fields.iter().enumerate() {
        match record.view(index) {
            View::Absent => {}
            View::List(list) if list.is_empty() => {}
            view => map.serialize_entry(field.key, &Value { view, field, lists })?,
        }
    }
    Ok(())
}

/// A value on its way out, with the field whose rules it follows.
struct Value<'a> {
    view: View<'a>,
    field: &'a Field,
    lists: Lists,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.view {
            View::Absent => serializer.serialize_none(),
            View::Integer(value) if self.field.as_text => serializer.collect_str(&value),
            View::Integer(value) => serializer.serialize_i64(value),
            View::Boolean(value) if self.field.as_text => serializer.collect_str(&value),
            View::Boolean(value) => serializer.serialize_bool(value),
            View::Text(value) => serializer.serialize_str(value),
            View::Record(record) => {
                let mut map = serializer.serialize_map(None)?;
                write_fields(record, self.lists, &mut map)?;
                map.end()
            }
            View::List(list) => match (self.lists, self.field.wrapper) {
                (Lists::Wrapped, Some(inner)) => {
                    serializer.collect_map([(inner, Elements { list, of: self })])
                }
                _ => Elements { list, of: self }.serialize(serializer),
            },
        }
    }
}

/// The elements of a list as an array.
struct Elements<'a> {
    list: &'a dyn List,
    of: &'a Value<'a>,
}

impl Serialize for Elements<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value { field, lists, .. } = *self.of;
        serializer.collect_seq(elements(self.list).map(|view| Value { view, field, lists }))
    }
}

/// A parameter of a request: a scalar as its text, anything else as JSON text; empty without a value.
#[cfg(feature = "json")]
pub(crate) fn wire_text(view: View<'_>, field: &Field) -> String {
    match view {
        View::Absent => String::new(),
        View::Integer(value) => value.to_string(),
        View::Boolean(value) => value.to_string(),
        View::Text(value) => value.to_owned(),
        View::List(list) if list.is_empty() => String::new(),
        // Maps with text keys, texts, whole numbers and truth values: JSON has all of them.
        View::Record(_) | View::List(_) => {
            let lists = Lists::Plain;
            serde_json::to_string(&Value { view, field, lists }).unwrap_or_default()
        }
    }
}
