//! The tracking events of an order's parcels.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{CarryOut, Contents, members};
use crate::apis::context::Context;
use crate::apis::pacific;
use crate::apis::request::Asked;
use crate::clock::{later, milliseconds};
use crate::orders::{Order, Purchase};
use crate::refusal::Refusal;

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.ds.order.tracking.get", tracking),
    (
        "aliexpress.logistics.redefining.querytrackingresult",
        by_number,
    ),
];

/// The answer before anything was shipped, and for someone else's order [third parties].
const NOT_FOUND: (&str, &str) = ("1001", "TRACKING DATA NOT FOUND");
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

fn parcel(order: &Order, purchase: &Purchase, shipped: SystemTime, now: SystemTime) -> Value {
    const ARRIVAL: Duration = Duration::from_secs(15 * 24 * 3600);
    let nodes = order.tracking_events(now).into_iter();
    let nodes = nodes.map(|event| {
        json!({
            "time_stamp": milliseconds(event.at),
            "tracking_name": event.name,
            "tracking_detail_desc": event.description,
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
    let Some(order) = found.filter(|order| order.shipped.is_some()) else {
        return Ok(members(json!({
            "result_success": false,
            "error_desc": "found no parcel with this number",
        })));
    };
    let details = order.tracking_events(context.now).into_iter();
    let details = details.map(|event| {
        json!({
            "event_date": pacific::seconds(event.at),
            "status": event.name,
            "event_desc": event.description,
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
