//! One value into one place: numbers, truth values and texts in each other's clothes.

use serde_core::de::Error;

use super::slot::{Fit, Slot};
use super::trail::{Segment, Trail};
use crate::text::{quoted, shown};

const RANGE: &str = "an integer between -2^63 and 2^63-1";

/// What a place for a single value, or for the elements of a list, wants to have.
pub(super) fn wanted(slot: &Slot<'_>) -> &'static str {
    match slot {
        Slot::Integer(_) | Slot::Integers(_) => "an integer",
        Slot::Boolean(_) | Slot::Booleans(_) => "a boolean",
        Slot::Text(_) | Slot::Texts(_) => "a text",
        Slot::Record(_) | Slot::Root(_) => "an object",
        Slot::Records(_) => "a list",
        Slot::Unknown => "nothing",
    }
}

pub(super) fn put_integer<E: Error>(
    slot: Slot<'_>,
    value: i64,
    trail: &mut Trail<'_>,
) -> Result<(), E> {
    match slot {
        Slot::Integer(place) | Slot::Integers(place) => {
            settle(place.put(value), trail, || value.to_string())
        }
        Slot::Boolean(place) | Slot::Booleans(place) if value == 0 || value == 1 => {
            settle(place.put(value == 1), trail, || value.to_string())
        }
        slot => put_number(slot, &value.to_string(), trail),
    }
}

/// A number that is no `i64`, or that goes into a text, by its digits.
pub(super) fn put_number<E: Error>(
    slot: Slot<'_>,
    digits: &str,
    trail: &mut Trail<'_>,
) -> Result<(), E> {
    match slot {
        Slot::Text(place) | Slot::Texts(place) => settle_text(place.put_text(digits), trail),
        Slot::Integer(place) | Slot::Integers(place) if digits.parse::<i64>().is_ok() => {
            // `-0`, whose sign a text keeps.
            let value = digits.parse().unwrap_or_default();
            settle(place.put(value), trail, || shown(digits))
        }
        Slot::Integer(_) | Slot::Integers(_) if is_whole(digits) => {
            Err(refuse(next_index(&slot), RANGE, shown(digits), trail))
        }
        slot => Err(refuse(
            next_index(&slot),
            wanted(&slot),
            shown(digits),
            trail,
        )),
    }
}

/// Only other readers than this crate's give floating point; what they rounded cannot be had back.
pub(super) fn put_float<E: Error>(
    slot: Slot<'_>,
    value: f64,
    trail: &mut Trail<'_>,
) -> Result<(), E> {
    const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;
    if value.abs() < EXACT_BELOW {
        return put_number(slot, &value.to_string(), trail);
    }
    let found = format!("a number whose digits the reader lost, about {value:e}");
    Err(refuse(next_index(&slot), wanted(&slot), found, trail))
}

pub(super) fn put_boolean<E: Error>(
    slot: Slot<'_>,
    value: bool,
    trail: &mut Trail<'_>,
) -> Result<(), E> {
    let word = if value { "true" } else { "false" };
    match slot {
        Slot::Boolean(place) | Slot::Booleans(place) => {
            settle(place.put(value), trail, || word.to_owned())
        }
        Slot::Text(place) | Slot::Texts(place) => settle_text(place.put_text(word), trail),
        slot => Err(refuse(
            next_index(&slot),
            wanted(&slot),
            word.to_owned(),
            trail,
        )),
    }
}

/// An empty text is nothing, except to a list of texts, where it has a position to keep.
#[inline]
pub(super) fn put_text<E: Error>(
    slot: Slot<'_>,
    text: &str,
    trail: &mut Trail<'_>,
) -> Result<(), E> {
    match slot {
        Slot::Text(_) if text.is_empty() => Ok(()),
        Slot::Text(place) | Slot::Texts(place) => settle_text(place.put_text(text), trail),
        slot => put_parsed(slot, text, trail),
    }
}

fn put_parsed<E: Error>(slot: Slot<'_>, text: &str, trail: &mut Trail<'_>) -> Result<(), E> {
    let trimmed = text.trim_ascii();
    if trimmed.is_empty() {
        return Ok(());
    }
    let index = next_index(&slot);
    let expected = match slot {
        Slot::Integer(place) | Slot::Integers(place) => match trimmed.parse() {
            Ok(value) => return settle(place.put(value), trail, || quoted(text)),
            Err(_) if is_whole(trimmed) => RANGE,
            Err(_) => "an integer",
        },
        Slot::Boolean(place) | Slot::Booleans(place) => match trimmed {
            "true" | "1" => return settle(place.put(true), trail, || quoted(text)),
            "false" | "0" => return settle(place.put(false), trail, || quoted(text)),
            _ => "a boolean",
        },
        // An object's place may be that of a recipient: what came instead is not quoted.
        slot => return Err(refuse(index, wanted(&slot), "a text".to_owned(), trail)),
    };
    Err(refuse(index, expected, quoted(text), trail))
}

/// Index of the element that a list of scalars would have next.
fn next_index(slot: &Slot<'_>) -> Option<usize> {
    match slot {
        Slot::Integers(_) | Slot::Booleans(_) | Slot::Texts(_) => Some(slot.len()),
        _ => None,
    }
}

/// The error over a value, which in a list of scalars is an element however it is wrapped.
fn refuse<E: Error>(
    index: Option<usize>,
    expected: &str,
    found: String,
    trail: &mut Trail<'_>,
) -> E {
    if let Some(index) = index {
        trail.push(Segment::Index(index));
    }
    trail.mismatch(expected, found)
}

#[inline]
fn settle<E: Error>(
    fit: Fit,
    trail: &mut Trail<'_>,
    found: impl FnOnce() -> String,
) -> Result<(), E> {
    match fit {
        Fit::Taken => Ok(()),
        Fit::Contradicts => Err(trail.mismatch("one value", format!("another one, {}", found()))),
    }
}

/// A text may be a buyer's name or address, which belongs in no error.
#[inline]
fn settle_text<E: Error>(fit: Fit, trail: &mut Trail<'_>) -> Result<(), E> {
    match fit {
        Fit::Taken => Ok(()),
        Fit::Contradicts => Err(trail.mismatch("one value", "another one".to_owned())),
    }
}

fn is_whole(digits: &str) -> bool {
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
