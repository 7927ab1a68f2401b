//! One client, many threads.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use aliexpress::models::shared::OrderId;
use aliexpress::{BlockingTimer, CallLimits, RetryPolicy};
use aliexpress_sandbox::{Fault, FaultRule, LogEntry, Sandbox};

use crate::{Built, Client, GET, builder, in_time, order};

const THREADS: usize = 16;
const CALLS: usize = 625;

/// Places one order per thread; each has its own product count, by which its answer is recognised.
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
fn ten_thousand_calls_from_sixteen_threads_each_get_their_own_answer() {
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
        sandbox.add_fault(FaultRule::next(fault).on(GET).chance(0.02));
    }
    read_from_all_threads(&client, &orders, CALLS);
    // Every call arrived, and because of faults some arrived twice.
    let calls = (THREADS * CALLS + orders.len()) as u64;
    assert!(
        sandbox.request_count() > calls + 300,
        "{}",
        sandbox.request_count()
    );
}

/// A clock that a wait advances at once, so that a minute of waiting takes no time.
#[derive(Clone, Default)]
pub(crate) struct DrivenTime(Arc<Mutex<Duration>>);

impl DrivenTime {
    fn ahead(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn wait(&self, until: Instant) {
        let mut ahead = self.0.lock().unwrap();
        let now = Instant::now() + *ahead;
        *ahead += until.saturating_duration_since(now);
    }
}

impl BlockingTimer for DrivenTime {
    fn now(&self) -> Instant {
        Instant::now() + self.ahead()
    }

    fn sleep_until(&self, until: Instant) {
        self.wait(until);
    }
}

#[cfg(feature = "async")]
impl aliexpress::AsyncTimer for DrivenTime {
    fn now(&self) -> Instant {
        Instant::now() + self.ahead()
    }

    fn sleep_until(&self, until: Instant) -> aliexpress::transport::BoxFuture<'static, ()> {
        let time = self.clone();
        Box::pin(async move { time.wait(until) })
    }
}

/// The platform's limit for all calls of an application, per second.
const PER_SECOND: u32 = 500;

/// Reads orders as fast as the limit allows, in rounds of this many calls from each thread. Each answer must be that of
/// the requested order, and by the signed timestamps no second may have more calls than the limit.
fn read_under_a_limit(rounds: usize, calls: usize) {
    let log = THREADS * calls;
    let sandbox = Sandbox::builder().log_size(log).seed(7).clock_check(false);
    let sandbox = sandbox.start().unwrap();
    let time = DrivenTime::default();
    let (clock, start, day) = (time.clone(), Instant::now(), SystemTime::now());
    let client = in_time(builder(&sandbox), &time)
        .clock(move || day + (Instant::now() + clock.ahead()).duration_since(start))
        .call_limits(CallLimits::off().overall(PER_SECOND))
        .deadline(Duration::from_secs(120))
        .built()
        .unwrap();
    let orders = orders(&client);
    let mut begun = Vec::new();
    for _ in 0..rounds {
        let before = sandbox.request_count();
        read_from_all_threads(&client, &orders, calls);
        assert_eq!(sandbox.request_count() - before, log as u64);
        begun.extend(sandbox.log().iter().map(timestamp));
    }
    begun.sort_unstable();
    // A call may be signed later than its reserved time: at any moment, one call of each thread at most. Timestamps are
    // whole milliseconds.
    let most = PER_SECOND as usize + THREADS + 1;
    for (first, next) in begun.iter().zip(&begun[most..]) {
        assert!(next - first >= 1000, "{most} calls from {first} to {next}");
    }
    let least = (rounds * log - THREADS - 1) as i64 * 1000 / i64::from(PER_SECOND) - 1;
    let took = begun[begun.len() - 1] - begun[0];
    assert!(took >= least, "{took} of {least} ms");
}

/// The timestamp with which a call was signed, in milliseconds.
fn timestamp(call: &LogEntry) -> i64 {
    let mut params = call.parameters.iter();
    let found = params.find(|(name, _)| name == "timestamp");
    found.unwrap().1.parse().unwrap()
}

#[test]
fn sixteen_threads_respect_a_limit_and_each_get_their_own_answer() {
    read_under_a_limit(1, 125);
}

#[test]
#[ignore = "160,000 calls take a minute or more; CI runs it as a separate step"]
fn sixteen_threads_with_ten_thousand_calls_each_respect_a_limit() {
    read_under_a_limit(16, 625);
}
