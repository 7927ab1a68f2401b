//! Stores of tokens.

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};

use super::Tokens;
use super::timed_mutex::TimedMutex;
use crate::store_error::StoreError;

/// How often to ask for a lock that another program holds.
const POLL: Duration = Duration::from_millis(20);

/// A store for the tokens of one account.
///
/// The client loads the tokens when it first needs a session, and before each refresh, because
/// another program may have refreshed them. It saves them after each refresh.
///
/// A store must not make calls with the client that uses it or a clone of that: the client waits
/// for the store, so both would wait forever. A store that makes calls to the platform needs
/// another client.
///
/// `load` and `save` need their own time-outs: a call waits for them beyond its deadline.
pub trait TokenStore: Send + Sync {
    /// The most recently saved tokens, or `None` if there are none.
    ///
    /// # Errors
    ///
    /// When the stored tokens cannot be read.
    fn load(&self) -> Result<Option<Tokens>, StoreError>;

    /// Replaces the stored tokens. A concurrent load gets either the old or the new ones.
    ///
    /// # Errors
    ///
    /// When they cannot be stored; the old tokens must then still be there.
    fn save(&self, tokens: &Tokens) -> Result<(), StoreError>;

    /// Keeps other programs that share the store from refreshing the session until the lock is
    /// dropped; `None` if another still holds it at `until`. The client holds it from before the
    /// load until after the save.
    ///
    /// The default locks nothing. Each program then refreshes on its own, and it is unknown what the
    /// platform does with a refresh token that is used twice.
    ///
    /// # Errors
    ///
    /// When it is unknown whether another holds the lock; the client continues without it and logs
    /// a warning.
    fn lock(&self, until: Instant) -> Result<Option<StoreLock<'_>>, StoreError> {
        let _ = until;
        Ok(Some(StoreLock::none()))
    }
}

/// A lock held while tokens are refreshed; see [`TokenStore::lock`].
#[must_use]
pub struct StoreLock<'a> {
    _held: Option<Box<dyn Held + 'a>>,
}

/// Anything that unlocks when it is dropped.
trait Held {}

impl<T> Held for T {}

impl<'a> StoreLock<'a> {
    /// Holds this guard, such as a locked file or a lock of a database, until the refresh is over.
    pub fn holding<G: 'a>(guard: G) -> Self {
        Self {
            _held: Some(Box::new(guard)),
        }
    }

    /// Holds the system's lock on this file, which ends with the program that holds it, even if the
    /// program crashes. `None` if another program still holds it at `until`.
    ///
    /// # Errors
    ///
    /// When the system cannot lock the file.
    pub fn on_file(file: File, until: Instant) -> io::Result<Option<Self>> {
        loop {
            // Called through the trait, because newer versions of Rust have a method with this
            // name.
            match FileExt::try_lock(&file) {
                Ok(()) => return Ok(Some(Self::holding(file))),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            thread::sleep(left.min(POLL));
        }
    }

    /// No lock, for a store that only one program uses.
    pub fn none() -> Self {
        Self { _held: None }
    }
}

impl fmt::Debug for StoreLock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreLock").finish_non_exhaustive()
    }
}

/// A store in memory. Clients that share it (in an `Arc`) refresh the session only once.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tokens: Mutex<Option<Tokens>>,
    refreshing: TimedMutex,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A store that contains these tokens.
    pub fn with(tokens: Tokens) -> Self {
        Self {
            tokens: Mutex::new(Some(tokens)),
            refreshing: TimedMutex::default(),
        }
    }
}

impl TokenStore for MemoryStore {
    fn load(&self) -> Result<Option<Tokens>, StoreError> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(tokens.clone())
    }

    fn save(&self, tokens: &Tokens) -> Result<(), StoreError> {
        let mut kept = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(tokens.clone());
        Ok(())
    }

    fn lock(&self, until: Instant) -> Result<Option<StoreLock<'_>>, StoreError> {
        Ok(self.refreshing.lock_until(until).map(StoreLock::holding))
    }
}

/// A store that several clients use.
impl<S: TokenStore + ?Sized> TokenStore for std::sync::Arc<S> {
    fn load(&self) -> Result<Option<Tokens>, StoreError> {
        (**self).load()
    }

    fn save(&self, tokens: &Tokens) -> Result<(), StoreError> {
        (**self).save(tokens)
    }

    fn lock(&self, until: Instant) -> Result<Option<StoreLock<'_>>, StoreError> {
        (**self).lock(until)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn only_one_client_at_a_time_has_the_lock_of_a_store_in_memory() {
        let store = Arc::new(MemoryStore::with(Tokens::new("old")));
        let other = Arc::clone(&store);
        let held = store.lock(Instant::now()).unwrap();
        assert!(held.is_some());
        let started = Instant::now();
        let soon = started + Duration::from_millis(30);
        assert!(other.lock(soon).unwrap().is_none());
        assert!(started.elapsed() >= Duration::from_millis(30));
        // Reading and writing is possible without the lock.
        other.save(&Tokens::new("new")).unwrap();
        assert_eq!(store.load().unwrap(), Some(Tokens::new("new")));
        drop(held);
        assert!(other.lock(Instant::now()).unwrap().is_some());
        assert!(store.lock(Instant::now()).unwrap().is_some());
    }
}
