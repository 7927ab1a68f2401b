//! The sandbox's state as the page receives it, without secrets.

use std::time::SystemTime;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::apis;
use crate::clock::{Clock, milliseconds};
use crate::fault::{FAULTS, FaultHelp};
use crate::log::Kept;
use crate::masking::mask;
use crate::orders::{Order, OrderLine, OrderStatus};
use crate::push::PushState;
use crate::shop::{Currency, Product};
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
            "products": state.shop.products().len(),
            "answers": state.answers.iter().len(),
            "tokens": state.tokens.all().len(),
            "faults": state.faults.rules().len(),
            "pushes": state.outbox.messages().count(),
        },
        "state_error": state.state_error,
        "callback": state.outbox.callback().map(ToString::to_string),
        "apis": apis(state),
        "faults": FAULTS.iter().map(fault_help).collect::<Value>(),
        "order_statuses": OrderStatus::DOCUMENTED.iter().map(OrderStatus::as_str).collect::<Vec<_>>(),
    })
}

fn fault_help(help: &FaultHelp) -> Value {
    json!({ "usage": help.usage, "meaning": help.meaning, "example": help.example })
}

/// Every API that is answered.
fn apis(state: &State) -> Vec<&str> {
    let stubs = state.answers.iter().map(|(api, _)| api);
    let others = stubs.filter(|api| !apis::is_known(api));
    apis::names().chain(others).collect()
}

/// A line per request. Times are epoch milliseconds, durations milliseconds.
pub(super) fn requests(state: &State, after: u64) -> Value {
    let requests: Vec<Value> = state.log.after(after).map(summary).collect();
    json!({ "requests": requests, "count": state.log.count() })
}

fn summary(entry: &Kept) -> Value {
    json!({
        "number": entry.number,
        "at": milliseconds(entry.at),
        "duration": entry.duration.as_secs_f64() * 1000.0,
        "http_method": entry.http_method.as_str(),
        "path": entry.path,
        "api": entry.api,
        "verdict": entry.verdict.to_string(),
        "status": entry.status,
        "faults": entry.faults,
        "notes": entry.notes.len(),
    })
}

pub(super) fn request(kept: &Kept) -> Value {
    let mut request = summary(kept);
    let entry = kept.entry();
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
            "remark": diagnosis.remark,
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

/// All details of an order.
pub(super) fn order(order: &Order, now: SystemTime) -> Value {
    let details = order.details(now);
    let mut view = order_line(order, now);
    let address = details.address.as_ref().map(serde_json::to_value);
    view["address"] = address.and_then(Result::ok).unwrap_or_default();
    view["currency"] = details.currency.into();
    view["goods_amount"] = details.goods_amount.into();
    view["shipping_amount"] = details.shipping_amount.into();
    view["total_amount"] = details.total_amount.into();
    view["carrier"] = details.carrier.into();
    view["tracking_number"] = details.tracking_number.into();
    view["lines"] = details.lines.iter().map(line).collect();
    let tracking = details.tracking.iter().map(|event| {
        json!({ "at": milliseconds(event.at), "name": event.name, "description": event.description })
    });
    view["tracking"] = tracking.collect();
    let history = details.history.iter();
    view["history"] = history
        .map(|(at, what)| json!({ "at": milliseconds(*at), "what": what }))
        .collect();
    view
}

fn line(line: &OrderLine) -> Value {
    json!({
        "product_id": line.product_id.to_string(),
        "title": line.title,
        "sku_id": line.sku_id,
        "sku_attr": line.sku_attr,
        "properties": line.properties,
        "count": line.count,
        "unit_price": line.unit_price,
        "shipping": line.shipping,
        "logistics_service": line.logistics_service,
        "memo": line.memo,
    })
}

pub(super) fn products(state: &State) -> Value {
    let products = state.shop.products().map(|product| {
        let record = product.record();
        let prices = record.skus.iter().map(|sku| sku.sale_price.as_str());
        json!({
            "id": record.id.to_string(),
            "title": record.title,
            "store": record.store_name,
            "ships_from": record.ships_from,
            "category": record.categories.last(),
            "variants": record.skus.len(),
            "price": prices.min_by_key(|price| (price.len(), *price)),
            "stock": record.skus.iter().map(|sku| sku.stock).sum::<i64>(),
        })
    });
    products.collect()
}

pub(super) fn product(product: &Product) -> Value {
    let record = product.record();
    let skus = record.skus.iter().map(|sku| {
        json!({
            "id": sku.id.to_string(),
            "sku_attr": sku.sku_attr,
            "properties": sku.properties,
            "list_price": sku.list_price,
            "sale_price": sku.sale_price,
            "stock": sku.stock,
        })
    });
    json!({
        "id": record.id.to_string(),
        "title": record.title,
        "categories": record.categories,
        "images": record.images,
        "weight_grams": record.weight_grams,
        "store_id": record.store_id,
        "store": record.store_name,
        "ships_from": record.ships_from,
        "currency": Currency::SELLER.code,
        "skus": skus.collect::<Value>(),
    })
}

/// The APIs whose answers were set, with the length of each answer in bytes.
pub(super) fn answers(state: &State) -> Value {
    let answers = state.answers.iter();
    let answers = answers.map(|(api, body)| json!({ "api": api, "bytes": body.len() }));
    answers.collect()
}

/// The answer that was set for an API, or a generated example as a starting point.
pub(super) fn answer(state: &State, api: &str) -> Value {
    let given = state.answers.get(api);
    // JSON cannot hold bytes that are not text; their number is shown instead.
    let body = match given {
        Some(body) => std::str::from_utf8(body).ok().map(str::to_owned),
        None => apis::example(state, api),
    };
    json!({
        "api": api,
        "given": given.is_some(),
        "bytes": given.map(Bytes::len),
        "body": body,
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
