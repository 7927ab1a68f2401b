//! What the platform puts around an answer, and its refusals.
//!
//! An answer comes under `<api>_response` with a request id inside (full), or bare with the request id
//! beside it (simplified). A refusal comes under `error_response` (business calls) or bare with a
//! `message` (system calls). Both formats and all forms are read in one pass.

use std::fmt;

use serde_core::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::api::ErrorCode;
use crate::record::{Record, Shaped, Trail, read_member, record, skip};

/// An answer's type, which knows the API that it belongs to.
pub trait Answer: Record + Shaped + Default + 'static {
    /// Name of the API, such as `aliexpress.trade.ds.order.get`.
    const API: &'static str;

    /// The key of a full answer and the root of an XML answer, such as
    /// `aliexpress_trade_ds_order_get_response`.
    const KEY: &'static str;

    /// The error codes that the API's page lists.
    const ERROR_CODES: &'static [ErrorCode] = &[];
}

/// An answer of the platform: the data asked for or a refusal, and what identifies the exchange.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Envelope<T> {
    /// The data, or the platform's refusal.
    pub outcome: Result<T, ApiError>,
    /// The platform's name for this exchange, which its support asks for.
    pub request_id: Option<String>,
    /// The platform's internal trace, where it gives one.
    pub trace_id: Option<String>,
}

/// A refusal by the platform, every field as it came.
///
/// The codes are texts: the current gateway gives words (`IllegalAccessToken`), the legacy one numbers
/// (`27`), and services behind them give sub-codes (`isv.insufficient-permission`).
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ApiError {
    /// The gateway's code.
    pub code: Option<String>,
    /// Whose fault it is: `ISV` the caller's, `ISP` the service behind, `SYSTEM` the platform's.
    pub kind: Option<String>,
    /// The gateway's sentence (`msg`, in system calls `message`).
    pub message: Option<String>,
    /// The service's own code.
    pub sub_code: Option<String>,
    /// The service's own sentence.
    pub sub_message: Option<String>,
    /// The platform's name for this exchange.
    pub request_id: Option<String>,
    /// The platform's internal trace, where it gives one.
    pub trace_id: Option<String>,
}

record!(ApiError {
    "code" => text code;
    "type" => text kind;
    "msg" => text message .alias("message");
    "sub_code" => text sub_code;
    "sub_msg" => text sub_message;
    "request_id" => text request_id;
    "_trace_id_" => text trace_id;
});

impl ApiError {
    /// Whether these fields say that a call was refused: a code that is neither empty nor `0`.
    fn is_refusal(&self) -> bool {
        self.code
            .as_deref()
            .is_some_and(|code| !matches!(code.trim_ascii(), "" | "0"))
    }
}

impl fmt::Display for ApiError {
    /// The codes and sentences in one line, without the request id.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "code {}",
            self.code.as_deref().unwrap_or("(none)")
        )?;
        if let Some(message) = &self.message {
            write!(formatter, " {message:?}")?;
        }
        if let Some(sub_code) = &self.sub_code {
            write!(formatter, ", sub-code {sub_code}")?;
        }
        if let Some(sub_message) = &self.sub_message {
            write!(formatter, " {sub_message:?}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}

/// Reads an envelope around `answer`.
pub(crate) struct EnvelopeSeed<'a, 't> {
    pub(crate) key: &'static str,
    pub(crate) answer: &'a mut dyn Record,
    pub(crate) error: &'a mut ApiError,
    pub(crate) seen: &'a mut Seen,
    pub(crate) trail: &'a mut Trail<'t>,
    pub(crate) place: Place,
}

/// What the envelope showed so far.
#[derive(Default)]
pub(crate) struct Seen {
    /// A key of the envelope or of the answer; without one, it is some other text.
    known_key: bool,
    /// `error_response`.
    refusal: bool,
}

/// Where in the envelope a map stands.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Place {
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
pub(crate) fn read_envelope<'de, D: Deserializer<'de>>(
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
    Ok(seen.refusal || error.is_refusal())
}
