//! Reads models from any [`Source`], in every shape that the platform sends.
//!
//! Nothing here knows the type of a model, so this is compiled once for each source and not for each model.

use super::coerce::{no_room, put, unfit};
use super::list::read_list;
use super::place::Place;
use super::room::Room;
use super::{Field, Kind, Record, View};
use crate::fault::Fault;
use crate::refusal_keys::may_express_refusal;
use crate::source::{Key, Piece, Source};
use crate::tree::{self, Depth, Nodes};

/// The most bytes of memory that a value without documented fields may take.
const MOST_FREE: usize = 1 << 22;

/// The kind of a value, without its content.
pub(crate) fn kind_of(piece: Piece<'_>) -> &'static str {
    match piece {
        Piece::Null => "null",
        Piece::Boolean(_) => "a boolean",
        Piece::Integer(_) | Piece::Digits(_) => "a number",
        Piece::Text(_) => "a text",
        Piece::Object => "an object",
        Piece::List => "an array",
    }
}

/// Reads the members of an object.
pub(super) fn read_object<S: Source>(
    record: &mut dyn Record,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    let shape = record.shape();
    let mut likely = 0;
    let (mut known, mut unknown) = (false, false);
    loop {
        let index = match source.key(shape.fields.get(likely).map(|field| field.key))? {
            Key::Likely => likely,
            Key::Other(key) => match shape.find(key, likely) {
                Some(index) => index,
                None => {
                    unknown |= !may_express_refusal(key);
                    source.skip()?;
                    continue;
                }
            },
            Key::End => break,
        };
        read_field(record, index, source, room)?;
        known = true;
        likely = index + 1;
    }
    if unknown && !known && !shape.fields.is_empty() {
        return Err(Fault::unexpected(
            format!("an object with a field of {}", shape.name),
            "one with none of them (an answer of another API?)",
        ));
    }
    Ok(())
}

/// Reads the value of the field at `index`, whose key has just been read.
#[inline]
pub(crate) fn read_field<S: Source>(
    record: &mut dyn Record,
    index: usize,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    let Some(field) = record.shape().fields.get(index) else {
        return source.skip();
    };
    let read = match field.kind.is_list() {
        true => read_list_field(record, index, field, source, room),
        false => match record.place(index) {
            Some(place) => read_single(place, field, source, room),
            None => source.skip(),
        },
    };
    read.map_err(|fault| match field.personal {
        true => fault.hidden().under(field.key),
        false => fault.under(field.key),
    })
}

fn read_list_field<S: Source>(
    record: &mut dyn Record,
    index: usize,
    field: &'static Field,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    // XML repeats the names of lists that have no wrapper.
    let length = match record.view(index) {
        View::List(list) => list.len(),
        _ => 0,
    };
    match record.place(index) {
        Some(place) => read_list(place, field, length, source, room),
        None => source.skip(),
    }
}

/// Reads a value that is not a list.
#[inline]
fn read_single<S: Source>(
    place: &mut dyn Place,
    field: &'static Field,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    match source.value()? {
        // In a list of texts, a blank text keeps its position; here it means no value.
        Piece::Text("") => Ok(()),
        Piece::Object => read_single_begun(place, field, Piece::Object, source, room),
        Piece::List => read_single_begun(place, field, Piece::List, source, room),
        scalar => put(place, field.kind, scalar, room),
    }
}

/// Reads an object or a list, whose beginning has been read, in the place of a value that is not a list.
fn read_single_begun<S: Source>(
    place: &mut dyn Place,
    field: &'static Field,
    start: Piece<'static>,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    match (field.kind, start) {
        (Kind::Record(_), Piece::Object) => read_nested(place, field.kind, source, room),
        (Kind::Record(_), _) => read_array_of_one(place, field.kind, source, room),
        (Kind::Text, start) if field.free => read_free(place, start, source, room),
        (kind, Piece::Object) => match source.key(None)? {
            // An empty object means no value, like an empty element, which some XML readers turn into an empty object.
            Key::End => Ok(()),
            _ => Err(unfit(kind, Piece::Object)),
        },
        (kind, start) => Err(unfit(kind, start)),
    }
}

/// Reads an object into its place: a field, or a list, which gets another element.
#[inline]
pub(super) fn read_nested<S: Source>(
    place: &mut dyn Place,
    kind: Kind,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    match place.object(room) {
        Some(record) => read_object(record, source, room),
        None if kind.is_list() => Err(no_room()),
        None => Err(another_object()),
    }
}

/// The error for an array of several objects, and for a repeated key.
#[cold]
fn another_object() -> Fault {
    Fault::unexpected("one object", "more than one")
}

/// Reads an object that the platform documents as one object and sends as an array of one.
fn read_array_of_one<S: Source>(
    place: &mut dyn Place,
    kind: Kind,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    let mut first = true;
    while source.element()? {
        if !std::mem::take(&mut first) {
            return Err(another_object());
        }
        match source.value()? {
            Piece::Object => read_nested(place, kind, source, room)?,
            piece if piece.is_nothing() => {}
            piece => return Err(Fault::unexpected("an object", kind_of(piece))),
        }
    }
    Ok(())
}

/// Keeps an undocumented object or list as the text of its JSON.
pub(super) fn read_free<S: Source>(
    place: &mut dyn Place,
    start: Piece<'static>,
    source: &mut S,
    room: &mut Room,
) -> Result<(), Fault> {
    let mut nodes = Nodes::of(MOST_FREE);
    let value = tree::read_rest(start, source, Depth::default(), &mut nodes)?;
    put(place, Kind::Text, Piece::Text(&value.to_json()), room)
}
