//! `aliexpress order list`: lists the orders of the journal, or a seller's orders on the platform.

use std::fmt::Display;

use aliexpress_models::Monetary as _;
use aliexpress_models::shared::OrderStatus;
use aliexpress_models::solution::order_get::{Order, OrderQuery};
use clap::Args;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::journal::{self, AccountArgs};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::input::number::{count, day};
use crate::input::settings::Settings;
use crate::output::Output;
use crate::output::progress::Progress;
use crate::output::table::table;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "The platform has no call that lists a buyer's orders: a dropshipper's are those of the journal. With \
        --seller the platform lists the orders of the seller whose session it is.\n\nExamples:\n  aliexpress order list --last \
        50\n  aliexpress order list --seller --status WAIT_SELLER_SEND_GOODS --json"
)]
pub(crate) struct ListArgs {
    /// The number of orders to list, newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = count)]
    last: usize,

    /// Lists a seller's orders on the platform instead of the journal's
    #[arg(long, conflicts_with = "account")]
    seller: bool,

    /// Only a seller's orders with this status, such as WAIT_SELLER_SEND_GOODS; repeatable
    #[arg(long, value_name = "STATUS", requires = "seller")]
    status: Vec<String>,

    /// Only a seller's orders placed on or after this day, US Pacific time; at most 180 days ago [default: 30 days ago]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day, requires = "seller")]
    since: Option<jiff::civil::Date>,

    #[command(flatten)]
    account: AccountArgs,
}

pub(crate) fn run(
    args: &ListArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    if !args.seller {
        return journal::list(args.last, &args.account, settings, output);
    }
    let connection = Connection::open(settings)?;
    let query = OrderQuery::default()
        .create_date_start(since(args))
        .order_status_list(
            args.status
                .iter()
                .map(|status| OrderStatus::from(status.as_str())),
        );
    let progress = Progress::call("listing the orders of the seller".to_owned());
    let orders = connection.client.orders_of_seller(query).take(args.last);
    let orders: Result<Vec<_>, _> = orders.collect();
    drop(progress);
    let orders = orders?;
    if output.wants_json() {
        return orders
            .iter()
            .try_for_each(|order| output.json_line(&described(order)));
    }
    if orders.is_empty() {
        return output.line("the platform lists no such order of the seller");
    }
    let rows = orders.iter().map(|order| {
        [
            cell(order.order_id.as_ref()),
            cell(order.order_status.as_ref()),
            cell(order.gmt_create.as_ref()),
            paid(order),
            cell(order.logistics_status.as_ref()),
        ]
    });
    let heads = ["order", "status", "placed", "to pay", "shipping"];
    output.line(table(heads, rows))
}

/// The beginning of the requested day, or of the day 30 days ago, in US Pacific time.
fn since(args: &ListArgs) -> String {
    // A day in US Pacific time begins up to 8 hours after the day in UTC.
    let ago = || Timestamp::now().saturating_sub((30 * 24 + 8).hours());
    let date = args.since.map_or_else(
        || ago().map_or_else(|_| String::new(), |ago| ago.strftime("%F").to_string()),
        |date| date.to_string(),
    );
    format!("{date} 00:00:00")
}

fn cell(value: Option<&impl Display>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// The amount that the buyer pays, with its currency.
fn paid(order: &Order) -> String {
    let Some(paid) = &order.pay_amount else {
        return String::new();
    };
    let currency = paid.currency_code().unwrap_or("(no currency stated)");
    format!("{} {currency}", cell(paid.amount()))
}

fn described(order: &Order) -> Value {
    let amount = order.pay_amount.as_ref().map(|paid| {
        json!({ "amount": paid.amount().map(ToString::to_string), "currency": paid.currency_code() })
    });
    json!({
        "order_id": order.order_id.map(|id| id.to_string()),
        "status": order.order_status.as_ref().map(ToString::to_string),
        "placed": order.gmt_create.as_ref().map(ToString::to_string),
        "paid": order.gmt_pay_time.as_ref().map(ToString::to_string),
        "amount": amount,
        "shipping": order.logistics_status.as_ref().map(ToString::to_string),
    })
}
