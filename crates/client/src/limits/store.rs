//! Limits and bans that several clients share.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::lanes::{Lane, Lanes, Rates, Reservation};
use crate::tokens::StoreError;

/// Keeps the call limits and bans of applications, for programs that share an app key
/// ([`ClientBuilder::shared_limits`](crate::ClientBuilder::shared_limits)).
///
/// A store keeps a [`Lane`] for all calls of an application and one for each of its APIs, on a clock that all
/// who share it go by, and changes them by [`Lanes::reserve`] and [`Lane::ban`], each in one step with reading them. Where
/// it fails the client uses local limits for a few seconds; nothing it keeps has to survive a crash.
///
/// The feature `conformance` has the checks that the tests of a store can run.
pub trait LimitStore: Send + Sync {
    /// Takes the next place for a call, unless it comes only after [`longest`](PlaceRequest::longest).
    ///
    /// # Errors
    ///
    /// When the limits cannot be read or stored.
    fn reserve(&self, request: &PlaceRequest<'_>) -> Result<Reservation, StoreError>;

    /// Holds back the calls of one API of an application for so long; those of all, where none is named.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    fn ban(&self, app: &str, api: Option<&str>, length: Duration) -> Result<(), StoreError>;
}

/// What asks for a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlaceRequest<'a> {
    /// The app key of the application that calls.
    pub app: &'a str,
    /// The API or the system path.
    pub api: &'a str,
    /// The limits of both.
    pub rates: Rates,
    /// The wait from which on the call cannot use a place.
    pub longest: Duration,
}

impl<'a> PlaceRequest<'a> {
    /// Asks for a place for a call of this application and API.
    pub fn new(app: &'a str, api: &'a str, rates: Rates, longest: Duration) -> Self {
        Self {
            app,
            api,
            rates,
            longest,
        }
    }
}

/// A store that several clients use.
impl<S: LimitStore + ?Sized> LimitStore for std::sync::Arc<S> {
    fn reserve(&self, request: &PlaceRequest<'_>) -> Result<Reservation, StoreError> {
        (**self).reserve(request)
    }

    fn ban(&self, app: &str, api: Option<&str>, length: Duration) -> Result<(), StoreError> {
        (**self).ban(app, api, length)
    }
}

/// Limits and bans of one process, for clients that are built apart and share an app key.
pub struct MemoryLimits {
    start: Instant,
    apps: Mutex<HashMap<String, LaneBook>>,
}

impl MemoryLimits {
    /// Knows of no call yet.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            apps: Mutex::default(),
        }
    }

    fn change<T>(&self, app: &str, work: impl FnOnce(&mut LaneBook, i64) -> T) -> T {
        // Nothing in here can panic halfway through a change.
        let mut apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
        let now = micros_since(self.start, Instant::now());
        work(apps.entry(app.to_owned()).or_default(), now)
    }
}

impl Default for MemoryLimits {
    fn default() -> Self {
        Self::new()
    }
}

impl LimitStore for MemoryLimits {
    fn reserve(&self, request: &PlaceRequest<'_>) -> Result<Reservation, StoreError> {
        let PlaceRequest {
            api,
            rates,
            longest,
            ..
        } = *request;
        Ok(self.change(request.app, |book, now| {
            book.reserve(api, rates, now, longest)
        }))
    }

    fn ban(&self, app: &str, api: Option<&str>, length: Duration) -> Result<(), StoreError> {
        self.change(app, |book, now| book.ban(api, length, now));
        Ok(())
    }
}

/// The lanes of one application, in memory.
#[derive(Default)]
pub(super) struct LaneBook {
    overall: Lane,
    apis: HashMap<String, Lane>,
}

impl LaneBook {
    pub(super) fn reserve(
        &mut self,
        api: &str,
        rates: Rates,
        now: i64,
        longest: Duration,
    ) -> Reservation {
        let before = Lanes {
            overall: self.overall,
            api: self.apis.get(api).copied().unwrap_or_default(),
        };
        let mut lanes = before;
        let reservation = lanes.reserve(rates, now, longest);
        self.overall = lanes.overall;
        if lanes.api != before.api {
            self.apis.insert(api.to_owned(), lanes.api);
        }
        reservation
    }

    pub(super) fn ban(&mut self, api: Option<&str>, length: Duration, now: i64) {
        let lane = match api {
            Some(api) => self.apis.entry(api.to_owned()).or_default(),
            None => &mut self.overall,
        };
        lane.ban(length, now);
    }
}

pub(super) fn micros_since(start: Instant, now: Instant) -> i64 {
    let since = now.saturating_duration_since(start);
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_what_a_store_of_limits_must() -> Result<(), StoreError> {
        super::super::conformance::check(MemoryLimits::new())
    }
}
