//! Prints orders in readable form.

use std::error::Error;
use std::fmt::Display;
use std::iter::successors;
use std::time::Duration;

use aliexpress::OrderRefusal;
use aliexpress::models::Monetary;
use aliexpress::models::order_get::{ChildOrder, Order};
use aliexpress::models::order_info::{LogisticsInfo, OrderDetail};
use aliexpress::models::shared::OrderId;

/// An error with its causes.
pub(crate) fn error(error: &dyn Error) {
    let causes = successors(error.source(), |&cause| cause.source());
    let causes: String = causes.map(|cause| format!(": {cause}")).collect();
    eprintln!("{error}{causes}");
}

pub(crate) fn refusal(refusal: &OrderRefusal) -> String {
    let advice = refusal.info.map_or("", |info| info.advice);
    format!("order refused: {refusal}\n{advice}")
}

pub(crate) fn order(id: OrderId, order: &Order) {
    println!("\norder {id}");
    line("status", order.order_status.as_ref());
    line("shipping", order.logistics_status.as_ref());
    line(
        "store",
        order
            .store_info
            .as_ref()
            .and_then(|store| store.store_name.as_ref()),
    );
    for item in &order.child_order_list {
        println!("  {:16} {}", "item", describe(item));
    }
    line("order amount", money(order.order_amount.as_ref()));
    line("to pay", money(order.user_order_amount.as_ref()));
    line("until", pay_until(order));
}

fn describe(item: &ChildOrder) -> String {
    let count = item.product_count.unwrap_or_default();
    let name = item.product_name.as_deref().unwrap_or("(no name)");
    let price = money(item.product_price.as_ref()).unwrap_or_default();
    format!("{count} x {name}, {price} each")
}

/// When an unpaid order expires, from the seconds in the answer.
fn pay_until(order: &Order) -> Option<String> {
    let seconds = u64::try_from(order.pay_timeout_second?).ok()?;
    let placed = order.gmt_create.as_ref()?.zoned()?;
    let until = placed.checked_add(Duration::from_secs(seconds)).ok()?;
    Some(until.strftime("%Y-%m-%d %H:%M %Z").to_string())
}

pub(crate) fn details(order: &OrderDetail) {
    println!("\norder as its seller sees it, from XML");
    line("id", order.id.as_ref());
    let buyer = order.buyer_info.as_ref();
    let name = buyer.map(|buyer| {
        let names = [&buyer.first_name, &buyer.last_name].map(|name| name.as_deref());
        names.map(Option::unwrap_or_default).join(" ")
    });
    line("buyer", name);
    line("country", buyer.and_then(|buyer| buyer.country.as_ref()));
    line("order amount", money(order.order_amount.as_ref()));
    line("shipping", money(order.logistics_amount.as_ref()));
    line("first amount", money(order.init_order_amount.as_ref()));
    let refund = order.refund_info.as_ref();
    line(
        "refund",
        refund.and_then(|refund| money(refund.refund_cash_amt.as_ref())),
    );
    line(
        "refund status",
        refund.and_then(|refund| refund.refund_status.as_ref()),
    );
    for parcel in &order.logistic_info_list {
        line("parcel", Some(describe_parcel(parcel)));
    }
}

fn describe_parcel(parcel: &LogisticsInfo) -> String {
    let number = parcel.logistics_no.as_deref().unwrap_or("(no number)");
    let service = parcel
        .logistics_service_name
        .as_deref()
        .unwrap_or("(no service)");
    format!("{number} by {service}")
}

fn money(money: Option<&impl Monetary>) -> Option<String> {
    let money = money?;
    let currency = money.currency_code().unwrap_or_default();
    Some(format!("{} {currency}", money.amount()?))
}

/// Skips fields that the platform omitted.
fn line(name: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        println!("  {name:16} {value}");
    }
}
