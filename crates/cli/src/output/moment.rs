//! Points in time for people.

use std::time::SystemTime;

use aliexpress_models::PacificTime;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

/// A point in time to the second, in UTC.
pub(crate) fn timestamp(time: SystemTime) -> String {
    Timestamp::try_from(time).map_or_else(
        |_| "(time out of range)".to_owned(),
        |time| format!("{time:.0}"),
    )
}

/// A time of the platform with its zone; the unchanged text if it cannot be parsed.
pub(crate) fn pacific(time: &PacificTime) -> String {
    time.zoned()
        .map_or_else(|| time.to_string(), |time| zoned(&time))
}

pub(crate) fn zoned(time: &ZonedDateTime) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// The time between two points in time, such as `in 3 h` or `2 days ago`.
pub(crate) fn distance(to: Timestamp, now: Timestamp) -> String {
    let span = to.duration_since(now);
    let rough = rough(span.abs());
    match span < SignedDuration::ZERO {
        true => format!("{rough} ago"),
        false => format!("in {rough}"),
    }
}

/// A duration in the largest unit that gives at least two.
fn rough(span: SignedDuration) -> String {
    match span.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(seconds: i64, expected: &str) {
        let to = Timestamp::from_second(seconds).unwrap();
        assert_eq!(distance(to, Timestamp::UNIX_EPOCH), expected);
    }

    #[test]
    fn distances_have_at_least_two_of_their_unit() {
        check(0, "in 0 s");
        check(119, "in 119 s");
        check(120, "in 2 min");
        check(-7199, "119 min ago");
        check(7200, "in 2 h");
        check(172_800, "in 2 days");
    }

    #[test]
    fn pacific_time_has_its_daylight_or_standard_zone() {
        assert_eq!(
            pacific(&PacificTime::from("2024-09-09 21:00:03")),
            "2024-09-09 21:00:03 PDT"
        );
        assert_eq!(
            pacific(&PacificTime::from("2024-12-09 21:00")),
            "2024-12-09 21:00:00 PST"
        );
        assert_eq!(pacific(&PacificTime::from("yesterday")), "yesterday");
    }
}
