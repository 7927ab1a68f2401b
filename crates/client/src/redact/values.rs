//! The values of a request that may be personal data.

use std::collections::HashSet;
use std::sync::LazyLock;

use aliexpress_models::raw::{self, Value};
use zeroize::Zeroizing;

/// Names whose values are not personal, one per line, without case and punctuation.
static SAFE: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("safe_names.txt").lines();
    let names = lines.filter(|line| !line.starts_with('#'));
    names.map(bare).filter(|name| !name.is_empty()).collect()
});

/// Deeper nesting of JSON in JSON is not parsed, but treated as text.
const DEEPEST: usize = 4;

/// Receives the values that are found.
type Found<'a> = &'a mut dyn FnMut(Zeroizing<String>);

/// Selects values by their names.
type Wanted = fn(&str) -> bool;

/// Passes on every value in a parameter whose name is selected. Objects and lists are JSON text.
pub(super) fn collect(name: &str, value: &str, wanted: Wanted, found: Found<'_>) {
    of_text(name, value, 0, wanted, found);
}

fn of_text(name: &str, text: &str, depth: usize, wanted: Wanted, found: Found<'_>) {
    let is_json = text.trim_ascii_start().starts_with(['{', '[']);
    if is_json
        && depth < DEEPEST
        && let Ok(inner) = raw::parse(text.as_bytes())
    {
        return of_value(name, &inner, depth + 1, wanted, found);
    }
    if wanted(name) {
        found(Zeroizing::new(text.to_owned()));
    }
}

fn of_value(name: &str, value: &Value, depth: usize, wanted: Wanted, found: Found<'_>) {
    match value {
        Value::Text(text) => of_text(name, text, depth, wanted, found),
        Value::Integer(number) => of_text(name, &number.to_string(), depth, wanted, found),
        Value::Number(digits) => of_text(name, digits, depth, wanted, found),
        Value::Null | Value::Boolean(_) => {}
        Value::List(elements) => {
            for element in elements {
                of_value(name, element, depth, wanted, found);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                of_value(name, value, depth, wanted, found);
            }
        }
    }
}

/// Whether values under this name are not personal.
pub(crate) fn is_safe(name: &str) -> bool {
    SAFE.contains(&bare(name))
}

/// A name without case and punctuation.
pub(crate) fn bare(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
