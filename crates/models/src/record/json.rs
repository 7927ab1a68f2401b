//! Models as JSON text, simplified or full.
//!
//! serde_json's writer can write every model, too, through serde. This writer is not generic, and a program that reads
//! answers builds in half the time without serde_json.

use std::fmt::Write as _;

use super::debug::elements;
use super::{Field, List, Record, View};
use crate::tree::Value;

/// How lists are written.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Lists {
    /// As arrays, as in simplified answers and in requests.
    Plain,
    /// Under their inner name, as in full answers.
    Wrapped,
}

/// Writes an object of a model's fields, followed by the texts that an envelope adds.
#[inline]
pub(crate) fn write_object(
    output: &mut String,
    record: &dyn Record,
    lists: Lists,
    behind: &[(&str, Option<&str>)],
) {
    output.push('{');
    for (index, field) in record.shape().fields.iter().enumerate() {
        match record.view(index) {
            View::Absent => {}
            View::List(list) if list.is_empty() => {}
            view => {
                write_key(output, field.key);
                write_value(output, view, field, lists);
            }
        }
    }
    for (key, text) in behind {
        if let Some(text) = text {
            write_key(output, key);
            write_text(output, text);
        }
    }
    output.push('}');
}

/// Writes the key of a member, and a comma unless it is the first of its object.
#[inline]
pub(crate) fn write_key(output: &mut String, key: &str) {
    // A comma is needed unless the object has just begun, because no value ends in `{`.
    if !output.ends_with('{') {
        output.push(',');
    }
    write_text(output, key);
    output.push(':');
}

/// Writes the value of a field, following the field's rules.
#[inline]
pub(crate) fn write_value(output: &mut String, view: View<'_>, field: &Field, lists: Lists) {
    // Writing to a String cannot fail.
    let _ = match view {
        View::Absent => write!(output, "null"),
        View::Integer(value) if field.as_text => write!(output, "\"{value}\""),
        View::Integer(value) => write!(output, "{value}"),
        View::Boolean(value) if field.as_text => write!(output, "\"{value}\""),
        View::Boolean(value) => write!(output, "{value}"),
        View::Text(text) if field.free && is_nested(text) => {
            output.push_str(text);
            Ok(())
        }
        View::Text(text) => {
            write_text(output, text);
            Ok(())
        }
        View::Record(record) => {
            write_object(output, record, lists, &[]);
            Ok(())
        }
        View::List(list) => {
            write_list(output, list, field, lists);
            Ok(())
        }
    };
}

/// Whether a text is the JSON of an object or a list, which is then written unchanged.
fn is_nested(text: &str) -> bool {
    text.starts_with(['{', '['])
        && matches!(
            crate::json::parse(text),
            Ok(Value::Object(_) | Value::List(_))
        )
}

#[inline]
fn write_list(output: &mut String, list: &dyn List, field: &Field, lists: Lists) {
    let inner = field.wrapper.filter(|_| lists == Lists::Wrapped);
    if let Some(inner) = inner {
        output.push('{');
        write_key(output, inner);
    }
    output.push('[');
    for (index, view) in elements(list).enumerate() {
        if index > 0 {
            output.push(',');
        }
        write_value(output, view, field, lists);
    }
    output.push(']');
    if inner.is_some() {
        output.push('}');
    }
}

#[inline]
fn write_text(output: &mut String, text: &str) {
    output.push('"');
    for character in text.chars() {
        match character {
            '"' => output.push_str("\\\""),
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            '\u{8}' => output.push_str("\\b"),
            '\u{c}' => output.push_str("\\f"),
            '\0'..='\u{1F}' => {
                let _ = write!(output, "\\u{:04x}", u32::from(character));
            }
            _ => output.push(character),
        }
    }
    output.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_escaped_as_by_serde_json(text in any::<String>()) {
            let mut output = String::new();
            write_text(&mut output, &text);
            prop_assert_eq!(output, serde_json::to_string(&text).unwrap());
        }
    }

    #[test]
    fn every_control_character_is_escaped() {
        let text: String = ('\0'..='\u{80}').collect();
        let mut output = String::new();
        write_text(&mut output, &text);
        assert_eq!(output, serde_json::to_string(&text).unwrap());
    }
}
