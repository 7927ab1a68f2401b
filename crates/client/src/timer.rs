//! How calls wait, between tries and for the call limits.

use std::thread;
use std::time::Instant;

#[cfg(feature = "async")]
use aliexpress_transport::BoxFuture;

/// Lets a thread wait. A client uses the system's clock unless it is given another
/// ([`ClientBuilder::blocking_timer`](crate::ClientBuilder::blocking_timer)), such as that of a test
/// that must not really wait.
pub trait BlockingTimer: Send + Sync + 'static {
    /// The current instant, for waits, call limits and deadlines. Exchanges are timed by the
    /// system's clock, so this clock must never be behind it.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Blocks until this instant.
    fn sleep_until(&self, until: Instant);
}

/// The system's clock.
pub(crate) struct SystemTimer;

impl BlockingTimer for SystemTimer {
    fn sleep_until(&self, until: Instant) {
        thread::sleep(until.saturating_duration_since(Instant::now()));
    }
}

/// Lets a task wait. A client uses tokio's timers unless it is given others
/// ([`ClientBuilder::async_timer`](crate::ClientBuilder::async_timer)), such as those of a test that
/// must not really wait.
#[cfg(feature = "async")]
pub trait AsyncTimer: Send + Sync + 'static {
    /// The current instant; as [`BlockingTimer::now`].
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Completes at this instant.
    fn sleep_until(&self, until: Instant) -> BoxFuture<'static, ()>;
}

/// tokio's timers.
#[cfg(feature = "async")]
pub(crate) struct TokioTimer;

#[cfg(feature = "async")]
impl AsyncTimer for TokioTimer {
    fn sleep_until(&self, until: Instant) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until(until.into()))
    }
}
