//! Orders under wrong clocks: a second one is never made.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aliexpress::NewOrder;
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::{Built, CREATE, Client, order};

const HOUR: u64 = 3600;

/// What the shop's clock shows beside the true time, in seconds.
#[derive(Clone, Copy)]
struct Clocks {
    /// When the order is sent, and when it is recovered.
    off: [i64; 2],
    /// How much time passes between the two.
    later: u64,
    /// Whether the gateway compares timestamps with its clock.
    checked: bool,
}

fn moved(time: SystemTime, seconds: i64) -> SystemTime {
    let by = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { time - by } else { time + by }
}

/// Loses the answer to an order, recovers it later, and counts the orders.
fn orders_after(clocks: Clocks) -> usize {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_750_000_000);
    let sandbox = Sandbox::builder()
        .clock(start)
        .clock_check(clocks.checked)
        .start()
        .unwrap();
    let shops = Arc::new(Mutex::new(moved(start, clocks.off[0])));
    let clock = Arc::clone(&shops);
    let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
        .session(sandbox.session())
        .gateway(sandbox.url())
        .clock(move || *clock.lock().unwrap())
        .built()
        .unwrap();
    let order: NewOrder = order("1");
    sandbox.order_fault(FaultRule::next(Fault::ResetAfter).on(CREATE));
    let error = client.place_order(&order).unwrap_err();
    let first_sent = error.unknown_outcome().unwrap().sent_at;
    let now = start + Duration::from_secs(clocks.later);
    sandbox.set_clock(now);
    *shops.lock().unwrap() = moved(now, clocks.off[1]);
    // Whatever comes of it.
    let _ = client.recover_order(&order, first_sent);
    let placed = sandbox.orders();
    placed.iter().filter(|order| !order.sample).count()
}

#[test]
fn no_clock_makes_two_orders() {
    let minutes = |minutes: u64| minutes * 60;
    let cases = [
        (
            "7000 s fast when sent, right 25 h later",
            [7000, 0],
            25 * HOUR,
            true,
        ),
        (
            "24 h 30 min later, set back 1 h meanwhile",
            [0, -3600],
            24 * HOUR + minutes(30),
            true,
        ),
        (
            "25 h later, 2 h fast when sent",
            [7200, 0],
            25 * HOUR,
            false,
        ),
        ("23 h 49 min, right", [0, 0], 23 * HOUR + minutes(49), true),
        ("24 h, right", [0, 0], 24 * HOUR, true),
        (
            "1 min later, 2 days forward",
            [0, 48 * 3600],
            minutes(1),
            false,
        ),
        ("1 min later, set back 9 min", [0, -540], minutes(1), true),
        ("1 min later, set back 1 h", [0, -3600], minutes(1), true),
        (
            "27 h later, fast by 2 h and then slow by 2 h",
            [7200, -7200],
            27 * HOUR,
            true,
        ),
    ];
    for (name, off, later, checked) in cases {
        let clocks = Clocks {
            off,
            later,
            checked,
        };
        assert_eq!(orders_after(clocks), 1, "{name}");
    }
}

#[test]
fn any_clocks_that_the_gateway_takes_make_one_order() {
    let mut rng = 7_u64;
    let mut draw = |most: u64| {
        rng = rng.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (rng >> 33) % most
    };
    for _ in 0..60 {
        let off = [draw(14_401), draw(14_401)].map(|off| i64::try_from(off).unwrap() - 7200);
        let clocks = Clocks {
            off,
            later: draw(60 * HOUR),
            checked: true,
        };
        assert_eq!(orders_after(clocks), 1, "{off:?} {}", clocks.later);
    }
}
