//! Limits and bans that several clients share.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::lanes::{Lane, Lanes, Rates, Reservation};
use crate::store_error::StoreError;

/// Stores the call limits and bans of applications, for programs that share an app key
/// ([`ClientBuilder::shared_limits`](crate::ClientBuilder::shared_limits)).
///
/// A store keeps one [`Lane`] for all calls of an application and one for each of its APIs, on a
/// single clock for all programs that share it, and changes them by [`Lanes::reserve`] and
/// [`Lane::ban`], each in one atomic step with reading them. If it fails, the client uses local
/// limits for a few seconds. Nothing in it has to survive a crash.
///
/// The feature `conformance` has checks for the tests of an implementation.
pub trait LimitStore: Send + Sync {
    /// Takes the next slot for a call, unless the wait would be [`longest`](PlaceRequest::longest)
    /// or more.
    ///
    /// # Errors
    ///
    /// When the limits cannot be read or stored.
    fn reserve(&self, request: &PlaceRequest<'_>) -> Result<Reservation, StoreError>;

    /// Holds back the calls of one API of an application for `length`, or all its calls if `api` is
    /// `None`.
    ///
    /// # Errors
    ///
    /// When the ban cannot be stored.
    fn ban(&self, app: &str, api: Option<&str>, length: Duration) -> Result<(), StoreError>;
}

/// A request for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlaceRequest<'a> {
    /// The app key of the application that calls.
    pub app: &'a str,
    /// The API or the system path.
    pub api: &'a str,
    /// The limits of the application and of the API.
    pub rates: Rates,
    /// The call cannot use a slot after this wait or a longer one.
    pub longest: Duration,
}

impl<'a> PlaceRequest<'a> {
    /// A request for a call of this application and API.
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

/// Limits and bans in memory, for clients of one process that are built separately and share an app
/// key.
pub struct MemoryLimits {
    start: Instant,
    apps: Mutex<HashMap<String, LaneBook>>,
}

impl MemoryLimits {
    /// Limits with no calls and no bans yet.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
            apps: Mutex::default(),
        }
    }

    fn change<T>(&self, app: &str, work: impl FnOnce(&mut LaneBook, i64) -> T) -> T {
        // No code under this lock can panic halfway through a change.
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
    fn the_memory_limits_pass_the_conformance_checks() -> Result<(), StoreError> {
        super::super::conformance::check(MemoryLimits::new())
    }
}
