//! Attacks the promise that each order is placed once: orders under every fault of the sandbox, by many threads, over
//! each journal; then programs that are killed in the middle of their orders, again and again. Ends with figures, and
//! with an error where an order exists twice or not at all, or where the journal does not know it.
//!
//! ```sh
//! cargo run --release -p aliexpress-stores --example attack -- 10000 500   # orders for each journal, kills
//! ```

mod faults;
mod killed;
mod ledger;

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aliexpress::journal::{MemoryJournal, OrderJournal};
use aliexpress::models::order_create::{
    LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired,
};
use aliexpress::models::shared::ProductId;
use aliexpress::{CallLimits, Client, ClientBuilder, NewOrder, RetryPolicy};
use aliexpress_sandbox::Sandbox;
use aliexpress_stores::SqliteStore;

use ledger::Ledger;

type Anything<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// As many as a sandbox surely remembers.
const BATCH: usize = 20_000;

const THREADS: usize = 16;

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
        text.map_or(Ok(default), |text| text.parse::<usize>())
    };
    let (orders, kills) = (number(0, 2000)?, number(1, 100)?);
    let folder = std::env::temp_dir().join(format!("aliexpress-attack-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = attack(orders, kills, &folder);
    std::fs::remove_dir_all(&folder)?;
    done
}

fn attack(orders: usize, kills: usize, folder: &Path) -> Anything<()> {
    println!(
        "| journal | orders | requests | open on the way | settled | placed twice | lost | forgotten | seconds |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    storm("memory", orders, &|_| Ok(Arc::new(MemoryJournal::new())))?;
    storm("SQLite", orders, &|batch| {
        Ok(Arc::new(SqliteStore::open(
            folder.join(format!("storm-{batch}.db")),
        )?))
    })?;
    killed::attack(kills, folder)
}

/// Places orders by many threads while the sandbox answers with faults, then settles what is open.
fn storm(
    name: &str,
    orders: usize,
    journal: &dyn Fn(usize) -> Anything<Arc<dyn OrderJournal>>,
) -> Anything<()> {
    let started = Instant::now();
    let mut ledger = Ledger::default();
    for batch in 0..orders.div_ceil(BATCH) {
        let count = BATCH.min(orders - batch * BATCH);
        let sandbox = Sandbox::builder().log_size(1).start()?;
        let journal = journal(batch)?;
        let client = builder(sandbox.url(), sandbox.app_key(), sandbox.app_secret())
            .session(sandbox.session())
            .journal(journal.clone())
            .account("shop")
            .build()?;
        let open = place_all(&sandbox, &client, count);
        ledger.open += open;
        ledger.settled += settle(&client)?;
        sandbox.clear_faults();
        for _ in 0..3 {
            ledger.settled += settle(&client)?;
            place_rest(&client, &*journal, count)?;
        }
        ledger.requests += sandbox.request_count();
        ledger.count(&sandbox, &*journal, "shop", 0..count)?;
    }
    ledger.print(name, started.elapsed());
    ledger.check()
}

/// Places each order once; says of how many the outcome was open.
fn place_all(sandbox: &Sandbox, client: &Client, count: usize) -> usize {
    let (next, open) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (next, open) = (&next, &open);
            scope.spawn(move || {
                let mut faults = faults::Faults::new(thread as u64);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    faults.provoke(sandbox);
                    if let Err(error) = client.place_order(&order(number))
                        && error.unknown_outcome().is_some()
                    {
                        open.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    open.into_inner()
}

fn settle(client: &Client) -> Anything<usize> {
    let settled = client.settle_open_orders()?;
    Ok(settled.iter().filter(|order| order.outcome.is_ok()).count())
}

/// Places what the journal knows not to exist, as a shop does after a refusal.
fn place_rest(client: &Client, journal: &dyn OrderJournal, count: usize) -> Anything<()> {
    for entry in journal.latest("shop", count)? {
        if entry.may_begin_again() {
            // What becomes of it stands in the journal.
            let _ = client.place_order(&entry.order()?);
        }
    }
    Ok(())
}

fn builder(gateway: &str, app_key: &str, app_secret: &str) -> ClientBuilder {
    Client::builder(app_key, app_secret)
        .gateway(gateway)
        .retry(RetryPolicy::default().first_wait(Duration::from_millis(1)))
        .call_limits(CallLimits::off())
        .read_timeout(Duration::from_millis(500))
        .deadline(Duration::from_secs(10))
}

fn order(number: usize) -> NewOrder {
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
    NewOrder::new(format!("order-{number}"), address.zip("115551"), item)
}
