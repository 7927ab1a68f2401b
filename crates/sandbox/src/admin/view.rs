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
use crate::world::World;

pub(super) fn status(world: &World) -> Value {
    let clock = match world.clock {
        Clock::Machine => "machine",
        Clock::Set(_) | Clock::Moved(_) => "set",
    };
    json!({
        "app_key": world.credentials.app_key,
        "session": mask(&world.credentials.session),
        "now": milliseconds(world.now()),
        "clock": clock,
        "clock_check": world.clock_check,
        "requests": world.log.count(),
        "counts": {
            "orders": world.orders.iter().count(),
            "tokens": world.tokens.all().len(),
            "faults": world.faults.rules().len(),
            "pushes": world.outbox.messages().count(),
        },
        "callback": world.outbox.callback().map(ToString::to_string),
        "apis": apis(world),
        "fault_names": FAULT_NAMES,
        "order_statuses": OrderStatus::DOCUMENTED.iter().map(OrderStatus::as_str).collect::<Vec<_>>(),
    })
}

/// Every API that is answered.
fn apis(world: &World) -> Vec<&str> {
    let stubs = world.stubs.keys().map(String::as_str);
    let others = stubs.filter(|api| !apis::is_known(api));
    apis::names().chain(others).collect()
}

/// A line per request. Times are epoch milliseconds, durations milliseconds.
pub(super) fn requests(world: &World, after: u64) -> Value {
    let requests: Vec<Value> = world.log.after(after).map(summary).collect();
    json!({ "requests": requests, "count": world.log.count() })
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

pub(super) fn orders(world: &World, now: SystemTime) -> Value {
    world
        .orders
        .iter()
        .map(|order| order_line(order, now))
        .collect()
}

/// The number as text, for it may pass what JavaScript holds exactly.
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

pub(super) fn tokens(world: &World, now: SystemTime) -> Value {
    let lines = world.tokens.all().iter().map(|token| {
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

pub(super) fn faults(world: &World) -> Value {
    world
        .faults
        .rules()
        .iter()
        .map(|rule| json!(rule.to_string()))
        .collect()
}

pub(super) fn pushes(world: &World) -> Value {
    let lines = world.outbox.messages().map(|message| {
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
