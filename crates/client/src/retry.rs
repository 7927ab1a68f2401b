//! Which calls are retried, and after which wait.

use std::time::{Duration, Instant};

use aliexpress_models::ApiError;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::call::Effect;
use crate::error::{Error, Kind};

/// How often calls are tried, and how long to wait in between.
///
/// Only what may help is retried. Calls that read: when the connection or the service behind the
/// gateway failed, or calls were made too fast. Calls that write: when no connection could be made,
/// so that nothing was sent. Each try has its own timestamp and signature. The wait doubles from
/// try to try, and a random addition makes each up to twice as long; if the platform states the
/// length of a ban, the wait is at least that long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct RetryPolicy {
    tries: u32,
    first_wait: Duration,
    longest_wait: Duration,
}

impl Default for RetryPolicy {
    /// Up to four tries, with waits from 0.2 to 5 seconds.
    fn default() -> Self {
        Self {
            tries: 4,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(5),
        }
    }
}

impl RetryPolicy {
    /// No retries.
    pub fn never() -> Self {
        Self::default().tries(1)
    }

    /// Most tries of a call, including the first. 0 counts as 1.
    pub fn tries(mut self, most: u32) -> Self {
        self.tries = most.max(1);
        self
    }

    /// The wait after the first try. A random factor makes it up to twice as long.
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait;
        self
    }

    /// The longest wait, except after a ban.
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    pub(crate) fn start(self, effect: Effect) -> Tries {
        let delays = ExponentialBuilder::new()
            .with_min_delay(self.first_wait)
            .with_max_delay(self.longest_wait)
            .with_max_times(self.tries.saturating_sub(1) as usize)
            .with_jitter()
            .build();
        Tries { effect, delays }
    }
}

/// The remaining tries of one call.
pub(crate) struct Tries {
    effect: Effect,
    delays: ExponentialBackoff,
}

impl Tries {
    /// How long to wait before the next try; `None` if there should not be one.
    pub(crate) fn wait_after(
        &mut self,
        error: &Error,
        deadline: Instant,
        now: Instant,
    ) -> Option<Duration> {
        if !self.may_help(error) {
            return None;
        }
        let delay = self.delays.next()?;
        let wait = error.retry_after().map_or(delay, |ban| ban.max(delay));
        // A try that could not begin before the deadline would only hide this error.
        let left = deadline.saturating_duration_since(now);
        (wait < left).then_some(wait)
    }

    fn may_help(&self, error: &Error) -> bool {
        match (self.effect, &error.inner().kind) {
            // What the limits held back once, they would hold back again.
            (_, Kind::NoRoom { .. }) => false,
            (Effect::Read, _) => error.may_retry(),
            (Effect::Write, _) => {
                error.is_connect() && error.may_retry() && !error.may_have_acted()
            }
        }
    }
}

/// The length of a ban in a message: `... ban will last (for) N (more) second(s)`, `banned for
/// another 2 minutes`, in either field.
pub(crate) fn ban(error: &ApiError) -> Option<Duration> {
    [&error.message, &error.sub_message]
        .into_iter()
        .flatten()
        .find_map(|text| ban_in(text))
}

fn ban_in(text: &str) -> Option<Duration> {
    let text = text.to_ascii_lowercase();
    // The length is in the same sentence as the ban.
    let mut sentences = text.split([',', '.', ';', '!', '?', '\n']);
    sentences.find_map(ban_in_sentence)
}

fn ban_in_sentence(sentence: &str) -> Option<Duration> {
    let words = sentence.split(|c: char| !c.is_ascii_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty());
    words.find(|word| matches!(*word, "ban" | "bans" | "banned"))?;
    let number = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = number.split_at(digits);
    let unit = match unit {
        "" => words.find(|word| *word != "more").unwrap_or_default(),
        unit => unit,
    };
    // A number this large is longer than any client runs.
    let number = number.parse::<u32>().unwrap_or(u32::MAX);
    let one = match unit {
        "ms" | "millisecond" | "milliseconds" => Duration::from_millis(1),
        "" | "s" | "sec" | "secs" | "second" | "seconds" => Duration::from_secs(1),
        "min" | "mins" | "minute" | "minutes" => Duration::from_secs(60),
        "h" | "hour" | "hours" => Duration::from_secs(3600),
        "day" | "days" => Duration::from_secs(24 * 3600),
        _ => return None,
    };
    Some(one.saturating_mul(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_ban(message: &str, seconds: Option<u64>) {
        let mut error = ApiError::default();
        error.sub_message = Some(message.to_owned());
        assert_eq!(ban(&error), seconds.map(Duration::from_secs), "{message}");
    }

    #[test]
    fn a_ban_says_its_length() {
        check_ban("This ban will last for 1 more second", Some(1));
        check_ban("This ban will last for 12 more seconds", Some(12));
        check_ban("limited, ban will last 30 seconds", Some(30));
        check_ban("This Ban Will Last 3 second(s).", Some(3));
        check_ban("this ban will last", None);
        check_ban("this ban will last long, 3 calls", None);
        check_ban(
            "this ban will last 99999999999999999999999 seconds",
            Some(u64::from(u32::MAX)),
        );
    }

    #[test]
    fn a_ban_is_recognised_in_other_words_and_units() {
        check_ban("The ban will last for 2 minutes", Some(120));
        check_ban("This ban will last 1 hour", Some(3600));
        check_ban(
            "Access limited. Ban will last for another 5 seconds",
            Some(5),
        );
        check_ban("This ban will  last  for  3 more second(s)", Some(3));
        check_ban("the ban lasts 5s, try later", Some(5));
        check_ban("ban time left: 7", Some(7));
        check_ban("you are banned for at least 5 (more) min", Some(300));
        check_ban("ban will last for 2000 ms", Some(2));
        check_ban("this item is banned in 5 countries", None);
        check_ban("banned item. Wait 5 seconds", None);
        check_ban("urban delivery takes 5 days", None);
    }

    #[test]
    fn waits_grow_and_end() {
        let retry = RetryPolicy::default()
            .tries(4)
            .first_wait(Duration::from_millis(100))
            .longest_wait(Duration::from_millis(250));
        let waits: Vec<_> = retry.start(Effect::Read).delays.collect();
        assert_eq!(waits.len(), 3);
        for (wait, least) in waits.iter().zip([100, 200, 250]) {
            let least = Duration::from_millis(least);
            assert!(*wait >= least && *wait <= 2 * least, "{waits:?}");
        }
        assert_eq!(RetryPolicy::never().start(Effect::Read).delays.count(), 0);
    }
}
