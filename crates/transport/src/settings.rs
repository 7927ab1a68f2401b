//! The limits of time and size that hold for every exchange.

use std::time::{Duration, Instant};

use crate::error::Limit;

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) total_timeout: Duration,
    pub(crate) response_limit: usize,
}

/// A deadline that is earlier than the total time-out by less than this counts as the same. A client's deadline is
/// nearly always as far away as its total time-out, and sockets do not measure time more precisely.
const GRAIN: Duration = Duration::from_millis(1);

impl Settings {
    /// How much time an exchange has from now on, and which limit says so.
    pub(crate) fn time_until(&self, deadline: Instant) -> (Duration, Limit) {
        let left = deadline.saturating_duration_since(Instant::now());
        match left + GRAIN.min(self.total_timeout / 100) < self.total_timeout {
            true => (left, Limit::Deadline),
            false => (self.total_timeout, Limit::Total(self.total_timeout)),
        }
    }
}
