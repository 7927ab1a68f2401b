//! The state of a sandbox, shared between threads.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::state::State;

/// The state, shared between the server and those who hold the sandbox.
#[derive(Clone)]
pub(crate) struct SharedState(Arc<Mutex<State>>);

impl SharedState {
    pub(crate) fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    /// Locks the state. It stays usable after a request that panicked.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is a push message to send.
    pub(crate) async fn news(&self) {
        let news = self.lock().news();
        news.notified().await;
    }
}
