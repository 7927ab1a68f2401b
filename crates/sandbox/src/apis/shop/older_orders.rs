//! The seller's orders by the older `findorder…` APIs, their disputes, and their parcels.

use serde_json::{Value, json};

use super::affiliate::joined;
use super::seller::receipt;
use super::{CarryOut, Contents, Page, members};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::apis::{order_info, pacific};
use crate::orders::{Item, Order, OrderStatus, Purchase};
use crate::refusal::Refusal;
use crate::shop::amount;

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.trade.redefining.findorderbaseinfo", base),
    ("aliexpress.trade.redefining.findorderlistsimplequery", list),
    ("aliexpress.trade.redefining.findorderreceiptinfo", receipt),
    ("aliexpress.trade.redefining.findordertradeinfo", trade),
    ("aliexpress.trade.new.redefining.findorderbyid", whole_order),
    ("aliexpress.issue.issuelist.get", issues),
    ("aliexpress.issue.detail.get", issue),
    (
        "aliexpress.logistics.redefining.getonlinelogisticsinfo",
        parcels,
    ),
];

/// The number of an order's dispute is the order's number plus this.
const ISSUE: i64 = 900;

/// The order with all fields of the current API for one order.
fn found(context: &mut Context<'_>, asked: &Asked) -> Result<Value, Refusal> {
    let id = asked.integer(".order_id").unwrap_or_default();
    let mut contents = order_info::contents(context, id)?;
    let result = contents
        .get_mut("result")
        .and_then(|result| result.get_mut("data"));
    Ok(result.map(Value::take).unwrap_or_default())
}

fn base(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    Ok(members(json!({ "result": found(context, asked)? })))
}

fn whole_order(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    Ok(members(json!({ "target": found(context, asked)? })))
}

/// The caller's orders that were placed here, newest first.
fn mine<'a>(context: &'a Context<'_>) -> Vec<(&'a Order, &'a Purchase)> {
    let orders = context.state.orders.iter();
    let orders =
        orders.filter(|order| order.belongs_to(context.user_id()) && order.is_visible(context.now));
    let mut mine: Vec<_> = orders
        .filter_map(|order| Some((order, order.purchase.as_ref()?)))
        .collect();
    mine.sort_by_key(|(order, _)| std::cmp::Reverse(order.id));
    mine
}

fn list(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let text = |name: &str| asked.text(&format!(".{name}"));
    let listed = joined(asked, ".order_status_list")?.into_iter();
    let statuses: Vec<String> = listed
        .map(|status| status.trim_matches(['[', ']', '"', ' ']).to_owned())
        .chain(text("order_status"))
        .collect();
    let (start, end) = (text("create_date_start"), text("create_date_end"));
    let mut mine = mine(context);
    mine.retain(|(order, _)| {
        // Times in the same format sort as text.
        let created = pacific::seconds(order.created);
        (statuses.is_empty()
            || statuses
                .iter()
                .any(|status| status == order.status.as_str()))
            && start.as_ref().is_none_or(|start| *start <= created)
            && end.as_ref().is_none_or(|end| created <= *end)
    });
    let page = Page::of(asked, ".page", ".page_size", (20, 50));
    let shown = page.of_list(&mine).iter().map(|(order, purchase)| {
        let lines = purchase.items.iter().zip(1..);
        let lines = lines.map(|(item, place)| {
            json!({
                "child_id": order.line_id(place),
                "son_order_status": order.status.as_str(),
                "product_unit_price": amount(item.unit_price()),
                "product_unit_price_cur": purchase.currency,
                "goods_prepare_time": 7,
                "money_back3x": false,
                "sku_code": item.sku_id(),
                "product_id": item.product_id,
                "product_name": item.name(),
                "product_count": item.count,
                "product_unit": "piece",
            })
        });
        json!({
            "order_id": order.id,
            "order_status": order.status.as_str(),
            "gmt_create": pacific::seconds(order.created),
            "gmt_modified": pacific::seconds(order.since),
            "biz_type": "AE_COMMON",
            "product_list": lines.collect::<Value>(),
        })
    });
    Ok(members(json!({
        "result": { "total_item": mine.len(), "order_list": shown.collect::<Value>() }
    })))
}

fn trade(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer(".order_id").unwrap_or_default();
    let order = context.order(id)?;
    let purchase = order.purchase.as_ref().ok_or(Refusal::Permission)?;
    let currency = &purchase.currency;
    let lines = purchase.items.iter().zip(1..);
    let lines = lines.map(|(item, place)| trade_line(order, item, place, currency));
    Ok(members(json!({
        "result": {
            "id": order.id,
            "order_amount": amount(purchase.total()),
            "order_amount_cur": currency,
            "init_oder_amount": amount(purchase.total()),
            "init_oder_amount_cur": currency,
            "logistics_amount": amount(purchase.shipping()),
            "logistics_amount_cur": currency,
            "is_phone": false,
            "child_order_list": lines.collect::<Value>(),
        }
    })))
}

fn trade_line(order: &Order, item: &Item, place: i64, currency: &str) -> Value {
    json!({
        "id": order.line_id(place),
        "order_sort_id": place,
        "product_id": item.product_id,
        "product_name": item.name(),
        "product_count": item.count,
        "product_price": amount(item.unit_price()),
        "product_price_cur": currency,
        "product_unit": "piece",
        "init_order_amt": amount(item.total()),
        "init_order_amt_cur": currency,
        "sku_code": item.sku_id(),
        "lot_num": "1",
        "order_status": order.status.as_str(),
        "fund_status": order.fund_status().as_str(),
        "frozen_status": "NO_FROZEN",
        "issue_status": order.issue_status(),
    })
}

/// The dispute of an order, which has at most one.
fn issues(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let text = |name: &str| asked.text(&format!(".{name}"));
    let wanted = asked.integer(".order_no");
    let mut open = mine(context);
    open.retain(|(order, _)| {
        order.status == OrderStatus::InIssue
            && wanted.is_none_or(|id| id == order.id)
            && text("buyer_login_id").is_none_or(|buyer| buyer == order.buyer_login())
            && text("issue_status").is_none_or(|status| status == OPEN)
    });
    let page = Page::of(asked, ".current_page", ".page_size", (20, 50));
    let shown = page.of_list(&open).iter().map(|(order, _)| {
        json!({
            "issue_id": order.id + ISSUE,
            "issue_status": OPEN,
            "order_id": order.line_id(1),
            "parent_order_id": order.id,
            "buyer_login_id": order.buyer_login(),
            "reason_english": REASON,
            "reason_chinese": "其他",
            "gmt_create": pacific::seconds(order.since),
            "gmt_modified": pacific::seconds(order.since),
        })
    });
    Ok(members(json!({
        "current_page": page.number,
        "page_size": page.size,
        "total_item": open.len(),
        "data_list": shown.collect::<Value>(),
    })))
}

/// The status and the reason of each dispute.
const OPEN: &str = "processing";
const REASON: &str = "Other";

fn issue(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("issue_id").unwrap_or_default();
    let mut mine = mine(context).into_iter();
    let found = mine.find(|(order, _)| order.id + ISSUE == id);
    let found = found.filter(|(order, _)| order.status == OrderStatus::InIssue);
    let Some((order, purchase)) = found else {
        let why = format!("issue_id: found no dispute {id}");
        return Err(Refusal::InvalidParameter(why));
    };
    let product = purchase
        .items
        .first()
        .map(|item| item.product_id.to_string());
    Ok(members(json!({
        "result_object": {
            "id": id,
            "issue_status": OPEN,
            "issue_reason": REASON,
            "order_id": order.line_id(1),
            "parent_order_id": order.id,
            "product_id": product,
            "buyer_login_id": order.buyer_login(),
            "after_sale_warranty": false,
            "gmt_create": pacific::seconds(order.since),
            "buyer_solution_list": [{
                "id": id,
                "issue_id": id,
                "order_id": order.line_id(1),
                "solution_type": "refund",
                "solution_owner": "buyer",
                "is_default": true,
                "refund_money": amount(purchase.total()),
                "refund_money_currency": purchase.currency,
                "gmt_create": pacific::seconds(order.since),
                "gmt_modified": pacific::seconds(order.since),
                "version": 1,
            }],
        }
    })))
}

/// The shipped parcels, of one order or of all.
fn parcels(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let (wanted, number) = (
        asked.integer("order_id"),
        asked.text("international_logistics_id"),
    );
    let mut sent = mine(context);
    sent.retain(|(order, _)| {
        order.shipped.is_some()
            && wanted.is_none_or(|id| id == order.id)
            && number
                .as_ref()
                .is_none_or(|number| *number == order.tracking_number())
    });
    let page = Page::of(asked, "current_page", "page_size", (20, 50));
    let shown = page.of_list(&sent).iter().map(|(order, purchase)| {
        let cents = purchase.shipping();
        json!({
            "order_id": order.id,
            "online_logistics_id": order.id + ISSUE,
            "internationallogistics_id": order.tracking_number(),
            "international_logistics_type": purchase.logistics_service(),
            "logistics_status": if order.finished.is_some() { "signed" } else { "wait_warehouse_receive_goods" },
            "logistics_fee": { "cent": cents, "amount": amount(cents), "currency_code": purchase.currency },
        })
    });
    Ok(members(json!({
        "is_success": true,
        "current_page": page.number,
        "total_page": page.count(sent.len()),
        "result_list": shown.collect::<Value>(),
    })))
}
