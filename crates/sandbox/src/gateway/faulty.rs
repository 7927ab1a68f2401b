//! What faults do to a call: before it is processed, and to its answer.

use std::time::{Duration, SystemTime};

use aliexpress_models::Form;
use bytes::Bytes;
use serde_json::{Number, Value};

use super::{Delivery, Reply, reply};
use crate::call::Call;
use crate::clock::later;
use crate::fault::{Fault, HUGEST};
use crate::refusal::Refusal;
use crate::state::State;

/// Why a call was not processed.
pub(super) enum Stopped {
    Refused(Refusal),
    Dropped(Reply),
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Stopped::Refused(refusal)
    }
}

/// Faults that prevent a call from being processed.
pub(super) fn before(
    state: &mut State,
    call: &Call,
    faults: &[Fault],
    now: SystemTime,
) -> Result<(), Stopped> {
    for fault in faults {
        match fault {
            Fault::ResetBefore => return Err(Stopped::Dropped(reset(now))),
            Fault::HtmlBefore(status) => return Err(Stopped::Dropped(html(*status, now))),
            Fault::ServiceFailure => return Err(Refusal::Service.into()),
            Fault::Throttle(ban) => {
                state.bans.insert(call.api.clone(), later(now, *ban));
                return Err(Refusal::Throttled(*ban).into());
            }
            Fault::ExpireToken => return Err(expire_token(state, call, now).into()),
            _ => {}
        }
    }
    Ok(())
}

fn expire_token(state: &mut State, call: &Call, now: SystemTime) -> Refusal {
    if let Some(session) = call.session() {
        state.tokens.expire(session, now);
    }
    Refusal::expired_session()
}

/// How long the answer is delayed.
pub(super) fn delay(faults: &[Fault]) -> Duration {
    let delays = faults.iter().filter_map(|fault| match fault {
        Fault::Delay(time) => Some(*time),
        _ => None,
    });
    delays.sum()
}

/// Faults of the answer to a call that was processed.
pub(super) fn after(reply: &mut Reply, faults: &[Fault], form: Form) {
    for fault in faults {
        match fault {
            Fault::ResetAfter => *reply = reset(reply.date),
            Fault::HtmlAfter(status) => *reply = html(*status, reply.date),
            Fault::CutBody(length) => reply.delivery = Delivery::Cut(*length),
            Fault::SlowBody(time) => reply.delivery = Delivery::Slow(*time),
            Fault::Malformed => malform(&mut reply.body),
            Fault::DriftingTypes => change_text(reply, |body| change_json(body, form, drift)),
            Fault::WrongTypes => change_text(reply, |body| mistype(body, form)),
            Fault::Huge(length) => change_text(reply, |body| enlarge(body, *length, form)),
            Fault::BareList => change_text(reply, |body| change_json(body, form, bare_lists)),
            Fault::Replace(text) => reply.body = text.clone().into(),
            _ => {}
        }
    }
}

fn reset(now: SystemTime) -> Reply {
    Reply {
        delivery: Delivery::Reset,
        ..reply(0, "", "", now)
    }
}

/// A page as a proxy in front of the gateway writes it.
fn html(status: u16, now: SystemTime) -> Reply {
    let body = format!(
        "<html>\r\n<head><title>{status}</title></head>\r\n<body bgcolor=\"white\">\r\n\
         <center><h1>{status}</h1></center>\r\n<hr><center>Tengine</center>\r\n</body>\r\n</html>\r\n"
    );
    reply(status, "text/html", body, now)
}

/// Cuts the text in the middle, at the start of a character.
fn malform(body: &mut Bytes) {
    let continues = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    let mut edge = body.len() / 2;
    while edge > 0 && body.get(edge).is_some_and(continues) {
        edge -= 1;
    }
    body.truncate(edge);
}

/// Changes a body that is text; other bytes, which only an answer that the user set can have, stay unchanged.
fn change_text(reply: &mut Reply, change: impl FnOnce(&mut String)) {
    let body = Vec::from(std::mem::take(&mut reply.body));
    reply.body = match String::from_utf8(body) {
        Ok(mut text) => {
            change(&mut text);
            text.into()
        }
        Err(bytes) => bytes.into_bytes().into(),
    };
}

fn change_json(body: &mut String, form: Form, change: fn(&mut Value)) {
    // XML has neither types nor lists to change.
    if form != Form::Xml
        && let Ok(mut value) = serde_json::from_str::<Value>(body)
    {
        change(&mut value);
        *body = value.to_string();
    }
}

/// Turns numbers and booleans into text, and text that is an integer into a number, at all depths.
fn drift(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(drift),
        Value::Object(fields) => fields.values_mut().for_each(drift),
        Value::Bool(_) | Value::Number(_) => *value = Value::String(value.to_string()),
        Value::String(text) => {
            if let Some(number) = as_number(text) {
                *value = Value::Number(number);
            }
        }
        Value::Null => {}
    }
}

/// The integer in `text`, if the integer is written as exactly this text.
fn as_number(text: &str) -> Option<Number> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then(|| Number::from(number))
}

/// Replaces each list of one element by the element.
fn bare_lists(value: &mut Value) {
    if let Value::Array(values) = value
        && values.len() == 1
        && let Some(only) = values.pop()
    {
        *value = only;
    }
    match value {
        Value::Array(values) => values.iter_mut().for_each(bare_lists),
        Value::Object(fields) => fields.values_mut().for_each(bare_lists),
        _ => {}
    }
}

/// Replaces the first number, text or boolean inside the result by an object.
fn mistype(body: &mut String, form: Form) {
    match form {
        Form::Xml => mistype_xml(body),
        _ => change_json(body, form, |root| {
            if !["result", "data"]
                .iter()
                .any(|name| find_mut(root, name).is_some_and(mistype_first))
            {
                mistype_first(root);
            }
        }),
    }
}

const MISTYPED: &str = "sandbox: wrong type";

/// The field of this name, at any depth.
fn find_mut<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    let Value::Object(fields) = value else {
        return None;
    };
    if fields.contains_key(name) {
        return fields.get_mut(name);
    }
    fields.values_mut().find_map(|field| find_mut(field, name))
}

fn mistype_first(value: &mut Value) -> bool {
    match value {
        Value::Array(values) => values.iter_mut().any(mistype_first),
        Value::Object(fields) => fields.values_mut().any(mistype_first),
        _ => {
            *value = serde_json::json!({ MISTYPED: [] });
            true
        }
    }
}

/// Replaces the text of the first element that has some by a child element.
fn mistype_xml(body: &mut String) {
    let text = body.match_indices("</").find_map(|(end, _)| {
        let start = body[..end].rfind('>')? + 1;
        (start < end).then_some(start..end)
    });
    if let Some(text) = text {
        body.replace_range(text, "<wrong><type>sandbox</type></wrong>");
    }
}

/// Adds a field that no model knows, so that the body has `length` bytes.
fn enlarge(body: &mut String, length: usize, form: Form) {
    let missing = length.min(HUGEST).saturating_sub(body.len()).max(1);
    let filling = "x".repeat(missing);
    match (form, body.rfind("</"), body.find('{')) {
        (Form::Xml, Some(place), _) => {
            let field = format!("<sandbox_padding>{filling}</sandbox_padding>");
            body.insert_str(place, &field);
        }
        (Form::FullJson | Form::SimplifiedJson, _, Some(place)) => {
            let is_empty = body[place + 1..].trim_start().starts_with('}');
            let comma = if is_empty { "" } else { "," };
            body.insert_str(
                place + 1,
                &format!("\"sandbox_padding\":\"{filling}\"{comma}"),
            );
        }
        _ => {}
    }
}
