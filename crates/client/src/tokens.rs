//! Sessions (access tokens): how an account authorises the application, how its session is refreshed,
//! and where the tokens are stored.
//!
//! An account authorises the application once, in a browser, at [`authorize_url`]. The page
//! redirects the browser to the application's callback with a code, which [`callback`] reads and
//! [`Client::create_tokens`](crate::Client::create_tokens) exchanges for [`Tokens`]. If the client
//! has a [`TokenStore`], the tokens are stored there and refreshed before they expire:
//!
//! ```no_run
//! use aliexpress::Client;
//! use aliexpress::tokens::{self, FileStore};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder("12345678", "app secret")
//!     .token_store(FileStore::new("/var/lib/shop/aliexpress-tokens.json"))
//!     .build()?;
//!
//! // Once, in the pages of the shop:
//! let state = "a value that only this browser session knows";
//! println!("{}", client.authorize_url("https://shop.example/callback", Some(state)));
//! // and in its callback:
//! let url = "https://shop.example/callback?code=3_500102_…&state=…";
//! client.create_tokens(&tokens::callback(url, Some(state))?)?;
//!
//! // From then on:
//! client.call_raw("aliexpress.ds.feedname.get", &[])?;
//! # Ok(())
//! # }
//! ```
//!
//! Third parties report these lifetimes of a session: 24 hours for an application under test, 30
//! days for a launched one, and twice as long for the refresh token. A refresh does not extend the
//! life of the refresh token: the account has to authorise the application again before it expires.

mod answer;
mod authorize;
pub(crate) mod calls;
mod cooldown;
mod file;
mod session_manager;
mod store;
mod timed_mutex;

use std::fmt;
use std::time::{Duration, SystemTime};

pub(crate) use answer::read_tokens;
pub use authorize::{authorize_url, callback};
pub(crate) use cooldown::RefreshTiming;
pub use file::FileStore;
pub(crate) use session_manager::{RefreshFn, SessionManager};
pub use store::{MemoryStore, StoreLock, TokenStore};

use crate::secrets::{RefreshToken, Session};
pub use crate::store_error::{StoreError, StoreErrorKind};

/// A session together with what refreshes it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tokens {
    /// The session that calls are made with.
    pub session: Session,
    /// The token that refreshes the session; `None` if it cannot be refreshed.
    pub refresh_token: Option<RefreshToken>,
    /// When the session expires, by this machine's clock; `None` if unknown.
    pub expires_at: Option<SystemTime>,
    /// When the refresh token expires, by this machine's clock; `None` if unknown.
    pub refresh_expires_at: Option<SystemTime>,
    /// When a refresh gave these tokens, by this machine's clock; `None` for those of an account
    /// that has just authorised. They are not refreshed again within the following minute. If a store
    /// does not keep this time, programs that share it may refresh right after one another.
    pub refreshed_at: Option<SystemTime>,
    /// Whose session it is.
    pub account: Account,
}

/// The account that a session belongs to, as the platform names it. Ids are text on the wire.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Id of the user who authorised.
    pub user_id: Option<String>,
    /// Id of the seller.
    pub seller_id: Option<String>,
    /// Id of the account.
    pub account_id: Option<String>,
    /// Id within the platform's group of companies (`havana_id`).
    pub havana_id: Option<String>,
    /// The nickname.
    pub user_nick: Option<String>,
    /// The login, usually an e-mail address.
    pub account: Option<String>,
    /// The kind of login, such as `buyerApp`.
    pub account_platform: Option<String>,
    /// The site, such as `ae`.
    pub sp: Option<String>,
    /// The language, such as `zh_CN`.
    pub locale: Option<String>,
}

impl Tokens {
    /// A session from elsewhere, without a refresh token and without an expiry time.
    pub fn new(session: impl Into<Session>) -> Self {
        Self {
            session: session.into(),
            refresh_token: None,
            expires_at: None,
            refresh_expires_at: None,
            refreshed_at: None,
            account: Account::default(),
        }
    }

    /// Adds the token that refreshes the session.
    #[must_use]
    pub fn with_refresh_token(mut self, token: impl Into<RefreshToken>) -> Self {
        self.refresh_token = Some(token.into());
        self
    }

    /// Sets when the session expires.
    #[must_use]
    pub fn expiring_at(mut self, time: SystemTime) -> Self {
        self.expires_at = Some(time);
        self
    }

    /// The form in which stores keep tokens: JSON as the platform answers it, with times in
    /// milliseconds since 1970. It contains the secrets in clear text.
    pub fn to_json(&self) -> String {
        std::mem::take(&mut *answer::to_json_text(self))
    }

    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    ///
    /// When the text is anything else. The error shows nothing of the text.
    pub fn from_json(json: &str) -> Result<Self, StoreError> {
        let wrong = |found: &str| {
            StoreError::new(format!(
                "cannot read tokens: found {found}; wanted what Tokens::to_json wrote"
            ))
        };
        answer::from_json(json.as_bytes()).map_err(wrong)
    }

    /// Whether the session expires within `time` from `now`, or has expired.
    pub fn ends_within(&self, time: Duration, now: SystemTime) -> bool {
        self.expires_at
            .is_some_and(|end| end.duration_since(now).unwrap_or_default() <= time)
    }

    /// Whether there is a refresh token that has not expired at `now`.
    pub fn can_be_refreshed(&self, now: SystemTime) -> bool {
        self.refresh_token.is_some() && self.refresh_expires_at.is_none_or(|end| end > now)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("session", &self.session)
            .field("refresh_token", &self.refresh_token)
            .field("expires_at", &self.expires_at)
            .field("refresh_expires_at", &self.refresh_expires_at)
            .field("refreshed_at", &self.refreshed_at)
            .field("account", &self.account)
            .finish()
    }
}

impl fmt::Debug for Account {
    /// Leaves out nickname and login, which name a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("user_id", &self.user_id)
            .field("seller_id", &self.seller_id)
            .field("account_id", &self.account_id)
            .field("account_platform", &self.account_platform)
            .field("sp", &self.sp)
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}

/// Which of the platform's two pairs of token calls is used. Both have the same parameters and
/// answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TokenApi {
    /// `/auth/token/create` and `/auth/token/refresh`.
    #[default]
    Standard,
    /// `/auth/token/security/create` and `/auth/token/security/refresh`.
    Security,
}

impl TokenApi {
    pub(crate) fn create(self) -> &'static str {
        match self {
            TokenApi::Standard => "/auth/token/create",
            TokenApi::Security => "/auth/token/security/create",
        }
    }

    pub(crate) fn refresh(self) -> &'static str {
        match self {
            TokenApi::Standard => "/auth/token/refresh",
            TokenApi::Security => "/auth/token/security/refresh",
        }
    }
}
