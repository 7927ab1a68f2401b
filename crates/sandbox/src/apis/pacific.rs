//! Times as the platform writes them in answers: US Pacific, without a zone.

use std::time::SystemTime;

use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset, Weekday};

/// `2024-09-09 21:00:03`
pub(super) fn seconds(time: SystemTime) -> String {
    let local = local(time);
    format!("{} {}", local.date(), clock(local))
}

/// `2018-03-01 12:12`
pub(super) fn minutes(time: SystemTime) -> String {
    let local = local(time);
    format!("{} {:02}:{:02}", local.date(), local.hour(), local.minute())
}

/// `2019-06-03T18:05:47-07:00[America/Los_Angeles]`, as order.get is reported to write the time of payment.
pub(super) fn with_zone(time: SystemTime) -> String {
    let local = local(time);
    let hours = local.offset().whole_hours();
    format!(
        "{}T{}{hours:+03}:00[America/Los_Angeles]",
        local.date(),
        clock(local)
    )
}

fn clock(local: OffsetDateTime) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// The rule that holds since 2007, spelled out so that no time zone database is needed: summer time from the
/// second Sunday of March to the first of November, each at two o'clock in the morning.
fn local(time: SystemTime) -> OffsetDateTime {
    let utc = OffsetDateTime::from(time);
    let starts = sunday(utc.year(), Month::March, 2).map(|day| at_hour(day, 10));
    let ends = sunday(utc.year(), Month::November, 1).map(|day| at_hour(day, 9));
    let summer = starts
        .zip(ends)
        .is_some_and(|(starts, ends)| (starts..ends).contains(&utc));
    let offset = UtcOffset::from_hms(if summer { -7 } else { -8 }, 0, 0);
    utc.to_offset(offset.unwrap_or(UtcOffset::UTC))
}

/// The `nth` Sunday of a month.
fn sunday(year: i32, month: Month, nth: i64) -> Option<Date> {
    let first = Date::from_calendar_date(year, month, 1).ok()?;
    let until_sunday =
        Weekday::Sunday.number_days_from_monday() - first.weekday().number_days_from_monday();
    first.checked_add(Duration::days(i64::from(until_sunday) + 7 * (nth - 1)))
}

fn at_hour(day: Date, hour: u8) -> OffsetDateTime {
    let time = Time::from_hms(hour, 0, 0).unwrap_or(Time::MIDNIGHT);
    day.with_time(time).assume_utc()
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
    fn summer_and_winter_time_are_kept_apart() {
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
    fn both_documented_forms_are_written() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_725_940_803);
        assert_eq!(seconds(time), "2024-09-09 21:00:03");
        assert_eq!(minutes(time), "2024-09-09 21:00");
    }
}
