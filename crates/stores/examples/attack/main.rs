//! Tests by force that each order is placed exactly once: first orders under every fault of the sandbox, from many
//! threads, over each database; then programs that are killed repeatedly while they place orders. Prints figures, and
//! fails if an order exists twice or not at all, if the journal does not know it, or if the client reported something
//! wrong about it.
//!
//! ```sh
//! cargo xtask attack --orders 30000 --kills 2000 --seed 1
//! ```

#![allow(
    clippy::unwrap_used,
    reason = "an error in the parts shared with the tests ends the attack"
)]

mod databases;
mod faults;
#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/it/homes.rs"]
mod homes;
mod killed;
mod ledger;
#[cfg(all(unix, feature = "postgres"))]
#[allow(dead_code, reason = "the tests use the rest")]
#[path = "../../tests/it/server.rs"]
mod server;
mod storm;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use aliexpress::models::order_create::{
    LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired,
};
use aliexpress::models::shared::ProductId;
use aliexpress::{CallLimits, Client, ClientBuilder, NewOrder, RetryPolicy};

use databases::{Databases, Kind};
use ledger::Ledger;

type Anything<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The account of the orders and tokens.
const ACCOUNT: &str = "shop";

fn main() -> Anything<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments
        .first()
        .is_some_and(|first| first == killed::WORKER)
    {
        return killed::work(&arguments[1..]);
    }
    let number = |place: usize, default| {
        let text = arguments.get(place);
        text.map_or(Ok(default), |text| text.parse::<u64>())
    };
    let (orders, kills, seed) = (number(0, 3000)?, number(1, 100)?, number(2, 1)?);
    let folder = std::env::temp_dir().join(format!("aliexpress-attack-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = attack(orders.try_into()?, kills.try_into()?, seed, &folder);
    match &done {
        Ok(()) => std::fs::remove_dir_all(&folder)?,
        Err(_) => eprintln!("the databases are kept in {}", folder.display()),
    }
    done
}

/// Attacks each database with its share of the orders and kills.
fn attack(orders: usize, kills: usize, seed: u64, folder: &Path) -> Anything<()> {
    let mut databases = Databases::new(folder);
    let kinds: Vec<_> = Kind::ALL
        .into_iter()
        .filter(|kind| databases.have(*kind))
        .collect();
    Ledger::print_head();
    for (kind, share) in shares(&kinds, orders) {
        let mut ledger = Ledger::new(format!("faults, {kind}"));
        for (round, count) in rounds(share, storm::ROUND) {
            storm::storm(&mut databases, kind, count, seed + round, &mut ledger)?;
        }
        ledger.print();
        ledger.check()?;
    }
    let kinds: Vec<_> = kinds
        .into_iter()
        .filter(|kind| kind.survives_kills())
        .collect();
    for (kind, share) in shares(&kinds, kills) {
        let mut ledger = Ledger::new(format!("faults and kills, {kind}"));
        for (round, count) in rounds(share, killed::ROUND) {
            killed::attack(&mut databases, kind, count, seed + round, &mut ledger)?;
        }
        ledger.print();
        ledger.check()?;
    }
    Ok(())
}

/// Each kind with its share of the whole.
fn shares(kinds: &[Kind], whole: usize) -> impl Iterator<Item = (Kind, usize)> {
    let part = whole.div_ceil(kinds.len());
    kinds.iter().map(move |kind| (*kind, part))
}

/// Divides a whole into rounds, and returns the number and size of each.
fn rounds(whole: usize, largest: usize) -> impl Iterator<Item = (u64, usize)> {
    let starts = (0..whole).step_by(largest);
    (0..).zip(starts.map(move |start| largest.min(whole - start)))
}

fn builder(gateway: &str, app_key: &str, app_secret: &str) -> ClientBuilder {
    Client::builder(app_key, app_secret)
        .gateway(gateway)
        .retry(RetryPolicy::default().first_wait(Duration::from_millis(1)))
        .call_limits(CallLimits::off())
        // The faults end more sessions per second than the platform does per year.
        .refresh_cooldown(Duration::ZERO)
        .read_timeout(Duration::from_millis(500))
        .deadline(Duration::from_secs(10))
}

fn out_order_id(account: &str, number: usize) -> String {
    format!("{account}-{number}")
}

fn order(account: &str, number: usize) -> NewOrder {
    let address = LogisticsAddress::new(LogisticsAddressRequired {
        full_name: "Ivan Petrov".to_owned(),
        phone_country: "+7".to_owned(),
        mobile_no: "9161234567".to_owned(),
        country: "RU".to_owned(),
        province: "Moscow".to_owned(),
        city: "Moscow".to_owned(),
        address: "Kashirskoe shosse 142".to_owned(),
    });
    let item = ProductItem::new(ProductItemRequired {
        product_id: ProductId(1_223_211),
        product_count: 1,
    })
    .sku_attr("14:70221");
    NewOrder::new(out_order_id(account, number), address.zip("115551"), item)
}
