//! What both clients do for sessions.

use super::{Caller, Sessions};
use crate::error::Error;
use crate::machine::SessionNeed;
use crate::secrets::{RefreshToken, Session};
use crate::tokens::{self, RefreshFn, Tokens};

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
            SessionNeed::InPlaceOf(old) => manager.refresh(old, self.now(), refresh).map(Some),
        }
    }

    pub(crate) fn refresh_session(&self, refresh: RefreshFn<'_>) -> Result<Tokens, Error> {
        let Sessions::Kept(manager) = self.sessions() else {
            return Err(Error::unusable(
                "refresh the session",
                "a client without a token store",
                "one that was built with token_store",
            ));
        };
        manager.refreshed(self.now(), refresh)
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
