//! The gateway's clock, as known from the `Date` of its answers.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

/// Differences smaller than this many seconds are not mentioned.
const SMALLEST_REPORTED: i64 = 60;

/// How many seconds the gateway's clock is ahead of this machine's; `UNKNOWN` before the first
/// answer.
pub(crate) struct GatewayClock(AtomicI64);

const UNKNOWN: i64 = i64::MIN;

impl Default for GatewayClock {
    fn default() -> Self {
        Self(AtomicI64::new(UNKNOWN))
    }
}

impl GatewayClock {
    /// Records the `Date` of an answer that arrived at `now`.
    pub(crate) fn note(&self, date: Option<&str>, now: SystemTime) {
        let Some(date) = date.and_then(|date| httpdate::parse_http_date(date).ok()) else {
            return;
        };
        let seconds = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let ahead = match date.duration_since(now) {
            Ok(ahead) => seconds(ahead),
            Err(behind) => -seconds(behind.duration()),
        };
        let before = self.0.swap(ahead, Ordering::Relaxed);
        let is_news =
            before == UNKNOWN || ahead.abs_diff(before) > SMALLEST_REPORTED.unsigned_abs();
        if let Some(off) = self.off().filter(|_| is_news) {
            tracing::warn!("{off}");
        }
    }

    /// The gateway's time at the moment when this machine's clock shows `now`.
    pub(crate) fn at(&self, now: SystemTime) -> SystemTime {
        let moved = match self.0.load(Ordering::Relaxed) {
            UNKNOWN => None,
            ahead if ahead < 0 => now.checked_sub(Duration::from_secs(ahead.unsigned_abs())),
            ahead => now.checked_add(Duration::from_secs(ahead.unsigned_abs())),
        };
        moved.unwrap_or(now)
    }

    /// How far this machine's clock is off, in words; `None` if that is unknown or less than a
    /// minute.
    pub(crate) fn off(&self) -> Option<String> {
        let ahead = self.0.load(Ordering::Relaxed);
        let is_off = ahead != UNKNOWN && ahead.abs() >= SMALLEST_REPORTED;
        let side = if ahead < 0 { "ahead of" } else { "behind" };
        let seconds = ahead.unsigned_abs();
        is_off.then(|| format!("this machine's clock is {seconds} s {side} the gateway's"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gateways_time_is_used_once_it_is_known() {
        let clock = GatewayClock::default();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!((clock.at(now), clock.off()), (now, None));
        let date = |time| httpdate::fmt_http_date(time);
        clock.note(Some(&date(now - Duration::from_secs(7000))), now);
        assert_eq!(clock.at(now), now - Duration::from_secs(7000));
        assert_eq!(
            clock.off().as_deref(),
            Some("this machine's clock is 7000 s ahead of the gateway's")
        );
        clock.note(Some("yesterday"), now);
        clock.note(None, now);
        assert_eq!(clock.at(now), now - Duration::from_secs(7000));
        clock.note(Some(&date(now + Duration::from_secs(2))), now);
        assert_eq!(
            (clock.at(now), clock.off()),
            (now + Duration::from_secs(2), None)
        );
    }
}
