//! Which calls are retried, and after which wait.

use std::time::{Duration, Instant};

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
            // The next slot is after the deadline, so a retry would fail in the same way.
            (_, Kind::NoSlot { .. }) => false,
            (Effect::Read, _) => error.may_retry(),
            (Effect::Write, _) => {
                error.is_connect() && error.may_retry() && !error.may_have_acted()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_the_number_of_tries_is_limited() {
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
