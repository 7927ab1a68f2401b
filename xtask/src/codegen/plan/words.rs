//! Describes objects and fields without an overlay entry: by facts, never by a sentence of the platform.

use pages::document::{Document, Field};
use pages::sources::Sources;
use pages::type_text::{Element, TypeText};

use crate::codegen::api::Value;
use crate::codegen::case::snake;

/// Longer examples and lists are left out.
const LONGEST_EXAMPLE: usize = 60;
const MOST_CODES: usize = 12;

/// The description of an object.
pub(super) fn object(field: &str, documented: Option<&str>, is_element: bool) -> String {
    let place = match is_element {
        true => format!("An element of `{field}`"),
        false => format!("Content of `{field}`"),
    };
    match documented {
        Some(name) => format!("{place}; documented as `{name}`."),
        None => format!("{place}."),
    }
}

/// A hand-written description.
pub(super) enum Said {
    /// For this field; complete.
    Here(String),
    /// For its name in any place; facts are added.
    Anywhere(String),
}

/// The description of a field: the hand-written one if there is one, then the facts that it does not state: the name
/// on the wire if it differs, values, and the last source if the newest one does not have the field.
pub(super) fn field(
    field: &Field,
    said: Option<Said>,
    value: &Value,
    document: &Document,
    sources: &Sources,
) -> String {
    let (mut text, facts) = match said {
        Some(Said::Here(doc)) => (doc.trim().to_owned(), String::new()),
        Some(Said::Anywhere(doc)) => {
            let facts = shown(field, &doc, value);
            (doc.trim().to_owned(), facts)
        }
        None => (documented(field), String::new()),
    };
    if snake(&field.name) != field.name && !text.contains(&field.name) {
        text = match text.starts_with("Documented as") || text.starts_with("Undocumented") {
            true => format!("`{}` on the wire. {text}", field.name),
            false => format!("{text} `{}` on the wire.", field.name),
        };
    }
    text.push_str(&facts);
    let newest = document.sources.first().map(|source| source.name.as_str());
    if let Some(last) = field.only_in.first()
        && Some(last.as_str()) != newest
        && let Some(source) = document.sources.iter().find(|source| source.name == *last)
    {
        text.push_str(&format!(
            " Last documented by {}, {}.",
            sources.title(last),
            source.as_of
        ));
    }
    text
}

/// The facts about a field without a description.
fn documented(field: &Field) -> String {
    let mut text = match field.documented.as_deref() {
        Some(documented) => format!("Documented as {}", type_words(documented)),
        None => "Undocumented, only in a sample".to_owned(),
    };
    if let Some(example) = field.example.as_deref().filter(|example| is_plain(example)) {
        text.push_str(&format!(", such as `{example}`"));
    }
    if let Some(codes) = codes(field) {
        text.push_str(&format!("; values: {codes}"));
    }
    text.push('.');
    text
}

/// Values from the documentation, if the description shows none and the type does not list them.
fn shown(field: &Field, said: &str, value: &Value) -> String {
    if said.contains('`') || matches!(value, Value::Text(Some(name)) if !is_format(name)) {
        return String::new();
    }
    if let Some(codes) = codes(field) {
        return format!(" Values: {codes}.");
    }
    match field.example.as_deref().filter(|example| is_plain(example)) {
        Some(example) => format!(" Such as `{example}`."),
        None => String::new(),
    }
}

/// Whether the type describes the format of a text, not its values.
fn is_format(name: &str) -> bool {
    super::HAND_WRITTEN.contains(&name)
}

fn codes(field: &Field) -> Option<String> {
    let codes: Vec<_> = field.codes.iter().filter(|code| is_plain(code)).collect();
    if codes.is_empty() || codes.len() > MOST_CODES {
        return None;
    }
    let codes: Vec<_> = codes.iter().map(|code| format!("`{code}`")).collect();
    Some(codes.join(", "))
}

/// The documented type; the newer portal's numeric codes as words.
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
