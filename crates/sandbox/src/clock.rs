//! The sandbox's time: the machine's clock, or one that a test sets and moves.

use std::time::{Duration, SystemTime};

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// The machine's clock.
    Machine,
    /// A stopped clock, until it is set or moved.
    Set(SystemTime),
    /// A stopped clock that was the machine's before it was moved, so that clients still use the machine's time.
    Moved(SystemTime),
}

impl Clock {
    pub(crate) fn now(self) -> SystemTime {
        match self {
            Clock::Machine => SystemTime::now(),
            Clock::Set(time) | Clock::Moved(time) => time,
        }
    }

    /// The clock moved forward by this time; it is stopped then.
    pub(crate) fn moved_by(self, time: Duration) -> Self {
        let now = later(self.now(), time);
        match self {
            Clock::Set(_) => Clock::Set(now),
            Clock::Machine | Clock::Moved(_) => Clock::Moved(now),
        }
    }

    /// The machine's time, which a client's clock may still show; see [`Clock::Moved`].
    pub(crate) fn of_clients(self) -> SystemTime {
        match self {
            Clock::Moved(_) => SystemTime::now(),
            other => other.now(),
        }
    }

    /// A clock that stays at `time`, or at the nearer end of the years 1970 to 9999.
    pub(crate) fn at(time: SystemTime) -> Self {
        Clock::Set(time.clamp(SystemTime::UNIX_EPOCH, end_of_time()))
    }
}

/// `time` plus `by`, limited to the end of the calendar.
pub(crate) fn later(time: SystemTime, by: Duration) -> SystemTime {
    let end = end_of_time();
    time.checked_add(by).map_or(end, |time| time.min(end))
}

/// The time from `now` until `time`; zero if it has passed.
pub(crate) fn until(now: SystemTime, time: SystemTime) -> Duration {
    time.duration_since(now).unwrap_or_default()
}

/// Milliseconds since 1970.
pub(crate) fn milliseconds(time: SystemTime) -> i64 {
    let since = until(SystemTime::UNIX_EPOCH, time);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The last second of the year 9999, the last one that has four digits for its year.
fn end_of_time() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_stops_at_the_end_of_the_calendar() {
        let now = SystemTime::now();
        assert_eq!(later(now, Duration::MAX), end_of_time());
        assert_eq!(milliseconds(end_of_time()), 253_402_300_799_000);
        let before = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Clock::at(before).now(), SystemTime::UNIX_EPOCH);
    }
}
