//! The sandbox's own time: the machine's clock, or one that a test sets and moves.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clock {
    /// The machine's clock.
    Machine,
    /// A clock that stands still until it is set or moved.
    Set(Timestamp),
}

impl Clock {
    pub(crate) fn now(self) -> Timestamp {
        match self {
            Clock::Machine => Timestamp::now(),
            Clock::Set(time) => time,
        }
    }

    /// A clock that stands at `time`; times outside years -9999 to 9999 stand at the nearer end.
    pub(crate) fn at(time: SystemTime) -> Self {
        let nearest = if time < SystemTime::UNIX_EPOCH {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        Clock::Set(Timestamp::try_from(time).unwrap_or(nearest))
    }
}

/// `time` moved by `by`, stopping at the end of the calendar.
pub(crate) fn later(time: Timestamp, by: Duration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// How long until `time` from `now`; nothing when it has passed.
pub(crate) fn until(now: Timestamp, time: Timestamp) -> Duration {
    Duration::try_from(time.duration_since(now)).unwrap_or(Duration::ZERO)
}
