//! The async client's calls about sessions.

use tokio::runtime::Handle;

use super::AsyncClient;
use crate::caller::Caller;
use crate::error::Error;
use crate::secrets::{AuthCode, RefreshToken};
use crate::tokens::calls::tokens_in;
use crate::tokens::{RefreshFn, Tokens};

impl AsyncClient {
    /// The URL of the page where an account authorises this application; see
    /// [`authorize_url`](crate::tokens::authorize_url).
    pub fn authorize_url(&self, redirect_uri: &str, state: Option<&str>) -> String {
        self.caller.authorize_url(redirect_uri, state)
    }

    /// Exchanges the code of an account that has just authorised the application for tokens, and
    /// saves them in the client's token store if it has one.
    ///
    /// The code works once, so the call is retried only if it was certainly not sent. If the future
    /// is dropped after the call was sent, the tokens are lost and the account has to authorise
    /// again.
    ///
    /// # Errors
    ///
    /// When the platform refuses, the answer contains no tokens, or the store cannot save them.
    pub async fn create_tokens(&self, code: &AuthCode) -> Result<Tokens, Error> {
        let path = self.caller.app().token_api.create();
        let param = ("code", code.expose());
        let tokens = self.ask_for_tokens(path, param, None).await?;
        let kept = tokens.clone();
        self.blocking(move |caller| caller.keep_tokens(&kept))
            .await?;
        Ok(tokens)
    }

    /// Refreshes the session in the client's token store now, saves the new tokens there, and returns
    /// them. Other tasks and programs that share the store use them from then on.
    ///
    /// A session that was refreshed within the last minute is returned unchanged, and a refresh that
    /// failed within the last minute is reported again: see
    /// [`refresh_cooldown`](crate::ClientBuilder::refresh_cooldown).
    ///
    /// # Errors
    ///
    /// When the client has no token store or no tokens, the platform refuses the refresh token (the
    /// account then has to authorise the application again), or another task or program takes too
    /// long to refresh the session.
    pub async fn refresh_session(&self) -> Result<Tokens, Error> {
        self.refreshing(|caller, refresh| caller.refresh_session(refresh))
            .await
    }

    /// Exchanges a refresh token for new tokens without saving them. The client's token store is
    /// not changed and may then hold a refresh token that no longer works: with a store, use
    /// [`refresh_session`](Self::refresh_session).
    ///
    /// # Errors
    ///
    /// When the platform refuses or the answer contains no tokens.
    pub async fn exchange_refresh_token(
        &self,
        refresh_token: &RefreshToken,
    ) -> Result<Tokens, Error> {
        let old = Tokens::new("").with_refresh_token(refresh_token.clone());
        self.refreshed(&old).await
    }

    /// The tokens in the client's store; `None` if it has no store, or the account has not yet
    /// authorised the application.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn tokens(&self) -> Result<Option<Tokens>, Error> {
        self.blocking(Caller::tokens).await
    }

    /// Runs work that may exchange tokens on the blocking pool. The exchange itself uses the
    /// client's own transport.
    pub(super) async fn refreshing<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Caller, RefreshFn<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        // The semaphore is never closed.
        let place = self.places.clone().acquire_owned().await.ok();
        let (client, runtime) = (self.clone(), Handle::current());
        self.blocking(move |caller| {
            let _place = place;
            work(caller, &|old| runtime.block_on(client.refreshed(old)))
        })
        .await
    }

    async fn refreshed(&self, old: &Tokens) -> Result<Tokens, Error> {
        let (path, param) = self.caller.refresh_call(old);
        self.ask_for_tokens(path, param, Some(old)).await
    }

    async fn ask_for_tokens(
        &self,
        path: &str,
        param: (&str, &str),
        previous: Option<&Tokens>,
    ) -> Result<Tokens, Error> {
        let (now, caller) = (self.caller.now(), self.caller.about_sessions());
        // A call may need a session, and refreshing one is a call: without the box, the future would
        // contain itself.
        let client = self.of(caller);
        let params = [param];
        let reply = Box::pin(client.system_call(path, &params)).await?;
        tokens_in(path, reply, now, previous)
    }
}
