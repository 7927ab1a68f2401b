//! What is said of objects and fields on which no one has written: facts, no sentence of the platform's.

use pages::document::{Field, SourceRef};
use pages::type_text::{Element, TypeText};

use super::names::snake;

/// Longer examples and lists say less than they take.
const LONGEST_EXAMPLE: usize = 60;
const MOST_CODES: usize = 12;

/// What an object is.
pub(super) fn object(field: &str, documented: Option<&str>, is_element: bool) -> String {
    let place = match is_element {
        true => format!("An element of `{field}`"),
        false => format!("What `{field}` holds"),
    };
    match documented {
        Some(name) => format!("{place}; documented as `{name}`."),
        None => format!("{place}."),
    }
}

/// What a field is: its documented type, its name on the wire where that differs, values, and the source where the
/// newest one does not have it.
pub(super) fn field(field: &Field, sources: &[SourceRef]) -> String {
    let mut text = match field.documented.as_deref() {
        Some(documented) => format!("Documented as {}", type_words(documented)),
        None => "Shown by a sample only".to_owned(),
    };
    if snake(&field.name) != field.name {
        text = format!("`{}` on the wire. {text}", field.name);
    }
    if let Some(example) = field.example.as_deref().filter(|example| is_plain(example)) {
        text.push_str(&format!(", such as `{example}`"));
    }
    let codes: Vec<_> = field.codes.iter().filter(|code| is_plain(code)).collect();
    if !codes.is_empty() && codes.len() <= MOST_CODES {
        let codes: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
        text.push_str(&format!("; values: {}", codes.join(", ")));
    }
    text.push('.');
    let newest = sources.first().map(|source| source.name.as_str());
    if let Some(last) = field.only_in.first()
        && Some(last.as_str()) != newest
        && let Some(source) = sources.iter().find(|source| source.name == *last)
    {
        text.push_str(&format!(
            " Last documented as of {} ({last}).",
            source.as_of
        ));
    }
    text
}

/// The documented type, the newer portal's codes in words.
fn type_words(documented: &str) -> String {
    let is_code = documented.len() == 1 && documented.starts_with(|c: char| c.is_ascii_digit());
    if !is_code {
        return format!("`{}`", documented.replace('`', "'"));
    }
    let parsed = TypeText::parse(documented);
    let element = match parsed.element {
        Element::Text => "text",
        Element::Integer => "number",
        Element::Boolean => "boolean",
        Element::Object(_) => "object",
        _ => "value",
    };
    match parsed.list {
        true => format!("a list of {element}s"),
        false => format!(
            "{} {element}",
            if element.starts_with('o') { "an" } else { "a" }
        ),
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST_EXAMPLE
        && !text.contains(|c: char| c == '`' || c.is_control())
}
