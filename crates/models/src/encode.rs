//! Answers to bytes, in each form that the platform has: for gateways that stand in for it, and for tests.

use serde_core::ser::{Serialize, SerializeMap, Serializer};

use crate::envelope::{Answer, ApiError};
use crate::record::{Lists, Record, View, elements, write_fields};

/// The three forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// JSON without the outer key, lists as arrays, `code` and `request_id` beside the data.
    SimplifiedJson,
    /// JSON under `<api>_response`, lists under their inner names.
    FullJson,
    /// XML, its root named as the full JSON's key.
    Xml,
}

/// Writes an answer with data.
///
/// In XML, characters that XML cannot hold (most control characters) are left out.
pub fn encode<T: Answer>(answer: &T, request_id: &str, form: Form) -> String {
    let request_id = Some(request_id);
    match form {
        Form::SimplifiedJson => json(&Body {
            fields: answer,
            lists: Lists::Plain,
            code: Some("0"),
            request_id,
        }),
        Form::FullJson => under(T::KEY, answer, request_id),
        Form::Xml => xml(T::KEY, answer, request_id),
    }
}

/// Writes a refusal as business calls get it, under `error_response`.
pub fn encode_error(error: &ApiError, form: Form) -> String {
    const KEY: &str = "error_response";
    match form {
        Form::SimplifiedJson | Form::FullJson => under(KEY, error, None),
        Form::Xml => xml(KEY, error, None),
    }
}

/// Writes a refusal as system calls get it: at the root, with `message` for `msg`.
pub fn encode_system_error(error: &ApiError) -> String {
    json(&SystemError(error))
}

fn under(key: &str, fields: &dyn Record, request_id: Option<&str>) -> String {
    let body = Body {
        fields,
        lists: Lists::Wrapped,
        code: None,
        request_id,
    };
    json(&Under { key, body })
}

// Maps with text keys, texts, whole numbers and truth values: JSON has all of them, nothing can fail.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

struct Under<'a> {
    key: &'a str,
    body: Body<'a>,
}

impl Serialize for Under<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.key, &self.body)])
    }
}

/// A model's fields with what the envelope adds.
struct Body<'a> {
    fields: &'a dyn Record,
    lists: Lists,
    code: Option<&'a str>,
    request_id: Option<&'a str>,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        write_fields(self.fields, self.lists, &mut map)?;
        if let Some(code) = self.code {
            map.serialize_entry("code", code)?;
        }
        if let Some(request_id) = self.request_id {
            map.serialize_entry("request_id", request_id)?;
        }
        map.end()
    }
}

struct SystemError<'a>(&'a ApiError);

impl Serialize for SystemError<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let error = self.0;
        let fields = [
            ("type", &error.kind),
            ("code", &error.code),
            ("message", &error.message),
            ("sub_code", &error.sub_code),
            ("sub_msg", &error.sub_message),
            ("request_id", &error.request_id),
            ("_trace_id_", &error.trace_id),
        ];
        serializer.collect_map(
            fields
                .into_iter()
                .filter_map(|(key, value)| Some((key, value.as_ref()?))),
        )
    }
}

fn xml(root: &str, fields: &dyn Record, request_id: Option<&str>) -> String {
    let mut output = String::new();
    element(&mut output, root, |output| {
        write_record(output, fields);
        if let Some(request_id) = request_id {
            element(output, "request_id", |output| escape(output, request_id));
        }
    });
    output
}

fn write_record(output: &mut String, record: &dyn Record) {
    for (index, field) in record.shape().fields.iter().enumerate() {
        match record.view(index) {
            View::Absent => {}
            View::List(list) => match field.wrapper {
                _ if list.is_empty() => {}
                Some(inner) => element(output, field.key, |output| {
                    elements(list).for_each(|view| write_value(output, inner, view));
                }),
                None => elements(list).for_each(|view| write_value(output, field.key, view)),
            },
            view => write_value(output, field.key, view),
        }
    }
}

fn write_value(output: &mut String, name: &str, view: View<'_>) {
    element(output, name, |output| match view {
        View::Absent | View::List(_) => {}
        View::Integer(value) => output.push_str(&value.to_string()),
        View::Boolean(value) => output.push_str(if value { "true" } else { "false" }),
        View::Text(text) => escape(output, text),
        View::Record(record) => write_record(output, record),
    });
}

fn element(output: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    output.extend(["<", name, ">"]);
    content(output);
    output.extend(["</", name, ">"]);
}

fn escape(output: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => output.push_str("&lt;"),
            '>' => output.push_str("&gt;"),
            '&' => output.push_str("&amp;"),
            '"' => output.push_str("&quot;"),
            '\'' => output.push_str("&apos;"),
            // A bare one would be read as a line feed.
            '\r' => output.push_str("&#13;"),
            '\t' | '\n' => output.push(character),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            _ => output.push(character),
        }
    }
}
