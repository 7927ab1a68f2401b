//! The tree of an answer that has no model, in any format.

mod build;
#[cfg(feature = "serde")]
mod from_serde;
#[cfg(any(feature = "json", feature = "xml"))]
mod path;
#[cfg(feature = "serde")]
mod to_serde;
mod walk;
mod write;

use std::fmt;

#[cfg(any(feature = "json", feature = "xml"))]
pub(crate) use build::read_value;
pub(crate) use build::{Depth, Nodes, read_members_from, read_rest};
#[cfg(feature = "serde")]
pub(crate) use from_serde::{for_model, is_exact_number};
#[cfg(any(feature = "json", feature = "xml"))]
pub use path::{Step, ValueError, steps};
pub(crate) use walk::Walk;

/// A value in an answer.
///
/// `Debug` shows names and kinds but no values, because an answer may contain a buyer's address;
/// [`to_json`](Self::to_json) writes everything.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// JSON's `null`.
    Null,
    /// JSON's `true` or `false`.
    Boolean(bool),
    /// An integer of 64 bits.
    Integer(i64),
    /// Any other number, as its digits.
    Number(Box<str>),
    /// A text. In XML, every element without child elements is a text.
    Text(Box<str>),
    /// A JSON array.
    List(Vec<Value>),
    /// A JSON object, or an XML element with child elements; members in their original order. In
    /// XML, and in sloppy JSON, a name may occur more than once.
    Object(Vec<(Box<str>, Value)>),
}

impl Value {
    /// The members of an object; `None` for any other value.
    pub fn members(&self) -> Option<&[(Box<str>, Value)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The first member of an object with this name; `None` if there is none, or the value is not
    /// an object.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let members = self.members()?;
        members
            .iter()
            .find(|(key, _)| **key == *name)
            .map(|(_, value)| value)
    }

    /// Whether it means that there is no value: `null`, or a blank text.
    pub fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim_ascii().is_empty(),
            _ => false,
        }
    }

    /// Its kind in words: `a text`, `a list of 3`.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Boolean(_) => "a boolean".to_owned(),
            Self::Integer(_) | Self::Number(_) => "a number".to_owned(),
            Self::Text(_) => "a text".to_owned(),
            Self::List(elements) => format!("a list of {}", elements.len()),
            Self::Object(_) => "an object".to_owned(),
        }
    }

    /// A scalar as text: digits unchanged, `true` or `false`; `None` for `null`, lists and objects.
    pub fn scalar(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            Self::Boolean(true) => Some("true".into()),
            Self::Boolean(false) => Some("false".into()),
            Self::Integer(value) => Some(value.to_string().into()),
            Self::Number(text) | Self::Text(text) => Some((&**text).into()),
            Self::Null | Self::List(_) | Self::Object(_) => None,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(elements) => formatter.debug_list().entries(elements).finish(),
            Self::Object(members) => {
                let members = members.iter().map(|(key, value)| (key, value));
                formatter.debug_map().entries(members).finish()
            }
            scalar => formatter.write_str(&scalar.kind()),
        }
    }
}

#[cfg(test)]
#[cfg(all(feature = "json", feature = "xml"))]
mod tests;
