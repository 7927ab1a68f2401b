//! The values of a request that may say something about a person.

use std::collections::HashSet;
use std::sync::LazyLock;

use aliexpress_models::raw::{self, Value};
use zeroize::Zeroizing;

/// Names whose values say nothing about a person, one a line, without case and punctuation.
static SAFE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("safe_names.txt").lines();
    let names = lines.filter(|line| !line.starts_with('#'));
    names.map(bare).filter(|name| !name.is_empty()).collect()
});

/// JSON within JSON within JSON is no longer taken apart, but taken as a text.
const DEEPEST: usize = 4;

/// Gives every value of a parameter that is not known to be safe. Objects and lists are JSON texts.
pub(super) fn collect(name: &str, value: &str, found: &mut dyn FnMut(Zeroizing<String>)) {
    of_text(name, value, 0, found);
}

fn of_text(name: &str, text: &str, depth: usize, found: &mut dyn FnMut(Zeroizing<String>)) {
    let is_json = text.trim_ascii_start().starts_with(['{', '[']);
    if is_json
        && depth < DEEPEST
        && let Ok(inner) = raw::parse(text.as_bytes())
    {
        return of_value(name, &inner, depth + 1, found);
    }
    if !is_safe(name) {
        found(Zeroizing::new(text.to_owned()));
    }
}

fn of_value(name: &str, value: &Value, depth: usize, found: &mut dyn FnMut(Zeroizing<String>)) {
    match value {
        Value::Text(text) => of_text(name, text, depth, found),
        Value::Integer(number) => of_text(name, &number.to_string(), depth, found),
        Value::Number(digits) => of_text(name, digits, depth, found),
        Value::Null | Value::Boolean(_) => {}
        Value::List(elements) => {
            for element in elements {
                of_value(name, element, depth, found);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                of_value(name, value, depth, found);
            }
        }
    }
}

/// Whether values under this name say nothing about a person.
pub(crate) fn is_safe(name: &str) -> bool {
    SAFE.contains(&bare(name))
}

/// A name without case and punctuation.
pub(crate) fn bare(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
