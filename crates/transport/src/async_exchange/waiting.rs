//! How long an exchange waits.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::error::{Error, Kind, Limit, Phase};
use crate::settings::Settings;

/// When an exchange ends at the latest, and which limit says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    pub(crate) at: Instant,
    pub(crate) limit: Limit,
}

impl End {
    /// The end of an exchange that starts now.
    pub(crate) fn of(settings: &Settings, deadline: std::time::Instant) -> Result<Self, Error> {
        let (time, limit) = settings.time_until(deadline);
        if time.is_zero() {
            return Err(Error::new(Phase::Prepare, Kind::TimedOut(limit)));
        }
        let at = Instant::now() + time;
        Ok(Self { at, limit })
    }

    /// This end, or `time` from now if that is earlier.
    pub(crate) fn or_after(self, time: Duration, limit: Limit) -> Self {
        let at = Instant::now() + time;
        match at < self.at {
            true => Self { at, limit },
            false => self,
        }
    }

    /// Waits for a step of connecting.
    pub(crate) async fn within<T>(
        self,
        phase: Phase,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        match timeout_at(self.at, step).await {
            Ok(done) => done,
            Err(_) => Err(Error::new(phase, Kind::TimedOut(self.limit))),
        }
    }

    /// Waits for `awaited`, but no longer than the read time-out unless `progress` changes meanwhile. The error is the
    /// limit that was reached. If the value is available at once, no timer is needed.
    pub(crate) async fn wait<F: Future>(
        self,
        awaited: F,
        read_timeout: Duration,
        progress: impl Fn() -> u32,
    ) -> Result<F::Output, Limit> {
        let mut awaited = pin!(awaited);
        let at_once = poll_fn(|context| Poll::Ready(awaited.as_mut().poll(context)));
        if let Poll::Ready(output) = at_once.await {
            return Ok(output);
        }
        loop {
            let silence = Instant::now() + read_timeout;
            let before = progress();
            match timeout_at(self.at.min(silence), awaited.as_mut()).await {
                Ok(output) => return Ok(output),
                Err(_) if self.at <= silence => return Err(self.limit),
                Err(_) if progress() == before => return Err(Limit::Read(read_timeout)),
                Err(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Waits up to 100 s for a future that never completes, with a read time-out of one second. Returns the limit
    /// reached and the time taken.
    async fn wait_for_nothing(progress: impl Fn() -> u32) -> (Limit, Duration) {
        let started = Instant::now();
        let end = End {
            at: started + 100 * SECOND,
            limit: Limit::Deadline,
        };
        let never = std::future::pending::<()>();
        let waited = end.wait(never, SECOND, progress).await;
        (waited.unwrap_err(), started.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn silence_ends_an_exchange_unless_its_request_is_still_being_sent() {
        let still = wait_for_nothing(|| 7).await;
        assert_eq!(still, (Limit::Read(SECOND), SECOND));
        let pieces = AtomicU32::new(0);
        let for_a_while = wait_for_nothing(|| pieces.fetch_add(1, Ordering::Relaxed).min(20)).await;
        assert_eq!(for_a_while, (Limit::Read(SECOND), 11 * SECOND));
        let for_ever = wait_for_nothing(|| pieces.fetch_add(1, Ordering::Relaxed)).await;
        assert_eq!(for_ever, (Limit::Deadline, 100 * SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_ends_at_the_earlier_limit() {
        let end = End {
            at: Instant::now() + 3 * SECOND,
            limit: Limit::Deadline,
        };
        for (time, expected) in [(1, Limit::Connect(SECOND)), (5, Limit::Deadline)] {
            let end = end.or_after(time * SECOND, Limit::Connect(SECOND));
            let step = end.within(Phase::Lookup, std::future::pending::<Result<(), Error>>());
            let expected = Error::new(Phase::Lookup, Kind::TimedOut(expected));
            assert_eq!(step.await.unwrap_err().to_string(), expected.to_string());
        }
    }
}
