//! Orders from many threads while the sandbox answers with faults.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use aliexpress::{AuthCode, Client, PlacedOrder};
use aliexpress_sandbox::Sandbox;

use crate::databases::{Database, Databases, Kind};
use crate::faults::Faults;
use crate::ledger::{Book, Ledger};
use crate::{ACCOUNT, Anything, builder, order, out_order_id};

const THREADS: usize = 8;

/// How many orders share one database, which is empty at first; a sandbox remembers that many.
pub(super) const ROUND: usize = 10_000;

/// How often open orders are settled and missing orders placed once the faults have ended.
const MOST_REPEATS: usize = 20;

/// What the client reported about orders, to compare with the sandbox.
#[derive(Default)]
struct Claims {
    open: usize,
    /// Orders that were not placed.
    absent: BTreeSet<usize>,
    /// Orders that exist.
    present: BTreeSet<usize>,
}

/// Places this many orders, and counts the results.
pub(super) fn storm(
    databases: &mut Databases<'_>,
    kind: Kind,
    count: usize,
    seed: u64,
    ledger: &mut Ledger,
) -> Anything<()> {
    let sandbox = Sandbox::builder().seed(seed).log_size(1).start()?;
    let Database {
        journal, tokens, ..
    } = databases.make(kind)?;
    let client = builder(sandbox.url(), sandbox.app_key(), sandbox.app_secret())
        .token_store(tokens)
        .journal(journal.clone())
        .account(ACCOUNT)
        .build()?;
    client.create_tokens(&AuthCode::new(sandbox.authorise()))?;
    let claims = place_all(databases, kind, &sandbox, &client, count, seed)?;
    ledger.open += claims.open;
    ledger.untrue += claims.denied_by(&Book::of(&sandbox));
    // The first time, some faults may be left.
    for _ in 0..MOST_REPEATS {
        client.settle_open_orders()?;
        sandbox.clear_faults();
        if place_rest(&client, ACCOUNT, count)? == 0 {
            break;
        }
    }
    ledger.requests += sandbox.request_count();
    ledger.count(&Book::of(&sandbox), &*journal, ACCOUNT, count)
}

/// Places each order once. A server of the database crashes in the middle.
fn place_all(
    databases: &mut Databases<'_>,
    kind: Kind,
    sandbox: &Sandbox,
    client: &Client,
    count: usize,
    seed: u64,
) -> Anything<Claims> {
    let (next, claims) = (AtomicUsize::new(0), Mutex::new(Claims::default()));
    thread::scope(|scope| {
        let threads = (0..THREADS).map(|thread| {
            let mut faults = Faults::new(seed.wrapping_mul(1000).wrapping_add(thread as u64))?;
            let (next, claims) = (&next, &claims);
            Ok(scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    faults.provoke(sandbox);
                    let placed = client.place_order(&order(ACCOUNT, number));
                    let mut claims = claims.lock().unwrap_or_else(PoisonError::into_inner);
                    match placed.as_deref() {
                        Ok(PlacedOrder::Refused(_)) => _ = claims.absent.insert(number),
                        Ok(_) => _ = claims.present.insert(number),
                        Err(error) if error.unknown_outcome().is_some() => claims.open += 1,
                        Err(_) => _ = claims.absent.insert(number),
                    }
                }
            }))
        });
        let threads: Vec<_> = threads.collect::<Anything<_>>()?;
        let over = || threads.iter().all(thread::ScopedJoinHandle::is_finished);
        while next.load(Ordering::Relaxed) < count / 2 && !over() {
            thread::sleep(Duration::from_millis(5));
        }
        databases.crash(kind);
        Anything::Ok(())
    })?;
    Ok(claims.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Claims {
    fn denied_by(&self, book: &Book) -> usize {
        let exists = |number: &&usize| !book.orders(&out_order_id(ACCOUNT, **number)).is_empty();
        self.absent.iter().filter(exists).count()
            + self.present.iter().filter(|number| !exists(number)).count()
    }
}

/// Places the orders that the journal does not know to exist, as a shop does after a refusal. Returns how many were
/// missing or open.
pub(super) fn place_rest(client: &Client, account: &str, count: usize) -> Anything<usize> {
    let known = client.journaled_orders(count)?;
    let exist: BTreeSet<_> = known
        .iter()
        .filter(|entry| entry.exists())
        .map(|entry| entry.out_order_id.as_str())
        .collect();
    let mut missing = 0;
    for number in 0..count {
        if !exist.contains(out_order_id(account, number).as_str()) {
            missing += 1;
            // The result is in the journal.
            let _ = client.place_order(&order(account, number));
        }
    }
    Ok(missing)
}
