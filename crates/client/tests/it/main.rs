//! The client against a sandbox that checks every call, and against a server that misbehaves byte by
//! byte. Everything happens on loopback.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod calls;
mod clocks;
mod errors;
mod guard;
mod guard_random;
mod guard_truth;
mod hostile;
mod journal;
mod machine;
mod preflight;
mod recording;
mod server;
mod settings;
mod threads;
mod tls;
mod tokens;

use std::time::Duration;

use aliexpress::models::order_create::{LogisticsAddressRequired, ProductItem};
use aliexpress::models::shared::ProductId;
use aliexpress::{CallLimits, Client, ClientBuilder, NewOrder, Retry};
use aliexpress_sandbox::Sandbox;

const CREATE: &str = "aliexpress.ds.order.create";
const GET: &str = "aliexpress.trade.ds.order.get";

/// A client of a sandbox with quick retries and without call limits.
fn builder(sandbox: &Sandbox) -> ClientBuilder {
    quick(Client::builder(sandbox.app_key(), sandbox.app_secret()))
        .session(sandbox.session())
        .gateway(sandbox.url())
}

fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).build().unwrap()
}

/// Waits and limits as short as a test wants them.
fn quick(builder: ClientBuilder) -> ClientBuilder {
    builder
        .retry(Retry::default().first_wait(Duration::from_millis(1)))
        .call_limits(CallLimits::off())
        .deadline(Duration::from_secs(10))
}

fn order(out_order_id: &str) -> NewOrder {
    let address = LogisticsAddressRequired {
        full_name: "Canary Recipient".to_owned(),
        phone_country: "+7".to_owned(),
        mobile_no: "9161234567".to_owned(),
        country: "RU".to_owned(),
        province: "Moscow".to_owned(),
        city: "Moscow".to_owned(),
        address: "Canary Street 1".to_owned(),
    };
    let mut item = ProductItem::new(2, ProductId(1_223_211));
    item.sku_attr = Some("14:70221".to_owned());
    NewOrder::new(out_order_id, address, item).address(|address| address.zip = Some("12222".into()))
}
