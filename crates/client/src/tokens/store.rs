//! Where tokens are kept.

use std::error::Error as StdError;
use std::fmt;
use std::fs::File;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use fs4::{FileExt, TryLockError};

use super::Tokens;
use super::timed_mutex::TimedMutex;

/// How often a lock that another program has is asked for.
const POLL: Duration = Duration::from_millis(20);

/// A place that keeps the tokens of one account.
///
/// The client loads them when it first needs a session, and before each refresh, since another
/// program may have refreshed them; it saves them after each refresh.
///
/// A store must not ask the client that it serves, nor a clone of it: the client waits for the store meanwhile, so both
/// would wait for ever. A store that gets its tokens by calls of the platform makes them with another client.
///
/// `load` and `save` have no time-out but their own: a call waits for them beyond its deadline.
pub trait TokenStore: Send + Sync {
    /// The tokens that were saved last; `None` where nothing was.
    ///
    /// # Errors
    ///
    /// When there is something that cannot be read.
    fn load(&self) -> Result<Option<Tokens>, StoreError>;

    /// Keeps the tokens in place of earlier ones. Whoever loads at the same moment gets either.
    ///
    /// # Errors
    ///
    /// When they cannot be kept; the earlier ones must then still be there.
    fn save(&self, tokens: &Tokens) -> Result<(), StoreError>;

    /// Keeps other programs that share the store from refreshing until the lock is dropped; `None` where
    /// another still has it `until` then. The client holds it from before the load to after the save.
    ///
    /// Locks nothing unless it is implemented. Then each program refreshes by itself, and what the
    /// platform makes of a refresh token that comes twice is not known.
    ///
    /// # Errors
    ///
    /// When it is unknown whether another has it; the client continues without the lock and logs a warning.
    fn lock(&self, until: Instant) -> Result<Option<StoreLock<'_>>, StoreError> {
        let _ = until;
        Ok(Some(StoreLock::nothing()))
    }
}

/// Held while tokens are refreshed; see [`TokenStore::lock`].
#[must_use]
pub struct StoreLock<'a> {
    _held: Option<Box<dyn Held + 'a>>,
}

/// Anything that lets go when it is dropped.
trait Held {}

impl<T> Held for T {}

impl<'a> StoreLock<'a> {
    /// Holds this until the refresh is over: a locked file, a database's lock.
    pub fn holding<G: 'a>(guard: G) -> Self {
        Self {
            _held: Some(Box::new(guard)),
        }
    }

    /// Holds the system's lock of this file, which ends with the program that has it, however that ends. `None`
    /// where another program still has it `until` then.
    ///
    /// # Errors
    ///
    /// When the system cannot lock the file.
    pub fn on_file(file: File, until: Instant) -> io::Result<Option<Self>> {
        loop {
            // By the trait's name: a newer Rust has a method of this name itself.
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

    /// Holds nothing, for a store that only one program uses.
    pub fn nothing() -> Self {
        Self { _held: None }
    }
}

impl fmt::Debug for StoreLock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreLock").finish_non_exhaustive()
    }
}

/// Keeps tokens as long as the program runs. Clients that share it (in an `Arc`) refresh once.
#[derive(Debug, Default)]
pub struct MemoryStore {
    tokens: Mutex<Option<Tokens>>,
    refreshing: TimedMutex,
}

impl MemoryStore {
    /// A store with nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// A store with tokens in it.
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

/// Why a store could not load or save. The message must hold no token.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    kind: StoreErrorKind,
    #[source]
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// What sort of failure a [`StoreError`] or a [`JournalError`](crate::journal::JournalError) is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store cannot be reached or is in use by another: the same may pass later.
    Unavailable,
    /// The store holds something that this version cannot read: another program's data, a newer schema, a changed row.
    Unreadable,
    /// Settings, rights or the place of the store are at fault.
    Unusable,
    /// Anything else; the source may say more.
    #[default]
    Failed,
}

impl StoreError {
    /// An error with a message such as `cannot save tokens to /var/lib/shop/tokens.json`.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            kind: StoreErrorKind::default(),
            cause: None,
        }
    }

    /// Adds the error of the system beneath, which the message does not repeat.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Says what sort of failure it is; [`StoreErrorKind::Failed`] by default.
    #[must_use]
    pub fn of_kind(mut self, kind: StoreErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// What sort of failure it is.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    pub(crate) fn take_source(&mut self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.cause.take()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn one_client_at_a_time_has_the_lock_of_a_store_in_memory() {
        let store = Arc::new(MemoryStore::with(Tokens::new("old")));
        let other = Arc::clone(&store);
        let held = store.lock(Instant::now()).unwrap();
        assert!(held.is_some());
        let started = Instant::now();
        let soon = started + Duration::from_millis(30);
        assert!(other.lock(soon).unwrap().is_none());
        assert!(started.elapsed() >= Duration::from_millis(30));
        // Whoever has no lock can read and write all the same.
        other.save(&Tokens::new("new")).unwrap();
        assert_eq!(store.load().unwrap(), Some(Tokens::new("new")));
        drop(held);
        assert!(other.lock(Instant::now()).unwrap().is_some());
        assert!(store.lock(Instant::now()).unwrap().is_some());
    }
}
