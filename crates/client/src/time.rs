//! The time in which calls wait: between tries, and for the call limits.

use std::thread;
use std::time::Instant;

#[cfg(feature = "async")]
use aliexpress_transport::BoxFuture;

/// Lets a thread wait. The client sleeps by the system's clock unless it is given another
/// ([`ClientBuilder::blocking_time`](crate::ClientBuilder::blocking_time)), such as one of a test that does not want to
/// wait.
pub trait BlockingTime: Send + Sync + 'static {
    /// This moment, for waits, call limits and deadlines. Exchanges are timed by the system's clock: let this one never be
    /// behind it.
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Returns from this instant on.
    fn sleep_until(&self, until: Instant);
}

/// The system's clock.
pub(crate) struct SystemSleep;

impl BlockingTime for SystemSleep {
    fn sleep_until(&self, until: Instant) {
        thread::sleep(until.saturating_duration_since(Instant::now()));
    }
}

/// Lets a task wait. The client takes tokio's timers unless it is given others
/// ([`ClientBuilder::async_time`](crate::ClientBuilder::async_time)), such as those of a test that does not want to wait.
#[cfg(feature = "async")]
pub trait AsyncTime: Send + Sync + 'static {
    /// This moment; as [`BlockingTime::now`].
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// Is ready from this instant on.
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
