//! The commissions on orders.

use serde_json::{Value, json};

use super::affiliate::{COMMISSION, joined};
use super::{CarryOut, Contents, EMPTY, Page, members, nothing_found, resp_result};
use crate::apis::context::Context;
use crate::apis::pacific;
use crate::apis::request::Asked;
use crate::orders::{Item, Order};
use crate::refusal::Refusal;

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.affiliate.order.get", orders_by_number),
    ("aliexpress.affiliate.order.list", orders_by_page),
    ("aliexpress.affiliate.order.listbyindex", orders_by_index),
    (
        "aliexpress.ds.commissionorder.listbyindex",
        own_orders_by_index,
    ),
    ("/ds/order/list", own_orders_by_index),
];

/// The lines of paid orders, which each earn a commission; newest first.
fn commissions<'a>(context: &'a Context<'_>) -> Vec<(i64, &'a Order, &'a Item)> {
    let paid = context.state.orders.iter().filter(|order| order.is_paid());
    let lines = paid.flat_map(|order| {
        let items = order.purchase.iter().flat_map(|purchase| &purchase.items);
        items
            .zip(1..)
            .map(move |(item, place)| (order.line_id(place), order, item))
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort_by_key(|(id, ..)| std::cmp::Reverse(*id));
    lines
}

/// A percentage of an amount, rounded down.
fn hundredths(amount: i64, percent: i64) -> i64 {
    let share = i128::from(amount) * i128::from(percent) / 100;
    i64::try_from(share).unwrap_or(i64::MAX)
}

/// A line with its commission. Amounts are whole hundredths of the currency that the order was paid in.
fn commission(context: &Context<'_>, (id, order, item): &(i64, &Order, &Item)) -> Value {
    let paid = item.price();
    let earned = hundredths(paid, COMMISSION);
    let purchase = order.purchase.as_ref();
    let country = purchase.map(|purchase| &purchase.address.country);
    let currency = purchase.map(|purchase| &purchase.currency);
    let image = context
        .state
        .shop
        .product(item.product_id)
        .map(|product| context.image(product, 0));
    let url = format!("https://www.aliexpress.com/item/{}.html", item.product_id);
    json!({
        "order_id": order.id,
        "order_number": order.id,
        "parent_order_number": order.id,
        "sub_order_id": id,
        "order_status": "Payment Completed",
        "effect_detail_status": if order.finished.is_some() { "Buyer Confirmed Receipt" } else { "Payment Completed" },
        "created_time": pacific::seconds(order.created),
        "paid_time": order.paid.map(pacific::seconds),
        "finished_time": order.finished.map(pacific::seconds),
        "paid_amount": paid,
        "estimated_paid_commission": earned,
        "finished_amount": order.finished.map(|_| paid),
        "estimated_finished_commission": order.finished.map(|_| earned),
        "commission_rate": format!("{COMMISSION}.0%"),
        "settled_currency": currency,
        "publisher_settled_currency": currency,
        "product_id": item.product_id,
        "item_id": item.product_id,
        "product_title": item.name(),
        "item_title": item.name(),
        "product_count": item.count,
        "item_count": item.count,
        "product_main_image_url": image,
        "item_main_image_url": image,
        "product_detail_url": url,
        "item_detail_url": url,
        "ship_to_country": country,
        "is_new_buyer": "N",
        "is_hot_product": "N",
        "is_affiliate_product": "Y",
    })
}

fn orders_by_number(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let ids = joined(asked, "order_ids")?;
    let lines = commissions(context);
    let wanted = lines.iter().filter(|(id, order, _)| {
        ids.contains(&id.to_string()) || ids.contains(&order.id.to_string())
    });
    let orders: Vec<Value> = wanted.map(|line| commission(context, line)).collect();
    if orders.is_empty() {
        return Ok(nothing_found());
    }
    Ok(resp_result(
        json!({ "current_record_count": orders.len(), "orders": orders }),
    ))
}

/// The lines whose orders were placed between the requested times.
fn between<'a>(context: &'a Context<'_>, asked: &Asked) -> Vec<(i64, &'a Order, &'a Item)> {
    let start = asked.text("start_time").unwrap_or_default();
    let end = asked.text("end_time").unwrap_or_else(|| "9999".to_owned());
    let mut lines = commissions(context);
    // Times in the same format sort as text.
    lines.retain(|(_, order, _)| {
        let created = pacific::seconds(order.created);
        start <= created && created <= end
    });
    lines
}

fn orders_by_page(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let lines = between(context, asked);
    let page = Page::of(asked, "page_no", "page_size", (20, 50));
    let shown = page
        .of_list(&lines)
        .iter()
        .map(|line| commission(context, line));
    let shown: Vec<Value> = shown.collect();
    if shown.is_empty() {
        return Ok(nothing_found());
    }
    Ok(resp_result(json!({
        "current_page_no": page.number,
        "current_record_count": shown.len(),
        "total_page_no": page.count(lines.len()),
        "total_record_count": lines.len(),
        "orders": shown,
    })))
}

fn orders_by_index(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let result = page_by_index(context, between(context, asked), asked);
    Ok(result.map_or_else(nothing_found, resp_result))
}

/// The commission of a dropshipper on their own orders.
fn own_orders_by_index(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let mut lines = between(context, asked);
    lines.retain(|(_, order, _)| order.belongs_to(context.user_id()));
    let result = page_by_index(context, lines, asked);
    Ok(match result {
        Some(result) => members(json!({
            "result": result,
            "rsp_code": 200,
            "rsp_msg": "Call succeeds",
            "resp_code": 200,
            "resp_msg": "Call succeeds",
        })),
        None => members(json!({
            "rsp_code": EMPTY,
            "rsp_msg": "The result is empty",
            "resp_code": EMPTY,
            "resp_msg": "The result is empty",
        })),
    })
}

/// The page that follows the line with this number; `None` if it is empty.
fn page_by_index(
    context: &Context<'_>,
    mut lines: Vec<(i64, &Order, &Item)>,
    asked: &Asked,
) -> Option<Value> {
    let before = asked.integer("start_query_index_id").unwrap_or(i64::MAX);
    let page = Page::of(asked, "", "page_size", (20, 50));
    lines.retain(|(id, ..)| *id < before);
    let shown = page.of_list(&lines);
    let (first, last) = (shown.first()?, shown.last()?);
    let orders: Vec<Value> = shown.iter().map(|line| commission(context, line)).collect();
    Some(json!({
        "current_record_count": orders.len(),
        "current_page_no": 1,
        "max_query_index_id": first.0.to_string(),
        "min_query_index_id": last.0.to_string(),
        "orders": orders,
    }))
}
