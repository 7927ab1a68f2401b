//! Writes trees as JSON, in the shapes that were seen in answers.

use aliexpress_models::{Field, Shape};
use serde_json::Value;

use crate::tree::{Choices, Tree};

/// Lists as arrays and `code` next to the data, unless the choices change that.
pub(crate) fn simplified(tree: &Tree, choices: &Choices) -> String {
    let code = choices.one_of(&[
        r#""code":"0""#,
        r#""code":0"#,
        r#""code":"""#,
        r#""code":null"#,
    ]);
    let envelope = vec![code.to_owned(), r#""request_id":"r""#.to_owned()];
    let bom = choices.one_of(&["", "\u{feff}"]);
    format!("{bom}{}", members(tree, envelope, Lists::Plain, choices))
}

/// The data under the answer's key, lists under their inner names.
pub(crate) fn full(key: &str, tree: &Tree, choices: &Choices) -> String {
    let envelope = vec![r#""request_id":"r""#.to_owned()];
    let body = members(tree, envelope, Lists::Wrapped, choices);
    format!("{{{0}\"{key}\"{0}:{0}{body}{0}}}", blank(choices))
}

#[derive(Clone, Copy, PartialEq)]
enum Lists {
    Plain,
    Wrapped,
}

fn members(tree: &Tree, mut others: Vec<String>, lists: Lists, choices: &Choices) -> String {
    let Tree::Object(shape, given) = tree else {
        return String::new();
    };
    // An object without a known key would be read as an object of another API.
    if choices.rarely(4) && (!given.is_empty() || !others.is_empty()) {
        let unknown = r#""zz_unknown":{"a":[1,{"b":null},[]],"c":"\"}"}"#;
        others.push(unknown.to_owned());
    }
    for (field, value) in given {
        let value = member(field, value, lists, choices);
        others.push(format!(
            "\"{}\"{}:{}{value}",
            key(field, choices),
            blank(choices),
            blank(choices)
        ));
    }
    for field in missing(shape, given) {
        if choices.rarely(6) {
            others.push(format!("\"{}\":{}", field.key, nothing(field, choices)));
        }
    }
    let comma = format!("{0},{0}", blank(choices));
    format!("{{{}}}", choices.shuffled(others).join(&comma))
}

pub(crate) fn missing<'a>(
    shape: &'static Shape,
    given: &'a [(&'static Field, Tree)],
) -> impl Iterator<Item = &'static Field> + 'a {
    let is_given = |field: &Field| given.iter().any(|(other, _)| other.key == field.key);
    shape.fields.iter().filter(move |field| !is_given(field))
}

pub(crate) fn key(field: &'static Field, choices: &Choices) -> &'static str {
    match field.alias {
        Some(alias) if choices.rarely(2) => alias,
        _ => field.key,
    }
}

fn nothing(field: &Field, choices: &Choices) -> &'static str {
    match field.kind {
        kind if kind.is_list() => choices.one_of(&["[]", "null", "\"\"", "{}"]),
        _ => choices.one_of(&["null", "\"\""]),
    }
}

fn member(field: &Field, value: &Tree, lists: Lists, choices: &Choices) -> String {
    match value {
        Tree::List(elements) => list(field, elements, lists, choices),
        Tree::Object(..) if choices.rarely(4) => {
            format!("[{}]", self::value(value, lists, choices))
        }
        value => self::value(value, lists, choices),
    }
}

fn list(field: &Field, elements: &[Tree], lists: Lists, choices: &Choices) -> String {
    let values: Vec<String> = elements
        .iter()
        .map(|element| value(element, lists, choices))
        .collect();
    let array = format!("[{}]", values.join(","));
    let only = match (&values[..], &elements[0]) {
        ([only], element) if !element.is_empty() => Some(only.clone()),
        _ => None,
    };
    let is_bare = only.is_some() && choices.rarely(4);
    let Some(inner) = field.wrapper else {
        return if is_bare {
            only.unwrap_or_default()
        } else {
            array
        };
    };
    let is_renamed = choices.rarely(4);
    let inner = if is_renamed { "some_name" } else { inner };
    let wrapped = |elements: &str| wrapper(field, inner, is_renamed, elements, choices);
    match (lists, only) {
        (_, Some(only)) if is_bare => only,
        (_, Some(only)) if choices.rarely(4) => wrapped(&only),
        (Lists::Wrapped, _) => wrapped(&array),
        (Lists::Plain, _) if choices.rarely(6) => wrapped(&array),
        _ => array,
    }
}

/// Elements under an inner name, with unknown members before and after it. Next to a name that is not the documented
/// one, no other member may look like the list.
fn wrapper(
    field: &Field,
    inner: &str,
    is_renamed: bool,
    elements: &str,
    choices: &Choices,
) -> String {
    let is_scalar = field.kind.shape().is_none();
    let unknown: &[&str] = match (is_renamed, is_scalar) {
        (false, _) => &[
            "",
            "",
            "\"zz_count\":3",
            "\"zz_more\":[{\"a\":1}],\"zz_note\":\"x\"",
            "\"zz_null\":null",
        ],
        (true, false) => &[
            "",
            "",
            "\"zz_count\":3",
            "\"zz_null\":null,\"zz_note\":\"x\"",
        ],
        (true, true) => &["", "", "\"zz_null\":null"],
    };
    let parts = [
        choices.one_of(unknown).to_owned(),
        format!("\"{inner}\":{elements}"),
        choices.one_of(unknown).replace("zz_", "zzz_"),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{{{}}}", parts.join(","))
}

fn value(tree: &Tree, lists: Lists, choices: &Choices) -> String {
    match tree {
        Tree::Integer(value) => choices
            .one_of(&[
                value.to_string().as_str(),
                format!("\"{value}\"").as_str(),
                format!("\" {value} \"").as_str(),
            ])
            .to_owned(),
        Tree::Boolean(true) => choices
            .one_of(&["true", "\"true\"", "1", "\"1\"", "\" true \""])
            .to_owned(),
        Tree::Boolean(false) => choices
            .one_of(&["false", "\"false\"", "0", "\"0\""])
            .to_owned(),
        Tree::Text(text) => self::text(text, choices),
        Tree::Wrong(text) => format!("\"{text}\""),
        Tree::Object(..) => members(tree, Vec::new(), lists, choices),
        Tree::List(_) => String::new(),
    }
}

/// A text; if it is a number or a boolean, sometimes without quotes.
fn text(text: &str, choices: &Choices) -> String {
    let is_literal = matches!(
        serde_json::from_str(text),
        Ok(Value::Number(_) | Value::Bool(_))
    );
    if is_literal && text.trim() == text && choices.rarely(2) {
        return text.to_owned();
    }
    if choices.rarely(4) {
        let escaped: String = text
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect();
        return format!("\"{escaped}\"");
    }
    Value::from(text).to_string()
}

fn blank(choices: &Choices) -> &'static str {
    choices.one_of(&["", "", " ", "\r\n\t  "])
}
