//! Puts one scalar into one place, and converts between numbers, booleans and texts.

use super::Kind;
use super::place::{Offer, Place, Taken};
use super::room::Room;
use crate::fault::Fault;
use crate::source::{Piece, ROUNDED};
use crate::text::{quoted, shown};

const RANGE: &str = "an integer between -2^63 and 2^63-1";

/// What a place for a single value expects, in words.
pub(super) fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer => "an integer",
        Kind::Boolean => "a boolean",
        Kind::Text => "a text",
        Kind::Record(_) => "an object",
        Kind::Integers | Kind::Booleans | Kind::Texts | Kind::Records(_) => "a list",
    }
}

/// Puts a scalar into the place of a value of this kind.
#[inline]
pub(super) fn put(
    place: &mut dyn Place,
    kind: Kind,
    piece: Piece<'_>,
    room: &mut Room,
) -> Result<(), Fault> {
    let offer = match (kind, piece) {
        (_, Piece::Null) => return Ok(()),
        (Kind::Text, Piece::Text(text)) => Offer::Text(text),
        (Kind::Integer, Piece::Integer(value)) => Offer::Integer(value),
        (Kind::Boolean, Piece::Boolean(value)) => Offer::Boolean(value),
        (kind, piece) => return put_coerced(place, kind, piece, room),
    };
    accept(place.take(offer, room), kind, piece)
}

/// The same for a scalar whose kind is not that of the place.
#[inline(never)]
fn put_coerced(
    place: &mut dyn Place,
    kind: Kind,
    piece: Piece<'_>,
    room: &mut Room,
) -> Result<(), Fault> {
    if let Piece::Text(text) = piece
        && text.trim_ascii().is_empty()
    {
        return Ok(());
    }
    let digits;
    let offer = match (kind, piece) {
        (Kind::Integer, Piece::Digits(text) | Piece::Text(text)) => integer(text, piece)?,
        (Kind::Boolean, Piece::Integer(0) | Piece::Text("false" | "0")) => Offer::Boolean(false),
        (Kind::Boolean, Piece::Integer(1) | Piece::Text("true" | "1")) => Offer::Boolean(true),
        (Kind::Boolean, Piece::Text(text)) => match text.trim_ascii() {
            "false" | "0" => Offer::Boolean(false),
            "true" | "1" => Offer::Boolean(true),
            _ => return Err(unfit(kind, piece)),
        },
        (Kind::Text, Piece::Boolean(true)) => Offer::Text("true"),
        (Kind::Text, Piece::Boolean(false)) => Offer::Text("false"),
        (Kind::Text, Piece::Digits(text)) if !text.starts_with(ROUNDED) => Offer::Text(text),
        (Kind::Text, Piece::Integer(value)) => {
            digits = value.to_string();
            Offer::Text(&digits)
        }
        (kind, piece) => return Err(unfit(kind, piece)),
    };
    accept(place.take(offer, room), kind, piece)
}

/// An integer from the digits of a number or of a text.
fn integer(text: &str, piece: Piece<'_>) -> Result<Offer<'static>, Fault> {
    let digits = text.trim_ascii();
    if let Ok(value) = digits.parse() {
        return Ok(Offer::Integer(value));
    }
    let whole = digits.strip_prefix('-').unwrap_or(digits);
    if !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::unexpected(RANGE, show(piece)));
    }
    Err(unfit(Kind::Integer, piece))
}

/// The error for a value of another kind.
#[cold]
pub(super) fn unfit(kind: Kind, piece: Piece<'_>) -> Fault {
    let found = match (kind, piece) {
        // The place may be that of a recipient, so the value is not quoted.
        (Kind::Integer | Kind::Boolean, Piece::Text(text)) => quoted(text),
        (_, Piece::Text(_)) => "a text".to_owned(),
        (_, piece) => show(piece),
    };
    Fault::unexpected(wanted(kind), found)
}

/// A value as an error shows it.
fn show(piece: Piece<'_>) -> String {
    match piece {
        Piece::Null => "null".to_owned(),
        Piece::Boolean(value) => value.to_string(),
        Piece::Integer(value) => value.to_string(),
        Piece::Digits(digits) => match digits.strip_prefix(ROUNDED) {
            Some(about) => format!("a number whose digits the reader lost, about {about}"),
            None => shown(digits),
        },
        Piece::Text(text) => quoted(text),
        Piece::Object => "an object".to_owned(),
        Piece::List => "an array".to_owned(),
    }
}

/// Turns the result of a place into an error if it did not take the value.
#[inline]
fn accept(taken: Taken, kind: Kind, piece: Piece<'_>) -> Result<(), Fault> {
    match taken {
        Taken::Done => Ok(()),
        taken => Err(refused(taken, kind, piece)),
    }
}

#[cold]
fn refused(taken: Taken, kind: Kind, piece: Piece<'_>) -> Fault {
    match (taken, kind) {
        // A text may be a buyer's name or address, which must not be in an error.
        (Taken::Contradicts, Kind::Text) => Fault::unexpected("one value", "another one"),
        (Taken::Contradicts, _) => {
            Fault::unexpected("one value", format!("another one, {}", show(piece)))
        }
        (Taken::NoRoom, _) => no_room(),
        _ => unfit(kind, piece),
    }
}

/// The error for a list of nearly empty elements that would take too much memory.
#[cold]
pub(super) fn no_room() -> Fault {
    Fault::unexpected(
        "a list that takes little more memory than the answer",
        "a longer one of nearly empty elements",
    )
}
