//! Reads one order as its seller sees it, from an XML answer.
//!
//! `cargo run --example seller_order` asks a sandbox in this process for the order that the platform's
//! documentation uses as its example.

use aliexpress::models::Monetary;
use aliexpress::models::order_info::OrderDetail;
use aliexpress::models::shared::{ExtInfo, OrderId};
use aliexpress::{CallOptions, Client, Format};
use aliexpress_sandbox::Sandbox;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start()?;
    let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
        .session(sandbox.session())
        .gateway(sandbox.url())
        .build()?;

    // JSON would give the same value; XML shows that the format does not matter.
    let xml = CallOptions::new().format(Format::Xml);
    let reply = client
        .with(xml)
        .order_info(OrderId(12_345_678), ExtInfo::ALL)?;
    println!(
        "{} bytes of XML, request {:?}",
        reply.raw().len(),
        reply.request_id()
    );
    print(&reply);
    Ok(())
}

/// Every field is optional, because the platform omits what it does not know.
fn print(order: &OrderDetail) {
    if let Some(status) = &order.order_status {
        println!("status      {status}");
    }
    if let Some(total) = &order.order_amount {
        println!("amount      {}", money(total));
    }
    for item in &order.child_order_list {
        let name = item.product_name.as_deref().unwrap_or("(no name)");
        let count = item.product_count.unwrap_or_default();
        let price = item.product_price.as_ref().map(money).unwrap_or_default();
        println!("item        {count} x {name}, {price} each");
    }
    for parcel in &order.logistic_info_list {
        println!("parcel      {:?}", parcel.logistics_no);
    }
}

fn money(money: &impl Monetary) -> String {
    let amount = money
        .amount()
        .map_or("?".to_owned(), |amount| amount.to_string());
    format!("{amount} {}", money.currency_code().unwrap_or("?"))
}
