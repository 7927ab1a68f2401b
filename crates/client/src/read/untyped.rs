//! Answers of APIs without a model: whether they are refusals, and their request ids.

use aliexpress_models::ApiError;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value};

use crate::call::Format;
use crate::error::{Error, Finding, Kind};

pub(super) struct Untyped {
    pub(super) format: Format,
    pub(super) json: Option<Value>,
    pub(super) request_id: Option<String>,
    pub(super) refusal: Option<ApiError>,
}

/// Reads JSON or XML, told apart by the first byte; or says what was found instead.
pub(super) fn read(body: &[u8]) -> Result<Untyped, String> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|_| "bytes that are no UTF-8".to_owned())?;
    match text.trim_start().as_bytes().first() {
        None => Err("nothing".to_owned()),
        Some(b'{' | b'[') => json(text),
        Some(b'<') if !is_html(text) => xml(text),
        Some(b'<') => Err("an HTML page".to_owned()),
        Some(_) => Err("some other text".to_owned()),
    }
}

pub(super) fn unreadable(api: &str, found: String) -> Error {
    let doing = format!("read the answer to {api}");
    Error::new(
        api,
        Kind::Unreadable(Finding::new(doing, found, "JSON or XML")),
    )
}

fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(14).collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<html") || start.starts_with("<!doctype html")
}

fn json(text: &str) -> Result<Untyped, String> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("broken JSON ({error})"))?;
    let root = value.as_object();
    let refused = root.and_then(|root| root.get("error_response"));
    let inside = || root?.iter().find(|(key, _)| key.ends_with("_response"));
    let fields = refused
        .or_else(|| Some(inside()?.1))
        .and_then(Value::as_object)
        .or(root);
    let error = fields.map(members).unwrap_or_default();
    Ok(Untyped {
        format: Format::Json,
        request_id: error
            .request_id
            .clone()
            .or_else(|| root.and_then(|root| member(root, "request_id"))),
        refusal: (refused.is_some() || is_refusal(&error)).then_some(error),
        json: Some(value),
    })
}

fn members(fields: &Map<String, Value>) -> ApiError {
    let mut error = ApiError::default();
    for key in KEYS {
        put(&mut error, key, member(fields, key));
    }
    error
}

fn member(fields: &Map<String, Value>, key: &str) -> Option<String> {
    match fields.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

const KEYS: [&str; 8] = [
    "code",
    "type",
    "msg",
    "message",
    "sub_code",
    "sub_msg",
    "request_id",
    "_trace_id_",
];

fn put(error: &mut ApiError, key: &str, value: Option<String>) {
    let field = match key {
        "code" => &mut error.code,
        "type" => &mut error.kind,
        "msg" | "message" => &mut error.message,
        "sub_code" => &mut error.sub_code,
        "sub_msg" => &mut error.sub_message,
        "request_id" => &mut error.request_id,
        "_trace_id_" => &mut error.trace_id,
        _ => return,
    };
    if value.is_some() {
        *field = value;
    }
}

/// The root element and its children are all that the envelope needs.
fn xml(text: &str) -> Result<Untyped, String> {
    let broken = |error: &dyn std::fmt::Display| format!("broken XML ({error})");
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut root, mut name, mut content) = (None, String::new(), String::new());
    let mut error = ApiError::default();
    let mut depth = 0;
    loop {
        match reader.read_event().map_err(|error| broken(&error))? {
            Event::Start(start) => {
                depth += 1;
                name = start.name().as_ref().to_owned();
                root.get_or_insert_with(|| name.clone());
                content.clear();
            }
            Event::Text(text) => content.push_str(&text.xml10_content()),
            Event::CData(text) => content.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => content.extend(character(&reference)),
            Event::End(_) => {
                depth -= 1;
                if depth == 1 {
                    put(&mut error, &name, Some(std::mem::take(&mut content)));
                }
                name.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let Some(root) = root.filter(|_| depth == 0) else {
        return Err("XML that is cut short".to_owned());
    };
    Ok(Untyped {
        format: Format::Xml,
        json: None,
        request_id: error.request_id.clone(),
        refusal: (root == "error_response" || is_refusal(&error)).then_some(error),
    })
}

fn character(reference: &BytesRef<'_>) -> Option<char> {
    let named = quick_xml::escape::resolve_xml_entity(&reference.xml10_content())
        .and_then(|text| text.chars().next());
    named.or_else(|| reference.resolve_char_ref().ok().flatten())
}

fn is_refusal(error: &ApiError) -> bool {
    let code = error.code.as_deref().map(str::trim);
    code.is_some_and(|code| !matches!(code, "" | "0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, code: Option<&str>, message: Option<&str>, request_id: Option<&str>) {
        let read = read(body.as_bytes()).ok().unwrap();
        assert_eq!(read.request_id.as_deref(), request_id, "{body}");
        let error = read.refusal.as_ref();
        assert_eq!(
            error.and_then(|error| error.code.as_deref()),
            code,
            "{body}"
        );
        assert_eq!(
            error.and_then(|error| error.message.as_deref()),
            message,
            "{body}"
        );
    }

    #[test]
    fn refusals_are_told_from_answers_in_every_form() {
        check(
            r#"{"error_response":{"code":15,"msg":"m","sub_code":"isv.x","request_id":"r"}}"#,
            Some("15"),
            Some("m"),
            Some("r"),
        );
        check(
            r#"{"type":"ISV","code":"InvalidCode","message":"m","request_id":"r"}"#,
            Some("InvalidCode"),
            Some("m"),
            Some("r"),
        );
        check(
            "<error_response><code>15</code><msg>a &amp; &#98;</msg></error_response>",
            Some("15"),
            Some("a & b"),
            None,
        );
        check(r#"{"error_response":{}}"#, None, None, None);
    }

    #[test]
    fn answers_are_no_refusals() {
        check(
            r#"{"a_b_response":{"result":{"code":"7"},"request_id":"r"}}"#,
            None,
            None,
            Some("r"),
        );
        check(
            r#"{"result":{},"code":"0","request_id":"r"}"#,
            None,
            None,
            Some("r"),
        );
        check(
            "<a_response><result><code>7</code></result><request_id>r</request_id></a_response>",
            None,
            None,
            Some("r"),
        );
    }

    #[track_caller]
    fn check_unreadable(body: &[u8], expected: &str) {
        let found = read(body).err().unwrap();
        assert_eq!(found, expected);
    }

    #[test]
    fn other_things_are_named() {
        check_unreadable(b"", "nothing");
        check_unreadable(b"<!DOCTYPE html><html>", "an HTML page");
        check_unreadable(b"Sorry", "some other text");
        check_unreadable(b"<a><b>", "XML that is cut short");
        check_unreadable(b"{\xff}", "bytes that are no UTF-8");
        check_unreadable(
            b"{\"a\":",
            "broken JSON (EOF while parsing a value at line 1 column 5)",
        );
    }
}
