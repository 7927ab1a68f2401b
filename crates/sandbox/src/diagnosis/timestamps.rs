//! Times that are signed in another form than they are sent.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

/// The longest time between two readings of the clock that is tried, in milliseconds.
const APART: i64 = 40;
/// The same, if nothing else explains a signature.
const FAR: i64 = 1500;

/// What is signed instead of the sent time, which is in milliseconds since 1970.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum SignedTime {
    AsSent,
    /// Whole seconds since 1970.
    Seconds,
    /// As the legacy gateway requires: a date and time in GMT+8.
    Gmt8,
    Utc,
    /// As by JavaScript's `toISOString` and others, with milliseconds or without.
    Iso,
    IsoSeconds,
    /// Milliseconds although seconds were sent: this many after the full second.
    Milliseconds(i64),
    /// A second reading of the clock, this many milliseconds later.
    Later(i64),
}

impl SignedTime {
    /// All wrong forms, except a second reading of the clock, of which there are many.
    pub(super) const WRONG: [SignedTime; 5] = [
        SignedTime::Seconds,
        SignedTime::Gmt8,
        SignedTime::Utc,
        SignedTime::Iso,
        SignedTime::IsoSeconds,
    ];

    pub(super) fn second_looks() -> impl Iterator<Item = SignedTime> {
        let apart = (1..=APART).flat_map(|time| [time, -time]);
        apart.map(SignedTime::Later)
    }

    /// Second readings of the clock that are further from the sent time.
    pub(super) fn far_looks(sent: &str) -> impl Iterator<Item = SignedTime> {
        let apart = (APART + 1..=FAR).flat_map(|time| [time, -time]);
        let within = (0..1000).map(SignedTime::Milliseconds);
        let looks = within.chain(apart.map(SignedTime::Later));
        looks.filter(move |time| time.of(sent).is_some())
    }

    /// What is signed if `sent` was sent; `None` if it is the same.
    pub(super) fn of(self, sent: &str) -> Option<String> {
        let milliseconds: i64 = sent.trim().parse().ok()?;
        match self {
            SignedTime::AsSent => None,
            SignedTime::Seconds => Some((milliseconds / 1000).to_string()),
            SignedTime::Gmt8 => civil(milliseconds, Offset::constant(8)),
            SignedTime::Utc => civil(milliseconds, Offset::UTC),
            SignedTime::Iso => iso(milliseconds, 3),
            SignedTime::IsoSeconds => iso(milliseconds, 0),
            // Until the year 5138, seconds have at most eleven digits.
            SignedTime::Milliseconds(after) => (0..100_000_000_000)
                .contains(&milliseconds)
                .then(|| (milliseconds * 1000 + after).to_string()),
            SignedTime::Later(by) => Some(milliseconds.checked_add(by)?.to_string()),
        }
    }

    pub(super) fn describe(self) -> &'static str {
        match self {
            SignedTime::AsSent => "timestamp as sent",
            SignedTime::Seconds => "timestamp signed in seconds but sent in milliseconds",
            SignedTime::Milliseconds(_) => "timestamp signed in milliseconds but sent in seconds",
            SignedTime::Gmt8 | SignedTime::Utc | SignedTime::Iso | SignedTime::IsoSeconds => {
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
    let time = time.to_zoned_datetime(TimeZone::fixed(zone)).datetime();
    let (date, time) = (time.date(), time.time());
    Some(format!(
        "{date} {:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    ))
}

fn iso(milliseconds: i64, digits: usize) -> Option<String> {
    let time = Timestamp::from_millisecond(milliseconds).ok()?;
    Some(format!("{time:.digits$}"))
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
        assert_eq!(of(SignedTime::Iso), "2024-09-10T04:00:03.123Z");
        assert_eq!(of(SignedTime::IsoSeconds), "2024-09-10T04:00:03Z");
        assert_eq!(of(SignedTime::Later(-3)), "1725940803120");
        assert_eq!(
            SignedTime::Milliseconds(7).of("1725940803").unwrap(),
            "1725940803007"
        );
        assert_eq!(SignedTime::Milliseconds(7).of("1725940803123"), None);
        for farthest in [i64::MIN, i64::MAX] {
            let looks = SignedTime::far_looks(&farthest.to_string()).count();
            assert!(looks < 3000, "{farthest}: {looks}");
        }
        assert_eq!(SignedTime::Seconds.of("2024-09-10 12:00:03"), None);
    }
}
