//! Programs that place orders and are killed, again and again, over one SQLite file.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aliexpress::Client;
use aliexpress_sandbox::Sandbox;
use aliexpress_stores::SqliteStore;

use crate::faults::Faults;
use crate::ledger::Ledger;
use crate::{Anything, builder, order};

/// The argument that makes this program one of those that are killed.
pub(super) const WORKER: &str = "worker";

const WORKERS: usize = 4;

/// Kills programs until there were this many kills, and lets them end then.
pub(super) fn attack(kills: usize, folder: &Path) -> Anything<()> {
    let started = Instant::now();
    let sandbox = Sandbox::builder().log_size(1).start()?;
    let journal = folder.join("killed.db");
    let (killed, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    // Each program places its orders until all exist; there are enough to be killed in the middle of.
    let orders = (kills / WORKERS).clamp(20, 10_000);
    let ends: Vec<Anything<()>> = std::thread::scope(|scope| {
        let feeder = scope.spawn(|| {
            let mut faults = Faults::new(7);
            while !over.load(Ordering::Relaxed) {
                faults.provoke(&sandbox);
                std::thread::sleep(Duration::from_millis(3));
            }
            sandbox.clear_faults();
        });
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let (sandbox, journal, killed) = (&sandbox, &journal, &killed);
                scope
                    .spawn(move || kill_until_done(sandbox, journal, worker, orders, killed, kills))
            })
            .collect();
        let ends = workers.into_iter().map(|worker| match worker.join() {
            Ok(end) => end,
            Err(_) => Err("a thread that kills panicked".into()),
        });
        let ends = ends.collect();
        over.store(true, Ordering::Relaxed);
        drop(feeder);
        ends
    });
    ends.into_iter().collect::<Anything<Vec<()>>>()?;
    let store = SqliteStore::open(&journal)?;
    let mut ledger = Ledger::default();
    ledger.requests = sandbox.request_count();
    for worker in 0..WORKERS {
        let numbers = worker * orders..(worker + 1) * orders;
        ledger.count(&sandbox, &store, &format!("worker {worker}"), numbers)?;
    }
    ledger.print(
        &format!("SQLite, {} kills", killed.into_inner()),
        started.elapsed(),
    );
    ledger.check()
}

fn kill_until_done(
    sandbox: &Sandbox,
    journal: &Path,
    worker: usize,
    orders: usize,
    killed: &AtomicUsize,
    kills: usize,
) -> Anything<()> {
    let mut random = Faults::new(worker as u64 + 100);
    loop {
        let mut child = spawn(sandbox, journal, worker, orders)?;
        let life = match killed.load(Ordering::Relaxed) < kills {
            true => Duration::from_micros(3000 + random.below(30_000)),
            false => Duration::from_secs(600),
        };
        if let Some(done) = ends_within(&mut child, life)? {
            return match done {
                true => Ok(()),
                false => Err("a program ended with an error of its own".into()),
            };
        }
        child.kill()?;
        child.wait()?;
        killed.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whether the program ended well within this time; `None` where it runs still.
fn ends_within(child: &mut Child, life: Duration) -> Anything<Option<bool>> {
    let started = Instant::now();
    while started.elapsed() < life {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    Ok(None)
}

fn spawn(sandbox: &Sandbox, journal: &Path, worker: usize, orders: usize) -> Anything<Child> {
    let child = Command::new(std::env::current_exe()?)
        .arg(WORKER)
        .args([sandbox.url(), sandbox.app_key()])
        .arg(journal)
        .args([worker.to_string(), orders.to_string()])
        // Where other users of the machine do not see them, as any program should.
        .env("ATTACK_SECRET", sandbox.app_secret())
        .env("ATTACK_SESSION", sandbox.session())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()?;
    Ok(child)
}

/// The program that is killed: settles what it finds open, then places its orders until all exist.
pub(super) fn work(arguments: &[String]) -> Anything<()> {
    let [gateway, app_key, journal, worker, orders] = arguments else {
        return Err("wanted gateway, app key, journal, worker and orders".into());
    };
    let (worker, orders): (usize, usize) = (worker.parse()?, orders.parse()?);
    let client = builder(gateway, app_key, &std::env::var("ATTACK_SECRET")?)
        .session(std::env::var("ATTACK_SESSION")?)
        .journal(SqliteStore::open(journal)?)
        .account(format!("worker {worker}"))
        .build()?;
    loop {
        client.settle_open_orders()?;
        if place_missing(&client, worker, orders)? == 0 {
            return Ok(());
        }
    }
}

/// Places what the journal does not know to exist; says how many there were.
fn place_missing(client: &Client, worker: usize, orders: usize) -> Anything<usize> {
    let known = client.journaled_orders(orders)?;
    let placed = |id: &str| {
        known
            .iter()
            .any(|entry| entry.out_order_id == id && entry.exists())
    };
    let mut missing = 0;
    for number in 0..orders {
        let order = order(worker * orders + number);
        if !placed(order.out_order_id().as_str()) {
            missing += 1;
            // What becomes of it stands in the journal.
            let _ = client.place_order(&order);
        }
    }
    Ok(missing)
}
