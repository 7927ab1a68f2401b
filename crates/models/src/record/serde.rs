//! Reads models from any serde deserializer, through a tree, and writes them to any serde serializer, in the simplified
//! form.

use serde_core::de::{Deserializer, Error as _};
use serde_core::ser::{Serialize, SerializeMap, Serializer};

use super::debug::elements;
use super::read::{kind_of, read_object};
use super::room::Room;
use super::{Field, Record, View};
use crate::fault::Fault;
use crate::source::{Piece, Source as _};
use crate::tree::{self, Walk};

/// Reads a model from any serde deserializer, through a tree.
pub(crate) fn from_serde<'de, T: Record + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = tree::for_model(deserializer)?;
    let mut record = T::default();
    FILL(&mut record, &value).map_err(D::Error::custom)?;
    Ok(record)
}

/// [`fill`] behind a pointer. If the compiler saw the call, it would analyse all reading code again
/// for every model, which is a twentieth of the build time.
static FILL: fn(&mut dyn Record, &tree::Value) -> Result<(), Fault> = fill;

fn fill(record: &mut dyn Record, value: &tree::Value) -> Result<(), Fault> {
    let mut walk = Walk::new(value);
    match walk.value()? {
        Piece::Object => read_object(record, &mut walk, &mut Room::unbounded()),
        piece if piece.is_nothing() => Ok(()),
        piece => Err(Fault::unexpected("an object", kind_of(piece))),
    }
}

/// Writes a model; fields without a value and empty lists are left out.
pub(crate) fn write<S: Serializer>(record: &dyn Record, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (index, field) in record.shape().fields.iter().enumerate() {
        match record.view(index) {
            View::Absent => {}
            View::List(list) if list.is_empty() => {}
            view => map.serialize_entry(field.key, &Out { view, field })?,
        }
    }
    map.end()
}

/// A value to be written, with the field whose rules apply to it.
struct Out<'a> {
    view: View<'a>,
    field: &'a Field,
}

impl Serialize for Out<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.view {
            View::Absent => serializer.serialize_none(),
            View::Integer(value) if self.field.as_text => serializer.collect_str(&value),
            View::Integer(value) => serializer.serialize_i64(value),
            View::Boolean(value) if self.field.as_text => serializer.collect_str(&value),
            View::Boolean(value) => serializer.serialize_bool(value),
            #[cfg(feature = "json")]
            View::Text(value) if self.field.free && value.starts_with(['{', '[']) => {
                match crate::json::parse(value) {
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
