//! The client's calls about sessions.

use crate::caller::Sessions;
use crate::client::Client;
use crate::error::{Error, Finding, Kind};
use crate::secrets::{AuthCode, RefreshToken};
use crate::tokens::{self, Tokens, read_tokens};

impl Client {
    /// The page where an account authorises this application; see [`tokens::authorize_url`].
    pub fn authorize_url(&self, redirect_uri: &str, state: Option<&str>) -> String {
        let signatory = &self.caller().app().signatory;
        tokens::authorize_url(&signatory.base, &signatory.app_key, redirect_uri, state)
    }

    /// Exchanges the code of an account that has just authorised for tokens, and puts them into the
    /// client's token store if it has one.
    ///
    /// The code works once: the call is not repeated unless it was never sent.
    ///
    /// # Errors
    ///
    /// When the platform refuses, the answer holds no tokens, or the store cannot keep them.
    pub fn create_tokens(&self, code: &AuthCode) -> Result<Tokens, Error> {
        let path = self.caller().app().token_api.create();
        let tokens = self.ask_for_tokens(path, ("code", code.expose()), None)?;
        if let Sessions::Kept(keeper) = self.caller().sessions() {
            keeper.put(tokens.clone())?;
        }
        Ok(tokens)
    }

    /// Renews the session in the client's token store now, keeps the new tokens there, and gives them. Other threads and
    /// programs that share the store go on with them.
    ///
    /// # Errors
    ///
    /// When the client has no token store or no tokens, the platform refuses the refresh token (then the account has to
    /// authorise the application again), or somebody else is at it for too long.
    pub fn renew_session(&self) -> Result<Tokens, Error> {
        let Sessions::Kept(keeper) = self.caller().sessions() else {
            return Err(Error::unusable(
                "renew the session",
                "a client without a token store",
                "one that was built with token_store",
            ));
        };
        let old = keeper.tokens()?;
        keeper.renew(&old.session, self.caller().now(), &|old| {
            self.refreshed(old)
        })?;
        keeper.tokens()
    }

    /// Exchanges a refresh token for new tokens, which are the caller's to keep. The client's token store is left alone
    /// and may then hold a refresh token that is spent: with a store, use [`renew_session`](Self::renew_session).
    ///
    /// # Errors
    ///
    /// When the platform refuses or the answer holds no tokens.
    pub fn exchange_refresh_token(&self, refresh_token: &RefreshToken) -> Result<Tokens, Error> {
        self.refreshed(&Tokens::new("").with_refresh_token(refresh_token.clone()))
    }

    /// The tokens in the client's store, as they stand; none where it has no store, or before the account has
    /// authorised the application.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub fn tokens(&self) -> Result<Option<Tokens>, Error> {
        match self.caller().sessions() {
            Sessions::Kept(keeper) => keeper.known(),
            Sessions::None | Sessions::Fixed(_) => Ok(None),
        }
    }

    /// New tokens in exchange for these.
    pub(crate) fn refreshed(&self, old: &Tokens) -> Result<Tokens, Error> {
        let path = self.caller().app().token_api.refresh();
        let token = old.refresh_token.as_ref().map(RefreshToken::expose);
        let token = ("refresh_token", token.unwrap_or_default());
        self.ask_for_tokens(path, token, Some(old))
    }

    fn ask_for_tokens(
        &self,
        path: &str,
        param: (&str, &str),
        previous: Option<&Tokens>,
    ) -> Result<Tokens, Error> {
        let now = self.caller().now();
        let reply = self
            .of(self.caller().about_sessions())
            .system_call(path, &[param])?;
        read_tokens(reply.data(), now, previous).map_err(|found| {
            let doing = format!("read the answer to {path}");
            let finding = Finding::new(doing, found, "tokens");
            Error::new(path, Kind::Unreadable(finding)).with_answer(200, reply.raw().to_vec())
        })
    }
}
