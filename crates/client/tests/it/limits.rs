//! Clients with the same app key share its limits and bans.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aliexpress::limits::{LimitStore, MemoryLimits, PlaceRequest, Reservation};
use aliexpress::tokens::StoreError;
use aliexpress::{CallLimits, RetryPolicy};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::{Built, Client, GET, builder};

fn client(sandbox: &Sandbox, limits: CallLimits, store: impl LimitStore + 'static) -> Client {
    builder(sandbox)
        .call_limits(limits)
        .retry(RetryPolicy::never())
        .deadline(Duration::from_secs(60))
        .shared_limits(store)
        .built()
        .unwrap()
}

#[test]
fn two_clients_with_one_store_share_a_limit() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::new(MemoryLimits::new());
    let clients = [(); 2].map(|()| {
        let limits = CallLimits::off().api(GET, 10);
        client(&sandbox, limits, Arc::clone(&store))
    });
    let started = Instant::now();
    for number in 0..6 {
        clients[number % 2].order(10_000_001).unwrap();
    }
    assert!(started.elapsed() >= Duration::from_millis(500));
}

#[test]
fn a_ban_that_one_client_receives_holds_back_the_other() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::new(MemoryLimits::new());
    let clients = [(); 2].map(|()| client(&sandbox, CallLimits::off(), Arc::clone(&store)));
    sandbox.add_fault(FaultRule::next(Fault::Throttle(Duration::from_secs(1))).on(GET));
    let started = Instant::now();
    let refused = clients[0].order(10_000_001).unwrap_err();
    let ban = refused.retry_after().unwrap();
    clients[1].order(10_000_001).unwrap();
    let waited = started.elapsed();
    assert!(waited >= ban && !ban.is_zero(), "{waited:?} of {ban:?}");
}

/// A store whose methods all fail.
#[derive(Default)]
struct Broken {
    asked: AtomicUsize,
}

impl LimitStore for Broken {
    fn reserve(&self, _: &PlaceRequest<'_>) -> Result<Reservation, StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Err(StoreError::new(
            "cannot reserve: found nothing; wanted a store",
        ))
    }

    fn ban(&self, _: &str, _: Option<&str>, _: Duration) -> Result<(), StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Err(StoreError::new("cannot ban: found nothing; wanted a store"))
    }
}

#[test]
fn a_client_whose_store_fails_applies_its_own_limits_and_rarely_asks_the_store() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::new(Broken::default());
    let limits = CallLimits::off().api(GET, 10);
    let client = client(&sandbox, limits, Arc::clone(&store));
    let started = Instant::now();
    for _ in 0..4 {
        client.order(10_000_001).unwrap();
    }
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!(store.asked.load(Ordering::Relaxed), 1);
}
