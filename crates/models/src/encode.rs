//! Encodes answers in each form that the platform uses, for imitations of its gateway and for
//! tests.

use crate::envelope::{Answer, ApiError, REFUSAL};
use crate::record::json::{Lists, write_key, write_object};
use crate::record::{Record, View, elements};
use crate::text::escape_xml;

/// The three forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Form {
    /// JSON without the outer key, with lists as arrays, and `code` and `request_id` next to the
    /// data.
    SimplifiedJson,
    /// JSON under `<api>_response`, with lists under their inner names.
    FullJson,
    /// XML, with the key of the full JSON as the name of the root.
    Xml,
}

/// Encodes an answer with data.
///
/// In XML, characters that XML cannot represent (most control characters) are left out.
pub fn encode<T: Answer>(answer: &T, request_id: &str, form: Form) -> String {
    encode_answer(T::KEY, answer, request_id, form)
}

// `#[inline]` on all of these functions keeps them out of programs that do not use them.
fn encode_answer(key: &str, answer: &dyn Record, request_id: &str, form: Form) -> String {
    let request_id = Some(request_id);
    match form {
        Form::SimplifiedJson => {
            let mut output = String::new();
            let behind = [("code", Some("0")), ("request_id", request_id)];
            write_object(
                &mut output,
                answer,
                Lists::Plain,
                &unless_own(answer, behind),
            );
            output
        }
        Form::FullJson => under(key, answer, request_id),
        Form::Xml => xml(key, answer, request_id),
    }
}

/// Encodes a refusal of a business call, under `error_response`.
pub fn encode_error(error: &ApiError, form: Form) -> String {
    match form {
        Form::SimplifiedJson | Form::FullJson => under(REFUSAL, error, None),
        Form::Xml => xml(REFUSAL, error, None),
    }
}

/// Encodes a refusal of a system call: at the root, with `message` instead of `msg`.
pub fn encode_system_error(error: &ApiError) -> String {
    let fields = [
        ("type", error.kind.as_deref()),
        ("code", error.code.as_deref()),
        ("message", error.message.as_deref()),
        ("sub_code", error.sub_code.as_deref()),
        ("sub_msg", error.sub_message.as_deref()),
        ("request_id", error.request_id.as_deref()),
        ("_trace_id_", error.trace_id.as_deref()),
    ];
    let mut output = String::new();
    write_object(&mut output, &ApiError::default(), Lists::Plain, &fields);
    output
}

/// The fields that the envelope adds, except those that the answer has as its own.
fn unless_own<'a, const N: usize>(
    answer: &dyn Record,
    behind: [(&'a str, Option<&'a str>); N],
) -> [(&'a str, Option<&'a str>); N] {
    behind.map(|(key, text)| (key, text.filter(|_| answer.shape().field(key).is_none())))
}

fn under(key: &str, fields: &dyn Record, request_id: Option<&str>) -> String {
    let mut output = "{".to_owned();
    write_key(&mut output, key);
    let behind = [("request_id", request_id)];
    write_object(
        &mut output,
        fields,
        Lists::Wrapped,
        &unless_own(fields, behind),
    );
    output.push('}');
    output
}

fn xml(root: &str, fields: &dyn Record, request_id: Option<&str>) -> String {
    let mut output = String::new();
    // A path is not a valid name of an element.
    let root = root.trim_start_matches('/').replace('/', "_");
    element(&mut output, &root, |output| {
        write_record(output, fields);
        let [(_, request_id)] = unless_own(fields, [("request_id", request_id)]);
        if let Some(request_id) = request_id {
            element(output, "request_id", |output| {
                escape_xml(output, request_id)
            });
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
        View::Text(text) => escape_xml(output, text),
        View::Record(record) => write_record(output, record),
    });
}

fn element(output: &mut String, name: &str, content: impl FnOnce(&mut String)) {
    output.extend(["<", name, ">"]);
    content(output);
    output.extend(["</", name, ">"]);
}
