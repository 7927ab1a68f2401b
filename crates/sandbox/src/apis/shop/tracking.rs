//! Where the parcels of an order are.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{CarryOut, Contents, members};
use crate::apis::context::Context;
use crate::apis::pacific;
use crate::apis::request::Asked;
use crate::clock::{later, milliseconds};
use crate::gateway::refusal::Refusal;
use crate::orders::{Order, Purchase};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.ds.order.tracking.get", tracking),
    (
        "aliexpress.logistics.redefining.querytrackingresult",
        by_number,
    ),
];

/// What is answered before anything was shipped, and for the order of somebody else [third parties].
const NOT_FOUND: (&str, &str) = ("1001", "TRACKING DATA NOT FOUND");
/// What a parcel meets on its way: how long after it was sent, in hours, and in which words.
const WAY: &[(u64, &str, &str)] = &[
    (
        0,
        "Accepted by carrier",
        "Your package was received by the carrier.",
    ),
    (20, "Export customs", "Your package was cleared for export."),
    (70, "In transit", "Your package left the country of origin."),
    (
        190,
        "Import customs",
        "Your package was cleared for import.",
    ),
    (
        230,
        "Delivery update",
        "Your package arrived at the local facility.",
    ),
];
const DELIVERED: (&str, &str) = ("Delivered", "Your package was delivered.");

fn tracking(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("ae_order_id").unwrap_or_default();
    let order = context.order(id).ok();
    let sent = order.and_then(|order| Some((order, order.purchase.as_ref()?, order.shipped?)));
    let result = match sent {
        None => json!({ "ret": false, "code": NOT_FOUND.0, "msg": NOT_FOUND.1 }),
        Some((order, purchase, shipped)) => json!({
            "ret": true,
            "code": "",
            "msg": "",
            "data": { "tracking_detail_line_list": [parcel(order, purchase, shipped, context.now)] },
        }),
    };
    Ok(members(json!({ "result": result })))
}

/// What a parcel has met by now, newest first.
fn nodes(
    order: &Order,
    shipped: SystemTime,
    now: SystemTime,
) -> Vec<(SystemTime, &'static str, &'static str)> {
    let received = order.finished.filter(|_| !order.cancelled);
    let until = received.unwrap_or(now);
    let way = WAY.iter().map(|(hours, name, words)| {
        (
            later(shipped, Duration::from_secs(hours * 3600)),
            *name,
            *words,
        )
    });
    let mut nodes: Vec<_> = way.filter(|(time, ..)| *time <= until).collect();
    nodes.extend(received.map(|received| (received, DELIVERED.0, DELIVERED.1)));
    nodes.reverse();
    nodes
}

fn parcel(order: &Order, purchase: &Purchase, shipped: SystemTime, now: SystemTime) -> Value {
    const ARRIVAL: Duration = Duration::from_secs(15 * 24 * 3600);
    let nodes = nodes(order, shipped, now).into_iter();
    let nodes = nodes.map(|(time, name, words)| {
        json!({
            "time_stamp": milliseconds(time),
            "tracking_name": name,
            "tracking_detail_desc": words,
        })
    });
    let items = purchase.items.iter().map(|item| {
        json!({
            "item_id": item.product_id,
            "item_title": item.name(),
            "quantity": item.count,
            "sku_desc": item.offer.as_ref().map_or(item.sku.as_str(), |offer| &offer.properties),
        })
    });
    json!({
        "mail_no": order.tracking_number(),
        "carrier_name": purchase.logistics_service(),
        "eta_time_stamps": milliseconds(later(shipped, ARRIVAL)),
        "detail_node_list": nodes.collect::<Value>(),
        "package_item_list": items.collect::<Value>(),
    })
}

/// The seller's view of the same parcel, by its number.
fn by_number(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let number = asked.text("logistics_no").unwrap_or_default();
    let mut orders = context.state.orders.iter();
    let found = orders.find(|order| order.tracking_number() == number);
    let found = found.and_then(|order| Some((order, order.shipped?)));
    let Some((order, shipped)) = found else {
        return Ok(members(json!({
            "result_success": false,
            "error_desc": "found no parcel with this number",
        })));
    };
    let details = nodes(order, shipped, context.now).into_iter();
    let details = details.map(|(time, name, words)| {
        json!({
            "event_date": pacific::seconds(time),
            "status": name,
            "event_desc": words,
            "address": "",
            "signed_name": "",
        })
    });
    Ok(members(json!({
        "result_success": true,
        "official_website": "https://global.cainiao.com/",
        "details": details.collect::<Value>(),
    })))
}
