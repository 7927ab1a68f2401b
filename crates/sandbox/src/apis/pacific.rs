//! Times as the platform writes them in answers: US Pacific, without a zone.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The rule spelled out, so that no time zone database is needed.
const PACIFIC: &str = "PST8PDT,M3.2.0,M11.1.0";

/// `2024-09-09 21:00:03`
pub(super) fn seconds(time: Timestamp) -> String {
    local(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2018-03-01 12:12`
pub(super) fn minutes(time: Timestamp) -> String {
    local(time).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `2019-06-03T18:05:47-07:00[America/Los_Angeles]`, as order.get is reported to write the time of payment.
pub(super) fn with_zone(time: Timestamp) -> String {
    let offset = zone().to_offset(time);
    format!(
        "{}{}[America/Los_Angeles]",
        local(time).strftime("%Y-%m-%dT%H:%M:%S"),
        sign_and_hours(offset.seconds())
    )
}

fn zone() -> TimeZone {
    // The rule is a constant that reads; UTC only stands in so that no panic can come from here.
    TimeZone::posix(PACIFIC).unwrap_or(TimeZone::UTC)
}

fn local(time: Timestamp) -> DateTime {
    zone().to_datetime(time)
}

fn sign_and_hours(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{:02}:00", seconds.abs() / 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_and_winter_time_are_kept_apart() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(seconds(at("2024-09-10T04:00:03Z")), "2024-09-09 21:00:03");
        assert_eq!(minutes(at("2018-03-01T20:12:59Z")), "2018-03-01 12:12");
        assert_eq!(
            with_zone(at("2019-06-04T01:05:47Z")),
            "2019-06-03T18:05:47-07:00[America/Los_Angeles]"
        );
        assert_eq!(
            with_zone(at("2019-12-04T01:05:47Z")),
            "2019-12-03T17:05:47-08:00[America/Los_Angeles]"
        );
    }
}
