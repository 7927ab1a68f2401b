//! Keeps a session valid with one refresh at a time, over all threads and clones of a client and,
//! if the store can be locked, over all programs that use it.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aliexpress_models::ApiError;

use super::cooldown::{self, LastRefresh, RefreshTiming};
use super::timed_mutex::TimedMutex;
use super::{StoreError, StoreLock, TokenStore, Tokens};
use crate::error::{Error, Finding, Kind, Pause, cause};
use crate::secrets::{RefreshToken, Session};

/// How long to wait before saving tokens again that could not be saved.
const SAVE_PAUSE: Duration = Duration::from_secs(30);
/// A session is not refreshed early while more than this fraction (one fifth) of its lifetime is
/// left.
const LARGEST_MARGIN: u32 = 5;

/// Asks the platform for new tokens in exchange for these.
pub(crate) type RefreshFn<'a> = &'a dyn Fn(&Tokens) -> Result<Tokens, Error>;

pub(crate) struct SessionManager {
    store: Box<dyn TokenStore>,
    timing: RefreshTiming,
    /// How long to wait for another thread or program that refreshes the session.
    lock_timeout: Duration,
    current: Mutex<Current>,
    /// Held during a refresh. Locked before the store's lock and before `current`, never after.
    refreshing: TimedMutex,
}

#[derive(Default)]
struct Current {
    tokens: Option<Tokens>,
    /// After a failed save, no new attempt before this time.
    no_save_until: Option<SystemTime>,
    /// Whether these tokens still have to be saved in the store.
    unsaved: bool,
    /// The last refresh that this client tried.
    last_refresh: Option<LastRefresh>,
    /// A refresh token that the platform refused, with the refusal: it is not used again.
    refused: Option<(RefreshToken, ApiError)>,
}

impl Current {
    /// Whether these tokens still have to be saved, and the pause after a failed save is over.
    fn is_save_due(&self, tokens: &Tokens, now: SystemTime) -> bool {
        let paused = self.no_save_until.is_some_and(|until| now < until);
        self.unsaved && !paused && self.tokens.as_ref() == Some(tokens)
    }
}

impl SessionManager {
    pub(crate) fn new(
        store: Box<dyn TokenStore>,
        timing: RefreshTiming,
        lock_timeout: Duration,
    ) -> Self {
        Self {
            store,
            timing,
            lock_timeout,
            current: Mutex::default(),
            refreshing: TimedMutex::default(),
        }
    }

    /// A session that is valid at `now`, refreshed first if it expires soon.
    ///
    /// While one thread or program refreshes a session that is still valid, the others continue with
    /// it.
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
            return self.refresh(&tokens.session, now, refresh);
        }
        if self.pause(&tokens, now).is_some() || !tokens.can_be_refreshed(now) {
            return Ok(tokens.session);
        }
        match self.refresh_until(&tokens.session, now, Instant::now(), refresh) {
            Ok(refreshed) => Ok(refreshed.unwrap_or(tokens.session)),
            Err(error) => {
                tracing::warn!(%error, cause = cause(&error), "session not refreshed ahead of its end");
                Ok(tokens.session)
            }
        }
    }

    /// A session that is valid at `now`, if that takes neither the store nor a refresh.
    #[cfg(feature = "async")]
    pub(crate) fn cached(&self, now: SystemTime) -> Option<Session> {
        let tokens = {
            let current = lock(&self.current);
            current.tokens.clone().filter(|_| !current.unsaved)?
        };
        self.is_valid(&tokens, now).then_some(tokens.session)
    }

    /// A session other than this one, which has expired or been refused.
    pub(crate) fn refresh(
        &self,
        old: &Session,
        now: SystemTime,
        refresh: RefreshFn<'_>,
    ) -> Result<Session, Error> {
        let refreshed = self.refresh_until(old, now, self.lock_deadline(), refresh)?;
        refreshed.ok_or_else(|| {
            let waited = self.lock_timeout;
            Error::new("", Kind::RefreshedElsewhere { waited })
        })
    }

    /// The tokens after a refresh at `now`; unchanged if they are new already.
    pub(crate) fn refreshed(
        &self,
        now: SystemTime,
        refresh: RefreshFn<'_>,
    ) -> Result<Tokens, Error> {
        let old = self.tokens()?;
        match self.refresh(&old.session, now, refresh) {
            Err(error) if error.is_new_session() => {}
            refreshed => drop(refreshed?),
        }
        self.tokens()
    }

    /// Saves tokens from elsewhere, such as those of an account that has just authorised.
    pub(crate) fn save(&self, tokens: Tokens) -> Result<(), Error> {
        // These tokens exist only here, so this waits, for a limited time, for a thread or program
        // that refreshes older ones.
        let until = self.lock_deadline();
        let _refreshing = self.refreshing.lock_until(until);
        let _lock = self.lock_store(until);
        self.put(tokens, None).map_err(of_store)
    }

    /// The tokens in the store; `None` before an account has authorised.
    pub(crate) fn stored(&self) -> Result<Option<Tokens>, Error> {
        let mut current = lock(&self.current);
        if current.tokens.is_none() {
            current.tokens = self.store.load().map_err(of_store)?;
        }
        Ok(current.tokens.clone())
    }

    /// Whether the session does not have to be refreshed yet.
    fn is_valid(&self, tokens: &Tokens, now: SystemTime) -> bool {
        !tokens.ends_within(self.refresh_margin(tokens), now) || self.is_fresh(tokens, now)
    }

    /// How long before its expiry a session is refreshed: never while more than a fifth of its
    /// lifetime is left, if the lifetime is known.
    fn refresh_margin(&self, tokens: &Tokens) -> Duration {
        let ahead = self.timing.ahead;
        let lifetime = self
            .refreshed_at(tokens)
            .zip(tokens.expires_at)
            .and_then(|(start, end)| end.duration_since(start).ok());
        lifetime.map_or(ahead, |lifetime| ahead.min(lifetime / LARGEST_MARGIN))
    }

    /// When a refresh gave these tokens, if the store keeps that or this client refreshed them.
    fn refreshed_at(&self, tokens: &Tokens) -> Option<SystemTime> {
        let current = lock(&self.current);
        let last = current.last_refresh.as_ref();
        let last = last.filter(|last| last.has_succeeded() && last.left(tokens));
        last.map(|last| last.at).or(tokens.refreshed_at)
    }

    /// Whether the session is so new that it is considered valid regardless of its stated expiry.
    fn is_fresh(&self, tokens: &Tokens, now: SystemTime) -> bool {
        self.pause(tokens, now)
            .is_some_and(|pause| pause.follows_success())
    }

    /// How long these tokens are not refreshed.
    fn pause(&self, tokens: &Tokens, now: SystemTime) -> Option<Pause> {
        let current = lock(&self.current);
        cooldown::pause(
            now,
            current.last_refresh.as_ref(),
            tokens,
            self.timing.cooldown,
        )
    }

    /// The current tokens.
    pub(crate) fn tokens(&self) -> Result<Tokens, Error> {
        self.stored()?.ok_or_else(|| {
            unauthorised(
                "get a session",
                "no tokens in the store",
                "those of an account that authorised the application",
            )
        })
    }

    /// Refreshes the session unless another thread or program has done so since `old` was read; `None`
    /// if another is still refreshing it at `until`.
    fn refresh_until(
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
        if tokens.session != *old
            && (!tokens.ends_within(Duration::ZERO, now) || self.is_fresh(&tokens, now))
        {
            return Ok(Some(tokens.session));
        }
        if !tokens.can_be_refreshed(now) {
            return Err(unauthorised(
                "refresh the session",
                "no refresh token that is still valid",
                "the account to authorise the application again",
            ));
        }
        self.check_not_refused(&tokens)?;
        if let Some(pause) = self.pause(&tokens, now) {
            return Err(pause.into_error());
        }
        let tokens = self.ask(&tokens, now, refresh)?;
        let session = tokens.session.clone();
        if let Err(error) = self.keep(tokens, now) {
            // The new session works; saving it is tried again from time to time.
            tracing::error!(%error, cause = cause(&error), "refreshed tokens not saved");
        }
        Ok(Some(session))
    }

    /// Asks the platform, and remembers the attempt, successful or not.
    fn ask(
        &self,
        tokens: &Tokens,
        now: SystemTime,
        refresh: RefreshFn<'_>,
    ) -> Result<Tokens, Error> {
        lock(&self.current).last_refresh = Some(LastRefresh::begun(now, tokens));
        refresh(tokens).inspect_err(|error| self.remember_failure(tokens, error))
    }

    /// Keeps tokens from a refresh.
    fn keep(&self, tokens: Tokens, now: SystemTime) -> Result<(), StoreError> {
        let last_refresh = LastRefresh::succeeded(now, &tokens);
        self.put(tokens, Some(last_refresh))
    }

    /// Fails if the platform has refused this refresh token; another one in the store is allowed.
    fn check_not_refused(&self, tokens: &Tokens) -> Result<(), Error> {
        let current = lock(&self.current);
        match (&current.refused, &tokens.refresh_token) {
            (Some((refused, why)), Some(token)) if refused == token => {
                Err(Error::refused("", why.clone()))
            }
            _ => Ok(()),
        }
    }

    /// Remembers why a refresh failed, and a refresh token that was finally refused because it is
    /// expired or unknown. Other refusals, such as of an address that is not on the application's
    /// list, may end when someone changes a setting there.
    fn remember_failure(&self, tokens: &Tokens, error: &Error) {
        let mut current = lock(&self.current);
        if let Some(last) = &mut current.last_refresh {
            last.failed(error);
        }
        let refusal = error.api_error().filter(|_| error.is_session_expired());
        if let Some((refusal, token)) = refusal.zip(tokens.refresh_token.as_ref()) {
            current.refused = Some((token.clone(), refusal.clone()));
        }
    }

    /// Keeps other programs from refreshing the session; `None` if one of them is still refreshing it
    /// at `until`. If the store cannot be locked, this continues without the lock: two refreshes are
    /// better than no session.
    fn lock_store(&self, until: Instant) -> Option<StoreLock<'_>> {
        self.store.lock(until).unwrap_or_else(|error| {
            tracing::warn!(%error, cause = cause(&error), "token store not locked");
            Some(StoreLock::none())
        })
    }

    fn lock_deadline(&self) -> Instant {
        Instant::now() + self.lock_timeout
    }

    /// Takes what another program may have saved, unless this client has newer tokens that are not
    /// saved yet.
    fn catch_up(&self) -> Result<(), Error> {
        let mut current = lock(&self.current);
        if !current.unsaved
            && let Some(stored) = self.store.load().map_err(of_store)?
        {
            current.tokens = Some(stored);
        }
        Ok(())
    }

    fn put(&self, tokens: Tokens, last_refresh: Option<LastRefresh>) -> Result<(), StoreError> {
        let saved = self.store.save(&tokens);
        *lock(&self.current) = Current {
            tokens: Some(tokens),
            unsaved: saved.is_err(),
            last_refresh,
            ..Current::default()
        };
        saved
    }

    /// Saves tokens that could not be saved when they were new, unless another program is refreshing
    /// them.
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
            Err(_) => current.no_save_until = now.checked_add(SAVE_PAUSE),
        }
    }
}

/// A panic in another thread cannot leave the data under these locks half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unauthorised(doing: &str, found: &str, wanted: &str) -> Error {
    Error::new("", Kind::Unauthorised(Finding::new(doing, found, wanted)))
}

fn of_store(error: StoreError) -> Error {
    Error::new("", Kind::Store(error))
}

impl fmt::Debug for SessionManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionManager")
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
