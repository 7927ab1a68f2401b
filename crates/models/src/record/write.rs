//! Models out through any serde serializer, in the simplified form.

use serde_core::ser::{Serialize, SerializeMap, Serializer};

use super::debug::elements;
use super::{Field, Record, View};

/// Writes a model; fields without a value and empty lists are left out.
pub(crate) fn write<S: Serializer>(record: &dyn Record, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (index, field) in record.shape().fields.iter().enumerate() {
        match record.view(index) {
            View::Absent => {}
            View::List(list) if list.is_empty() => {}
            view => map.serialize_entry(field.key, &Value { view, field })?,
        }
    }
    map.end()
}

/// A value on its way out, with the field whose rules it follows.
struct Value<'a> {
    view: View<'a>,
    field: &'a Field,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.view {
            View::Absent => serializer.serialize_none(),
            View::Integer(value) if self.field.as_text => serializer.collect_str(&value),
            View::Integer(value) => serializer.serialize_i64(value),
            View::Boolean(value) if self.field.as_text => serializer.collect_str(&value),
            View::Boolean(value) => serializer.serialize_bool(value),
            #[cfg(feature = "json")]
            View::Text(value) if self.field.free && value.starts_with(['{', '[']) => {
                match crate::raw::parse(value.as_bytes()) {
                    Ok(tree) => tree.serialize(serializer),
                    Err(_) => serializer.serialize_str(value),
                }
            }
            View::Text(value) => serializer.serialize_str(value),
            View::Record(record) => write(record, serializer),
            View::List(list) => serializer.collect_seq(elements(list).map(|view| Self {
                view,
                field: self.field,
            })),
        }
    }
}
