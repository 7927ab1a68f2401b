//! The rules by which limits and bans change, the same in memory and in every store.

use std::time::Duration;

/// The longest time for which a ban is obeyed without another try. Otherwise a single answer could
/// stop a client for years.
pub const LONGEST_BAN: Duration = Duration::from_secs(3600);

/// How long other calls wait for the first call after a ban.
const PROBE: Duration = Duration::from_secs(1);

/// In microseconds. A clock that goes back by less than this is treated as standing still, as when
/// two programs read it almost together; one that goes back further was set back.
const JITTER: i64 = 1_000_000;

/// The state of one limit. All times are in microseconds on the clock of the store, counted from
/// any fixed start.
///
/// Calls begin one interval apart, none before `free` or `banned`. After a ban one call is made
/// first, to see whether it is over; the others wait a second for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lane {
    /// When the next call may begin, in microseconds.
    pub free: i64,
    /// When the ban ends, in microseconds; `None` if there is none, or its first call has begun.
    pub banned: Option<i64>,
    /// When the lane was last changed, in microseconds.
    pub seen: i64,
}

/// How many calls per second may begin; 0 for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Over all APIs.
    pub overall: u32,
    /// For the one API.
    pub api: u32,
}

/// When a call may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// After this wait; the slot is taken.
    After(Duration),
    /// Only after this wait, which is too long; nothing is taken.
    TooLate(Duration),
}

/// The two limits that apply to a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lanes {
    /// Over all APIs.
    pub overall: Lane,
    /// For the one API.
    pub api: Lane,
}

impl Lanes {
    /// Takes the next slot under both limits, unless the wait would be `longest` or more. `now` is
    /// in microseconds.
    pub fn reserve(&mut self, rates: Rates, now: i64, longest: Duration) -> Reservation {
        let mut lanes = *self;
        let overall_now = lanes.overall.arrive(now);
        let api_now = lanes.api.arrive(now);
        let overall_wait = lanes.overall.start(overall_now).saturating_sub(overall_now);
        let wait = overall_wait.max(lanes.api.start(api_now).saturating_sub(api_now));
        let length = Duration::from_micros(wait.try_into().unwrap_or_default());
        // If no wait is needed, a missed deadline is not the limits' fault.
        if wait > 0 && length >= longest {
            return Reservation::TooLate(length);
        }
        // A wait for one API must not delay the others.
        lanes.overall.take(rates.overall, overall_now, overall_wait);
        lanes.api.take(rates.api, api_now, wait);
        *self = lanes;
        Reservation::After(length)
    }
}

impl Lane {
    /// Holds back all calls for `length`, at most an hour. A ban that already lasts longer stays.
    pub fn ban(&mut self, length: Duration, now: i64) {
        let now = self.arrive(now);
        let until = now.saturating_add(micros(length.min(LONGEST_BAN)));
        self.banned = Some(self.banned.map_or(until, |banned| banned.max(until)));
        self.seen = now;
    }

    /// The time to use. If the clock was set back, all stored times move back with it, so that no
    /// call waits until the clock has caught up.
    fn arrive(&mut self, now: i64) -> i64 {
        let back = self.seen.saturating_sub(now);
        if back <= 0 {
            return now;
        }
        if back < JITTER {
            return self.seen;
        }
        self.free = self.free.saturating_sub(back);
        self.banned = self.banned.map(|banned| banned.saturating_sub(back));
        self.seen = now;
        now
    }

    fn start(&self, now: i64) -> i64 {
        let banned = self.banned.unwrap_or(now);
        now.max(self.free).max(banned)
    }

    /// Begins a call after this wait. A lane without limit and ban stays unchanged.
    fn take(&mut self, per_second: u32, now: i64, wait: i64) {
        let start = now.saturating_add(wait);
        let ends_ban = self.banned.take_if(|banned| *banned <= start).is_some();
        let interval = Duration::from_secs(1).checked_div(per_second);
        let pause = match (interval, ends_ban) {
            (Some(interval), true) => interval.max(PROBE),
            (None, true) => PROBE,
            (Some(interval), false) => interval,
            (None, false) => return,
        };
        self.free = start.saturating_add(micros(pause));
        self.seen = now;
    }
}

fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: i64 = 1_000_000;
    const LONG: Duration = Duration::from_secs(100_000);

    fn waits(lanes: &mut Lanes, rates: Rates, now: i64) -> i64 {
        match lanes.reserve(rates, now, LONG) {
            Reservation::After(wait) => micros(wait),
            Reservation::TooLate(wait) => panic!("too late by {wait:?}"),
        }
    }

    proptest! {
        /// In any order of calls and with several slightly different clocks, no two calls of one
        /// API begin closer together than its limit allows.
        #[test]
        fn calls_begin_an_interval_apart(steps in prop::collection::vec((0..300_000_i64, 0..9_000_i64), 1..60)) {
            let rates = Rates { overall: 0, api: 10 };
            let (mut lanes, mut time, mut starts) = (Lanes::default(), SECOND, Vec::new());
            for (pass, late) in steps {
                time += pass;
                // A reader whose clock is slightly behind uses the common time.
                let now = time - late;
                let by = lanes.api.seen.max(now);
                starts.push(by + waits(&mut lanes, rates, now));
            }
            for pair in starts.windows(2) {
                prop_assert!(pair[1] - pair[0] >= SECOND / 10, "{starts:?}");
            }
        }
    }

    #[test]
    fn a_ban_is_obeyed_for_at_most_an_hour_and_then_one_call_goes_first() {
        let (mut lanes, rates) = (Lanes::default(), Rates::default());
        lanes.api.ban(Duration::from_secs(4_000_000_000), SECOND);
        lanes.api.ban(Duration::from_secs(5), SECOND);
        let hour = 3600 * SECOND;
        let early = lanes.reserve(rates, SECOND, Duration::from_secs(60));
        assert_eq!(early, Reservation::TooLate(LONGEST_BAN));
        let over = SECOND + hour;
        assert_eq!(waits(&mut lanes, rates, over), 0);
        assert_eq!(waits(&mut lanes, rates, over), SECOND);
        assert_eq!(waits(&mut lanes, rates, over + SECOND), 0);
        assert_eq!(waits(&mut lanes, rates, over + SECOND), 0);
    }

    #[test]
    fn a_clock_that_was_set_back_blocks_no_call() {
        let rates = Rates { overall: 1, api: 0 };
        let mut lanes = Lanes::default();
        let then = 100_000 * SECOND;
        lanes.api.ban(Duration::from_secs(10), then);
        assert_eq!(waits(&mut lanes, rates, then), 10 * SECOND);
        // The first call after the ban has been made: the next may follow one second later, which
        // is an hour earlier by this clock.
        let back = then - 3600 * SECOND;
        assert_eq!(waits(&mut lanes, rates, back), 11 * SECOND);
    }
}
