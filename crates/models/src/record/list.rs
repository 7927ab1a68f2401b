//! Lists in all their wrappings: an array, an inner name around one, an inner name around the only
//! element, inner names repeated (XML), or the only element bare.

use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::layout::{Layout, list_layout};
use super::read::{Role, skip};
use super::trail::{Segment, Trail};
use super::{Field, Hint, Shape, Slot};
use crate::raw::{Depth, KeySeed, Source, Value, ValueSeed};
use crate::text::quoted;

/// Reads an array's elements behind those that the list already has.
pub(super) fn read_array<'de, A: SeqAccess<'de>>(
    mut seed: super::read::ValueSeed<'_, '_>,
    mut elements: A,
) -> Result<(), A::Error> {
    for index in seed.slot.len().. {
        let element = super::read::ValueSeed {
            slot: seed.slot.again(),
            field: seed.field,
            role: Role::Element,
            trail: seed.trail,
        };
        match elements.next_element_seed(element) {
            Ok(Some(())) => {}
            Ok(None) => break,
            Err(error) => {
                // A scalar has put its index already.
                if !seed.trail.at_index() {
                    seed.trail.push(Segment::Index(index));
                }
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Reads an object in the place of a list.
///
/// Mostly it is a wrapper under the documented inner name. Whatever else it is shows only when all its members are
/// known, so that it is kept until then.
pub(super) fn read_wrapper<'de, A: MapAccess<'de>>(
    mut slot: Slot<'_>,
    field: &'static Field,
    mut map: A,
    trail: &mut Trail<'_>,
) -> Result<(), A::Error> {
    trail.hint.offer(field.wrapper);
    let key = ListKeySeed {
        field,
        element: slot.element(),
        hint: trail.hint,
    };
    let first = match map.next_key_seed(key)? {
        None => return Ok(()),
        Some(ListKey::Inner) => return read_wrapped(slot, field, map, trail),
        Some(ListKey::Other(key)) => key,
    };
    let mut members = Vec::new();
    let mut next = Some(first);
    while let Some(key) = next {
        let value = map.next_value_seed(ValueSeed {
            depth: Depth::default(),
            nodes: &mut trail.nodes,
        })?;
        members.push((key, value));
        next = map.next_key_seed(KeySeed)?;
    }
    let value = Value::Object(members);
    let found = match list_layout(field, &value) {
        Layout::Wrapped(inner) => {
            let members = value.members().unwrap_or_default().iter();
            for (_, value) in members.filter(|(key, _)| **key == *inner) {
                read_part(&mut slot, field, Role::Inner, value, trail)?;
            }
            return Ok(());
        }
        Layout::Bare => return read_part(&mut slot, field, Role::Element, &value, trail),
        Layout::Ambiguous(found) => found,
        Layout::Unknown(key) => format!("an object with the unknown key {}", quoted(key)),
        Layout::Array | Layout::Single | Layout::Nothing => return Ok(()),
    };
    Err(trail.mismatch("a list", found))
}

/// Reads a wrapper whose first member is the inner name's. Other members are no elements.
fn read_wrapped<'de, A: MapAccess<'de>>(
    mut slot: Slot<'_>,
    field: &'static Field,
    mut map: A,
    trail: &mut Trail<'_>,
) -> Result<(), A::Error> {
    let mut is_inner = true;
    loop {
        if is_inner {
            read_inner(&mut slot, field, &mut map, trail)?;
        } else {
            skip(&mut map)?;
        }
        trail.hint.offer(field.wrapper);
        let key = ListKeySeed {
            field,
            element: slot.element(),
            hint: trail.hint,
        };
        is_inner = match map.next_key_seed(key)? {
            None => return Ok(()),
            Some(key) => matches!(key, ListKey::Inner),
        };
    }
}

fn read_inner<'de, A: MapAccess<'de>>(
    slot: &mut Slot<'_>,
    field: &'static Field,
    map: &mut A,
    trail: &mut Trail<'_>,
) -> Result<(), A::Error> {
    let index = slot.len();
    let read = map.next_value_seed(super::read::ValueSeed {
        slot: slot.again(),
        field,
        role: Role::Inner,
        trail,
    });
    // A scalar, and an element of an array under the inner name, has put its index already.
    if read.is_err() && !trail.at_index() {
        trail.push(Segment::Index(index));
    }
    read
}

/// The same from a value that was kept.
fn read_part<E: Error>(
    slot: &mut Slot<'_>,
    field: &'static Field,
    role: Role,
    value: &Value,
    trail: &mut Trail<'_>,
) -> Result<(), E> {
    let index = slot.len();
    let seed = super::read::ValueSeed {
        slot: slot.again(),
        field,
        role,
        trail,
    };
    let read = seed.deserialize(Source::<E>::for_models(value));
    if read.is_err() && !trail.at_index() {
        trail.push(Segment::Index(index));
    }
    read
}

enum ListKey {
    /// The inner name, which is no field of the element.
    Inner,
    Other(Box<str>),
}

struct ListKeySeed<'h> {
    field: &'static Field,
    element: Option<&'static Shape>,
    hint: &'h Hint,
}

impl ListKeySeed<'_> {
    /// An inner name may also be the name of a field of the element.
    fn key(&self, inner: &str) -> ListKey {
        match self
            .element
            .is_some_and(|shape| shape.field(inner).is_some())
        {
            true => ListKey::Other(inner.into()),
            false => ListKey::Inner,
        }
    }
}

impl<'de> DeserializeSeed<'de> for ListKeySeed<'_> {
    type Value = ListKey;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ListKey, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for ListKeySeed<'_> {
    type Value = ListKey;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    /// This crate's readers answer so where the inner name stands, which they were told.
    fn visit_unit<E: Error>(self) -> Result<ListKey, E> {
        match self.field.wrapper.filter(|_| self.hint.is_taken()) {
            Some(inner) => Ok(self.key(inner)),
            None => Ok(ListKey::Other("".into())),
        }
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<ListKey, E> {
        match self.field.wrapper == Some(key) {
            true => Ok(self.key(key)),
            false => Ok(ListKey::Other(key.into())),
        }
    }
}
