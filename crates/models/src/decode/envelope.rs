//! The envelope in any of its forms, in one pass.

use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::envelope::{ApiError, is_refusal};
use crate::record::{Record, Shaped as _, Trail, View, read_member, skip};
use crate::refusal::may_say_no;
use crate::text::shown;

/// Reads an envelope around `answer`.
struct EnvelopeSeed<'a, 't> {
    key: &'static str,
    answer: &'a mut dyn Record,
    error: &'a mut ApiError,
    seen: &'a mut Seen,
    trail: &'a mut Trail<'t>,
    place: Place,
}

/// What the envelope showed so far.
#[derive(Default)]
struct Seen {
    /// `error_response` with contents.
    refusal: bool,
    /// `error_response` with nothing in it, as an empty XML element.
    blank_refusal: bool,
    /// The answer's own key: then what stands beside it says nothing.
    answer_key: bool,
    /// Fields of the answer that stand at the root, beside what may be a refusal's.
    data: Vec<usize>,
}

/// Where in the envelope a map stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    /// Under the answer's key.
    Answer,
    /// Under `error_response`.
    Error,
}

impl<'t> EnvelopeSeed<'_, 't> {
    fn inside(&mut self, place: Place) -> EnvelopeSeed<'_, 't> {
        EnvelopeSeed {
            key: self.key,
            answer: self.answer,
            error: self.error,
            seen: self.seen,
            trail: self.trail,
            place,
        }
    }
}

impl<'de> DeserializeSeed<'de> for EnvelopeSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for EnvelopeSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an answer under `{}`", self.key)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let (mut any, mut known) = (false, false);
        self.seen.refusal |= self.place == Place::Error;
        loop {
            // What a full answer starts with.
            let likely = (self.place == Place::Root).then_some(self.key);
            self.trail.hint.offer(likely);
            let Some(key) = map.next_key_seed(EnvelopeKeySeed(&self))? else {
                break;
            };
            any = true;
            known |= !matches!(key, EnvelopeKey::Other);
            match key {
                EnvelopeKey::Answer(index) => {
                    if self.place == Place::Root {
                        self.seen.data.push(index);
                    }
                    read_member(self.answer, index, &mut map, self.trail)?
                }
                EnvelopeKey::Error(index) => read_member(self.error, index, &mut map, self.trail)?,
                EnvelopeKey::Inside(place) => {
                    self.seen.answer_key |= place == Place::Answer;
                    map.next_value_seed(self.inside(place))?;
                }
                EnvelopeKey::Foreign(found) => {
                    let wanted = format!("`{}`", self.key);
                    return Err(self.trail.mismatch(&wanted, format!("`{}`", shown(&found))));
                }
                EnvelopeKey::Own | EnvelopeKey::Other => skip(&mut map)?,
            }
        }
        let is_empty_answer = !any && self.place != Place::Root;
        if known || is_empty_answer || self.place == Place::Error {
            return Ok(());
        }
        let wanted = match self.place {
            Place::Root => format!("`{}`, `error_response` or a field of the answer", self.key),
            _ => format!("a field of {}", self.answer.shape().name),
        };
        Err(self.trail.mismatch(&wanted, "none of them".to_owned()))
    }

    fn visit_str<E: serde_core::de::Error>(self, text: &str) -> Result<(), E> {
        // `<…_response/>`: an answer without content.
        if self.place != Place::Root && text.trim_ascii().is_empty() {
            self.seen.blank_refusal |= self.place == Place::Error;
            return Ok(());
        }
        // What stands in place of an answer may be anything, and is not quoted.
        Err(self.trail.mismatch("an object", "a text".to_owned()))
    }

    fn visit_unit<E: serde_core::de::Error>(self) -> Result<(), E> {
        match self.place {
            Place::Root => Err(self.trail.mismatch("an object", "null".to_owned())),
            _ => Ok(()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(self.trail.mismatch("an object", "an array".to_owned()))
    }

    fn visit_bool<E: serde_core::de::Error>(self, value: bool) -> Result<(), E> {
        Err(self.trail.mismatch("an object", value.to_string()))
    }

    fn visit_i64<E: serde_core::de::Error>(self, value: i64) -> Result<(), E> {
        Err(self.trail.mismatch("an object", value.to_string()))
    }

    /// This crate's JSON reader hands over the digits of numbers that are no `i64`.
    fn visit_bytes<E: serde_core::de::Error>(self, digits: &[u8]) -> Result<(), E> {
        let digits = shown(&String::from_utf8_lossy(digits));
        Err(self.trail.mismatch("an object", digits))
    }
}

enum EnvelopeKey {
    /// A field of the answer.
    Answer(usize),
    /// A field of [`ApiError`], which holds the request id of answers, too.
    Error(usize),
    Inside(Place),
    /// The key of another API's answer.
    Foreign(String),
    /// A field that the envelope has elsewhere, and the API here: `code` inside `…_response`.
    Own,
    Other,
}

struct EnvelopeKeySeed<'a, 'b, 't>(&'a EnvelopeSeed<'b, 't>);

impl<'de> DeserializeSeed<'de> for EnvelopeKeySeed<'_, '_, '_> {
    type Value = EnvelopeKey;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<EnvelopeKey, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for EnvelopeKeySeed<'_, '_, '_> {
    type Value = EnvelopeKey;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    /// This crate's readers answer so where the answer's key stands, which they were told.
    fn visit_unit<E: serde_core::de::Error>(self) -> Result<EnvelopeKey, E> {
        Ok(EnvelopeKey::Inside(Place::Answer))
    }

    fn visit_str<E: serde_core::de::Error>(self, key: &str) -> Result<EnvelopeKey, E> {
        let seed = self.0;
        let answer = || seed.answer.shape().find(key, 0).map(EnvelopeKey::Answer);
        let error = || ApiError::SHAPE.find(key, 0).map(EnvelopeKey::Error);
        Ok(match seed.place {
            Place::Root if key == seed.key || is_element_of(key, seed.key) => {
                EnvelopeKey::Inside(Place::Answer)
            }
            Place::Root if key == "error_response" => EnvelopeKey::Inside(Place::Error),
            Place::Root => match answer().or_else(error) {
                Some(key) => key,
                None if key.ends_with("_response") => EnvelopeKey::Foreign(key.to_owned()),
                None => other(key),
            },
            Place::Answer => match answer().or_else(error) {
                Some(EnvelopeKey::Error(_)) if !IDS.contains(&key) => EnvelopeKey::Own,
                Some(key) => key,
                None => other(key),
            },
            Place::Error => error().unwrap_or(EnvelopeKey::Other),
        })
    }
}

/// A key that neither the answer nor the envelope has.
fn other(key: &str) -> EnvelopeKey {
    match may_say_no(key) {
        true => EnvelopeKey::Own,
        false => EnvelopeKey::Other,
    }
}

/// Fills `answer` from any of the forms; true where the platform refused.
pub(super) fn read_envelope<'de, D: Deserializer<'de>>(
    key: &'static str,
    answer: &mut dyn Record,
    deserializer: D,
    error: &mut ApiError,
    trail: &mut Trail<'_>,
) -> Result<bool, D::Error> {
    let mut seen = Seen::default();
    let seed = EnvelopeSeed {
        key,
        answer,
        error,
        seen: &mut seen,
        trail,
        place: Place::Root,
    };
    seed.deserialize(deserializer)?;
    if seen.refusal || seen.answer_key {
        return Ok(seen.refusal);
    }
    let has_data = seen.data.iter().any(|index| is_data(answer, *index));
    add_own_fields(error, answer, &seen.data);
    Ok(is_refusal(error, has_data) || (seen.blank_refusal && !has_data))
}

/// Whether `name` is what `path`, the key of a system call's answer, becomes as the name of an XML element.
fn is_element_of(name: &str, path: &str) -> bool {
    let slash = |byte| if byte == b'/' { b'_' } else { byte };
    path.strip_prefix('/')
        .is_some_and(|path| path.bytes().map(slash).eq(name.bytes()))
}

/// The fields of an envelope that identify the exchange, wherever they stand.
const IDS: [&str; 2] = ["request_id", "_trace_id_"];

/// Whether a field holds something that is the API's and no envelope's.
fn is_data(answer: &dyn Record, index: usize) -> bool {
    let key = answer.shape().fields[index].key;
    ApiError::SHAPE.field(key).is_none() && holds(answer, index)
}

fn holds(record: &dyn Record, index: usize) -> bool {
    match record.view(index) {
        View::Absent => false,
        View::Text(text) => !text.trim_ascii().is_empty(),
        View::Record(inner) => (0..inner.shape().fields.len()).any(|index| holds(inner, index)),
        View::List(list) => !list.is_empty(),
        // A field that cannot be absent says nothing while it has its default.
        View::Integer(0) | View::Boolean(false) => !record.shape().fields[index].required,
        View::Integer(_) | View::Boolean(_) => true,
    }
}

/// Gives the refusal the fields that the page documents as the answer's own, such as `code` and `msg`.
fn add_own_fields(error: &mut ApiError, answer: &dyn Record, seen: &[usize]) {
    for index in seen {
        let place = match answer.shape().fields[*index].key {
            "code" => &mut error.code,
            "type" => &mut error.kind,
            "msg" | "message" => &mut error.message,
            "sub_code" => &mut error.sub_code,
            "sub_msg" => &mut error.sub_message,
            "request_id" => &mut error.request_id,
            _ => continue,
        };
        let text = match answer.view(*index) {
            View::Text(text) => text.to_owned(),
            View::Integer(number) => number.to_string(),
            _ => continue,
        };
        place.get_or_insert(text);
    }
}
