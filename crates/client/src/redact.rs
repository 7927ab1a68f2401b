//! Removes secrets and personal data of a request from the texts that come back.
//!
//! Answers repeat what they refuse: a session, a code, a recipient's name or phone number. Their
//! texts end up in messages and logs, so they are redacted here before an [`Error`] is returned;
//! [`Error::raw`] keeps the original body.
//!
//! The session and the parameters of system calls are secrets. Every other value in a request is
//! treated as personal data, unless its name is in the list of safe names: ids, codes, amounts,
//! positions in a list.
//!
//! Values are compared by their letters and digits alone, ignoring case, after percent-encoding and
//! the escapes of JSON, XML and Rust are decoded. A part of a value is redacted like the whole if
//! it has at least [`SECRET_PIECE`] or [`PERSONAL_PIECE`] characters, unless they are all the same,
//! such as the zeros in an id, because those identify no one. Shorter values are redacted only as
//! whole words.
//!
//! Request ids and trace ids are long rows of digits that may contain part of some value by chance,
//! and support asks for them. Personal data is therefore redacted in them only if they contain a
//! whole value or a name from it.

mod errors;
mod marks;
mod plain;
mod quick_check;
mod values;

use std::ops::Range;

use crate::call::{Call, Endpoint};
use crate::secrets::Session;
use marks::{FEWEST_DIGITS, Wanted};
use plain::Plain;
pub(crate) use quick_check::is_clean;
pub(crate) use values::{bare, is_safe};

/// What replaces redacted text.
pub(crate) const REDACTED: &str = "[redacted]";

/// The shortest part of a secret that is redacted inside other words, in letters and digits. Tokens
/// have about fifty characters and contain no words, so this damages no other text.
const SECRET_PIECE: usize = 8;

/// The same for personal data.
const PERSONAL_PIECE: usize = 6;

/// Longer ids, in bytes, are redacted like any other text.
const LONGEST_ID: usize = 200;

/// A text is searched in parts of this many bytes, because the search takes about fifty times as
/// much memory.
const PART: usize = 1 << 16;

/// How many bytes two adjacent parts share. The pieces that are redacted are shorter, even when they
/// are encoded several times.
const SHARED: usize = 1 << 12;

/// The values that the texts in the answer to one request must not show.
#[derive(Default)]
pub(crate) struct Redactor {
    values: Vec<Value>,
}

struct Value {
    /// In the form in which values are compared.
    plain: Plain,
    is_secret: bool,
}

impl Redactor {
    /// For the answer to this call.
    pub(crate) fn of_call(call: &Call<'_>, session: Option<&Session>) -> Self {
        let mut redactor = Self::default();
        redactor.add_secrets(session.map(Session::expose));
        match call.endpoint {
            Endpoint::System(_) => redactor.add_secrets(call.params().map(|(_, value)| value)),
            Endpoint::Business(_) => redactor.add_params(call.params()),
        }
        redactor
    }

    pub(crate) fn add_secrets<'a>(&mut self, secrets: impl IntoIterator<Item = &'a str>) {
        self.values.extend(secrets.into_iter().map(|text| Value {
            plain: Plain::of(text),
            is_secret: true,
        }));
    }

    /// For an answer to this call with texts of any origin, such as the names of goods. Covers
    /// secrets, and values whose names mark them as personal.
    pub(crate) fn of_people(
        call: &Call<'_>,
        session: Option<&Session>,
        is_personal: fn(&str) -> bool,
    ) -> Self {
        let mut redactor = Self::default();
        redactor.add_secrets(session.map(Session::expose));
        match call.endpoint {
            Endpoint::System(_) => redactor.add_secrets(call.params().map(|(_, value)| value)),
            Endpoint::Business(_) => redactor.add_values(call.params(), is_personal),
        }
        redactor
    }

    /// Adds the parameters of a request, except those that are safe to show.
    pub(crate) fn add_params<'a>(&mut self, params: impl IntoIterator<Item = (&'a str, &'a str)>) {
        self.add_values(params, |name| !is_safe(name));
    }

    fn add_values<'a>(
        &mut self,
        params: impl IntoIterator<Item = (&'a str, &'a str)>,
        wanted: fn(&str) -> bool,
    ) {
        for (name, value) in params {
            values::collect(name, value, wanted, &mut |text| {
                self.values.push(Value {
                    plain: Plain::of(&text),
                    is_secret: false,
                });
            });
        }
    }

    /// Redacts everything in the text that comes from the request.
    pub(crate) fn text(&self, text: &mut String) {
        self.replace(text, |wanted, value| {
            if value.is_secret {
                return wanted.add(&value.plain, SECRET_PIECE);
            }
            wanted.add(&value.plain, PERSONAL_PIECE);
            wanted.add_words(&value.plain, |_| true);
        });
    }

    /// Redacts parts of secrets and whole values of the request in an id that the platform gave the
    /// request.
    pub(crate) fn id(&self, id: &mut String) {
        if id.len() > LONGEST_ID {
            return self.text(id);
        }
        self.replace(id, |wanted, value| {
            if value.is_secret {
                return wanted.add(&value.plain, SECRET_PIECE);
            }
            let whole = value.plain.letters.len().max(PERSONAL_PIECE);
            wanted.add(&value.plain, whole);
            wanted.add_words(&value.plain, |word| word.iter().all(|c| c.is_alphabetic()));
        });
    }

    /// Whether these digits are a complete value.
    pub(crate) fn is_value(&self, digits: &str) -> bool {
        let plain = Plain::of(digits);
        let mut values = self.values.iter();
        plain.letters.len() >= FEWEST_DIGITS
            && values.any(|value| value.plain.letters == plain.letters)
    }

    fn replace<'a>(&'a self, text: &mut String, want: impl Fn(&mut Wanted<'a>, &'a Value)) {
        if text.is_empty() || self.values.is_empty() {
            return;
        }
        let mut wanted = Wanted::default();
        for value in &self.values {
            want(&mut wanted, value);
        }
        let places = places_in(text, &wanted);
        if !places.is_empty() {
            *text = without(text, &places);
        }
    }
}

/// The ranges of a text that contain something wanted, in order and without overlaps.
fn places_in(text: &str, wanted: &Wanted<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    loop {
        let end = boundary(text, start + PART);
        let places = wanted.places_in(&Plain::of(&text[start..end]));
        let places = places.into_iter();
        found.extend(places.map(|place| start + place.start..start + place.end));
        if end == text.len() {
            return merged(found);
        }
        start = boundary(text, end - SHARED);
    }
}

/// The start of the character at this byte; the end of the text after its end.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Merges overlapping ranges, because adjacent parts of a text may have found the same value.
fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_by_key(|place| place.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(places.len());
    for place in places {
        match merged.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => merged.push(place),
        }
    }
    merged
}

/// Replaces these ranges of the text, which are in order and do not overlap.
fn without(text: &str, places: &[Range<usize>]) -> String {
    let mut output = String::with_capacity(text.len());
    let mut rest = 0;
    for place in places {
        output.push_str(&text[rest..place.start]);
        output.push_str(REDACTED);
        rest = place.end;
    }
    output.push_str(&text[rest..]);
    output
}

#[cfg(test)]
mod tests;
