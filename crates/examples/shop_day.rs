//! From a product to its parcel, in a sandbox in this process: `cargo run --example shop_day`.
//!
//! The same account plays the seller, too, because the sandbox lets it.

use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use aliexpress::models::Monetary;
use aliexpress::models::order_create::{LogisticsAddress, LogisticsAddressRequired};
use aliexpress::models::shared::{OrderId, OrderStatus, ShipmentExtent};
use aliexpress::models::solution::order_fulfill::{OrderFulfill, OrderFulfillRequired};
use aliexpress::models::solution::order_get::OrderQuery;
use aliexpress::push::{Event, Message};
use aliexpress::shop::{Market, Search, Tracking};
use aliexpress::{Client, NewOrder};
use aliexpress_sandbox::Sandbox;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn main() -> Result<(), Box<dyn Error>> {
    // The same catalogue, prices and times at each run.
    let sandbox = Sandbox::builder()
        .seed(1)
        .clock(UNIX_EPOCH + Duration::from_secs(1_780_300_800))
        .clock_check(false)
        .token_lifetimes(60 * DAY, 90 * DAY)
        .push_types([53])
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
        let title = product.title().unwrap_or_default();
        println!("  {title:<44} {}", shown(product.price()));
    }
    println!("  … {} in all", found.total().unwrap_or_default());

    let cheapest = cheapest.first().ok_or("found no product")?;
    let product = client.product(cheapest.id().ok_or("found no id")?, &market)?;
    println!("\nproduct {}", shown(cheapest.id()));
    for sku in product.skus().take(4) {
        let values: Vec<_> = sku.properties().map(|(_, value)| value).collect();
        println!("  {:<12} {:>10}", values.join(", "), shown(sku.price()));
    }
    // The variant is found by its properties, as a shop stores them.
    let stored = product.skus().next().ok_or("found no variant")?;
    let sku = product.sku_with(&stored.properties().collect::<Vec<_>>())?;

    println!("\nfreight for 2 pieces of {}", shown(sku.attr()));
    let freight = client.freight(&sku, 2, &market)?;
    let cheapest = freight.cheapest().ok_or("found no way to ship")?;
    let fastest = freight.fastest().ok_or("found no way to ship")?;
    for (name, option) in [("cheapest", cheapest), ("fastest", fastest)] {
        let (carrier, longest) = (shown(option.name()), shown(option.days().1));
        println!(
            "  {name}: {carrier}, {longest} days, {}",
            shown(option.fee())
        );
    }

    let mut address = LogisticsAddress::new(LogisticsAddressRequired {
        full_name: "Camille Martin".into(),
        phone_country: "+33".into(),
        mobile_no: "612345678".into(),
        country: "FR".into(),
        province: "Rhone".into(),
        city: "lyon".into(),
        address: "1 rue de la Paix".into(),
    })
    .zip("69001");
    println!("\naddress");
    for unlisted in client.check_address(&address)?.unlisted {
        println!("  {unlisted}");
        let suggested = unlisted.suggestions.first();
        address.city = suggested.ok_or("found no such city")?.clone();
    }
    println!("  fine now: {}", client.check_address(&address)?.is_fine());

    let mut item = sku.item(2);
    item.logistics_service_name = cheapest.service().map(str::to_owned);
    let placed = client.place_order(&NewOrder::new("shop-day-1", address, item))?;
    let id = *placed.order_ids().first().ok_or("found no order")?;
    println!("\norder {id}");
    show_order(&client, id)?;
    println!("  (the buyer pays)");
    sandbox.set_order_status(id.0, OrderStatus::WaitSellerSendGoods);
    show_order(&client, id)?;

    println!("\nthe seller ships it");
    client.fulfil(&OrderFulfill::new(OrderFulfillRequired {
        order_id: id,
        service_name: cheapest.service().unwrap_or_default().to_owned(),
        logistics_no: "LP00123456789".to_owned(),
        send_type: ShipmentExtent::All,
    }))?;
    // A callback receives the same bytes and verifies their signature first: see the example
    // `webhook`.
    for message in sandbox.pushes() {
        if let Event::OrderStatus(change) = Message::read(message.body.as_bytes())?.event {
            println!("  push: {:?}", change.status.ok_or("found no status")?);
        }
    }

    println!("\nparcel");
    for day in [1, 3, 10] {
        sandbox.pass_time(day * DAY);
        if let Tracking::Parcels(parcels) = client.tracking(id, "en")?.into_data() {
            for parcel in parcels {
                let event = parcel.latest();
                let event = shown(event.and_then(|event| event.tracking_name.as_ref()));
                println!("  {}: {event}", shown(parcel.number()));
            }
        }
    }
    sandbox.set_order_status(id.0, OrderStatus::Finish);
    show_order(&client, id)?;

    println!("\nwhat the seller sees");
    let finished = OrderQuery::default().order_status_list([OrderStatus::Finish]);
    for order in client.orders_of_seller(finished) {
        let order = order?;
        let (id, paid) = (order.order_id, order.pay_amount);
        println!("  {} {}", shown(id), money(paid.as_ref()));
    }
    Ok(())
}

fn show_order(client: &Client, id: OrderId) -> Result<(), aliexpress::Error> {
    let order = client.wait_for_order(id, Duration::from_secs(30))?;
    let amount = money(order.user_order_amount.as_ref());
    let status = shown(order.order_status.as_ref());
    println!("  {status}, {amount} for the buyer");
    Ok(())
}

fn money(money: Option<&impl Monetary>) -> String {
    let amount = shown(money.and_then(|money| money.amount()));
    let currency = shown(money.and_then(|money| money.currency_code()));
    format!("{amount} {currency}")
}

fn shown(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
