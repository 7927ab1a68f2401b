//! From a product to its parcel, in a sandbox in this process: `cargo run --example shop_day`.
//!
//! What a shop does all day with [`Client`]: it searches, chooses a variant, asks for shipping, checks the address,
//! orders, and follows the parcel. The seller's side is played by the same account, because the sandbox lets it.

mod callback;
mod report;

use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use aliexpress::models::order_create::{LogisticsAddress, LogisticsAddressRequired};
use aliexpress::models::shared::{OrderStatus, ShipmentExtent};
use aliexpress::models::solution::order_fulfill::{OrderFulfill, OrderFulfillRequired};
use aliexpress::models::solution::order_get::OrderQuery;
use aliexpress::shop::{Market, Search};
use aliexpress::{Client, NewOrder};
use aliexpress_sandbox::Sandbox;
use callback::Callback;
use report::{money, shown};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn main() -> Result<(), Box<dyn Error>> {
    let callback = Callback::listen()?;
    // The same catalogue, prices and times at each run.
    let sandbox = Sandbox::builder()
        .seed(1)
        .clock(UNIX_EPOCH + Duration::from_secs(1_780_300_800))
        .clock_check(false)
        .token_lifetimes(60 * DAY, 90 * DAY)
        .push_types([53])
        .callback(&callback.url()?)?
        .start()?;
    let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
        .session(sandbox.session())
        .gateway(sandbox.url())
        .build()?;
    let market: Market = "FR/EUR/fr".parse()?;

    println!("search \"dress\" for {market}, cheap ones first");
    let mut found = client.search(Search::new("dress").sort_by("min_price,asc"), &market);
    let cheapest: Vec<_> = found.by_ref().take(3).collect::<Result<_, _>>()?;
    for product in &cheapest {
        println!(
            "  {:<44} {}",
            product.title().unwrap_or_default(),
            shown(product.price())
        );
    }
    println!("  … {} in all", found.total().unwrap_or_default());

    let id = cheapest
        .first()
        .and_then(|product| product.id())
        .ok_or("found no product")?;
    let product = client.product(id, &market)?;
    println!("\nproduct {id}");
    report::variants(&product);
    // By its properties, as a shop stores them.
    let stored = product.skus().next();
    let stored = stored.map(|sku| sku.properties().collect::<Vec<_>>());
    let sku = product.sku_with(&stored.unwrap_or_default())?;

    println!(
        "\nfreight for 2 pieces of {}",
        sku.attr().unwrap_or_default()
    );
    let freight = client.freight(&sku, 2, &market)?;
    let cheapest = freight.cheapest().ok_or("found no way to ship")?;
    let fastest = freight.fastest().ok_or("found no way to ship")?;
    report::option("cheapest", cheapest);
    report::option("fastest", fastest);

    let mut address = LogisticsAddress::new(LogisticsAddressRequired {
        full_name: "Camille Martin".into(),
        phone_country: "+33".into(),
        mobile_no: "612345678".into(),
        country: "FR".into(),
        province: "Rhone".into(),
        city: "lyon".into(),
        address: "1 rue de la Paix".into(),
    });
    address.zip = Some("69001".into());
    println!("\naddress");
    for unlisted in client.check_address(&address)?.unlisted {
        println!("  {unlisted}");
        address.city = unlisted
            .suggestions
            .first()
            .ok_or("found no such city")?
            .clone();
    }
    println!(
        "  corrected: {}",
        if client.check_address(&address)?.is_fine() {
            "fine"
        } else {
            "refused"
        }
    );

    let mut item = sku.item(2);
    item.logistics_service_name = cheapest.service().map(str::to_owned);
    let placed = client.place_order(&NewOrder::new("shop-day-1", address, item))?;
    let id = *placed
        .order_ids()
        .first()
        .ok_or(format!("found no order: {:?}", *placed))?;
    println!("\norder {id}");
    report::order(&client, id)?;
    println!("  (the buyer pays)");
    sandbox.set_order_status(id.0, OrderStatus::WaitSellerSendGoods);
    report::order(&client, id)?;

    println!("\nthe seller ships it");
    client.fulfil(&OrderFulfill::new(OrderFulfillRequired {
        order_id: id,
        service_name: cheapest.service().unwrap_or_default().to_owned(),
        logistics_no: "LP00123456789".to_owned(),
        send_type: ShipmentExtent::All,
    }))?;
    while report::push(&callback.next_status(&sandbox)?) != "Shipped" {}

    println!("\nparcel");
    for day in [1, 3, 10] {
        sandbox.pass_time(day * DAY);
        report::parcel(&client, id)?;
    }
    sandbox.set_order_status(id.0, OrderStatus::Finish);
    report::parcel(&client, id)?;
    report::order(&client, id)?;

    println!("\nwhat the seller sees");
    for order in
        client.orders_of_seller(OrderQuery::default().order_status_list([OrderStatus::Finish]))
    {
        let order = order?;
        println!(
            "  {} {} {}",
            shown(order.order_id),
            shown(order.order_status),
            money(order.pay_amount.as_ref())
        );
    }
    Ok(())
}
