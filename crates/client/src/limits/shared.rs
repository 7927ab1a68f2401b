//! How a client uses limits that it shares with others.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::lanes::{Rates, Reservation};
use super::store::{LimitStore, PlaceRequest};
use crate::store_error::StoreError;

/// How long a store is not asked again after a failure.
const PAUSE: Duration = Duration::from_secs(5);

/// A store, and the application that uses it.
pub(crate) struct SharedLimits {
    store: Arc<dyn LimitStore>,
    app: Arc<str>,
    paused_until: Mutex<Option<Instant>>,
}

impl SharedLimits {
    pub(crate) fn new(store: Arc<dyn LimitStore>, app: &str) -> Self {
        Self {
            store,
            app: app.into(),
            paused_until: Mutex::new(None),
        }
    }

    pub(crate) fn is_paused(&self, now: Instant) -> bool {
        let until = *self
            .paused_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| now < until)
    }

    /// After a failure the client uses local limits for a while.
    pub(crate) fn pause(&self, error: &StoreError, now: Instant) {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::warn!(%error, cause, "shared call limits not used");
        let mut until = self
            .paused_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *until = now.checked_add(PAUSE);
    }

    pub(crate) fn reserving(&self, api: &str, rates: Rates, longest: Duration) -> LimitsTask {
        self.task(Work::Reserve {
            api: api.to_owned(),
            rates,
            longest,
        })
    }

    pub(crate) fn banning(&self, api: Option<&str>, length: Duration) -> LimitsTask {
        let api = api.map(str::to_owned);
        self.task(Work::Ban { api, length })
    }

    fn task(&self, work: Work) -> LimitsTask {
        LimitsTask {
            store: Arc::clone(&self.store),
            app: Arc::clone(&self.app),
            work,
        }
    }
}

/// A request or a report to the store of shared limits. [`run`](Self::run) blocks as long as the
/// store does: an async driver runs it on a thread that may block.
#[must_use]
pub struct LimitsTask {
    store: Arc<dyn LimitStore>,
    app: Arc<str>,
    work: Work,
}

enum Work {
    Reserve {
        api: String,
        rates: Rates,
        longest: Duration,
    },
    Ban {
        api: Option<String>,
        length: Duration,
    },
}

/// The store's result, for [`Machine::limits`](crate::machine::Machine::limits).
#[must_use]
pub struct LimitsReport(pub(crate) Result<Option<Reservation>, StoreError>);

impl LimitsTask {
    /// Asks the store; blocks until it has answered.
    pub fn run(&self) -> LimitsReport {
        LimitsReport(match &self.work {
            Work::Reserve {
                api,
                rates,
                longest,
            } => {
                let request = PlaceRequest::new(&self.app, api, *rates, *longest);
                self.store.reserve(&request).map(Some)
            }
            Work::Ban { api, length } => {
                let banned = self.store.ban(&self.app, api.as_deref(), *length);
                banned.map(|()| None)
            }
        })
    }
}

impl LimitsReport {
    /// A report for a driver that could not ask the store: the client then uses local limits.
    pub fn unavailable(reason: &str) -> Self {
        Self(Err(StoreError::new(format!(
            "cannot ask the store of call limits: found {reason}; wanted a thread on which to ask"
        ))))
    }
}

impl fmt::Debug for LimitsTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let work = match &self.work {
            Work::Reserve { .. } => "reserve",
            Work::Ban { .. } => "ban",
        };
        f.debug_tuple("LimitsTask").field(&work).finish()
    }
}
