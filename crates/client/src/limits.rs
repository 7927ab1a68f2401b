//! Call limits: how many calls are made per second, and none during a ban.
//!
//! Each limit is a point in time before which the next call may not begin; a call takes that point
//! in time and moves the limit on by one interval. Calls are thus spread evenly, waiting threads
//! are served in order, and a call that would begin after its deadline takes no slot. A ban is
//! obeyed for at most an hour; then a single call is made first, to see whether the ban is over.
//!
//! Clones of a client share their limits. Programs that share an app key share theirs through a
//! [`LimitStore`] ([`ClientBuilder::shared_limits`](crate::ClientBuilder::shared_limits)): the
//! crate `aliexpress-stores` has such stores on SQLite and PostgreSQL, and [`MemoryLimits`] is for
//! clients within one process.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod lanes;
mod shared;
mod store;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use lanes::{LONGEST_BAN, Lane, Lanes, Rates, Reservation};
pub(crate) use shared::SharedLimits;
pub use shared::{LimitsReport, LimitsTask};
use store::{LaneBook, micros_since};
pub use store::{LimitStore, MemoryLimits, PlaceRequest};

/// Documented limits in calls per second. Unconfirmed: from integrators' notes on the APIs' pages.
const DOCUMENTED: &[(&str, u32)] = &[
    ("aliexpress.ds.address.get", 4),
    ("aliexpress.ds.category.get", 1000),
    ("aliexpress.ds.feed.itemids.get", 3),
    ("aliexpress.ds.feedname.get", 1000),
    ("aliexpress.ds.freight.query", 350),
    ("aliexpress.ds.image.search", 15),
    ("aliexpress.ds.order.create", 150),
    ("aliexpress.ds.order.tracking.get", 100),
    ("aliexpress.ds.product.get", 500),
    ("aliexpress.ds.recommend.feed.get", 1000),
    ("aliexpress.trade.buy.placeorder", 150),
    ("aliexpress.trade.ds.order.get", 1000),
];

/// Documented limit of an application over all its calls, per second; as unconfirmed as the others.
const DOCUMENTED_OVERALL: u32 = 500;

/// How many calls per second a client makes at most, over all its clones and threads.
///
/// A call that has to wait does so within its deadline; one that could not begin before its
/// deadline fails at once and is not sent. The defaults are the limits that the platform documents.
/// Limits apply per application: programs that share an app key must share them through a
/// [`LimitStore`], or divide them among themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct CallLimits {
    overall: u32,
    apis: HashMap<String, u32>,
}

impl Default for CallLimits {
    fn default() -> Self {
        let apis = DOCUMENTED.iter();
        Self {
            overall: DOCUMENTED_OVERALL,
            apis: apis
                .map(|(api, limit)| ((*api).to_owned(), *limit))
                .collect(),
        }
    }
}

impl CallLimits {
    /// No limits except the platform's own, which arrive as refusals.
    pub fn off() -> Self {
        Self {
            overall: 0,
            apis: HashMap::new(),
        }
    }

    /// Most calls per second over all APIs; 0 for no limit.
    pub fn overall(mut self, per_second: u32) -> Self {
        self.overall = per_second;
        self
    }

    /// Most calls per second of one API (or system path); 0 for no limit.
    pub fn api(mut self, api: impl Into<String>, per_second: u32) -> Self {
        self.apis.insert(api.into(), per_second);
        self
    }

    pub(crate) fn rates(&self, api: &str) -> Rates {
        Rates {
            overall: self.overall,
            api: self.apis.get(api).copied().unwrap_or_default(),
        }
    }
}

/// The call limits that a client and its clones apply.
pub(crate) struct Limiter {
    limits: CallLimits,
    start: Instant,
    lanes: Mutex<LaneBook>,
}

impl Limiter {
    pub(crate) fn new(limits: CallLimits) -> Self {
        Self {
            limits,
            start: Instant::now(),
            lanes: Mutex::default(),
        }
    }

    /// Takes the next slot of this API, unless it begins after the deadline.
    pub(crate) fn reserve(&self, api: &str, now: Instant, deadline: Instant) -> Reservation {
        let (rates, longest) = (self.rates(api), deadline.saturating_duration_since(now));
        self.change(now, |lanes, at| lanes.reserve(api, rates, at, longest))
    }

    /// Holds back calls of this API for `length`; all calls if `api` is `None`.
    pub(crate) fn ban(&self, api: Option<&str>, length: Duration, now: Instant) {
        self.change(now, |lanes, at| lanes.ban(api, length, at));
    }

    pub(crate) fn rates(&self, api: &str) -> Rates {
        self.limits.rates(api)
    }

    fn change<T>(&self, now: Instant, work: impl FnOnce(&mut LaneBook, i64) -> T) -> T {
        // No code under this lock can panic halfway through a change.
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut lanes, micros_since(self.start, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn waits(limits: &CallLimits, apis: &[&str]) -> Vec<u128> {
        let limiter = Limiter::new(limits.clone());
        let now = Instant::now();
        let reserved = apis
            .iter()
            .map(|api| match limiter.reserve(api, now, now + 1000 * MS) {
                Reservation::After(wait) => wait.as_millis(),
                Reservation::TooLate(wait) => panic!("too late by {wait:?}"),
            });
        reserved.collect()
    }

    #[test]
    fn calls_of_an_api_are_spread_evenly() {
        let limits = CallLimits::off().api("a", 100);
        assert_eq!(
            waits(&limits, &["a", "a", "a", "b", "b"]),
            [0, 10, 20, 0, 0]
        );
    }

    #[test]
    fn the_overall_limit_applies_to_all_apis_together() {
        let limits = CallLimits::off().overall(100).api("a", 10);
        assert_eq!(waits(&limits, &["a", "b", "a", "b"]), [0, 10, 100, 30]);
    }

    #[test]
    fn without_limits_no_call_waits() {
        assert_eq!(waits(&CallLimits::off(), &["a", "a", "a"]), [0, 0, 0]);
        let create = "aliexpress.ds.order.create";
        assert_eq!(waits(&CallLimits::default(), &[create, create]), [0, 6]);
    }

    #[test]
    fn a_call_that_would_begin_after_its_deadline_takes_no_slot() {
        let limiter = Limiter::new(CallLimits::off().api("a", 10));
        let now = Instant::now();
        let within = |time| limiter.reserve("a", now, now + time);
        assert_eq!(within(MS), Reservation::After(Duration::ZERO));
        assert_eq!(within(MS), Reservation::TooLate(100 * MS));
        assert_eq!(within(200 * MS), Reservation::After(100 * MS));
    }

    #[test]
    fn a_ban_of_one_api_does_not_hold_back_others() {
        let limiter = Limiter::new(CallLimits::off());
        let now = Instant::now();
        let at_once = Reservation::After(Duration::ZERO);
        let too_late = Reservation::TooLate(Duration::from_secs(3));
        limiter.ban(Some("a"), Duration::from_secs(3), now);
        assert_eq!(limiter.reserve("a", now, now + 1000 * MS), too_late);
        assert_eq!(limiter.reserve("b", now, now), at_once);
        // The exchange itself reports a deadline that has passed.
        assert_eq!(limiter.reserve("b", now + MS, now), at_once);
        limiter.ban(None, Duration::from_secs(3), now);
        assert_eq!(limiter.reserve("b", now, now + 1000 * MS), too_late);
    }
}
