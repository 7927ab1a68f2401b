//! What an answer holds that the models do not expect, and the reverse.

use std::collections::BTreeSet;
use std::fmt;

use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};

use crate::api::Api;
use crate::decode::{DecodeError, read_raw};
use crate::envelope::ApiError;
use crate::record::{Field, Kind, Shape, Shaped, quoted};

/// The differences between one answer and its model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// Fields that the model lacks, as `result.new_field`, list elements as `[]`, each once.
    pub unknown: Vec<String>,
    /// Values that came in another shape than documented but could be read.
    pub coerced: Vec<Coercion>,
    /// Fields of the model that the answer does not have, at objects that it has.
    pub missing: Vec<String>,
}

impl Drift {
    /// Whether the answer holds nothing that the model does not expect.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.unknown.is_empty() && self.coerced.is_empty()
    }
}

/// A value that came in another shape than documented.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coercion {
    /// The field, list elements as `[]`.
    pub path: String,
    /// The documented shape.
    pub expected: &'static str,
    /// What came, the first time.
    pub found: String,
}

/// Compares an answer, JSON or XML, full or simplified, with the model of its API.
///
/// XML writes every scalar as text; there, a text in the place of a number or truth value counts as coerced when
/// it does not read as one.
///
/// # Errors
///
/// When the bytes are no JSON or XML, or nest deeper than 128 levels. Whether the values fit the model
/// does not matter here.
#[inline]
pub fn drift(bytes: &[u8], api: &Api) -> Result<Drift, DecodeError> {
    let (raw, typed_scalars) = read_raw::<Raw>(api.name, bytes)?;
    let mut survey = Survey {
        typed_scalars,
        ..Survey::default()
    };
    survey.root(&raw, api);
    Ok(Drift {
        unknown: survey.unknown,
        coerced: survey.coerced,
        missing: survey
            .missing
            .into_iter()
            .filter(|path| !survey.present.contains(path))
            .collect(),
    })
}

/// An answer as it came.
enum Raw {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    Array(Vec<Raw>),
    Object(Vec<(String, Raw)>),
}

impl Raw {
    #[inline]
    fn describe(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(value) => value.to_string(),
            Self::Number(digits) => digits.clone(),
            Self::Text(text) => quoted(text),
            Self::Array(elements) => format!("an array of {}", elements.len()),
            Self::Object(_) => "an object".to_owned(),
        }
    }

    /// Whether it stands for no value at all.
    #[inline]
    fn is_nothing(&self) -> bool {
        matches!(self, Self::Null)
            || matches!(self, Self::Text(text) if text.trim_ascii().is_empty())
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        RawSeed { depth: 0 }.deserialize(deserializer)
    }
}

const MAX_DEPTH: usize = 128;

#[derive(Clone, Copy)]
struct RawSeed {
    depth: usize,
}

impl RawSeed {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.depth {
            MAX_DEPTH => Err(E::custom(format_args!(
                "expected at most {MAX_DEPTH} levels, found more"
            ))),
            depth => Ok(Self { depth: depth + 1 }),
        }
    }
}

impl<'de> DeserializeSeed<'de> for RawSeed {
    type Value = Raw;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RawSeed {
    type Value = Raw;

    #[inline]
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.to_string()))
    }

    fn visit_bytes<E: Error>(self, digits: &[u8]) -> Result<Raw, E> {
        Ok(Raw::Number(String::from_utf8_lossy(digits).into_owned()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Raw, A::Error> {
        let seed = self.deeper()?;
        let mut array = Vec::new();
        while let Some(element) = elements.next_element_seed(seed)? {
            array.push(element);
        }
        Ok(Raw::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let seed = self.deeper()?;
        let mut members = Vec::new();
        while let Some(key) = map.next_key()? {
            members.push((key, map.next_value_seed(seed)?));
        }
        Ok(Raw::Object(members))
    }
}

#[derive(Default)]
struct Survey {
    typed_scalars: bool,
    unknown: Vec<String>,
    coerced: Vec<Coercion>,
    missing: Vec<String>,
    present: BTreeSet<String>,
    /// What the three lists hold already, for hostile answers make them long.
    noted: BTreeSet<(List, String)>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum List {
    Unknown,
    Coerced,
    Missing,
}

impl Survey {
    #[inline]
    fn root(&mut self, raw: &Raw, api: &Api) {
        let Raw::Object(members) = raw else {
            self.coerce("", "an object", raw);
            return;
        };
        let wrapped = members
            .iter()
            .find(|(key, _)| key == api.key || key == "error_response");
        let Some((key, inner)) = wrapped else {
            self.members(members, "", api.answer, Some(ApiError::SHAPE));
            return;
        };
        let others = members.iter().filter(|(other, _)| other != key);
        others.for_each(|(other, _)| self.note_unknown(other.clone()));
        match inner {
            Raw::Object(members) if key == api.key => {
                self.members(members, "", api.answer, Some(ApiError::SHAPE))
            }
            Raw::Object(members) => self.members(members, "", ApiError::SHAPE, None),
            _ => {}
        }
    }

    #[inline]
    fn members(
        &mut self,
        members: &[(String, Raw)],
        path: &str,
        shape: &'static Shape,
        envelope: Option<&'static Shape>,
    ) {
        for field in shape.fields {
            let at = join(path, field.key);
            if self.noted.insert((List::Missing, at.clone())) {
                self.missing.push(at);
            }
        }
        for (key, raw) in members {
            let at = join(path, key);
            match shape.field(key) {
                Some(field) => {
                    self.present.insert(join(path, field.key));
                    self.value(raw, &at, field);
                }
                None if envelope.is_some_and(|envelope| envelope.field(key).is_some()) => {}
                None => self.note_unknown(at),
            }
        }
    }

    #[inline]
    fn value(&mut self, raw: &Raw, path: &str, field: &'static Field) {
        if raw.is_nothing() {
            return;
        }
        match field.kind {
            Kind::Record(shape) => match raw {
                Raw::Object(members) => self.members(members, path, shape, None),
                Raw::Array(elements) => {
                    self.coerce(path, "an object", raw);
                    for element in elements {
                        self.value(element, path, field);
                    }
                }
                other => self.coerce(path, "an object", other),
            },
            kind if kind.is_list() => self.list(raw, path, field),
            kind => self.scalar(raw, path, kind),
        }
    }

    #[inline]
    fn list(&mut self, raw: &Raw, path: &str, field: &'static Field) {
        let element_path = format!("{path}[]");
        let inner = |key: &str| field.wrapper == Some(key);
        match raw {
            Raw::Array(elements) => elements
                .iter()
                .for_each(|element| self.element(element, &element_path, field)),
            Raw::Object(members) if members.iter().any(|(key, _)| inner(key)) => {
                for (key, value) in members {
                    match value {
                        _ if !inner(key) => self.note_unknown(join(path, key)),
                        Raw::Array(elements) => {
                            elements
                                .iter()
                                .for_each(|element| self.element(element, &element_path, field));
                        }
                        value => {
                            if self.typed_scalars {
                                self.coerce(path, "an array under the inner name", value);
                            }
                            self.element(value, &element_path, field);
                        }
                    }
                }
            }
            Raw::Object(members) => self.bare(raw, members, path, field),
            other => {
                self.coerce(path, "a list", other);
                self.element(other, &element_path, field);
            }
        }
    }

    /// An object without the list's inner name: its only element, or a wrapper with another name.
    #[inline]
    fn bare(&mut self, raw: &Raw, members: &[(String, Raw)], path: &str, field: &'static Field) {
        let is_element = field
            .kind
            .shape()
            .is_some_and(|shape| members.iter().any(|(key, _)| shape.field(key).is_some()));
        self.coerce(path, "a list", raw);
        if is_element {
            self.element(raw, &format!("{path}[]"), field);
            return;
        }
        members
            .iter()
            .for_each(|(key, _)| self.note_unknown(join(path, key)));
    }

    #[inline]
    fn element(&mut self, raw: &Raw, path: &str, field: &'static Field) {
        match (field.kind, raw) {
            (_, raw) if raw.is_nothing() => {}
            (Kind::Records(shape), Raw::Object(members)) => {
                self.members(members, path, shape, None)
            }
            (Kind::Records(_), other) => self.coerce(path, "an object", other),
            (Kind::Integers, raw) => self.scalar(raw, path, Kind::Integer),
            (Kind::Booleans, raw) => self.scalar(raw, path, Kind::Boolean),
            (_, raw) => self.scalar(raw, path, Kind::Text),
        }
    }

    #[inline]
    fn scalar(&mut self, raw: &Raw, path: &str, kind: Kind) {
        let (expected, fits) = match (kind, raw) {
            (Kind::Integer, Raw::Text(text)) if !self.typed_scalars => {
                ("an integer", text.trim_ascii().parse::<i64>().is_ok())
            }
            (Kind::Boolean, Raw::Text(text)) if !self.typed_scalars => {
                let word = text.trim_ascii();
                ("a boolean", matches!(word, "true" | "false"))
            }
            (Kind::Integer, raw) => ("an integer", matches!(raw, Raw::Number(_))),
            (Kind::Boolean, raw) => ("a boolean", matches!(raw, Raw::Boolean(_))),
            (_, raw) => ("a text", matches!(raw, Raw::Text(_))),
        };
        if !fits {
            self.coerce(path, expected, raw);
        }
    }

    #[inline]
    fn coerce(&mut self, path: &str, expected: &'static str, raw: &Raw) {
        if !self.noted.insert((List::Coerced, path.to_owned())) {
            return;
        }
        self.coerced.push(Coercion {
            path: path.to_owned(),
            expected,
            found: raw.describe(),
        });
    }

    #[inline]
    fn note_unknown(&mut self, path: String) {
        if self.noted.insert((List::Unknown, path.clone())) {
            self.unknown.push(path);
        }
    }
}

#[inline]
fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
