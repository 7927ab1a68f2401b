//! Models in from any serde deserializer, whatever shape the platform chose.
//!
//! One seed and one visitor serve every field of every model: they know a place to fill, not its type.

use std::fmt;

use serde_core::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde_core::de::{
    DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

use super::list;
use super::scalar::{put_boolean, put_float, put_integer, put_number, put_text, wanted};
use super::slot::Grow;
use super::trail::{Segment, Trail};
use super::{Field, Hint, Record, Shape, Slot};
use crate::raw::{self, Depth, Nodes};
use crate::refusal::may_say_no;

/// No value without documented fields is larger than this many bytes of nearly empty objects.
const MOST_FREE: usize = 1 << 22;

/// Fills a model; an error says where in the answer it arose.
pub(crate) fn read<'de, D: Deserializer<'de>>(
    record: &mut dyn Record,
    deserializer: D,
) -> Result<(), D::Error> {
    let hint = Hint::default();
    let mut trail = Trail::new(&hint);
    let seed = ValueSeed {
        slot: Slot::Root(record),
        field: &ROOT,
        role: Role::Member,
        trail: &mut trail,
    };
    seed.deserialize(deserializer)
        .map_err(|error| match trail.path() {
            path if path.is_empty() => error,
            path => D::Error::custom(format_args!("{path}: {error}")),
        })
}

static ROOT: Field = Field::new("", super::Kind::Text);

/// Reads the value of the field at `index`, whose key has just been read from `map`.
pub(crate) fn read_member<'de, A: MapAccess<'de>>(
    record: &mut dyn Record,
    index: usize,
    map: &mut A,
    trail: &mut Trail<'_>,
) -> Result<(), A::Error> {
    let field = &record.shape().fields[index];
    read_field(record, index, field, map, trail)
}

#[inline]
fn read_field<'de, A: MapAccess<'de>>(
    record: &mut dyn Record,
    index: usize,
    field: &'static Field,
    map: &mut A,
    trail: &mut Trail<'_>,
) -> Result<(), A::Error> {
    let read = map.next_value_seed(ValueSeed {
        slot: record.slot(index),
        field,
        role: Role::Member,
        trail,
    });
    if read.is_err() {
        trail.push(Segment::Key(field.key));
    }
    read
}

/// Passes over the value whose key has just been read.
pub(crate) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(drop)
}

/// Reads a key and looks it up.
struct KeySeed<'h> {
    shape: &'static Shape,
    /// Index of the field whose key was hinted at.
    likely: usize,
    hint: &'h Hint,
}

/// A member's name, looked up.
enum Key {
    /// That of the field at this index.
    Field(usize),
    Unknown,
    /// What may say no in place of an answer; or an attribute or a text between elements, as other readers of XML hand
    /// them over.
    Aside,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Key;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Key;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(match self.hint.is_taken() {
            true => Key::Field(self.likely),
            false => Key::Unknown,
        })
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(match self.shape.find(key, self.likely) {
            Some(index) => Key::Field(index),
            None if key.starts_with(['@', '$']) || may_say_no(key) => Key::Aside,
            None => Key::Unknown,
        })
    }
}

/// Where a value stands, for a list may hold its elements in four ways.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Role {
    /// The value of a field.
    Member,
    /// The value under the inner name of a list's wrapper.
    Inner,
    /// An element of an array.
    Element,
}

/// Reads one value into one place.
pub(super) struct ValueSeed<'a, 't> {
    pub(super) slot: Slot<'a>,
    pub(super) field: &'static Field,
    pub(super) role: Role,
    pub(super) trail: &'a mut Trail<'t>,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_, '_> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(wanted(&self.slot))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        put_integer(self.slot, value, self.trail)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => put_number(self.slot, &value.to_string(), self.trail),
        }
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        put_number(self.slot, &value.to_string(), self.trail)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<(), E> {
        put_number(self.slot, &value.to_string(), self.trail)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        put_float(self.slot, value, self.trail)
    }

    /// This crate's JSON reader hands over the digits of numbers that are no `i64`.
    fn visit_bytes<E: Error>(self, digits: &[u8]) -> Result<(), E> {
        put_number(self.slot, &String::from_utf8_lossy(digits), self.trail)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        put_boolean(self.slot, value, self.trail)
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        match self.slot {
            // As a field's own value, a blank text is an empty list.
            Slot::Texts(_) if text.trim_ascii().is_empty() && self.role == Role::Member => Ok(()),
            // An element without content still counts.
            Slot::Records(place) if text.trim_ascii().is_empty() && self.role != Role::Member => {
                grow(place, self.trail).map(drop)
            }
            slot => put_text(slot, text, self.trail),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<(), A::Error> {
        match (&self.slot, self.role) {
            (Slot::Text(_), Role::Member) if self.field.free => {
                self.read_free(SeqAccessDeserializer::new(elements))
            }
            (Slot::Record(_) | Slot::Root(_), Role::Member) => self.read_array_of_one(elements),
            (
                Slot::Integers(_) | Slot::Booleans(_) | Slot::Texts(_) | Slot::Records(_),
                Role::Member | Role::Inner,
            ) => list::read_array(self, elements),
            _ => Err(self
                .trail
                .mismatch(wanted_element(&self.slot), "an array".to_owned())),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let is_free = match self.slot {
            Slot::Text(_) => self.field.free,
            Slot::Texts(_) => self.field.free && self.role != Role::Member,
            _ => false,
        };
        if is_free {
            return self.read_free(MapAccessDeserializer::new(map));
        }
        match (self.slot, self.role) {
            (Slot::Root(record), _) => read_record(record, map, self.trail),
            (Slot::Record(place), _) => match place.open() {
                Some(record) => read_record(record, map, self.trail),
                None => Err(another_object(self.trail)),
            },
            (Slot::Records(place), Role::Inner | Role::Element) => {
                read_record(grow(place, self.trail)?, map, self.trail)
            }
            (
                slot @ (Slot::Integers(_) | Slot::Booleans(_) | Slot::Texts(_) | Slot::Records(_)),
                Role::Member,
            ) => list::read_wrapper(slot, self.field, map, self.trail),
            (slot, _) => Err(self.trail.mismatch(wanted(&slot), "an object".to_owned())),
        }
    }
}

/// The same for an array of several and for a key or element that comes again.
fn another_object<E: Error>(trail: &mut Trail<'_>) -> E {
    trail.mismatch("one object", "more than one".to_owned())
}

fn wanted_element(slot: &Slot<'_>) -> &'static str {
    match slot {
        Slot::Records(_) => "an object",
        slot => wanted(slot),
    }
}

impl ValueSeed<'_, '_> {
    /// Keeps an object or a list of which nothing is documented as the text of its JSON.
    fn read_free<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let mut nodes = Nodes::of(MOST_FREE);
        let seed = raw::ValueSeed {
            depth: Depth::default(),
            nodes: &mut nodes,
        };
        let value = seed.deserialize(deserializer)?;
        put_text(self.slot, &value.to_json(), self.trail)
    }

    /// An object that the platform documents as a list comes as an array of one, too.
    fn read_array_of_one<'de, A: SeqAccess<'de>>(
        mut self,
        mut elements: A,
    ) -> Result<(), A::Error> {
        let first = ValueSeed {
            slot: self.slot.again(),
            field: self.field,
            role: Role::Element,
            trail: self.trail,
        };
        if elements.next_element_seed(first)?.is_none() {
            return Ok(());
        }
        match elements.next_element::<IgnoredAny>()? {
            None => Ok(()),
            Some(_) => Err(another_object(self.trail)),
        }
    }
}

/// Adds an element to a list, unless elements of next to nothing are to fill the memory.
pub(super) fn grow<'a, E: Error>(
    place: &'a mut dyn Grow,
    trail: &mut Trail<'_>,
) -> Result<&'a mut dyn Record, E> {
    if trail.takes(place.element_size()) {
        return Ok(place.grow());
    }
    let found = "a longer one of nearly empty elements".to_owned();
    Err(trail.mismatch("a list that is not much larger than the answer", found))
}

fn read_record<'de, A: MapAccess<'de>>(
    record: &mut dyn Record,
    mut map: A,
    trail: &mut Trail<'_>,
) -> Result<(), A::Error> {
    let shape = record.shape();
    let mut likely = 0;
    let (mut known, mut unknown) = (false, false);
    loop {
        trail
            .hint
            .offer(shape.fields.get(likely).map(|field| field.key));
        let key = KeySeed {
            shape,
            likely,
            hint: trail.hint,
        };
        let Some(key) = map.next_key_seed(key)? else {
            break;
        };
        unknown |= matches!(key, Key::Unknown);
        let Key::Field(index) = key else {
            skip(&mut map)?;
            continue;
        };
        match shape.fields.get(index) {
            Some(field) => {
                read_field(record, index, field, &mut map, trail)?;
                known = true;
                likely = index + 1;
            }
            None => skip(&mut map)?,
        }
    }
    if unknown && !known && !shape.fields.is_empty() {
        let wanted = format!("an object with a field of {}", shape.name);
        let found = "one with none of them (an answer of another API?)";
        return Err(trail.mismatch(&wanted, found.to_owned()));
    }
    Ok(())
}
