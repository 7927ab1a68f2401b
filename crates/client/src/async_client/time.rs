//! The time in which async calls wait.

use std::time::Instant;

use aliexpress_transport::BoxFuture;

/// Lets a task wait. The client takes tokio's timers unless it is given others
/// ([`ClientBuilder::async_time`](crate::ClientBuilder::async_time)), such as those of a test that does not want to wait.
pub trait AsyncTime: Send + Sync + 'static {
    /// Is ready from this instant on.
    fn sleep_until(&self, until: Instant) -> BoxFuture<'static, ()>;
}

/// tokio's timers.
pub(crate) struct TokioTime;

impl AsyncTime for TokioTime {
    fn sleep_until(&self, until: Instant) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until(until.into()))
    }
}
