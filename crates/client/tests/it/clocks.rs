//! Orders under wrong clocks: a second order is never placed.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aliexpress::{NewOrder, RetryPolicy};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::server::{Act, Server};
use crate::{Built, CREATE, Client, order, quick};

const HOUR: u64 = 3600;

/// The difference between the shop's clock and the true time, in seconds.
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

/// Loses the answer to an order, recovers the order later, and counts the orders of the gateway.
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
    sandbox.add_fault(FaultRule::next(Fault::ResetAfter).on(CREATE));
    let error = client.place_order(&order).unwrap_err();
    let first_sent = error.unknown_outcome().unwrap().sent_at;
    let now = start + Duration::from_secs(clocks.later);
    sandbox.set_clock(now);
    *shops.lock().unwrap() = moved(now, clocks.off[1]);
    // The recovery may fail.
    let _ = client.recover_order(&order, first_sent);
    let placed = sandbox.orders();
    placed.iter().filter(|order| !order.sample).count()
}

#[test]
fn a_wrong_clock_never_leads_to_two_orders() {
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
fn clocks_that_the_gateway_accepts_lead_to_exactly_one_order() {
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

/// The `Date` header of the gateway's answers: the difference from the true time in seconds, or some text.
#[derive(Clone, Copy, Debug)]
enum Date {
    Missing,
    Is(&'static str),
    Off(i64),
}

impl Date {
    fn header(self, now: SystemTime) -> String {
        match self {
            Self::Missing => String::new(),
            Self::Is(text) => format!("Date: {text}\r\n"),
            Self::Off(seconds) => {
                format!("Date: {}\r\n", httpdate::fmt_http_date(moved(now, seconds)))
            }
        }
    }
}

const READ: &str = r#"{"result":{},"code":"0"}"#;
const DUPLICATE: &str = r#"{"result":{"is_success":false,"error_code":"REPEATED_ORDER_ERROR"}}"#;

/// Reads something, loses the answer to an order, reads something later, and recovers the order. Returns how often the
/// order was sent.
fn times_sent(dates: [Date; 2], page: &str, later: u64) -> usize {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_750_000_000);
    let after = start + Duration::from_secs(later);
    let answer = |date: Date, at, body: &str| {
        let headers = Box::leak(date.header(at).into_boxed_str());
        Act::AnswerWith("200 OK", headers, body.to_owned())
    };
    let server = Server::start(vec![
        answer(dates[0], start, page),
        Act::ResetRead,
        answer(dates[1], after, READ),
        Act::Answer("200 OK", DUPLICATE.to_owned()),
    ]);
    let now = Arc::new(Mutex::new(start));
    let clock = Arc::clone(&now);
    let client = quick(Client::builder("1", "secret"))
        .session("s")
        .gateway(server.url())
        .retry(RetryPolicy::never())
        .clock(move || *clock.lock().unwrap())
        .built()
        .unwrap();
    let _ = client.order(7);
    let error = client.place_order(&order("1")).unwrap_err();
    let first_sent = error.unknown_outcome().unwrap().sent_at;
    *now.lock().unwrap() = after;
    let _ = client.order(7);
    let _ = client.recover_order(&order("1"), first_sent);
    let requests = server.requests();
    requests
        .iter()
        .filter(|request| request.contains("ds.order.create"))
        .count()
}

/// The machine's clock is right. The `Date` of an answer may be missing or wrong.
#[test]
fn a_wrong_date_header_never_leads_to_two_orders() {
    let day = 24 * 3600;
    let dates = [
        Date::Missing,
        Date::Is("yesterday"),
        Date::Is(""),
        Date::Is("-1"),
        Date::Is("Thu, 01 Jan 1970 00:00:00 GMT"),
        Date::Is("Fri, 31 Dec 9999 23:59:59 GMT"),
        Date::Off(0),
        Date::Off(7200),
        Date::Off(-7200),
        Date::Off(day),
        Date::Off(-day),
        Date::Off(26 * 3600),
        Date::Off(30 * day),
        Date::Off(-30 * day),
    ];
    for first in dates {
        for second in dates {
            for page in [READ, "<html>of a proxy</html>"] {
                for later in [24 * HOUR, 25 * HOUR, 49 * HOUR] {
                    let sent = times_sent([first, second], page, later);
                    assert_eq!(sent, 1, "{first:?} {second:?} {page} {later}");
                }
            }
        }
    }
}

/// An order is recovered with no date, a strange date or a right date, and after a page of a proxy.
#[test]
fn missing_or_invalid_date_headers_do_not_prevent_the_recovery_of_an_order() {
    for date in [
        Date::Missing,
        Date::Is("yesterday"),
        Date::Off(0),
        Date::Off(7200),
        Date::Off(-7200),
    ] {
        assert_eq!(times_sent([date; 2], READ, HOUR), 2, "{date:?}");
    }
    for date in [
        Date::Is("Thu, 01 Jan 1970 00:00:00 GMT"),
        Date::Off(-30 * 24 * 3600),
    ] {
        let page = "<html>of a proxy</html>";
        assert_eq!(times_sent([date, Date::Off(0)], page, HOUR), 2, "{date:?}");
    }
}
