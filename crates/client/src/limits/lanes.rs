//! The rules by which limits and bans change: the same in memory and in every store.

use std::time::Duration;

/// For how long a ban is believed at a time: an answer could shut a client down for years.
pub const LONGEST_BAN: Duration = Duration::from_secs(3600);

/// How long the others wait for the first call after a ban.
const PROBE: Duration = Duration::from_secs(1);

/// A clock that goes back by less than this counts as stopped, as between two programs that read it; one that goes
/// back further was set.
const JITTER: i64 = 1_000_000;

/// The state of one limit. All times are microseconds on the clock of whoever keeps it, since any start.
///
/// Calls begin one interval apart, none before `free` or `banned`. After a ban one call goes first, to see whether it is
/// over; the others wait a second for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lane {
    /// When the next call may begin.
    pub free: i64,
    /// When the ban ends; `None` where there is none, or its first call has begun.
    pub banned: Option<i64>,
    /// When the lane was last changed.
    pub seen: i64,
}

/// How many calls per second may begin; 0 for any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Over all APIs.
    pub overall: u32,
    /// Of the API.
    pub api: u32,
}

/// When a call may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// After this wait; the place is taken.
    After(Duration),
    /// Not within the time that it has, only after this wait; nothing is taken.
    TooLate(Duration),
}

/// The two limits that a call is under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lanes {
    /// Over all APIs.
    pub overall: Lane,
    /// Of the API.
    pub api: Lane,
}

impl Lanes {
    /// Takes the next place under both limits, unless it comes only after `longest`.
    pub fn reserve(&mut self, rates: Rates, now: i64, longest: Duration) -> Reservation {
        let mut lanes = *self;
        let overall_now = lanes.overall.arrive(now);
        let api_now = lanes.api.arrive(now);
        let overall_wait = lanes.overall.start(overall_now).saturating_sub(overall_now);
        let wait = overall_wait.max(lanes.api.start(api_now).saturating_sub(api_now));
        let length = Duration::from_micros(wait.try_into().unwrap_or_default());
        // Without a wait it is not the limits that a call is too late by.
        if wait > 0 && length >= longest {
            return Reservation::TooLate(length);
        }
        // A wait for one API must not hold up the others.
        lanes.overall.take(rates.overall, overall_now, overall_wait);
        lanes.api.take(rates.api, api_now, wait);
        *self = lanes;
        Reservation::After(length)
    }
}

impl Lane {
    /// Holds back all calls for so long, an hour at most. A longer ban that is known already stays.
    pub fn ban(&mut self, length: Duration, now: i64) {
        let now = self.arrive(now);
        let until = now.saturating_add(micros(length.min(LONGEST_BAN)));
        self.banned = Some(self.banned.map_or(until, |banned| banned.max(until)));
        self.seen = now;
    }

    /// The time to go by. A clock that was set back takes all points in time back with it: no one waits for the time in
    /// between to pass again.
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

    /// A call begins after this wait. What has no limit and no ban stays as it is.
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
        /// Whatever the order of calls, clocks of many readers included, no two of an API begin closer together than
        /// its limit says.
        #[test]
        fn calls_begin_an_interval_apart(steps in prop::collection::vec((0..300_000_i64, 0..9_000_i64), 1..60)) {
            let rates = Rates { overall: 0, api: 10 };
            let (mut lanes, mut time, mut starts) = (Lanes::default(), SECOND, Vec::new());
            for (pass, late) in steps {
                time += pass;
                // A reader whose clock is a little behind begins by the common one.
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
    fn a_ban_is_believed_for_an_hour_and_then_tried_by_one() {
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
    fn a_clock_that_was_set_back_blocks_no_one() {
        let rates = Rates { overall: 1, api: 0 };
        let mut lanes = Lanes::default();
        let then = 100_000 * SECOND;
        lanes.api.ban(Duration::from_secs(10), then);
        assert_eq!(waits(&mut lanes, rates, then), 10 * SECOND);
        // The ban's first call was taken: one second later the next, an hour earlier by the clock.
        let back = then - 3600 * SECOND;
        assert_eq!(waits(&mut lanes, rates, back), 11 * SECOND);
    }
}
