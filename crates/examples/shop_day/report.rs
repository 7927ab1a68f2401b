//! Products, orders and parcels as a person reads them.

use std::time::Duration;

use aliexpress::Client;
use aliexpress::models::Monetary;
use aliexpress::models::shared::OrderId;
use aliexpress::shop::{Product, ShippingOption, Tracking};

pub(crate) fn variants(product: &Product) {
    for mismatch in product.mismatches() {
        println!("  not as asked: {mismatch}");
    }
    for sku in product.skus().take(4) {
        let properties = sku
            .properties()
            .map(|(name, value)| format!("{name} {value}"));
        let properties = properties.collect::<Vec<_>>().join(", ");
        println!(
            "  {properties:<32} {:>10}, {} in stock",
            shown(sku.price()),
            shown(sku.stock())
        );
    }
}

pub(crate) fn option(name: &str, option: &ShippingOption) {
    let (shortest, longest) = option.days();
    let days = format!("{} to {} days", shown(shortest), shown(longest));
    let (carrier, fee) = (shown(option.name()), shown(option.fee()));
    println!("  {name:<9} {carrier:<30} {days:<16} {fee}");
}

pub(crate) fn push(status: &str) -> &str {
    println!("  push: {status}");
    status
}

pub(crate) fn order(client: &Client, id: OrderId) -> Result<(), aliexpress::Error> {
    let order = client.wait_for_order(id, Duration::from_secs(30))?;
    println!(
        "  {}, {} for the buyer",
        shown(order.order_status.as_ref()),
        money(order.user_order_amount.as_ref())
    );
    Ok(())
}

pub(crate) fn parcel(client: &Client, id: OrderId) -> Result<(), aliexpress::Error> {
    match client.tracking(id, "en")?.into_data() {
        Tracking::Parcels(parcels) => {
            for parcel in parcels {
                let latest = parcel
                    .latest()
                    .and_then(|event| event.tracking_name.as_ref());
                println!("  {}: {}", shown(parcel.number()), shown(latest));
            }
        }
        _ => println!("  not shipped yet"),
    }
    Ok(())
}

pub(crate) fn money(money: Option<&impl Monetary>) -> String {
    let shown =
        money.and_then(|money| Some(format!("{} {}", money.amount()?, money.currency_code()?)));
    shown.unwrap_or_else(|| "-".to_owned())
}

pub(crate) fn shown(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
