//! Places an order, waits until it is visible, and reads an order's details as its seller sees
//! them.
//!
//! `cargo run --example place_and_follow` uses a sandbox in this process. With `--live` it uses the
//! platform with the credentials in ALIEXPRESS_APP_KEY, ALIEXPRESS_APP_SECRET and
//! ALIEXPRESS_SESSION (or the gateway in ALIEXPRESS_GATEWAY), and asks before it places an order.

mod gateway;
mod report;

use std::process::ExitCode;
use std::time::Duration;

use aliexpress::models::order_create::OrderCreate;
use aliexpress::models::shared::ExtInfo;
use aliexpress::{CallOptions, Format, NewOrder, PlacedOrder};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::error(&*error);
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let gateway = gateway::choose()?;
    let client = &gateway.client;

    // The documentation's example order, built from JSON here; in a shop, use `NewOrder::new`.
    let request: OrderCreate = serde_json::from_str(include_str!("demo_order.json"))?;
    let order = NewOrder::try_from(request)?;
    if !gateway.may_order(&order)? {
        println!("nothing was placed");
        return Ok(());
    }

    // An error that has an `unknown_outcome` must be settled by `recover_order`, not by ordering again.
    let placed = client.place_order(&order)?;
    match &*placed {
        PlacedOrder::Created { .. } => {
            println!(
                "placed, request id {}",
                placed.request_id().unwrap_or("(none)")
            );
        }
        PlacedOrder::CreatedNotPaid { reason, .. } => println!("placed, but not paid: {reason}"),
        PlacedOrder::Duplicate { .. } => println!("already placed, by an earlier run"),
        PlacedOrder::Refused(refusal) => return Err(report::refusal(refusal).into()),
    }
    for order_id in placed.order_ids() {
        println!("waiting until order {order_id} is visible");
        let order = client.wait_for_order(*order_id, Duration::from_secs(60))?;
        report::order(*order_id, &order);
    }

    if let Some(order_id) = gateway.seller_order(&placed) {
        let xml = CallOptions::new().format(Format::Xml);
        let details = client.with(xml).order_info(order_id, ExtInfo::ALL)?;
        report::details(&details);
    }
    Ok(())
}
