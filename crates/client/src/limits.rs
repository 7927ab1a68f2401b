//! Call limits: how many calls per second go out, and none while a ban lasts.
//!
//! Each limit is a point in time before which no other call may begin; a call takes the next free
//! point and moves it on. Calls are thus spread evenly, waiting threads are served in order, and a
//! call that would come too late takes nothing.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The documented limits, in calls per second; unconfirmed, from integrators' notes on the APIs'
/// pages.
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

/// The documented limit of an application over all its calls; as sure as the others.
const DOCUMENTED_OVERALL: u32 = 500;

/// How many calls per second a client makes, over all its clones and threads.
///
/// A call that has to wait does so within its deadline; one that could not begin before its deadline
/// fails at once, unsent. The default is what the platform documents. Limits apply per application,
/// so that programs which share an app key should share them out.
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
    /// No limits but the platform's own, which come as refusals.
    pub fn off() -> Self {
        Self {
            overall: 0,
            apis: HashMap::new(),
        }
    }

    /// Most calls per second over all APIs; 0 for any number.
    pub fn overall(mut self, per_second: u32) -> Self {
        self.overall = per_second;
        self
    }

    /// Most calls per second of one API (or system path); 0 for any number.
    pub fn api(mut self, api: impl Into<String>, per_second: u32) -> Self {
        self.apis.insert(api.into(), per_second);
        self
    }
}

/// The limits at work.
pub(crate) struct Limiter(Mutex<Lanes>);

struct Lanes {
    overall: Lane,
    apis: HashMap<String, Lane>,
}

/// One limit: calls begin `interval` apart, none before `free` or `banned`. After a ban one call goes first, to see
/// whether it is over.
#[derive(Clone, Copy, Default)]
struct Lane {
    interval: Duration,
    free: Option<Instant>,
    banned: Option<Instant>,
}

/// How long the others wait for the first call after a ban.
const PROBE: Duration = Duration::from_secs(1);

impl Limiter {
    pub(crate) fn new(limits: &CallLimits) -> Self {
        let apis = limits.apis.iter();
        Self(Mutex::new(Lanes {
            overall: Lane::new(limits.overall),
            apis: apis
                .map(|(api, limit)| (api.clone(), Lane::new(*limit)))
                .collect(),
        }))
    }

    /// When the next call of this API may begin, which is then taken.
    ///
    /// # Errors
    ///
    /// How long it would have to wait, where that is beyond the deadline; nothing is taken then.
    pub(crate) fn reserve(
        &self,
        api: &str,
        now: Instant,
        deadline: Instant,
    ) -> Result<Instant, Duration> {
        let mut lanes = self.lanes();
        let overall = lanes.overall;
        let own = lanes.apis.get(api).copied().unwrap_or_default();
        let start = overall.start(now).max(own.start(now));
        // Without a wait it is not the limits that a call is too late by.
        if start > now && start >= deadline {
            return Err(start - now);
        }
        // A wait for one API must not hold up the others.
        lanes.overall.take(overall.start(now));
        if let Some(lane) = lanes.apis.get_mut(api) {
            lane.take(start);
        }
        Ok(start)
    }

    /// Holds back calls of this API for so long.
    pub(crate) fn ban(&self, api: &str, length: Duration, now: Instant) {
        let until = now.checked_add(length);
        self.lanes().apis.entry(api.to_owned()).or_default().banned = until;
    }

    /// Holds back all calls for so long.
    pub(crate) fn ban_all(&self, length: Duration, now: Instant) {
        self.lanes().overall.banned = now.checked_add(length);
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        // Nothing in here can panic halfway through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    fn new(per_second: u32) -> Self {
        Self {
            interval: Duration::from_secs(1)
                .checked_div(per_second)
                .unwrap_or_default(),
            ..Self::default()
        }
    }

    fn start(&self, now: Instant) -> Instant {
        let waits = [self.free, self.banned].into_iter().flatten();
        waits.fold(now, Instant::max)
    }

    fn take(&mut self, start: Instant) {
        let ends_ban = self.banned.take_if(|banned| *banned <= start).is_some();
        let pause = if ends_ban {
            self.interval.max(PROBE)
        } else {
            self.interval
        };
        self.free = Some(start + pause);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn waits(limits: &CallLimits, apis: &[&str]) -> Vec<u128> {
        let limiter = Limiter::new(limits);
        let now = Instant::now();
        let reserved = apis.iter().map(|api| {
            let start = limiter.reserve(api, now, now + 1000 * MS).unwrap();
            (start - now).as_millis()
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
    fn the_overall_limit_holds_for_all_together() {
        let limits = CallLimits::off().overall(100).api("a", 10);
        assert_eq!(waits(&limits, &["a", "b", "a", "b"]), [0, 10, 100, 30]);
    }

    #[test]
    fn switched_off_nothing_waits() {
        assert_eq!(waits(&CallLimits::off(), &["a", "a", "a"]), [0, 0, 0]);
        let create = "aliexpress.ds.order.create";
        assert_eq!(waits(&CallLimits::default(), &[create, create]), [0, 6]);
    }

    #[test]
    fn a_call_beyond_its_deadline_takes_no_place() {
        let limiter = Limiter::new(&CallLimits::off().api("a", 10));
        let now = Instant::now();
        assert_eq!(limiter.reserve("a", now, now + MS), Ok(now));
        assert_eq!(limiter.reserve("a", now, now + MS), Err(100 * MS));
        assert_eq!(
            limiter.reserve("a", now, now + 200 * MS),
            Ok(now + 100 * MS)
        );
    }

    #[test]
    fn a_ban_holds_back_its_api_only() {
        let limiter = Limiter::new(&CallLimits::off());
        let now = Instant::now();
        limiter.ban("a", Duration::from_secs(3), now);
        assert!(limiter.reserve("a", now, now + 1000 * MS).is_err());
        assert_eq!(limiter.reserve("b", now, now), Ok(now));
        // A deadline that has passed is for the exchange to tell.
        assert_eq!(limiter.reserve("b", now + MS, now), Ok(now + MS));
        limiter.ban_all(Duration::from_secs(3), now);
        assert!(limiter.reserve("b", now, now + 1000 * MS).is_err());
    }
}
