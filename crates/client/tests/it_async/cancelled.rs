//! Futures that are dropped, tasks that wait together, and runtimes of one thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aliexpress::journal::{MemoryJournal, OrderState};
use aliexpress::tokens::{MemoryStore, TokenStore};
use aliexpress::{AsyncClient, AuthCode, CallLimits, PlacedOrder};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};
use tokio::time::timeout;

use crate::front::runtime;
use crate::{Built as _, CREATE, GET, builder, order, quick};

const REFRESH: &str = "/auth/token/refresh";

fn count(sandbox: &Sandbox, api: &str) -> usize {
    let log = sandbox.log();
    log.iter().filter(|entry| entry.api == api).count()
}

/// The sandbox answers late, so that the future is dropped after the order was placed.
#[test]
fn a_dropped_order_stays_open_in_the_journal_and_is_settled() {
    let sandbox = Sandbox::start().unwrap();
    let journal = Arc::new(MemoryJournal::new());
    let client = builder(&sandbox).journal(Arc::clone(&journal));
    let client = client.built().unwrap().0;
    let slow = Fault::Delay(Duration::from_secs(2));
    sandbox.add_fault(FaultRule::next(slow).on(CREATE));
    runtime().block_on(async {
        let (order, within) = (order("dropped"), Duration::from_millis(700));
        let placing = client.place_order(&order);
        assert!(timeout(within, placing).await.is_err());
        let open = client.open_orders().await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!(
            (open[0].out_order_id.as_str(), open[0].state),
            ("dropped", OrderState::Open)
        );
        // It is not sent again by mistake.
        let error = client.place_order(&order).await.unwrap_err();
        assert!(error.unknown_outcome().is_some() && error.tries() == 0);
        tokio::time::sleep(Duration::from_secs(2)).await;
        let settled = client.settle_open_orders().await.unwrap();
        assert!(settled[0].outcome.as_ref().unwrap().exists());
        assert!(client.open_orders().await.unwrap().is_empty());
        let placed = client.place_order(&order).await.unwrap();
        assert!(matches!(*placed, PlacedOrder::Duplicate { .. }));
    });
    let orders = sandbox.orders();
    let placed = orders.iter().filter(|order| order.out_order_id.is_some());
    assert_eq!(placed.count(), 1);
}

/// Whoever drops the call that refreshes a session must not lose the refresh token with it.
#[test]
fn a_dropped_call_does_not_lose_the_tokens_that_it_refreshes() {
    let sandbox = Sandbox::start().unwrap();
    let store = Arc::new(MemoryStore::new());
    let client = quick(AsyncClient::builder(
        sandbox.app_key(),
        sandbox.app_secret(),
    ))
    .token_store(Arc::clone(&store))
    .gateway(sandbox.url())
    .built()
    .unwrap()
    .0;
    runtime().block_on(async {
        let code = AuthCode::new(sandbox.authorise());
        let old = client.create_tokens(&code).await.unwrap();
        sandbox.expire_token(old.session.expose());
        let slow = Fault::Delay(Duration::from_millis(600));
        sandbox.add_fault(FaultRule::next(slow).on(REFRESH));
        let order = client.order(10_000_001);
        assert!(timeout(Duration::from_millis(300), order).await.is_err());
        tokio::time::sleep(Duration::from_secs(1)).await;
        let kept = store.load().unwrap().unwrap();
        assert!(kept.session != old.session);
        assert!(client.order(10_000_001).await.is_ok());
    });
    assert_eq!(count(&sandbox, REFRESH), 1);
}

#[test]
fn tasks_refresh_a_session_once_on_a_runtime_of_one_thread() {
    let sandbox = Sandbox::start().unwrap();
    let client = quick(AsyncClient::builder(
        sandbox.app_key(),
        sandbox.app_secret(),
    ))
    .token_store(MemoryStore::new())
    .gateway(sandbox.url())
    .built()
    .unwrap()
    .0;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let code = AuthCode::new(sandbox.authorise());
        let tokens = client.create_tokens(&code).await.unwrap();
        sandbox.expire_token(tokens.session.expose());
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..100 {
            let client = client.clone();
            tasks.spawn(async move { client.order(10_000_001).await.map(drop) });
        }
        while let Some(result) = tasks.join_next().await {
            result.unwrap().unwrap();
        }
    });
    assert_eq!(count(&sandbox, REFRESH), 1);
}

/// The waits are spent side by side: blocked threads would add them up.
#[test]
fn call_limits_hold_back_tasks_without_blocking_a_thread() {
    let sandbox = Sandbox::start().unwrap();
    let limits = CallLimits::off().api(GET, 10);
    let client = builder(&sandbox).call_limits(limits).built().unwrap().0;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let started = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..5 {
            let client = client.clone();
            tasks.spawn(async move { client.order(10_000_001).await.map(drop) });
        }
        // Other work of the thread goes on.
        let ticks = tokio::spawn(async {
            let mut ticks = 0;
            while ticks < 20 {
                tokio::time::sleep(Duration::from_millis(10)).await;
                ticks += 1;
            }
            Instant::now()
        });
        while let Some(result) = tasks.join_next().await {
            result.unwrap().unwrap();
        }
        let took = started.elapsed();
        assert!(took >= Duration::from_millis(400) && took < Duration::from_millis(1500));
        assert!(ticks.await.unwrap() - started < Duration::from_millis(400 + 300));
    });
}
