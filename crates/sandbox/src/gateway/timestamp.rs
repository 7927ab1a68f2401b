//! The `timestamp` of a call: epoch milliseconds, or a date and time in GMT+8.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::call::Gateway;

/// How the legacy gateway writes a time.
const LEGACY_FORM: &str = "%Y-%m-%d %H:%M:%S";
/// The zone the legacy gateway's times are in.
const LEGACY_OFFSET: Offset = jiff::tz::offset(8);

/// How far a call's time may be from the gateway's, in either direction.
pub(crate) fn tolerance(gateway: Gateway) -> Duration {
    match gateway {
        Gateway::Sync | Gateway::Rest => Duration::from_secs(7200),
        Gateway::Top => Duration::from_secs(600),
    }
}

/// Reads either form, whichever gateway it is sent to; nothing if it is neither.
///
/// Each gateway documents one of the two. That both take both is not known, and being generous here
/// costs a client nothing that a check of its own would not.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(milliseconds) = text.parse::<i64>() {
        return Timestamp::from_millisecond(milliseconds).ok();
    }
    let local = DateTime::strptime(LEGACY_FORM, text).ok()?;
    LEGACY_OFFSET.to_timestamp(local).ok()
}

/// What is wrong with `text` as the time of a call that arrives at `now`, if anything is.
pub(crate) fn fault(text: &str, now: Timestamp, gateway: Gateway) -> Option<String> {
    let Some(time) = read(text) else {
        return Some(format!(
            "found {text:?}; wanted milliseconds since 1970 or yyyy-MM-dd HH:mm:ss in GMT+8"
        ));
    };
    let (skew, allowed) = (now.duration_since(time), tolerance(gateway));
    if skew.unsigned_abs() <= allowed {
        return None;
    }
    let direction = if skew.is_negative() {
        "ahead of"
    } else {
        "behind"
    };
    Some(format!(
        "{text} is {} s {direction} the gateway's clock; at most {} s are allowed{}",
        skew.unsigned_abs().as_secs(),
        allowed.as_secs(),
        guess(text, now, allowed),
    ))
}

/// The usual ways to get a time wrong, recognised by putting them right.
fn guess(text: &str, now: Timestamp, allowed: Duration) -> &'static str {
    let near = |time: Timestamp| now.duration_since(time).unsigned_abs() <= allowed;
    let Ok(number) = text.trim().parse::<i64>() else {
        let utc = DateTime::strptime(LEGACY_FORM, text.trim())
            .ok()
            .and_then(|time| Offset::UTC.to_timestamp(time).ok());
        return if utc.is_some_and(near) {
            "; it looks like UTC where GMT+8 is wanted"
        } else {
            ""
        };
    };
    if Timestamp::from_second(number).is_ok_and(near) {
        return "; it looks like seconds where milliseconds are wanted";
    }
    if Timestamp::from_microsecond(number).is_ok_and(near) {
        return "; it looks like microseconds where milliseconds are wanted";
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_517_820_392_000;

    #[track_caller]
    fn check(text: &str, gateway: Gateway, expected: Option<&str>) {
        let now = Timestamp::from_millisecond(NOW).unwrap();
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
                 it looks like seconds where milliseconds are wanted",
            ),
        );
        check(
            "2018-02-05 08:46:32",
            Gateway::Top,
            Some(
                "2018-02-05 08:46:32 is 28800 s behind the gateway's clock; at most 600 s are allowed; \
                 it looks like UTC where GMT+8 is wanted",
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
