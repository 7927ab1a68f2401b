//! Differences between an answer and its model.

use std::collections::BTreeSet;

use crate::api::Api;
use crate::decode::DecodeError;
use crate::decode::Format;
use crate::decode::{Around, Tree, read_tree};
use crate::envelope::{ApiError, REFUSAL};
use crate::record::{Field, Kind, Layout, Shape, Shaped, list_layout};
use crate::text::{quoted, shown};
use crate::tree::Value as Raw;

/// The differences between one answer and its model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drift {
    /// Fields that the model lacks, such as `result.new_field`, with list elements as `[]`, each
    /// once.
    pub unknown: Vec<String>,
    /// Values that could be read although their type or shape is not the documented one.
    pub coerced: Vec<Coercion>,
    /// Fields of the model that are missing from objects in the answer.
    pub missing: Vec<String>,
}

impl Drift {
    /// Whether the answer contains nothing that the model does not expect. Missing fields do not
    /// count.
    pub fn is_empty(&self) -> bool {
        self.unknown.is_empty() && self.coerced.is_empty()
    }
}

/// A value whose type or shape is not the documented one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coercion {
    /// The path of the field, with list elements as `[]`.
    pub path: String,
    /// The documented shape.
    pub expected: &'static str,
    /// What was found, at its first occurrence.
    pub found: String,
}

/// Compares an answer, JSON or XML, full or simplified, with the model of its API.
///
/// In XML every scalar is text; there, text in a field for a number or boolean counts as coerced
/// only if it cannot be read as one.
///
/// # Errors
///
/// When the bytes are neither JSON nor XML, or nest deeper than 128 levels. Values that do not fit
/// the model are not an error.
pub fn drift(bytes: &[u8], api: &Api) -> Result<Drift, DecodeError> {
    let tree = read_tree(api.name, bytes)?;
    let mut survey = Survey {
        typed_scalars: tree.format == Format::Json,
        ..Survey::default()
    };
    survey.root(&tree, api);
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

/// A value as shown in the report. Texts are shortened and escaped.
fn describe(raw: &Raw) -> String {
    match raw {
        Raw::Null => "null".to_owned(),
        Raw::Boolean(value) => value.to_string(),
        Raw::Integer(value) => value.to_string(),
        Raw::Number(digits) => shown(digits),
        Raw::Text(text) => quoted(text),
        Raw::List(elements) => format!("an array of {}", elements.len()),
        Raw::Object(_) => "an object".to_owned(),
    }
}

#[derive(Default)]
struct Survey {
    typed_scalars: bool,
    unknown: Vec<String>,
    coerced: Vec<Coercion>,
    missing: Vec<String>,
    present: BTreeSet<String>,
    /// The entries of the three lists, to find repeated ones quickly: hostile answers could have
    /// many.
    noted: BTreeSet<(List, String)>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum List {
    Unknown,
    Coerced,
    Missing,
}

impl Survey {
    fn root(&mut self, tree: &Tree, api: &Api) {
        let Raw::Object(members) = &tree.value else {
            self.coerce("", "an object", &tree.value);
            return;
        };
        let (key, inside) = match tree.around() {
            Around::Refusal(inside) => (REFUSAL, inside),
            // A simplified answer may have a field whose name ends like the key of a full answer.
            Around::Key(key, inside) if key == api.key || api.answer.field(key).is_none() => {
                (key, inside)
            }
            Around::Key(..) | Around::Bare => {
                self.members(members, "", api.answer, Some(ApiError::SHAPE));
                return;
            }
        };
        let others = members.iter().filter(|(other, _)| **other != *key);
        others.for_each(|(other, _)| self.note_unknown(other.to_string()));
        if key != api.key && key != REFUSAL {
            self.note_unknown(key.to_owned());
        }
        match inside {
            Raw::Object(members) if key == REFUSAL => {
                self.members(members, "", ApiError::SHAPE, None)
            }
            Raw::Object(members) => self.members(members, "", api.answer, Some(ApiError::SHAPE)),
            _ => {}
        }
    }

    fn members(
        &mut self,
        members: &[(Box<str>, Raw)],
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

    fn value(&mut self, raw: &Raw, path: &str, field: &'static Field) {
        if raw.is_nothing() {
            return;
        }
        match field.kind {
            Kind::Record(shape) => match raw {
                Raw::Object(members) => self.members(members, path, shape, None),
                Raw::List(elements) => {
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

    fn list(&mut self, raw: &Raw, path: &str, field: &'static Field) {
        let element_path = format!("{path}[]");
        match list_layout(field, raw) {
            Layout::Array => {
                let elements = elements(raw);
                elements.for_each(|element| self.element(element, &element_path, field));
            }
            Layout::Wrapped(inner) => {
                if field.wrapper != Some(inner) {
                    self.note_unknown(join(path, inner));
                }
                for (key, value) in raw.members().unwrap_or_default() {
                    if **key != *inner {
                        self.note_unknown(join(path, key));
                        continue;
                    }
                    if self.typed_scalars && !matches!(value, Raw::List(_)) {
                        self.coerce(path, "an array under the inner name", value);
                    }
                    match value {
                        Raw::List(_) => elements(value)
                            .for_each(|element| self.element(element, &element_path, field)),
                        only => self.element(only, &element_path, field),
                    }
                }
            }
            // XML repeats an element for each member of a list, so that a single element looks like
            // a value instead of a list.
            Layout::Bare | Layout::Single => {
                if self.typed_scalars || field.wrapper.is_some() {
                    self.coerce(path, "a list", raw);
                }
                self.element(raw, &element_path, field);
            }
            Layout::Nothing => {}
            Layout::Ambiguous(_) | Layout::Unknown(_) => {
                self.coerce(path, "a list", raw);
                let members = raw.members().unwrap_or_default();
                members
                    .iter()
                    .for_each(|(key, _)| self.note_unknown(join(path, key)));
            }
        }
    }

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

    fn scalar(&mut self, raw: &Raw, path: &str, kind: Kind) {
        let (expected, fits) = match (kind, raw) {
            (Kind::Integer, Raw::Text(text)) if !self.typed_scalars => {
                ("an integer", text.trim_ascii().parse::<i64>().is_ok())
            }
            (Kind::Boolean, Raw::Text(text)) if !self.typed_scalars => {
                let word = text.trim_ascii();
                ("a boolean", matches!(word, "true" | "false"))
            }
            (Kind::Integer, raw) => (
                "an integer",
                matches!(raw, Raw::Integer(_) | Raw::Number(_)),
            ),
            (Kind::Boolean, raw) => ("a boolean", matches!(raw, Raw::Boolean(_))),
            (_, raw) => ("a text", matches!(raw, Raw::Text(_))),
        };
        if !fits {
            self.coerce(path, expected, raw);
        }
    }

    fn coerce(&mut self, path: &str, expected: &'static str, raw: &Raw) {
        if !self.noted.insert((List::Coerced, path.to_owned())) {
            return;
        }
        self.coerced.push(Coercion {
            path: path.to_owned(),
            expected,
            found: describe(raw),
        });
    }

    fn note_unknown(&mut self, path: String) {
        if self.noted.insert((List::Unknown, path.clone())) {
            self.unknown.push(path);
        }
    }
}

fn elements(raw: &Raw) -> std::slice::Iter<'_, Raw> {
    match raw {
        Raw::List(elements) => elements.iter(),
        _ => [].iter(),
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
