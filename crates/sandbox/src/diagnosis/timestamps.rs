//! Times that are signed otherwise than they are sent.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// How far two looks at the clock are apart at most, in milliseconds.
const APART: i64 = 40;

/// What is signed in the place of the time that was sent, which is in milliseconds since 1970.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum SignedTime {
    AsSent,
    /// Whole seconds since 1970.
    Seconds,
    /// As the legacy gateway wants it.
    Gmt8,
    Utc,
    /// A second look at the clock, so many milliseconds later.
    Later(i64),
}

impl SignedTime {
    /// The wrong ones; those of a second look at the clock apart, because they are many.
    pub(super) const WRONG: [SignedTime; 3] =
        [SignedTime::Seconds, SignedTime::Gmt8, SignedTime::Utc];

    pub(super) fn second_looks() -> impl Iterator<Item = SignedTime> {
        let apart = (1..=APART).flat_map(|time| [time, -time]);
        apart.map(SignedTime::Later)
    }

    /// What is signed where `sent` was sent; `None` for the same.
    pub(super) fn of(self, sent: &str) -> Option<String> {
        let milliseconds: i64 = sent.trim().parse().ok()?;
        match self {
            SignedTime::AsSent => None,
            SignedTime::Seconds => Some((milliseconds / 1000).to_string()),
            SignedTime::Gmt8 => civil(milliseconds, Offset::constant(8)),
            SignedTime::Utc => civil(milliseconds, Offset::UTC),
            SignedTime::Later(by) => Some(milliseconds.checked_add(by)?.to_string()),
        }
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            SignedTime::AsSent => "timestamp as sent",
            SignedTime::Seconds => "timestamp signed in seconds but sent in milliseconds",
            SignedTime::Gmt8 | SignedTime::Utc => {
                "timestamp signed as a date and time but sent in milliseconds"
            }
            SignedTime::Later(_) => {
                "another timestamp signed than sent: the clock was read a second time"
            }
        }
    }
}

fn civil(milliseconds: i64, zone: Offset) -> Option<String> {
    let time = Timestamp::from_millisecond(milliseconds).ok()?;
    let time = time.to_zoned(TimeZone::fixed(zone)).datetime();
    let (date, time) = (time.date(), time.time());
    Some(format!(
        "{date} {:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_signed_in_other_forms() {
        let of = |signed: SignedTime| signed.of("1725940803123").unwrap();
        assert_eq!(of(SignedTime::Seconds), "1725940803");
        assert_eq!(of(SignedTime::Utc), "2024-09-10 04:00:03");
        assert_eq!(of(SignedTime::Gmt8), "2024-09-10 12:00:03");
        assert_eq!(of(SignedTime::Later(-3)), "1725940803120");
        assert_eq!(SignedTime::Seconds.of("2024-09-10 12:00:03"), None);
    }
}
