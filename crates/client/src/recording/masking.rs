//! Takes secrets and personal data out of answers that are written down.

use std::sync::LazyLock;

use aliexpress_models::{APIS, Api, Field, Kind, Shape};
use quick_xml::events::{BytesText, Event};
use quick_xml::{Reader, Writer};
use serde_json::Value;

use crate::secrets::Session;

const REDACTED: &str = "[redacted]";

/// Keys whose values are secrets wherever they stand.
const SECRETS: &[&str] = &["access_token", "refresh_token", "session"];

/// An answer's body with what must not be kept taken out. What is neither JSON nor XML is left out as a
/// whole, for there is no telling what is in it.
pub(super) fn mask(api: &str, session: Option<&Session>, body: &[u8]) -> String {
    let shape = Api::find(api).map(|api| api.answer);
    let left_out = || format!("[{} bytes that are neither JSON nor XML]", body.len());
    let Ok(text) = std::str::from_utf8(body) else {
        return left_out();
    };
    let masked = match text.trim_start().as_bytes().first() {
        Some(b'{' | b'[') => mask_json(text, shape),
        Some(b'<') => mask_xml(text, shape),
        _ => None,
    };
    let masked = masked.unwrap_or_else(left_out);
    match session {
        Some(session) if session.expose().len() >= 6 => masked.replace(session.expose(), REDACTED),
        _ => masked,
    }
}

fn mask_json(text: &str, shape: Option<&'static Shape>) -> Option<String> {
    let mut value: Value = serde_json::from_str(text).ok()?;
    mask_value(&mut value, shape);
    Some(value.to_string())
}

fn mask_value(value: &mut Value, shape: Option<&'static Shape>) {
    match value {
        Value::Array(elements) => elements
            .iter_mut()
            .for_each(|element| mask_value(element, shape)),
        Value::Object(fields) => {
            for (key, value) in fields {
                match Part::of(key, shape) {
                    Part::Masked(mask) => *value = Value::from(mask),
                    Part::Inside(shape) => mask_value(value, shape),
                }
            }
        }
        _ => {}
    }
}

/// Attributes hold nothing of an answer and are left as they are.
fn mask_xml(text: &str, shape: Option<&'static Shape>) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let mut writer = Writer::new(Vec::new());
    let mut open = vec![Part::Inside(shape)];
    loop {
        match reader.read_event().ok()? {
            Event::Eof => break,
            Event::Start(start) => {
                let part = match open.last()? {
                    Part::Masked(mask) => Part::Masked(mask),
                    Part::Inside(shape) => Part::of(start.name().as_ref(), *shape),
                };
                writer.write_event(Event::Start(start)).ok()?;
                if let Part::Masked(mask) = part {
                    writer.write_event(Event::Text(BytesText::new(mask))).ok()?;
                }
                open.push(part);
            }
            Event::End(end) => {
                open.pop();
                writer.write_event(Event::End(end)).ok()?;
            }
            // The text of a masked element was replaced at its start.
            event => match open.last()? {
                Part::Masked(_) => {}
                Part::Inside(_) => writer.write_event(event).ok()?,
            },
        }
    }
    String::from_utf8(writer.into_inner())
        .ok()
        .filter(|_| open.len() == 1)
}

/// What becomes of the value under a key.
enum Part {
    /// This stands in its place.
    Masked(&'static str),
    /// It is looked into, with the table of the object that it is or is around.
    Inside(Option<&'static Shape>),
}

impl Part {
    fn of(key: &str, shape: Option<&'static Shape>) -> Self {
        if SECRETS.contains(&key) {
            return Part::Masked(REDACTED);
        }
        match shape.map(|shape| shape.field(key)) {
            Some(Some(field)) if field.personal => Part::Masked(placeholder(field)),
            Some(Some(field)) => Part::Inside(field.kind.shape().or(shape)),
            // A wrapper or an envelope stands around the same object.
            Some(None) => Part::Inside(shape),
            // Without a model, whatever is personal in one of the models is taken for it.
            None if PERSONAL.contains(&key) => Part::Masked(REDACTED),
            None => Part::Inside(None),
        }
    }
}

/// Something that the model still can read.
fn placeholder(field: &Field) -> &'static str {
    match field.kind {
        Kind::Text | Kind::Texts => REDACTED,
        _ => "",
    }
}

static PERSONAL: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let mut keys = Vec::new();
    for api in APIS {
        collect(api.request, &mut keys);
        collect(api.answer, &mut keys);
    }
    keys.sort_unstable();
    keys.dedup();
    keys
});

fn collect(shape: &'static Shape, keys: &mut Vec<&'static str>) {
    for field in shape.fields {
        if field.personal {
            keys.push(field.key);
        }
        if let Some(inner) = field.kind.shape() {
            collect(inner, keys);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: &str = "aliexpress.solution.order.info.get";

    #[track_caller]
    fn check(api: &str, body: &str, expected: &str) {
        let session = Session::new("canary-session");
        assert_eq!(mask(api, Some(&session), body.as_bytes()), expected);
    }

    #[test]
    fn personal_fields_are_masked_where_the_model_has_them() {
        check(
            INFO,
            r#"{"a_response":{"result":{"data":{"id":7,"buyer_info":{"first_name":"canary"}}}}}"#,
            r#"{"a_response":{"result":{"data":{"buyer_info":{"first_name":"[redacted]"},"id":7}}}}"#,
        );
        check(
            INFO,
            "<r><result><data><id>7</id><buyer_info><first_name>canary</first_name></buyer_info></data></result></r>",
            "<r><result><data><id>7</id><buyer_info><first_name>[redacted]</first_name></buyer_info></data></result></r>",
        );
    }

    #[test]
    fn secrets_are_masked_everywhere() {
        check(
            "/auth/token/create",
            r#"{"access_token":"canary","refresh_token":"canary","x":"is canary-session"}"#,
            r#"{"access_token":"[redacted]","refresh_token":"[redacted]","x":"is [redacted]"}"#,
        );
        check(
            "other.api",
            r#"{"y":[{"first_name":"canary"}]}"#,
            r#"{"y":[{"first_name":"[redacted]"}]}"#,
        );
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        check(INFO, "canary", "[6 bytes that are neither JSON nor XML]");
        check(INFO, "{\"canary", "[8 bytes that are neither JSON nor XML]");
        check(INFO, "<a>canary", "[9 bytes that are neither JSON nor XML]");
    }
}
