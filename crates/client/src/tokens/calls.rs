//! The client's calls about sessions.

use std::time::SystemTime;

use zeroize::Zeroize as _;

use crate::caller::{Caller, Sessions};
use crate::client::Client;
use crate::error::{Error, Finding, Kind};
use crate::machine::SessionNeed;
use crate::reply::RawReply;
use crate::secrets::{self, AuthCode, RefreshToken, Session};
use crate::tokens::{self, RefreshFn, Tokens, read_tokens};

impl Client {
    /// The URL of the page where an account authorises this application; see
    /// [`tokens::authorize_url`].
    pub fn authorize_url(&self, redirect_uri: &str, state: Option<&str>) -> String {
        self.caller().authorize_url(redirect_uri, state)
    }

    /// Exchanges the code of an account that has just authorised the application for tokens, and
    /// saves them in the client's token store if it has one.
    ///
    /// The code works once, so the call is retried only if it was certainly not sent.
    ///
    /// # Errors
    ///
    /// When the platform refuses, the answer contains no tokens, or the store cannot save them.
    pub fn create_tokens(&self, code: &AuthCode) -> Result<Tokens, Error> {
        let path = self.caller().app().token_api.create();
        let tokens = self.ask_for_tokens(path, ("code", code.expose()), None)?;
        self.caller().keep_tokens(&tokens)?;
        Ok(tokens)
    }

    /// Renews the session in the client's token store now, saves the new tokens there, and returns
    /// them. Other threads and programs that share the store use them from then on.
    ///
    /// A session that was renewed within the last minute is returned unchanged, and a renewal that
    /// failed within the last minute is reported again: see
    /// [`refresh_cooldown`](crate::ClientBuilder::refresh_cooldown).
    ///
    /// # Errors
    ///
    /// When the client has no token store or no tokens, the platform refuses the refresh token (the
    /// account then has to authorise the application again), or another thread or program takes too
    /// long to renew it.
    pub fn renew_session(&self) -> Result<Tokens, Error> {
        self.caller().renew_session(&|old| self.refreshed(old))
    }

    /// Exchanges a refresh token for new tokens without saving them. The client's token store is
    /// not changed and may then hold a refresh token that no longer works: with a store, use
    /// [`renew_session`](Self::renew_session).
    ///
    /// # Errors
    ///
    /// When the platform refuses or the answer contains no tokens.
    pub fn exchange_refresh_token(&self, refresh_token: &RefreshToken) -> Result<Tokens, Error> {
        self.refreshed(&Tokens::new("").with_refresh_token(refresh_token.clone()))
    }

    /// The tokens in the client's store; `None` if it has no store, or the account has not yet
    /// authorised the application.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn tokens(&self) -> Result<Option<Tokens>, Error> {
        self.caller().tokens()
    }

    /// New tokens in exchange for these.
    pub(crate) fn refreshed(&self, old: &Tokens) -> Result<Tokens, Error> {
        let (path, param) = self.caller().refresh_call(old);
        self.ask_for_tokens(path, param, Some(old))
    }

    fn ask_for_tokens(
        &self,
        path: &str,
        param: (&str, &str),
        previous: Option<&Tokens>,
    ) -> Result<Tokens, Error> {
        let (now, caller) = (self.caller().now(), self.caller().about_sessions());
        let reply = self.of(caller).system_call(path, &[param])?;
        tokens_in(path, reply, now, previous)
    }
}

impl Caller {
    pub(crate) fn authorize_url(&self, redirect_uri: &str, state: Option<&str>) -> String {
        let signer = &self.app().signer;
        tokens::authorize_url(&signer.base, &signer.app_key, redirect_uri, state)
    }

    /// Path and parameter of the call that exchanges these tokens for new ones.
    pub(crate) fn refresh_call<'a>(&self, old: &'a Tokens) -> (&'static str, (&'a str, &'a str)) {
        let path = self.app().token_api.refresh();
        let token = old.refresh_token.as_ref().map(RefreshToken::expose);
        (path, ("refresh_token", token.unwrap_or_default()))
    }

    /// A session from the store for a step of a call; `None` if there are no tokens and the call
    /// `may_lack` them.
    pub(crate) fn session_from_store(
        &self,
        need: &SessionNeed,
        may_lack: bool,
        refresh: RefreshFn<'_>,
    ) -> Result<Option<Session>, Error> {
        let Sessions::Kept(manager) = self.sessions() else {
            return Ok(None);
        };
        match need {
            SessionNeed::Current if may_lack && matches!(manager.stored(), Ok(None)) => Ok(None),
            SessionNeed::Current => manager.session(self.now(), refresh).map(Some),
            SessionNeed::InPlaceOf(old) => manager.renew(old, self.now(), refresh).map(Some),
        }
    }

    pub(crate) fn renew_session(&self, refresh: RefreshFn<'_>) -> Result<Tokens, Error> {
        let Sessions::Kept(manager) = self.sessions() else {
            return Err(Error::unusable(
                "renew the session",
                "a client without a token store",
                "one that was built with token_store",
            ));
        };
        manager.renewed(self.now(), refresh)
    }

    pub(crate) fn keep_tokens(&self, tokens: &Tokens) -> Result<(), Error> {
        match self.sessions() {
            Sessions::Kept(manager) => manager.save(tokens.clone()),
            Sessions::None | Sessions::Fixed(_) => Ok(()),
        }
    }

    pub(crate) fn tokens(&self) -> Result<Option<Tokens>, Error> {
        match self.sessions() {
            Sessions::Kept(manager) => manager.stored(),
            Sessions::None | Sessions::Fixed(_) => Ok(None),
        }
    }
}

/// The tokens in the answer to this path.
pub(crate) fn tokens_in(
    path: &str,
    mut reply: RawReply,
    now: SystemTime,
    previous: Option<&Tokens>,
) -> Result<Tokens, Error> {
    let tokens = read_tokens(reply.data(), now, previous).map_err(|found| {
        let doing = format!("read the answer to {path}");
        let finding = Finding::new(doing, found, "tokens");
        Error::new(path, Kind::Unreadable(finding))
            .over_reply(reply.request_id.clone(), reply.raw().to_vec())
    });
    secrets::wipe(&mut reply.data);
    reply.raw.zeroize();
    tokens
}
