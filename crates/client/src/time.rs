//! How calls wait, between tries and for the call limits.

use std::thread;
use std::time::Instant;

#[cfg(feature = "async")]
use aliexpress_transport::BoxFuture;

/// Lets a thread wait. A client uses the system's clock unless it is given another
/// ([`ClientBuilder::blocking_time`](crate::ClientBuilder::blocking_time)), such as that of a test
/// that must not really wait.
pub trait BlockingTime: Send + Sync + 'static {
    /// The current instant, for waits, call limits and deadlines. Exchanges are timed by the
    /// system's clock, so this clock must never be behind it.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Blocks until this instant.
    fn sleep_until(&self, until: Instant);
}

/// The system's clock.
pub(crate) struct SystemSleep;

impl BlockingTime for SystemSleep {
    fn sleep_until(&self, until: Instant) {
        thread::sleep(until.saturating_duration_since(Instant::now()));
    }
}

/// Lets a task wait. A client uses tokio's timers unless it is given others
/// ([`ClientBuilder::async_time`](crate::ClientBuilder::async_time)), such as those of a test that
/// must not really wait.
#[cfg(feature = "async")]
pub trait AsyncTime: Send + Sync + 'static {
    /// The current instant; as [`BlockingTime::now`].
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Completes at this instant.
    fn sleep_until(&self, until: Instant) -> BoxFuture<'static, ()>;
}

/// tokio's timers.
#[cfg(feature = "async")]
pub(crate) struct TokioTime;

#[cfg(feature = "async")]
impl AsyncTime for TokioTime {
    fn sleep_until(&self, until: Instant) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until(until.into()))
    }
}
