//! The possible layouts of a list: one rule for the decoder, the drift report and other readers of answers.

use super::{Field, Shape};
use crate::tree::Value;

/// How the value of a list's field contains the elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout<'v> {
    /// A JSON array of the elements.
    Array,
    /// An object that contains them under this name: as an array, as a single element, or (in XML)
    /// as repeated elements.
    Wrapped(&'v str),
    /// The only element itself, an object.
    Bare,
    /// The only element itself, a scalar.
    Single,
    /// No element.
    Nothing,
    /// Two readings are possible, and each would lose what the other keeps.
    Ambiguous(String),
    /// An object without known members; its first member has this name.
    Unknown(&'v str),
}

/// Determines how `value` contains the elements of the list `field`, whatever the order of its
/// members.
///
/// The documented inner name always has priority. Otherwise an object with fields of the element is
/// the only element. Otherwise the single member that contains an array or an object is the
/// wrapper, with any name. If two readings are possible, the layout is ambiguous.
pub fn list_layout<'v>(field: &Field, value: &'v Value) -> Layout<'v> {
    let members = match value {
        Value::List(_) => return Layout::Array,
        nothing if nothing.is_nothing() => return Layout::Nothing,
        Value::Object(members) => members,
        _ => return Layout::Single,
    };
    // Attributes and members without a value are ignored.
    let members: Vec<(&str, &Value)> = members
        .iter()
        .map(|(key, value)| (&**key, value))
        .filter(|(key, value)| !key.starts_with('@') && !value.is_nothing())
        .collect();
    if members.is_empty() {
        return Layout::Nothing;
    }
    let element = field.kind.shape();
    // A list of elements under the name of a scalar field is not a value of that field: `promotion_links` may hold
    // `{"promotion_link": [{"promotion_link": "…"}]}`.
    let is_field = |key: &str, value: &Value| {
        let field = element.and_then(|shape| shape.field(key));
        field.is_some_and(|field| {
            let is_nested = match value {
                Value::List(elements) => !elements.is_empty(),
                other => matches!(other, Value::Object(_)),
            };
            field.kind.shape().is_some() || !is_nested || !holds_elements(value, element)
        })
    };
    if let Some(inner) = field.wrapper
        && let Some((key, value)) = members.iter().find(|(key, _)| *key == inner)
    {
        // An inner name may also be the name of a field of the element; then the element has other fields beside it.
        let is_own = is_field(key, value) && !holds_elements(value, element);
        if !is_own {
            return Layout::Wrapped(key);
        }
    }
    let known = members
        .iter()
        .find(|(key, value)| is_field(key, value))
        .map(|(key, _)| *key);
    let unknown = || {
        let members = members.iter();
        members.filter(|(key, value)| !is_field(key, value))
    };
    let candidates = match known {
        // Beside an element's own fields, only a member that certainly contains elements can be a wrapper.
        Some(_) => names(unknown().filter(|(_, value)| holds_whole_elements(value, element))),
        None => {
            let likely = names(unknown().filter(|(_, value)| holds_elements(value, element)));
            match likely[..] {
                [] => names(
                    unknown()
                        .filter(|(_, value)| matches!(value, Value::List(_) | Value::Object(_))),
                ),
                _ => likely,
            }
        }
    };
    match (known, &candidates[..]) {
        (None, [only]) => Layout::Wrapped(only),
        (None, [first, other, ..]) => {
            Layout::Ambiguous(both(&format!("a list under {}", name(first)), other))
        }
        (None, []) => Layout::Unknown(members[0].0),
        (Some(_), []) => Layout::Bare,
        (Some(known), [wrapper, ..]) => {
            Layout::Ambiguous(both(&format!("an element with {}", name(known)), wrapper))
        }
    }
}

/// The first two different names of members, because XML repeats names. Further names make no difference.
fn names<'a, 'v: 'a>(members: impl Iterator<Item = &'a (&'v str, &'v Value)>) -> Vec<&'v str> {
    let mut names: Vec<&str> = Vec::new();
    for (key, _) in members {
        match names[..] {
            [first] if first != *key => return vec![first, key],
            [] => names.push(key),
            _ => {}
        }
    }
    names
}

fn both(first: &str, wrapper: &str) -> String {
    format!("what may be {first} or a list under {}", name(wrapper))
}

fn name(key: &str) -> String {
    crate::text::quoted(key)
}

/// Whether a member with an unknown name may contain the list's elements: a list or object in which some element has a
/// field of the elements; for scalars, anything that contains scalars.
fn holds_elements(value: &Value, element: Option<&'static Shape>) -> bool {
    match (value, element) {
        (Value::List(elements), Some(shape)) => {
            elements.is_empty() || elements.iter().any(|element| is_element(element, shape))
        }
        (value @ Value::Object(_), Some(shape)) => is_element(value, shape),
        // The only element may come without an array, and several elements one by one.
        (Value::Object(_), None) => false,
        (_, None) => true,
        _ => false,
    }
}

/// Whether a member certainly contains the list's elements: a list of them, or an object all of whose members are
/// fields of an element.
fn holds_whole_elements(value: &Value, element: Option<&'static Shape>) -> bool {
    let Some(shape) = element else {
        return false;
    };
    match value {
        Value::List(elements) => elements.iter().any(|element| is_element(element, shape)),
        Value::Object(members) => {
            members.len() > 1 && members.iter().all(|(key, _)| shape.field(key).is_some())
        }
        _ => false,
    }
}

fn is_element(value: &Value, shape: &Shape) -> bool {
    value.members().is_some_and(|members| {
        members.is_empty() || members.iter().any(|(key, _)| shape.field(key).is_some())
    })
}
