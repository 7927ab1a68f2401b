//! One order for people, as its buyer sees it.

use aliexpress_models::order_get::{ChildOrder, Money, Order};
use aliexpress_models::shared::OrderStatus;
use jiff::{SignedDuration, Timestamp};

use crate::output::facts::Facts;
use crate::output::moment::{distance, pacific, zoned};
use crate::output::order_status::{described, goods_described};
use crate::output::table::laid_out;
use crate::output::tree::{add_records, heading, money};

/// Shows status, payment, amounts, lines and parcels. `now` is for the time left to pay.
pub(crate) fn order_view(order_id: &str, order: &Order, now: Timestamp) -> String {
    let mut facts = Facts::default();
    facts.add("status", order.order_status.as_ref().map(described));
    facts.add(
        "goods",
        order.logistics_status.as_ref().map(goods_described),
    );
    facts.add("placed", order.gmt_create.as_ref().map(pacific));
    facts.add("payment", payment(order, now));
    facts.add("total", amount(&order.user_order_amount));
    facts.add("order amount", amount(&order.order_amount));
    facts.add("store", store(order));
    let mut text = format!("{}\n{facts}", heading(&format!("order {order_id}")));
    if !order.child_order_list.is_empty() {
        text.push_str(&format!("\n\n{}", lines(&order.child_order_list)));
    }
    add_records(&mut text, "parcel", &order.logistics_info_list);
    text
}

/// When the order was paid, or the deadline for paying.
fn payment(order: &Order, now: Timestamp) -> Option<String> {
    if let Some(paid) = &order.order_paid_time {
        return Some(format!("paid {paid}"));
    }
    match order.order_status {
        Some(OrderStatus::PlaceOrderSuccess) => Some(pay_until(order, now)),
        _ => None,
    }
}

fn pay_until(order: &Order, now: Timestamp) -> String {
    let placed = order.gmt_create.as_ref().and_then(|time| time.zoned());
    let end = placed
        .zip(order.pay_timeout_second)
        .and_then(|(placed, seconds)| placed.checked_add(SignedDuration::from_secs(seconds)).ok());
    match end {
        Some(end) if end.timestamp() <= now => format!("time to pay ended {}", zoned(&end)),
        Some(end) => format!(
            "pay until {} ({})",
            zoned(&end),
            distance(end.timestamp(), now)
        ),
        None => "not paid; the payment deadline is not stated".to_owned(),
    }
}

fn amount(amount: &Option<Money>) -> Option<String> {
    amount.as_ref().and_then(|amount| money(amount))
}

fn store(order: &Order) -> Option<String> {
    let store = order.store_info.as_ref()?;
    let id = store.store_id.as_ref().map(|id| format!("({id})"));
    let url = store.store_url.as_ref().map(ToString::to_string);
    crate::output::facts::joined(" ", [&store.store_name, &id, &url])
}

/// The lines as a table, without empty columns.
fn lines(lines: &[ChildOrder]) -> String {
    const HEADS: [&str; 9] = [
        "product",
        "id",
        "variant",
        "count",
        "price",
        "goods",
        "shipping",
        "tax",
        "line total",
    ];
    let rows: Vec<_> = lines.iter().map(line).collect();
    let described = |column: &usize| {
        rows.iter()
            .any(|row| row.get(*column).is_some_and(Option::is_some))
    };
    let mut columns: Vec<usize> = (0..HEADS.len()).filter(described).collect();
    let mut heads: Vec<String> = columns
        .iter()
        .map(|column| HEADS[*column].to_owned())
        .collect();
    let ended = lines.iter().any(|line| line.end_reason.is_some());
    if ended {
        columns.push(HEADS.len());
        heads.push("ended".to_owned());
    }
    let cell =
        |row: &[Option<String>; 10], column: &usize| row[*column].clone().unwrap_or_default();
    let cells = rows
        .iter()
        .map(|row| columns.iter().map(|column| cell(row, column)).collect());
    laid_out(heads, cells.collect())
}

fn line(line: &ChildOrder) -> [Option<String>; 10] {
    [
        line.product_name.clone(),
        line.product_id.map(|id| id.to_string()),
        line.sku_id.as_ref().map(ToString::to_string),
        line.product_count.map(|count| count.to_string()),
        amount(&line.product_price),
        amount(&line.sale_fee),
        amount(&line.actual_shipping_fee).or_else(|| amount(&line.shipping_fee)),
        amount(&line.actual_tax_fee),
        amount(&line.actual_fee),
        line.end_reason.clone(),
    ]
}
