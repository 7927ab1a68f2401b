//! Futures that are dropped, tasks that wait together, and runtimes of one thread.

use std::sync::Arc;
use std::time::Duration;

use aliexpress::journal::{MemoryJournal, OrderState};
use aliexpress::tokens::{MemoryStore, TokenStore};
use aliexpress::{AsyncClient, AuthCode, CallLimits, PlacedOrder};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};
use tokio::time::timeout;

use crate::front::runtime;
use crate::{Built as _, CREATE, GET, builder, order, quick};

const REFRESH: &str = "/auth/token/refresh";
/// The sandbox acts at once, and answers later than any test waits.
const LATE: Fault = Fault::Delay(Duration::from_secs(60));

/// Waits until a condition holds, however slow the machine is.
async fn until(is_so: impl Fn() -> bool) {
    let wait = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(50), wait).await.unwrap();
}

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
    sandbox.add_fault(FaultRule::next(LATE).on(CREATE));
    runtime().block_on(async {
        let order = order("dropped");
        let placing = client.place_order(&order);
        tokio::select! {
            placed = placing => panic!("{placed:?}"),
            () = until(|| count(&sandbox, CREATE) > 0) => {}
        }
        let open = client.open_orders().await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!(
            (open[0].out_order_id.as_str(), open[0].state),
            ("dropped", OrderState::Open)
        );
        // The order is not sent again by mistake.
        let error = client.place_order(&order).await.unwrap_err();
        assert!(error.unknown_outcome().is_some() && error.tries() == 0);
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

/// Dropping the call that refreshes a session must not lose the new refresh token.
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
        let slow = Fault::Delay(Duration::from_secs(2));
        sandbox.add_fault(FaultRule::next(slow).on(REFRESH));
        let order = client.order(10_000_001);
        tokio::select! {
            read = order => panic!("{read:?}"),
            () = until(|| count(&sandbox, REFRESH) > 0) => {}
        }
        let kept = || store.load().unwrap().unwrap();
        until(|| kept().session != old.session).await;
        assert!(client.order(10_000_001).await.is_ok());
    });
    assert_eq!(count(&sandbox, REFRESH), 1);
}

#[test]
fn tasks_on_a_runtime_with_one_thread_refresh_a_session_once() {
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

/// Each of thirty calls waits for a separate second. Meanwhile the thread does other work, which takes 200 ms.
#[test]
fn call_limits_delay_tasks_without_blocking_the_thread() {
    const CALLS: usize = 30;
    let sandbox = Sandbox::start().unwrap();
    let limits = CallLimits::off().api(GET, 1);
    let client = builder(&sandbox).call_limits(limits).built().unwrap().0;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..CALLS {
            let client = client.clone();
            tasks.spawn(async move { client.order(10_000_001).await.map(drop) });
        }
        tasks.join_next().await.unwrap().unwrap().unwrap();
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let done = std::iter::from_fn(|| tasks.try_join_next()).count();
        assert!(done < CALLS - 1, "{done}");
    });
}
