//! Limits how often the session of an account is refreshed.
//!
//! After a refresh, successful or not, no other refresh follows within a minute, unless the tokens
//! have changed because the account authorised again or another program refreshed them. A platform
//! that does not answer, or that refuses every new session, is thus asked once a minute and not
//! with every call.

use std::time::{Duration, SystemTime};

use super::Tokens;
use crate::error::{Error, FailedRefresh, Pause};
use crate::secrets::{RefreshToken, Session};

/// When sessions are refreshed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RefreshTiming {
    /// How long before its expiry a session is refreshed.
    pub(crate) ahead: Duration,
    /// How long after a refresh no other one is made.
    pub(crate) cooldown: Duration,
}

impl Default for RefreshTiming {
    fn default() -> Self {
        Self {
            ahead: Duration::from_secs(30 * 60),
            cooldown: Duration::from_secs(60),
        }
    }
}

/// A refresh that this client tried.
pub(super) struct LastRefresh {
    pub(super) at: SystemTime,
    /// The session after the refresh: the refresh counts as long as this session is current.
    session: Session,
    refresh_token: Option<RefreshToken>,
    /// Why it failed; `None` if it gave new tokens.
    failure: Option<FailedRefresh>,
}

impl LastRefresh {
    /// A refresh that gave these tokens.
    pub(super) fn succeeded(at: SystemTime, tokens: &Tokens) -> Self {
        Self {
            at,
            session: tokens.session.clone(),
            refresh_token: tokens.refresh_token.clone(),
            failure: None,
        }
    }

    /// A refresh that begins with these tokens. It counts as failed until its result is known,
    /// which covers a panic.
    pub(super) fn begun(at: SystemTime, tokens: &Tokens) -> Self {
        Self {
            failure: Some(FailedRefresh {
                message: "the refresh did not finish".to_owned(),
                may_retry: true,
                refusal: None,
            }),
            ..Self::succeeded(at, tokens)
        }
    }

    pub(super) fn failed(&mut self, error: &Error) {
        self.failure = Some(FailedRefresh {
            message: error.to_string(),
            may_retry: error.may_retry(),
            refusal: error.api_error().cloned(),
        });
    }

    pub(super) fn has_succeeded(&self) -> bool {
        self.failure.is_none()
    }

    /// Whether these are the tokens after this refresh.
    pub(super) fn left(&self, tokens: &Tokens) -> bool {
        self.session == tokens.session && self.refresh_token == tokens.refresh_token
    }
}

/// The longer of two pauses: after a refresh that this client tried, and after the refresh that
/// gave the tokens, possibly by another program.
pub(super) fn pause(
    now: SystemTime,
    last: Option<&LastRefresh>,
    tokens: &Tokens,
    cooldown: Duration,
) -> Option<Pause> {
    let after = |at, failure: Option<&FailedRefresh>| {
        let ago = between(at, now);
        let left = cooldown.checked_sub(ago).filter(|left| !left.is_zero())?;
        let failure = failure.cloned();
        Some(Pause { ago, left, failure })
    };
    let own = last.filter(|last| last.left(tokens));
    let own = own.and_then(|last| after(last.at, last.failure.as_ref()));
    let stored = tokens.refreshed_at.and_then(|at| after(at, None));
    match (own, stored) {
        (Some(own), Some(stored)) if stored.left > own.left => Some(stored),
        (own, stored) => own.or(stored),
    }
}

/// The difference of two times, whichever is later: clocks can be set back, and programs' clocks
/// differ.
fn between(one: SystemTime, other: SystemTime) -> Duration {
    let later = other.duration_since(one);
    later.unwrap_or_else(|earlier| earlier.duration())
}
