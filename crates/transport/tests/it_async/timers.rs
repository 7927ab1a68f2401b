//! What a runtime has seen.

use std::time::Duration;

/// Waits until the runtime has seen what came on its connections before this: it looks at those before it looks at its
/// timers, and the second timer is set after the first look has begun.
pub(crate) async fn next_timers() {
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
