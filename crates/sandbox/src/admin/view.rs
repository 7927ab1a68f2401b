//! The sandbox's state as the page gets it, without secrets.

use std::time::SystemTime;

use serde_json::{Value, json};

use crate::apis;
use crate::clock::{Clock, milliseconds};
use crate::fault::FAULT_NAMES;
use crate::log::LogEntry;
use crate::masking::mask;
use crate::orders::{Order, OrderStatus};
use crate::push::PushState;
use crate::state::State;

pub(super) fn status(state: &State) -> Value {
    let clock = match state.clock {
        Clock::Machine => "machine",
        Clock::Set(_) | Clock::Moved(_) => "set",
    };
    json!({
        "app_key": state.credentials.app_key,
        "session": mask(&state.credentials.session),
        "now": milliseconds(state.now()),
        "clock": clock,
        "clock_check": state.clock_check,
        "requests": state.log.count(),
        "counts": {
            "orders": state.orders.iter().count(),
            "tokens": state.tokens.all().len(),
            "faults": state.faults.rules().len(),
            "pushes": state.outbox.messages().count(),
        },
        "callback": state.outbox.callback().map(ToString::to_string),
        "apis": apis(state),
        "fault_names": FAULT_NAMES,
        "order_statuses": OrderStatus::DOCUMENTED.iter().map(OrderStatus::as_str).collect::<Vec<_>>(),
    })
}

/// Every API that is answered.
fn apis(state: &State) -> Vec<&str> {
    let stubs = state.stubs.keys().map(String::as_str);
    let others = stubs.filter(|api| !apis::is_known(api));
    apis::names().chain(others).collect()
}

/// A line per request. Times are epoch milliseconds, durations milliseconds.
pub(super) fn requests(state: &State, after: u64) -> Value {
    let requests: Vec<Value> = state.log.after(after).map(summary).collect();
    json!({ "requests": requests, "count": state.log.count() })
}

fn summary(entry: &LogEntry) -> Value {
    json!({
        "number": entry.number,
        "at": milliseconds(entry.at),
        "duration": entry.duration.as_secs_f64() * 1000.0,
        "http_method": entry.http_method,
        "path": entry.path,
        "api": entry.api,
        "verdict": entry.verdict.to_string(),
        "status": entry.status,
        "faults": entry.faults,
        "notes": entry.notes.len(),
    })
}

pub(super) fn request(entry: &LogEntry) -> Value {
    let mut request = summary(entry);
    request["parameters"] = entry
        .parameters
        .iter()
        .map(|(name, value)| json!([name, value]))
        .collect();
    request["notes"] = json!(entry.notes);
    request["answer"] = json!(entry.answer);
    request["diagnosis"] = entry.diagnosis.as_ref().map_or(Value::Null, |diagnosis| {
        json!({
            "expected": diagnosis.expected,
            "mistakes": diagnosis.implied.as_ref().map(|implied| &implied.mistakes),
            "implied": diagnosis.implied.as_ref().map(|implied| &implied.canonical),
            "secret_suspected": diagnosis.secret_suspected,
        })
    });
    request
}

pub(super) fn orders(state: &State, now: SystemTime) -> Value {
    state
        .orders
        .iter()
        .map(|order| order_line(order, now))
        .collect()
}

/// The number as text, because it may exceed the integers that JavaScript holds exactly.
fn order_line(order: &Order, now: SystemTime) -> Value {
    json!({
        "id": order.id.to_string(),
        "out_order_id": order.out_order_id,
        "status": order.status.as_str(),
        "next": order.next_status().map(|status| status.as_str().to_owned()),
        "created": milliseconds(order.created),
        "visible": order.is_visible(now),
        "paid": order.is_paid(),
        "items": order.item_count(),
        "sample": order.is_sample(),
    })
}

pub(super) fn tokens(state: &State, now: SystemTime) -> Value {
    let lines = state.tokens.all().iter().map(|token| {
        json!({
            "number": token.number,
            "token": mask(&token.access),
            "account": token.account.name,
            "user_id": token.account.user_id,
            "expires": milliseconds(token.expires),
            "refresh_expires": milliseconds(token.refresh_expires),
            "valid": token.expires > now,
        })
    });
    lines.collect()
}

pub(super) fn faults(state: &State) -> Value {
    state
        .faults
        .rules()
        .iter()
        .map(|rule| json!(rule.to_string()))
        .collect()
}

pub(super) fn pushes(state: &State) -> Value {
    let lines = state.outbox.messages().map(|message| {
        let (state, reason) = match &message.state {
            PushState::Waiting(reason) => ("waiting", reason.as_deref()),
            PushState::Delivered => ("delivered", None),
            PushState::GivenUp(reason) => ("given up", Some(reason.as_str())),
            PushState::NoCallback => ("no callback set", None),
        };
        json!({
            "number": message.number,
            "at": milliseconds(message.at),
            "message_type": message.message_type,
            "body": message.body,
            "tries": message.tries,
            "state": state,
            "reason": reason,
        })
    });
    lines.collect()
}
