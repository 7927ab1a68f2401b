//! One client, many threads.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aliexpress::models::shared::OrderId;
use aliexpress::{CallLimits, RetryPolicy};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::{Built, Client, GET, builder, order};

const THREADS: usize = 16;
const CALLS: usize = 625;

/// Places one order per thread; each has its own product count, by which its answers are known.
fn orders(client: &Client) -> HashMap<OrderId, i64> {
    let place = |count: usize| {
        let count = count as i64 + 1;
        let mut request = order(&format!("thread-{count}")).request().clone();
        request.order.product_items[0].product_count = count;
        let order = aliexpress::NewOrder::try_from(request).unwrap();
        (client.place_order(&order).unwrap().order_ids()[0], count)
    };
    (0..THREADS).map(place).collect()
}

fn read_from_all_threads(client: &Client, orders: &HashMap<OrderId, i64>, calls: usize) {
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (client, orders) = (client.clone(), orders);
            scope.spawn(move || {
                for (id, count) in orders.iter().cycle().skip(thread).take(calls) {
                    let order = client.order(*id).unwrap();
                    let found = order.child_order_list[0].product_count;
                    assert_eq!(found, Some(*count), "order {id}");
                }
            });
        }
    });
}

#[test]
fn ten_thousand_calls_from_sixteen_threads_get_each_its_own_answer() {
    let sandbox = Sandbox::builder().log_size(1).seed(7).start().unwrap();
    let client = builder(&sandbox)
        .deadline(Duration::from_secs(120))
        .retry(
            RetryPolicy::default()
                .tries(12)
                .first_wait(Duration::from_micros(200)),
        )
        .built()
        .unwrap();
    let orders = orders(&client);
    for fault in [
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::HtmlBefore(503),
        Fault::ServiceFailure,
    ] {
        sandbox.order_fault(FaultRule::next(fault).on(GET).chance(0.02));
    }
    read_from_all_threads(&client, &orders, CALLS);
    // Every call came through, and faults made some of them come twice.
    let calls = (THREADS * CALLS + orders.len()) as u64;
    assert!(
        sandbox.request_count() > calls + 300,
        "{}",
        sandbox.request_count()
    );
}

/// Reads orders as fast as a limit allows: each answer is the asked order's, and all take as long as the limit demands.
fn read_under_a_limit(calls: usize, per_second: u32) {
    let sandbox = Sandbox::builder().log_size(1).seed(7).start().unwrap();
    let client = builder(&sandbox)
        .call_limits(CallLimits::off().api(GET, per_second))
        .deadline(Duration::from_secs(120))
        .built()
        .unwrap();
    let orders = orders(&client);
    let before = sandbox.request_count();
    let started = Instant::now();
    read_from_all_threads(&client, &orders, calls);
    let all = THREADS * calls;
    assert_eq!(sandbox.request_count() - before, all as u64);
    // A full second's calls may go at once.
    let least = all as f64 / f64::from(per_second) - 1.0;
    assert!(started.elapsed().as_secs_f64() >= least, "{least}");
}

#[test]
fn sixteen_threads_keep_to_a_limit_and_get_each_its_own_answer() {
    read_under_a_limit(50, 300);
}

#[test]
#[ignore = "takes a minute or more: run it in release"]
fn sixteen_threads_with_ten_thousand_calls_each_keep_to_a_limit() {
    read_under_a_limit(10_000, 4_000);
}
