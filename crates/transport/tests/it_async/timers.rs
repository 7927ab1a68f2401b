//! Waits for a runtime's I/O events.

use std::time::Duration;

/// Waits until the runtime has processed what arrived on its connections before this call. It polls connections before
/// timers, and the second timer starts after that first poll has begun.
pub(crate) async fn next_timers() {
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
