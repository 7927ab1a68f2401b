//! Times as the platform writes them: text in several formats, usually without a time zone.

use crate::scalars::text;

text! {
    /// A time without a stated time zone, with its text unchanged.
    ///
    /// Two formats are documented, `2019-03-06 12:01:17` and `2018-03-01 12:12`; their alphabetical
    /// order is the order of time.
    #[derive(PartialOrd, Ord)]
    Time
}

text! {
    /// A time in US Pacific time, with its text unchanged. The text does not contain the time zone;
    /// the platform's page states it.
    ///
    /// Formats and order as in [`Time`].
    #[derive(PartialOrd, Ord)]
    PacificTime
}

/// Date and time of day without a time zone, to the minute or second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct CivilTime {
    /// The year, four digits.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: i8,
    /// The day, 1 to 31.
    pub day: i8,
    /// The hour, 0 to 23.
    pub hour: i8,
    /// The minute, 0 to 59.
    pub minute: i8,
    /// The second, 0 to 59; `None` if only minutes were written.
    pub second: Option<i8>,
}

impl CivilTime {
    /// Parses `2019-03-06 12:01:17`, `2018-03-01 12:12`, and both with a `T` in the middle or with
    /// an offset or time zone at the end, which is ignored. `None` for any other text.
    #[inline]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.trim_ascii().split_once([' ', 'T'])?;
        let mut date = date.splitn(3, '-');
        let mut time = time.splitn(3, ':');
        let (year, month, day) = (
            number(date.next()?, 4)?,
            number(date.next()?, 2)?,
            number(date.next()?, 2)?,
        );
        let hour = number(time.next()?, 2)?;
        let (minute, rest) = leading_two(time.next()?)?;
        let second = match time.next() {
            Some(second) if rest.is_empty() => Some(leading_two(second)?.0),
            // The minutes of an offset, as in `12:12-07:00`, are not seconds.
            Some(_) | None => None,
        };
        let within = (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && second.is_none_or(|second| (0..60).contains(&second));
        within.then_some(Self {
            year,
            month: month as i8,
            day: day as i8,
            hour: hour as i8,
            minute: minute as i8,
            second: second.map(|second| second as i8),
        })
    }
}

#[inline]
fn number(text: &str, digits: usize) -> Option<i16> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[inline]
fn leading_two(text: &str) -> Option<(i16, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    Some((number(digits, 2)?, rest))
}

#[inline]
fn days_in(year: i16, month: i16) -> i16 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

impl Time {
    /// Date and time of day as written; `None` if the text has no documented format.
    #[inline]
    pub fn civil(&self) -> Option<CivilTime> {
        CivilTime::parse(&self.0)
    }

    /// The moment, if the text has an offset at its end, as in `2019-06-03T18:05:47-07:00`; `None`
    /// for the documented formats, which contain no time zone.
    #[cfg(feature = "jiff")]
    #[inline]
    pub fn zoned(&self) -> Option<jiff::ZonedDateTime> {
        with_offset(&self.0)
    }
}

/// The moment, if the text has an offset. A time zone after the offset adds nothing.
#[cfg(feature = "jiff")]
fn with_offset(text: &str) -> Option<jiff::ZonedDateTime> {
    let pieces = jiff::fmt::temporal::Pieces::parse(text.trim_ascii()).ok()?;
    let offset = pieces.to_numeric_offset()?;
    let zoned = pieces.date().to_datetime(pieces.time()?);
    zoned
        .to_zoned_datetime(jiff::tz::TimeZone::fixed(offset))
        .ok()
}

impl PacificTime {
    /// Date and time of day as written, in US Pacific time unless an offset follows; `None` if the
    /// text has no documented format.
    #[inline]
    pub fn civil(&self) -> Option<CivilTime> {
        CivilTime::parse(&self.0)
    }

    /// The moment, by the US rules for daylight saving time; `None` if the text has no documented
    /// format. If an offset follows, that is used instead.
    ///
    /// In the hour that occurs twice in autumn, the first occurrence is meant. A time in the hour
    /// that is skipped in spring is moved forward by one hour.
    #[cfg(feature = "jiff")]
    #[inline]
    pub fn zoned(&self) -> Option<jiff::ZonedDateTime> {
        if let Some(zoned) = with_offset(&self.0) {
            return Some(zoned);
        }
        // The rule is written out, so that no time zone database is needed.
        let zone = jiff::tz::TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").ok()?;
        self.civil()?.to_jiff().to_zoned_datetime(zone).ok()
    }
}

#[cfg(feature = "jiff")]
impl CivilTime {
    /// The same as a jiff type; a missing second becomes 0.
    #[inline]
    pub fn to_jiff(self) -> jiff::civil::DateTime {
        jiff::civil::datetime(
            self.year,
            self.month,
            self.day,
            self.hour,
            self.minute,
            self.second.unwrap_or_default(),
            0,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(i16, i8, i8, i8, i8, Option<i8>)>) {
        let parts = |time: CivilTime| {
            (
                time.year,
                time.month,
                time.day,
                time.hour,
                time.minute,
                time.second,
            )
        };
        assert_eq!(CivilTime::parse(text).map(parts), expected, "{text}");
    }

    #[test]
    fn documented_formats_are_parsed() {
        check("2019-03-06 12:01:17", Some((2019, 3, 6, 12, 1, Some(17))));
        check("2018-03-01 12:12", Some((2018, 3, 1, 12, 12, None)));
        check(
            "2019-06-03T18:05:47-07:00[America/Los_Angeles]",
            Some((2019, 6, 3, 18, 5, Some(47))),
        );
    }

    #[test]
    fn other_texts_are_not_times() {
        for text in [
            "",
            "soon",
            "2019-02-29 12:00",
            "2019-13-01 12:00",
            "2019-03-06",
            "2019-03-06 24:00:00",
            "19-03-06 12:00",
        ] {
            check(text, None);
        }
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn pacific_times_follow_the_us_rules_for_daylight_saving() {
        let moment = |text: &str| {
            PacificTime::from(text)
                .zoned()
                .map(|zoned| zoned.timestamp().to_string())
        };
        assert_eq!(
            moment("2019-03-06 12:01:17").as_deref(),
            Some("2019-03-06T20:01:17Z")
        );
        assert_eq!(
            moment("2019-07-06 12:01").as_deref(),
            Some("2019-07-06T19:01:00Z")
        );
        // Spring skips the first hour, autumn repeats the second one.
        assert_eq!(
            moment("2019-03-10 02:30:00").as_deref(),
            Some("2019-03-10T10:30:00Z")
        );
        assert_eq!(
            moment("2019-11-03 01:30:00").as_deref(),
            Some("2019-11-03T08:30:00Z")
        );
        assert_eq!(moment("soon"), None);
        assert_eq!(
            moment("2019-07-06 12:01:00+08:00").as_deref(),
            Some("2019-07-06T04:01:00Z")
        );
    }

    #[cfg(feature = "jiff")]
    #[test]
    fn the_offset_of_a_time_is_used() {
        let moment = |text: &str| {
            let zoned = Time::from(text).zoned();
            zoned.map(|zoned| zoned.timestamp().to_string())
        };
        for text in [
            "2019-06-03T18:05:47-07:00[America/Los_Angeles]",
            "2019-06-03T18:05:47-07:00[Nowhere/Known]",
            " 2019-06-04 01:05:47Z ",
        ] {
            assert_eq!(
                moment(text).as_deref(),
                Some("2019-06-04T01:05:47Z"),
                "{text}"
            );
        }
        for text in ["2019-03-06 12:01:17", "2018-03-01 12:12", "", "soon"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
