//! A dropshipper's reports to the platform, and a product's properties for some countries.

use serde_json::{Value, json};

use super::{CarryOut, Contents, members};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::refusal::Refusal;

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.ds.add.info", registered),
    ("aliexpress.ds.member.benefit.get", benefits),
    ("aliexpress.ds.member.orderdata.submit", order_data),
    ("aliexpress.ds.product.specialinfo.get", special_info),
    ("aliexpress.ds.search.event.report", search_event),
];

/// Accepts the address of a shop; no other API shows it.
fn registered(_: &mut Context<'_>, _: &Asked) -> Result<Contents, Refusal> {
    Ok(members(json!({
        "result": true,
        "result_code": 200,
        "result_msg": "Call succeeds",
        "rsp_code": "200",
        "rsp_msg": "Call succeeds",
    })))
}

/// Every member may pay automatically: the sandbox pays each order that requests it.
fn benefits(_: &mut Context<'_>, _: &Asked) -> Result<Contents, Refusal> {
    Ok(members(json!({
        "rsp_code": "200",
        "rsp_msg": "Call succeeds",
        "result": [{ "code": "auto-pay", "title": "auto-pay", "canApply": "true", "canBenefit": "true" }],
    })))
}

/// Accepts a shop's report on an order, if the order exists.
fn order_data(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("ae_orderid").unwrap_or_default();
    Ok(members(match context.order(id) {
        Ok(_) => json!({ "result": true, "rsp_code": 200, "rsp_msg": "Call succeeds" }),
        Err(_) => json!({ "result": false, "rsp_code": 404, "rsp_msg": "found no such order" }),
    }))
}

/// The properties of a product that must be shown in some countries.
fn special_info(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("itemId").unwrap_or_default();
    let Some(product) = context.state.shop.product(id) else {
        return Ok(members(json!({
            "result": { "ret": false, "code": "605", "err_message": "ITEM_ID_NOT_FOUND" }
        })));
    };
    let entry = |key: &str, name: &str, value: &str| json!({ "key": key, "name": name, "value": value, "value_type": "text" });
    let list: Value = [
        entry("seller", "Seller", &product.store.name),
        entry("origin", "Origin", &product.store.country),
        entry("weight", "Weight in kilograms", &product.kilograms()),
    ]
    .into_iter()
    .collect();
    Ok(members(json!({
        "result": {
            "ret": true,
            "code": "200",
            "data": { "product_id": product.id.to_string(), "item_qualification_list": list },
        }
    })))
}

/// Accepts a report on how a search's results were used; no other API shows it.
fn search_event(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let report = asked.text("report_text").unwrap_or_default();
    if serde_json::from_str::<Value>(&report).is_err() {
        context.note("report_text is not JSON");
    }
    Ok(members(
        json!({ "code": "200", "msg": "Call succeeds", "data": "true" }),
    ))
}
