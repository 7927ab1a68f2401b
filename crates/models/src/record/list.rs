//! Lists in all their wrappings: an array, an inner name around one, an inner name around the only
//! element, inner names repeated (XML), or the only element bare.

use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::read::{Role, ValueSeed, read_member, skip};
use super::scalar::quoted;
use super::trail::{Segment, Trail};
use super::{Field, Hint, Shape, Slot};

/// Reads an array's elements behind those that the list already has.
pub(super) fn read_array<'de, A: SeqAccess<'de>>(
    mut seed: ValueSeed<'_, '_>,
    mut elements: A,
) -> Result<(), A::Error> {
    for index in seed.slot.len().. {
        let element = ValueSeed {
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

/// What an object in the place of a list turned out to be.
#[derive(PartialEq)]
enum Layout {
    Undecided,
    /// A wrapper by its known inner name.
    Wrapper,
    /// A wrapper by its value, for its key is neither the inner name nor a field.
    Guessed,
    /// The only element itself.
    Bare,
}

/// Reads an object in the place of a list.
pub(super) fn read_wrapper<'de, A: MapAccess<'de>>(
    mut slot: Slot<'_>,
    field: &'static Field,
    mut map: A,
    trail: &mut Trail<'_>,
) -> Result<(), A::Error> {
    let mut layout = Layout::Undecided;
    let mut passed_over = None;
    loop {
        trail.hint.offer(field.wrapper);
        let Some(key) = map.next_key_seed(ListKeySeed {
            field,
            element: slot.element(),
            hint: trail.hint,
        })?
        else {
            break;
        };
        match (key, &layout) {
            (ListKey::Inner, Layout::Undecided | Layout::Wrapper) => {
                layout = Layout::Wrapper;
                read_inner(&mut slot, field, &mut map, trail)?;
            }
            (ListKey::Member(index), Layout::Undecided | Layout::Bare) => {
                if layout == Layout::Undecided {
                    layout = Layout::Bare;
                    slot.grow(trail)?;
                }
                read_bare_member(&mut slot, index, &mut map, trail)?;
            }
            (ListKey::Member(_), Layout::Guessed) => {
                return Err(trail.mismatch(
                    "a list",
                    "an object with fields of an element beside others".to_owned(),
                ));
            }
            (ListKey::Other(key), Layout::Undecided | Layout::Guessed)
                if may_be_wrapper(field, &slot, &key) =>
            {
                let before = slot.len();
                read_inner(&mut slot, field, &mut map, trail)?;
                if slot.len() > before {
                    layout = Layout::Guessed;
                } else if layout == Layout::Undecided {
                    passed_over = Some(key);
                }
            }
            (ListKey::Other(key), Layout::Undecided) => {
                skip(&mut map)?;
                if !key.starts_with('@') {
                    passed_over = Some(key);
                }
            }
            _ => skip(&mut map)?,
        }
    }
    match passed_over {
        Some(key) if layout == Layout::Undecided => {
            let found = format!("an object with the unknown key {}", quoted(&key));
            Err(trail.mismatch("a list", found))
        }
        _ => Ok(()),
    }
}

/// Scalars have no fields, so that any key around them is a wrapper's; around objects only where no sample
/// ever showed the inner name.
fn may_be_wrapper(field: &Field, slot: &Slot<'_>, key: &str) -> bool {
    !key.starts_with('@') && (slot.element().is_none() || !field.wrapper_proven)
}

fn read_inner<'de, A: MapAccess<'de>>(
    slot: &mut Slot<'_>,
    field: &'static Field,
    map: &mut A,
    trail: &mut Trail<'_>,
) -> Result<(), A::Error> {
    let index = slot.len();
    let read = map.next_value_seed(ValueSeed {
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

fn read_bare_member<'de, A: MapAccess<'de>>(
    slot: &mut Slot<'_>,
    index: usize,
    map: &mut A,
    trail: &mut Trail<'_>,
) -> Result<(), A::Error> {
    let last = slot.len().saturating_sub(1);
    let Some(element) = slot.last() else {
        return skip(map);
    };
    let read = read_member(element, index, map, trail);
    if read.is_err() {
        trail.push(Segment::Index(last));
    }
    read
}

enum ListKey {
    Inner,
    Member(usize),
    Other(String),
}

struct ListKeySeed<'h> {
    field: &'static Field,
    element: Option<&'static Shape>,
    hint: &'h Hint,
}

impl<'de> DeserializeSeed<'de> for ListKeySeed<'_> {
    type Value = ListKey;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<ListKey, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for ListKeySeed<'_> {
    type Value = ListKey;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    /// This crate's readers answer so where the inner name stands, which they were told.
    fn visit_unit<E: Error>(self) -> Result<ListKey, E> {
        if self.field.wrapper.is_some() && self.hint.is_taken() {
            return Ok(ListKey::Inner);
        }
        Ok(ListKey::Other(String::new()))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<ListKey, E> {
        if self.field.wrapper == Some(key) {
            return Ok(ListKey::Inner);
        }
        Ok(match self.element.and_then(|shape| shape.find(key, 0)) {
            Some(index) => ListKey::Member(index),
            None => ListKey::Other(key.to_owned()),
        })
    }
}
