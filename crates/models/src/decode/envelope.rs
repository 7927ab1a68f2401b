//! The envelope in any of its forms, in one pass.

use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::envelope::ApiError;
use crate::record::{Record, Shaped as _, Trail, read_member, skip};

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
    /// A key of the envelope or of the answer; without one, it is some other text.
    known_key: bool,
    /// `error_response`.
    refusal: bool,
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
        loop {
            // What a full answer starts with.
            let likely = (self.place == Place::Root).then_some(self.key);
            self.trail.hint.offer(likely);
            let Some(key) = map.next_key_seed(EnvelopeKeySeed(&self))? else {
                break;
            };
            self.seen.known_key |= !matches!(key, EnvelopeKey::Other);
            match key {
                EnvelopeKey::Answer(index) => {
                    read_member(self.answer, index, &mut map, self.trail)?
                }
                EnvelopeKey::Error(index) => read_member(self.error, index, &mut map, self.trail)?,
                EnvelopeKey::Inside(place) => {
                    self.seen.refusal |= place == Place::Error;
                    map.next_value_seed(self.inside(place))?;
                }
                EnvelopeKey::Foreign(found) => {
                    let wanted = format!("`{}`", self.key);
                    return Err(self.trail.mismatch(&wanted, format!("`{found}`")));
                }
                EnvelopeKey::Other => skip(&mut map)?,
            }
        }
        if self.seen.known_key {
            return Ok(());
        }
        let wanted = format!("`{}`, `error_response` or a field of the answer", self.key);
        Err(self.trail.mismatch(&wanted, "none of them".to_owned()))
    }

    fn visit_str<E: serde_core::de::Error>(self, text: &str) -> Result<(), E> {
        // `<…_response/>`: an answer without content.
        if self.place != Place::Root && text.trim_ascii().is_empty() {
            return Ok(());
        }
        Err(self
            .trail
            .mismatch("an object", crate::record::quoted(text)))
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
        let digits = String::from_utf8_lossy(digits).into_owned();
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
    Other,
}

struct EnvelopeKeySeed<'a, 'b, 't>(&'a EnvelopeSeed<'b, 't>);

impl<'de> DeserializeSeed<'de> for EnvelopeKeySeed<'_, '_, '_> {
    type Value = EnvelopeKey;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<EnvelopeKey, D::Error> {
        deserializer.deserialize_identifier(self)
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
            Place::Root if key == seed.key => EnvelopeKey::Inside(Place::Answer),
            Place::Root if key == "error_response" => EnvelopeKey::Inside(Place::Error),
            Place::Root | Place::Answer => match answer().or_else(error) {
                Some(key) => key,
                None if seed.place == Place::Root && key.ends_with("_response") => {
                    EnvelopeKey::Foreign(key.to_owned())
                }
                None => EnvelopeKey::Other,
            },
            Place::Error => error().unwrap_or(EnvelopeKey::Other),
        })
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
    Ok(seen.refusal || is_refusal(error))
}

/// Whether these fields say that a call was refused: a code that is neither empty nor `0`.
fn is_refusal(error: &ApiError) -> bool {
    error
        .code
        .as_deref()
        .is_some_and(|code| !matches!(code.trim_ascii(), "" | "0"))
}
