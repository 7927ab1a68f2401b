//! The error for a session that was refreshed, or could not be, less than a minute ago.

use std::time::Duration;

use aliexpress_models::ApiError;

use super::{Error, Kind};

/// What is remembered about a failed refresh.
#[derive(Clone, Debug)]
pub(crate) struct FailedRefresh {
    pub(crate) message: String,
    pub(crate) may_retry: bool,
    pub(crate) refusal: Option<ApiError>,
}

/// The time after a refresh in which no other one is made.
#[derive(Clone, Debug, thiserror::Error)]
#[error("cannot refresh the session: found {}; wanted {left:.1?} to pass before another try", in_words(.ago, .failure.as_ref()))]
pub(crate) struct Pause {
    /// How long ago the refresh was.
    pub(crate) ago: Duration,
    /// How long the pause still lasts.
    pub(crate) left: Duration,
    pub(crate) failure: Option<FailedRefresh>,
}

impl Pause {
    /// Whether it follows a successful refresh.
    pub(crate) fn follows_success(&self) -> bool {
        self.failure.is_none()
    }

    /// Whether the refresh failed for a reason that may be temporary.
    pub(crate) fn may_pass(&self) -> bool {
        self.failure
            .as_ref()
            .is_some_and(|failure| failure.may_retry)
    }

    /// The error for a call that needs a refresh during the pause.
    pub(crate) fn into_error(self) -> Error {
        let left = self.left;
        let refusal = self
            .failure
            .as_ref()
            .and_then(|failure| failure.refusal.clone());
        let error = match refusal {
            Some(refusal) => Error::refused("", refusal),
            None => Error::new("", Kind::RefreshPaused(self)),
        };
        error.retrying_after(left)
    }
}

fn in_words(ago: &Duration, failure: Option<&FailedRefresh>) -> String {
    match failure {
        Some(failure) => format!("a refresh that failed {ago:.1?} ago ({})", failure.message),
        None => format!("a refresh {ago:.1?} ago"),
    }
}
