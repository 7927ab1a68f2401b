//! Reads lists in all their layouts: an array, an inner name around an array, an inner name around the only element,
//! repeated inner names (XML), or the only element itself.

use super::coerce::{no_room, put, unfit};
use super::layout::{Layout, list_layout};
use super::place::Place;
use super::read::{read_free, read_nested};
use super::room::Room;
use super::{Field, Kind};
use crate::fault::Fault;
use crate::source::{Key, Piece, Source};
use crate::text::quoted;
use crate::tree::{Depth, Value, Walk, read_members_from};

/// Reads the value of a list's field; `start` is how many elements the list has already.
pub(super) fn read_list<S: Source>(
    place: &mut dyn Place,
    field: &'static Field,
    start: usize,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    match source.value()? {
        Piece::List => read_array(place, field, start, source, room).map(drop),
        Piece::Object => read_wrapper(place, field, start, source, room),
        // A blank text is an empty list.
        piece if piece.is_nothing() => Ok(()),
        scalar => match field.kind {
            Kind::Records(_) => Err(unfit(field.kind, scalar)),
            kind => put(place, element(kind), scalar, room).map_err(|fault| fault.at(start)),
        },
    }
}

/// The kind of a list's elements.
fn element(list: Kind) -> Kind {
    match list {
        Kind::Integers => Kind::Integer,
        Kind::Booleans => Kind::Boolean,
        Kind::Texts => Kind::Text,
        Kind::Records(shape) => Kind::Record(shape),
        single => single,
    }
}

/// Appends an array's elements to the list; returns how many elements the list then has.
fn read_array<S: Source>(
    place: &mut dyn Place,
    field: &'static Field,
    start: usize,
    source: &mut S,
    room: &mut Room,
) -> Result<usize, Fault> {
    let mut index = start;
    while source.element().map_err(|fault| fault.at(index))? {
        read_element(place, field, source, room).map_err(|fault| fault.at(index))?;
        index += 1;
    }
    Ok(index)
}

fn read_element<S: Source>(
    place: &mut dyn Place,
    field: &'static Field,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    match source.value()? {
        Piece::List => Err(unfit(element(field.kind), Piece::List)),
        Piece::Object => read_object_element(place, field, source, room),
        scalar => put_element(place, field, scalar, room),
    }
}

fn read_object_element<S: Source>(
    place: &mut dyn Place,
    field: &'static Field,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    match field.kind {
        Kind::Records(_) => read_nested(place, field.kind, source, room),
        Kind::Texts if field.free => read_free(place, Piece::Object, source, room),
        kind => Err(unfit(element(kind), Piece::Object)),
    }
}

fn put_element(
    place: &mut dyn Place,
    field: &'static Field,
    scalar: Piece<'_>,
    room: &mut Room,
) -> Result<(), Fault> {
    match (field.kind, scalar) {
        // An element without content still counts.
        (Kind::Records(_), Piece::Text(text)) if text.trim_ascii().is_empty() => {
            place.object(room).map(drop).ok_or_else(no_room)
        }
        (kind, scalar) => put(place, element(kind), scalar, room),
    }
}

/// Reads an object in the place of a list.
///
/// Usually it is a wrapper under the documented inner name. What else it is can only be decided when all its members
/// are known, so it is kept until then.
fn read_wrapper<S: Source>(
    place: &mut dyn Place,
    field: &'static Field,
    start: usize,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    // An inner name may also be the name of a field of the element.
    let inner = field.wrapper.filter(|inner| {
        let element = field.kind.shape();
        element.is_none_or(|shape| shape.field(inner).is_none())
    });
    let first = match source.key(inner)? {
        Key::Likely => return read_wrapped(place, field, start, source, room),
        Key::Other(key) => key.into(),
        Key::End => return Ok(()),
    };
    let value = read_members_from(first, source, Depth::default(), &mut room.nodes)?;
    let read = |place: &mut dyn Place, start, value: &Value, room: &mut Room| {
        read_inner(place, field, start, &mut Walk::new(value), room)
    };
    let found = match list_layout(field, &value) {
        Layout::Wrapped(inner) => {
            let members = value.members().unwrap_or_default().iter();
            let mut start = start;
            for (_, value) in members.filter(|(key, _)| **key == *inner) {
                start = read(place, start, value, room)?;
            }
            return Ok(());
        }
        Layout::Bare => return read(place, start, &value, room).map(drop),
        Layout::Ambiguous(found) => found,
        Layout::Unknown(key) => format!("an object with the unknown key {}", quoted(key)),
        Layout::Array | Layout::Single | Layout::Nothing => return Ok(()),
    };
    Err(Fault::unexpected("a list", found))
}

/// Reads a wrapper whose first member has the inner name. Other members are not elements.
fn read_wrapped<S: Source>(
    place: &mut dyn Place,
    field: &'static Field,
    start: usize,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    let mut start = read_inner(place, field, start, source, room)?;
    loop {
        match source.key(field.wrapper)? {
            Key::Likely => start = read_inner(place, field, start, source, room)?,
            Key::Other(_) => source.skip()?,
            Key::End => return Ok(()),
        }
    }
}

/// Reads the value under the inner name: an array, or one element. Returns how many elements the list then has.
fn read_inner<S: Source>(
    place: &mut dyn Place,
    field: &'static Field,
    start: usize,
    source: &mut S,
    room: &mut Room,
) -> Result<usize, Fault> {
    let read = match source.value() {
        Ok(Piece::List) => return read_array(place, field, start, source, room),
        Ok(Piece::Object) => read_object_element(place, field, source, room),
        Ok(scalar) => put_element(place, field, scalar, room),
        Err(fault) => Err(fault),
    };
    read.map(|()| start + 1).map_err(|fault| fault.at(start))
}
