//! Sessions over the blocking client.

use super::Client;
use crate::error::Error;
use crate::secrets::{AuthCode, RefreshToken};
use crate::tokens::Tokens;
use crate::tokens::calls::tokens_in;

impl Client {
    /// The URL of the page where an account authorises this application; see
    /// [`tokens::authorize_url`](crate::tokens::authorize_url).
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

    /// Refreshes the session in the client's token store now, saves the new tokens there, and returns
    /// them. Other threads and programs that share the store use them from then on.
    ///
    /// A session that was refreshed within the last minute is returned unchanged, and a refresh that
    /// failed within the last minute is reported again: see
    /// [`refresh_cooldown`](crate::ClientBuilder::refresh_cooldown).
    ///
    /// # Errors
    ///
    /// When the client has no token store or no tokens, the platform refuses the refresh token (the
    /// account then has to authorise the application again), or another thread or program takes too
    /// long to refresh the session.
    pub fn refresh_session(&self) -> Result<Tokens, Error> {
        self.caller().refresh_session(&|old| self.refreshed(old))
    }

    /// Exchanges a refresh token for new tokens without saving them. The client's token store is
    /// not changed and may then hold a refresh token that no longer works: with a store, use
    /// [`refresh_session`](Self::refresh_session).
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
