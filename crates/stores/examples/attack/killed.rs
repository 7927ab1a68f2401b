//! Programs that place orders over one database and are killed repeatedly.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use aliexpress::journal::OrderJournal;
use aliexpress::{AuthCode, Client};
use aliexpress_sandbox::Sandbox;

use crate::databases::{Database, Databases, Kind};
use crate::faults::{Faults, Random};
use crate::ledger::{Book, Ledger};
use crate::storm::place_rest;
use crate::{Anything, builder};

/// The argument with which this program is one of those that are killed.
pub(super) const WORKER: &str = "worker";

/// How many kills share one database, which is empty at first.
pub(super) const ROUND: usize = 2000;

/// How many programs run at once.
const WORKERS: usize = 3;

/// Orders per account. Few, so that a program reads them quickly.
const ORDERS: usize = 25;

/// What all threads of one round share.
struct Round<'a> {
    sandbox: &'a Sandbox,
    database: &'a Database,
    address: &'a str,
    kills: usize,
    killed: AtomicUsize,
    /// Kills that left an order open.
    open: AtomicUsize,
}

/// Kills programs this many times, waits for the last ones to end, and counts the results of their
/// orders.
pub(super) fn attack(
    databases: &mut Databases<'_>,
    kind: Kind,
    kills: usize,
    seed: u64,
    ledger: &mut Ledger,
) -> Anything<()> {
    let sandbox = Sandbox::builder().seed(seed).log_size(1).start()?;
    let database = databases.make(kind)?;
    let address = database.address.as_deref();
    let round = Round {
        sandbox: &sandbox,
        database: &database,
        address: address.ok_or("found a database in memory; wanted one that programs share")?,
        kills,
        killed: AtomicUsize::new(0),
        open: AtomicUsize::new(0),
    };
    let client = builder(sandbox.url(), sandbox.app_key(), sandbox.app_secret());
    let client = client.token_store(database.tokens.clone()).build()?;
    client.create_tokens(&AuthCode::new(sandbox.authorise()))?;
    let over = AtomicBool::new(false);
    let mut faults = Faults::new(seed)?;
    let accounts: Vec<String> = thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                faults.provoke(&sandbox);
                thread::sleep(Duration::from_millis(2));
            }
        });
        let worker = |worker| {
            let random = Random::new(seed.wrapping_mul(1000).wrapping_add(worker));
            let round = &round;
            scope.spawn(move || round.work_until_enough(worker, random))
        };
        let workers: Vec<_> = (0..WORKERS as u64).map(worker).collect();
        let ends: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        over.store(true, Ordering::Relaxed);
        let ends = ends
            .into_iter()
            .map(|end| end.unwrap_or_else(|_| Err("a thread that kills panicked".into())));
        let accounts = ends.collect::<Anything<Vec<Vec<String>>>>()?;
        Anything::Ok(accounts.concat())
    })?;
    ledger.requests += sandbox.request_count();
    ledger.kills += round.killed.into_inner();
    ledger.open += round.open.into_inner();
    let book = Book::of(&sandbox);
    for account in accounts {
        ledger.count(&book, &*database.journal, &account, ORDERS)?;
    }
    Ok(())
}

impl Round<'_> {
    /// Runs programs that place the orders of one account after the other; returns the accounts.
    fn work_until_enough(&self, worker: u64, mut random: Random) -> Anything<Vec<String>> {
        let mut accounts = Vec::new();
        while self.killed.load(Ordering::Relaxed) < self.kills {
            let account = format!("worker-{worker}-{}", accounts.len());
            self.kill_until_done(&account, &mut random)?;
            accounts.push(account);
        }
        Ok(accounts)
    }

    fn kill_until_done(&self, account: &str, random: &mut Random) -> Anything<()> {
        loop {
            let mut child = self.spawn(account)?;
            if self.killed.load(Ordering::Relaxed) >= self.kills {
                return match child.wait()?.success() {
                    true => Ok(()),
                    false => Err("a program failed without being killed".into()),
                };
            }
            // Usually while it places orders, sometimes before.
            if random.below(8) > 0 {
                wait_for_start(&mut child)?;
            }
            thread::sleep(Duration::from_micros(random.below(25_000)));
            if let Some(status) = child.try_wait()? {
                return match status.success() {
                    true => Ok(()),
                    false => Err("a program failed without being killed".into()),
                };
            }
            child.kill()?;
            child.wait()?;
            self.killed.fetch_add(1, Ordering::Relaxed);
            if !self.database.journal.open(account)?.is_empty() {
                self.open.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    fn spawn(&self, account: &str) -> Anything<Child> {
        let child = Command::new(std::env::current_exe()?)
            .args([WORKER, self.sandbox.url(), self.sandbox.app_key(), account])
            // In the environment, where other users of the machine do not see them, as in any
            // program.
            .env("ATTACK_DATABASE", self.address)
            .env("ATTACK_SECRET", self.sandbox.app_secret())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(child)
    }
}

/// Waits until the program has opened its database, or has ended.
fn wait_for_start(child: &mut Child) -> Anything<()> {
    if let Some(output) = &mut child.stdout {
        let _ = output.read(&mut [0])?;
    }
    Ok(())
}

/// The program that is killed. It settles the orders that are open, then places its orders until
/// all exist.
pub(super) fn work(arguments: &[String]) -> Anything<()> {
    let [gateway, app_key, account] = arguments else {
        return Err("wanted gateway, app key and account".into());
    };
    let database = Database::open(std::env::var("ATTACK_DATABASE")?);
    let client: Client = builder(gateway, app_key, &std::env::var("ATTACK_SECRET")?)
        .token_store(database.tokens)
        .journal(database.journal)
        .account(account)
        .build()?;
    println!("started");
    loop {
        client.settle_open_orders()?;
        if place_rest(&client, account, ORDERS)? == 0 {
            return Ok(());
        }
    }
}
