//! Keeps a session fresh: one refresh at a time, over all threads and clones of a client and, where the
//! store can be locked, over all programs that use it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aliexpress_models::ApiError;

use super::timed_mutex::TimedMutex;
use super::{StoreError, StoreLock, TokenStore, Tokens};
use crate::error::{Error, Finding, Kind};
use crate::secrets::{RefreshToken, Session};

/// After a refresh that failed while the session still holds, how long until the next attempt.
const PAUSE: Duration = Duration::from_secs(30);
/// After a refresh that succeeded, how long the session is assumed to be valid, regardless of its stated end; unless it is refused.
const TRUSTED_AFTER_REFRESH: Duration = Duration::from_secs(60);
/// Which part of a session's lifetime is left at most when it is refreshed ahead of its end.
const LARGEST_MARGIN: u32 = 5;

/// Asks the platform for new tokens in exchange for these.
pub(crate) type RefreshFn<'a> = &'a dyn Fn(&Tokens) -> Result<Tokens, Error>;

pub(crate) struct SessionManager {
    store: Box<dyn TokenStore>,
    /// How long before its end a session is refreshed.
    ahead: Duration,
    /// How long another thread or program that refreshes is waited for.
    lock_timeout: Duration,
    current: Mutex<Current>,
    /// Held during a refresh. Taken before the store's lock and before `current`, never after.
    refreshing: TimedMutex,
}

#[derive(Default)]
struct Current {
    tokens: Option<Tokens>,
    /// No refresh ahead of time and no late save before this, after one that failed.
    paused_until: Option<SystemTime>,
    /// Whether the store still has to be given these tokens.
    unsaved: bool,
    /// When this client got the tokens by a refresh; `None` where they come from the store.
    refreshed_at: Option<SystemTime>,
    /// A refresh token that the platform refused, with the refusal: it is not asked for again.
    refused: Option<(RefreshToken, ApiError)>,
}

impl Current {
    /// Whether these are the tokens that the store still has to be given, and no pause is on.
    fn is_save_due(&self, tokens: &Tokens, now: SystemTime) -> bool {
        let paused = self.paused_until.is_some_and(|until| now < until);
        self.unsaved && !paused && self.tokens.as_ref() == Some(tokens)
    }
}

impl SessionManager {
    pub(crate) fn new(store: Box<dyn TokenStore>, ahead: Duration, lock_timeout: Duration) -> Self {
        Self {
            store,
            ahead,
            lock_timeout,
            current: Mutex::default(),
            refreshing: TimedMutex::default(),
        }
    }

    /// A session that holds at `now`, refreshed if it would end soon.
    ///
    /// While one thread or program refreshes a session that still holds, the others continue with it.
    pub(crate) fn session(
        &self,
        now: SystemTime,
        refresh: RefreshFn<'_>,
    ) -> Result<Session, Error> {
        let tokens = self.tokens()?;
        self.retry_save(&tokens, now);
        if self.is_valid(&tokens, now) {
            return Ok(tokens.session);
        }
        if tokens.ends_within(Duration::ZERO, now) {
            return self.renew(&tokens.session, now, refresh);
        }
        if self.is_paused(now) || !tokens.can_be_refreshed(now) {
            return Ok(tokens.session);
        }
        match self.refresh(&tokens.session, now, Instant::now(), refresh) {
            Ok(refreshed) => Ok(refreshed.unwrap_or(tokens.session)),
            Err(error) => {
                tracing::warn!(%error, "session not refreshed ahead of its end");
                lock(&self.current).paused_until = now.checked_add(PAUSE);
                Ok(tokens.session)
            }
        }
    }

    /// A session that holds at `now`, where it is had without a store and without a refresh.
    #[cfg(feature = "async")]
    pub(crate) fn cached(&self, now: SystemTime) -> Option<Session> {
        let tokens = {
            let current = lock(&self.current);
            current.tokens.clone().filter(|_| !current.unsaved)?
        };
        self.is_valid(&tokens, now).then_some(tokens.session)
    }

    /// Another session than this one, which has ended or been refused.
    pub(crate) fn renew(
        &self,
        old: &Session,
        now: SystemTime,
        refresh: RefreshFn<'_>,
    ) -> Result<Session, Error> {
        let refreshed = self.refresh(old, now, self.lock_deadline(), refresh)?;
        refreshed.ok_or_else(|| {
            let waited = self.lock_timeout;
            Error::new("", Kind::RefreshedElsewhere { waited })
        })
    }

    /// Takes tokens from elsewhere, such as those of an account that has just authorised.
    pub(crate) fn save(&self, tokens: Tokens) -> Result<(), Error> {
        // These tokens exist only here: whoever else refreshes older ones is waited for, but not for ever.
        let until = self.lock_deadline();
        let _refreshing = self.refreshing.lock_until(until);
        let _lock = self.lock_store(until);
        self.keep(tokens).map_err(of_store)
    }

    /// The tokens as they stand; none before an account has authorised.
    pub(crate) fn stored(&self) -> Result<Option<Tokens>, Error> {
        let mut current = lock(&self.current);
        if current.tokens.is_none() {
            current.tokens = self.store.load().map_err(of_store)?;
        }
        Ok(current.tokens.clone())
    }

    /// Whether the session need not be refreshed yet.
    fn is_valid(&self, tokens: &Tokens, now: SystemTime) -> bool {
        !tokens.ends_within(self.refresh_margin(tokens), now) || self.is_fresh(now)
    }

    /// How long before its end a session is refreshed: not before a fifth of its lifetime is left, so far as that is
    /// stored.
    fn refresh_margin(&self, tokens: &Tokens) -> Duration {
        let started = lock(&self.current).refreshed_at;
        let lifetime = started
            .zip(tokens.expires_at)
            .and_then(|(start, end)| end.duration_since(start).ok());
        lifetime.map_or(self.ahead, |lifetime| {
            self.ahead.min(lifetime / LARGEST_MARGIN)
        })
    }

    /// Whether the session was got so recently that it is taken to hold.
    fn is_fresh(&self, now: SystemTime) -> bool {
        let refreshed_at = lock(&self.current).refreshed_at;
        let age = refreshed_at.and_then(|then| now.duration_since(then).ok());
        age.is_some_and(|age| age < TRUSTED_AFTER_REFRESH)
    }

    /// The tokens as they stand.
    pub(crate) fn tokens(&self) -> Result<Tokens, Error> {
        self.stored()?.ok_or_else(|| {
            unauthorised(
                "take a session",
                "no tokens in the store",
                "those of an account that authorised the application",
            )
        })
    }

    /// Refreshes unless another thread or program has done so since `old` was taken; `None` where another is
    /// still at it `until` then.
    fn refresh(
        &self,
        old: &Session,
        now: SystemTime,
        until: Instant,
        refresh: RefreshFn<'_>,
    ) -> Result<Option<Session>, Error> {
        let Some(_refreshing) = self.refreshing.lock_until(until) else {
            return Ok(None);
        };
        let Some(_lock) = self.lock_store(until) else {
            return Ok(None);
        };
        self.catch_up()?;
        let tokens = self.tokens()?;
        if tokens.session != *old && !tokens.ends_within(Duration::ZERO, now) {
            return Ok(Some(tokens.session));
        }
        if !tokens.can_be_refreshed(now) {
            return Err(unauthorised(
                "refresh the session",
                "no refresh token that still holds",
                "the account to authorise the application again",
            ));
        }
        self.check_not_refused(&tokens)?;
        let tokens = refresh(&tokens).inspect_err(|error| self.remember_refusal(&tokens, error))?;
        let session = tokens.session.clone();
        let kept = self.keep(tokens);
        lock(&self.current).refreshed_at = Some(now);
        if let Err(error) = kept {
            // The new session works; it is saved again from time to time.
            tracing::error!(%error, cause = cause(&error), "refreshed tokens not saved");
        }
        Ok(Some(session))
    }

    /// Refuses to ask again with a refresh token that the platform has refused; another one in the store counts again.
    fn check_not_refused(&self, tokens: &Tokens) -> Result<(), Error> {
        let current = lock(&self.current);
        match (&current.refused, &tokens.refresh_token) {
            (Some((refused, why)), Some(token)) if refused == token => {
                Err(Error::refused("", why.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Remembers a refresh token that was refused for good.
    fn remember_refusal(&self, tokens: &Tokens, error: &Error) {
        let Some(refusal) = error.api_error().filter(|_| !error.may_retry()) else {
            return;
        };
        if let Some(token) = &tokens.refresh_token {
            let refused = (token.clone(), refusal.clone());
            lock(&self.current).refused = Some(refused);
        }
    }

    /// Keeps other programs from refreshing; `None` where one of them is still at it `until` then. A store
    /// that cannot be locked is used without: better twice refreshed than no session.
    fn lock_store(&self, until: Instant) -> Option<StoreLock<'_>> {
        self.store.lock(until).unwrap_or_else(|error| {
            tracing::warn!(%error, cause = cause(&error), "token store not locked");
            Some(StoreLock::nothing())
        })
    }

    fn lock_deadline(&self) -> Instant {
        Instant::now() + self.lock_timeout
    }

    /// Takes what another program may have saved, unless newer tokens have not been saved in the store yet.
    fn catch_up(&self) -> Result<(), Error> {
        let mut current = lock(&self.current);
        if !current.unsaved
            && let Some(stored) = self.store.load().map_err(of_store)?
        {
            if current.tokens.as_ref() != Some(&stored) {
                current.refreshed_at = None;
            }
            current.tokens = Some(stored);
        }
        Ok(())
    }

    fn keep(&self, tokens: Tokens) -> Result<(), StoreError> {
        let saved = self.store.save(&tokens);
        *lock(&self.current) = Current {
            tokens: Some(tokens),
            unsaved: saved.is_err(),
            ..Current::default()
        };
        saved
    }

    /// Saves tokens that the store could not take when they were new, unless another program is refreshing.
    fn retry_save(&self, tokens: &Tokens, now: SystemTime) {
        if !lock(&self.current).is_save_due(tokens, now) {
            return;
        }
        let Some(_lock) = self.lock_store(Instant::now()) else {
            return;
        };
        let mut current = lock(&self.current);
        if !current.is_save_due(tokens, now) {
            return;
        }
        match self.store.save(tokens) {
            Ok(()) => current.unsaved = false,
            Err(_) => current.paused_until = now.checked_add(PAUSE),
        }
    }

    fn is_paused(&self, now: SystemTime) -> bool {
        lock(&self.current)
            .paused_until
            .is_some_and(|until| now < until)
    }
}

/// A panic of another thread cannot leave anything half changed behind these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unauthorised(doing: &str, found: &str, wanted: &str) -> Error {
    Error::new("", Kind::Unauthorised(Finding::new(doing, found, wanted)))
}

/// What the system said, which the message of an error leaves out.
fn cause(error: &StoreError) -> Option<String> {
    std::error::Error::source(error).map(ToString::to_string)
}

fn of_store(error: StoreError) -> Error {
    Error::new("", Kind::Store(error))
}

impl fmt::Debug for SessionManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionManager")
            .field("ahead", &self.ahead)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::MemoryStore;
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    /// A manager of these tokens, and its store.
    fn of(tokens: Tokens) -> (SessionManager, Arc<MemoryStore>) {
        let store = Arc::new(MemoryStore::with(tokens));
        let kept = Box::new(Arc::clone(&store));
        let manager = SessionManager::new(kept, Duration::from_secs(1200), Duration::from_secs(1));
        (manager, store)
    }

    #[test]
    fn a_clock_a_year_ahead_throws_no_token_away() {
        let now = SystemTime::now();
        let tokens = Tokens::new("old").with_refresh_token("refresh");
        let mut tokens = tokens.expiring_at(now + DAY);
        tokens.refresh_expires_at = Some(now + 2 * DAY);
        let (manager, store) = of(tokens.clone());
        for _ in 0..20 {
            let asked =
                manager.session(now + 365 * DAY, &|_| unreachable!("by its clock it ended"));
            assert!(asked.is_err());
        }
        assert_eq!(store.load().unwrap(), Some(tokens));
        let session = manager.session(now, &|_| unreachable!("it holds"));
        assert_eq!(session.unwrap(), Session::new("old"));
    }

    #[test]
    fn a_clock_a_year_ahead_and_set_right_again_starts_no_storm_of_refreshes() {
        let now = SystemTime::now();
        let tokens = Tokens::new("old").with_refresh_token("refresh");
        let (manager, _) = of(tokens.expiring_at(now + DAY));
        let refreshes = std::cell::Cell::new(0);
        let refresh_at = |at: SystemTime| {
            let refreshes = &refreshes;
            move |_: &Tokens| {
                refreshes.set(refreshes.get() + 1);
                let new = Tokens::new(format!("new {}", refreshes.get()));
                Ok(new.with_refresh_token("refresh").expiring_at(at + DAY))
            }
        };
        for at in [now + 365 * DAY, now, now + 2 * DAY] {
            for _ in 0..20 {
                let session = manager.session(at, &refresh_at(at)).unwrap();
                assert_eq!(session, Session::new("new 1"));
            }
        }
        assert_eq!(refreshes.get(), 1);
        // Its end was stored a year late: the platform's refusal tells, once.
        let old = Session::new("new 1");
        let at = now + 2 * DAY;
        assert_eq!(
            manager.renew(&old, at, &refresh_at(at)).unwrap(),
            Session::new("new 2")
        );
        assert_eq!(
            manager.session(at, &refresh_at(at)).unwrap(),
            Session::new("new 2")
        );
        assert_eq!(refreshes.get(), 2);
    }

    /// A refresh token of another program's may have taken the place of ours, whose session has ended since.
    #[test]
    fn a_refresh_goes_by_what_the_store_has() {
        let now = SystemTime::now();
        let tokens = |name: &str| {
            let tokens = Tokens::new(name).with_refresh_token(format!("refresh {name}"));
            tokens.expiring_at(now)
        };
        let store = Arc::new(MemoryStore::with(tokens("ours")));
        let manager = SessionManager::new(
            Box::new(Arc::clone(&store)),
            Duration::ZERO,
            Duration::from_secs(1),
        );
        assert_eq!(manager.tokens().unwrap(), tokens("ours"));
        store.save(&tokens("theirs")).unwrap();
        let session = manager.session(now, &|old| {
            assert_eq!(*old, tokens("theirs"));
            Ok(Tokens::new("new"))
        });
        assert_eq!(session.unwrap(), Session::new("new"));
        assert_eq!(store.load().unwrap(), Some(Tokens::new("new")));
    }
}
