//! The sandbox client and the order that most tests use.

use std::time::Duration;

use aliexpress::models::order_create::{
    LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired,
};
use aliexpress::models::shared::ProductId;
use aliexpress::{CallLimits, ClientBuilder, NewOrder, RetryPolicy};
use aliexpress_sandbox::Sandbox;

use crate::{Built, Client};

pub(crate) const CREATE: &str = "aliexpress.ds.order.create";
pub(crate) const GET: &str = "aliexpress.trade.ds.order.get";

/// A client of a sandbox with quick retries and without call limits.
pub(crate) fn builder(sandbox: &Sandbox) -> ClientBuilder {
    quick(Client::builder(sandbox.app_key(), sandbox.app_secret()))
        .session(sandbox.session())
        .gateway(sandbox.url())
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).built().unwrap()
}

/// Short waits and limits for tests.
pub(crate) fn quick(builder: ClientBuilder) -> ClientBuilder {
    builder
        .retry(RetryPolicy::default().first_wait(Duration::from_millis(1)))
        .call_limits(CallLimits::off())
        .deadline(Duration::from_secs(60))
}

pub(crate) fn order(out_order_id: &str) -> NewOrder {
    let address = LogisticsAddress::new(LogisticsAddressRequired {
        full_name: "Canary Recipient".to_owned(),
        phone_country: "+7".to_owned(),
        mobile_no: "9161234567".to_owned(),
        country: "RU".to_owned(),
        province: "Moscow".to_owned(),
        city: "Moscow".to_owned(),
        address: "Canary Street 1".to_owned(),
    });
    let item = ProductItem::new(ProductItemRequired {
        product_id: ProductId(1_223_211),
        product_count: 2,
    })
    .sku_attr("14:70221");
    NewOrder::new(out_order_id, address.zip("12222"), item)
}
