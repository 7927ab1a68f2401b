//! Times as the platform writes them in answers: US Pacific, without a zone.

use std::sync::LazyLock;
use std::time::SystemTime;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// The rule since 2007, written here so that no time zone database is needed.
static PACIFIC: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").unwrap_or(TimeZone::UTC));

/// `2024-09-09 21:00:03`
pub(super) fn seconds(time: SystemTime) -> String {
    local(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2018-03-01 12:12`
pub(super) fn minutes(time: SystemTime) -> String {
    local(time).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `2019-06-03T18:05:47-07:00[America/Los_Angeles]`, as order.get is reported to write the time of payment.
pub(super) fn with_zone(time: SystemTime) -> String {
    let time = local(time).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    time + "[America/Los_Angeles]"
}

/// `Mar 08 - Mar 25`
pub(super) fn days(first: SystemTime, last: SystemTime) -> String {
    let day = |time| local(time).strftime("%b %d").to_string();
    format!("{} - {}", day(first), day(last))
}

/// The time in the zone, limited to the years that jiff supports, up to 9999.
fn local(time: SystemTime) -> ZonedDateTime {
    let nearest = if time < SystemTime::UNIX_EPOCH {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    let timestamp = Timestamp::try_from(time).unwrap_or(nearest);
    timestamp.to_zoned_datetime(PACIFIC.clone())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(epoch_seconds: u64, expected: &str) {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(epoch_seconds);
        assert_eq!(with_zone(time), format!("{expected}[America/Los_Angeles]"));
    }

    #[test]
    fn daylight_saving_and_standard_time_are_distinguished() {
        check(1_559_610_347, "2019-06-03T18:05:47-07:00");
        check(1_575_421_547, "2019-12-03T17:05:47-08:00");
        check(1_704_067_200, "2023-12-31T16:00:00-08:00");
    }

    #[test]
    fn the_clock_changes_at_two_in_the_morning() {
        check(1_710_064_799, "2024-03-10T01:59:59-08:00");
        check(1_710_064_800, "2024-03-10T03:00:00-07:00");
        check(1_730_624_399, "2024-11-03T01:59:59-07:00");
        check(1_730_624_400, "2024-11-03T01:00:00-08:00");
    }

    #[test]
    fn times_past_all_calendars_are_written() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::MAX / 4);
        assert_eq!(minutes(time), "9999-12-30 14:00");
    }

    #[test]
    fn both_documented_forms_are_written() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_725_940_803);
        assert_eq!(seconds(time), "2024-09-09 21:00:03");
        assert_eq!(minutes(time), "2024-09-09 21:00");
    }
}
