//! The `timestamp` of a call: epoch milliseconds, or a date and time in GMT+8.

use std::time::{Duration, SystemTime};

use aliexpress_models::CivilTime;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::call::Gateway;
use crate::clock::milliseconds;

/// The zone of the legacy gateway's times, in milliseconds ahead of UTC.
const GMT_8: i64 = 8 * 3600 * 1000;

/// How far a call's time may be from the gateway's, in either direction.
pub(crate) fn tolerance(gateway: Gateway) -> Duration {
    match gateway {
        Gateway::Sync | Gateway::Rest => Duration::from_secs(7200),
        Gateway::Top => Duration::from_secs(600),
    }
}

/// The mistake in `text` as the time of a call that arrives at `now`; `None` if it is valid.
///
/// Each gateway documents one of the two forms. The legacy gateway also accepts milliseconds: its SDK for
/// Python sends them. That the new gateway also accepts the legacy form is a guess.
pub(crate) fn fault(text: &str, now: SystemTime, gateway: Gateway) -> Option<String> {
    let (now, allowed) = (milliseconds(now), tolerance(gateway));
    let Some(time) = read(text) else {
        return Some(format!(
            "found {text:?}; wanted milliseconds since 1970 or yyyy-MM-dd HH:mm:ss in GMT+8"
        ));
    };
    if is_near(time, now, allowed) {
        return None;
    }
    let direction = if time > now { "ahead of" } else { "behind" };
    Some(format!(
        "{text} is {} s {direction} the gateway's clock; at most {} s are allowed{}",
        now.abs_diff(time) / 1000,
        allowed.as_secs(),
        guess(text, now, allowed),
    ))
}

/// Reads either form into milliseconds since 1970; `None` if it is neither.
fn read(text: &str) -> Option<i64> {
    text.trim()
        .parse()
        .ok()
        .or_else(|| Some(read_civil(text)? - GMT_8))
}

/// A date and time of day, read as UTC, in milliseconds since 1970.
fn read_civil(text: &str) -> Option<i64> {
    // `CivilTime` also reads times to the minute, and times followed by a zone, which this gateway does not accept.
    const LENGTH: usize = "yyyy-MM-dd HH:mm:ss".len();
    let civil = CivilTime::parse(text.trim()).filter(|_| text.trim().len() == LENGTH)?;
    let second = civil.second?;
    let time = DateTime::new(
        civil.year,
        civil.month,
        civil.day,
        civil.hour,
        civil.minute,
        second,
        0,
    );
    let moment = time.ok()?.to_zoned_datetime(TimeZone::UTC).ok()?;
    Some(moment.timestamp().as_millisecond())
}

fn is_near(time: i64, now: i64, allowed: Duration) -> bool {
    u128::from(now.abs_diff(time)) <= allowed.as_millis()
}

/// Names a usual mistake, recognised because the corrected time is near `now`.
fn guess(text: &str, now: i64, allowed: Duration) -> String {
    let Ok(number) = text.trim().parse::<i64>() else {
        return guess_of_zone(text, now, allowed).unwrap_or_default();
    };
    let near = |time: Option<i64>| time.is_some_and(|time| is_near(time, now, allowed));
    if near(number.checked_mul(1000)) {
        return "; it looks like seconds instead of milliseconds".to_owned();
    }
    if near(Some(number / 1000)) {
        return "; it looks like microseconds instead of milliseconds".to_owned();
    }
    String::new()
}

/// The likely zone of a date and time: a multiple of half an hour from UTC, if the client's clock is right to
/// within a few minutes.
fn guess_of_zone(text: &str, now: i64, allowed: Duration) -> Option<String> {
    const HALF_HOUR: i64 = 30 * 60 * 1000;
    const SLACK: Duration = Duration::from_secs(600);
    const ZONES: std::ops::RangeInclusive<i64> = -24..=28;
    let ahead = read_civil(text)? - now;
    let zone = (ahead + HALF_HOUR / 2).div_euclid(HALF_HOUR);
    if !ZONES.contains(&zone) || !is_near(ahead, zone * HALF_HOUR, allowed.min(SLACK)) {
        return None;
    }
    let name = match (zone, zone.unsigned_abs()) {
        (0, _) => "UTC".to_owned(),
        (_, halves) => {
            let (sign, minutes) = (if zone < 0 { '-' } else { '+' }, halves % 2 * 30);
            format!("a local time of UTC{sign}{:02}:{minutes:02}", halves / 2)
        }
    };
    Some(format!("; it looks like {name} instead of GMT+8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_517_820_392_000;

    #[track_caller]
    fn check(text: &str, gateway: Gateway, expected: Option<&str>) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(NOW);
        assert_eq!(fault(text, now, gateway).as_deref(), expected);
    }

    #[test]
    fn both_forms_are_read() {
        check("1517820392000", Gateway::Sync, None);
        check("2018-02-05 16:46:32", Gateway::Top, None);
    }

    #[test]
    fn the_new_gateway_allows_two_hours_and_the_legacy_one_ten_minutes() {
        check("1517827592000", Gateway::Sync, None);
        check(
            "1517827593000",
            Gateway::Sync,
            Some(
                "1517827593000 is 7201 s ahead of the gateway's clock; at most 7200 s are allowed",
            ),
        );
        check("2018-02-05 16:36:32", Gateway::Top, None);
        check(
            "2018-02-05 16:36:31",
            Gateway::Top,
            Some(
                "2018-02-05 16:36:31 is 601 s behind the gateway's clock; at most 600 s are allowed",
            ),
        );
    }

    #[test]
    fn the_usual_mistakes_are_named() {
        check(
            "1517820392",
            Gateway::Sync,
            Some(
                "1517820392 is 1516302571 s behind the gateway's clock; at most 7200 s are allowed; \
                 it looks like seconds instead of milliseconds",
            ),
        );
        check(
            "2018-02-05 08:46:32",
            Gateway::Top,
            Some(
                "2018-02-05 08:46:32 is 28800 s behind the gateway's clock; at most 600 s are allowed; \
                 it looks like UTC instead of GMT+8",
            ),
        );
        check(
            "2018-02-05 00:44:30",
            Gateway::Top,
            Some(
                "2018-02-05 00:44:30 is 57722 s behind the gateway's clock; at most 600 s are allowed; \
                 it looks like a local time of UTC-08:00 instead of GMT+8",
            ),
        );
        check(
            "2018-02-05 14:16:32",
            Gateway::Top,
            Some(
                "2018-02-05 14:16:32 is 9000 s behind the gateway's clock; at most 600 s are allowed; \
                 it looks like a local time of UTC+05:30 instead of GMT+8",
            ),
        );
        check(
            "2018-02-07 08:46:32",
            Gateway::Top,
            Some(
                "2018-02-07 08:46:32 is 144000 s ahead of the gateway's clock; at most 600 s are allowed",
            ),
        );
        check(
            "yesterday",
            Gateway::Sync,
            Some(
                "found \"yesterday\"; wanted milliseconds since 1970 or yyyy-MM-dd HH:mm:ss in GMT+8",
            ),
        );
    }
}
