//! The async client's calls about sessions.

use tokio::runtime::Handle;

use super::AsyncClient;
use crate::caller::Caller;
use crate::error::Error;
use crate::secrets::{AuthCode, RefreshToken};
use crate::tokens::calls::tokens_in;
use crate::tokens::{RefreshFn, Tokens};

impl AsyncClient {
    /// The page where an account authorises this application; see
    /// [`authorize_url`](crate::tokens::authorize_url).
    pub fn authorize_url(&self, redirect_uri: &str, state: Option<&str>) -> String {
        self.caller.authorize_url(redirect_uri, state)
    }

    /// Exchanges the code of an account that has just authorised for tokens, and puts them into the
    /// client's token store if it has one.
    ///
    /// The code works once: the call is not repeated unless it was never sent. A future that is dropped after the call
    /// was sent loses the tokens, and the account has to authorise again.
    ///
    /// # Errors
    ///
    /// When the platform refuses, the answer holds no tokens, or the store cannot keep them.
    pub async fn create_tokens(&self, code: &AuthCode) -> Result<Tokens, Error> {
        let path = self.caller.app().token_api.create();
        let param = ("code", code.expose());
        let tokens = self.ask_for_tokens(path, param, None).await?;
        let kept = tokens.clone();
        self.blocking(move |caller| caller.keep_tokens(&kept))
            .await?;
        Ok(tokens)
    }

    /// Renews the session in the client's token store now, keeps the new tokens there, and gives them. Other tasks and
    /// programs that share the store continue with them.
    ///
    /// A session that was renewed within the last minute is given as it is, and a renewal that failed within the last
    /// minute is reported again: see [`refresh_cooldown`](crate::ClientBuilder::refresh_cooldown).
    ///
    /// # Errors
    ///
    /// When the client has no token store or no tokens, the platform refuses the refresh token (then the account has to
    /// authorise the application again), or somebody else is at it for too long.
    pub async fn renew_session(&self) -> Result<Tokens, Error> {
        self.renewing(|caller, refresh| caller.renew_session(refresh))
            .await
    }

    /// Exchanges a refresh token for new tokens, which are the caller's to keep. The client's token store is left alone
    /// and may then hold a refresh token that is spent: with a store, use [`renew_session`](Self::renew_session).
    ///
    /// # Errors
    ///
    /// When the platform refuses or the answer holds no tokens.
    pub async fn exchange_refresh_token(
        &self,
        refresh_token: &RefreshToken,
    ) -> Result<Tokens, Error> {
        let old = Tokens::new("").with_refresh_token(refresh_token.clone());
        self.refreshed(&old).await
    }

    /// The tokens in the client's store, as they stand; `None` where it has no store, or before the account has
    /// authorised the application.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    pub async fn tokens(&self) -> Result<Option<Tokens>, Error> {
        self.blocking(Caller::tokens).await
    }

    /// Runs work on the blocking pool that may exchange tokens. The exchange itself goes over the client's own transport.
    pub(super) async fn renewing<T: Send + 'static>(
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
        // The future of a call may need a session and thereby tokens: it is put on the heap, or it would hold itself.
        let client = self.of(caller);
        let params = [param];
        let reply = Box::pin(client.system_call(path, &params)).await?;
        tokens_in(path, reply, now, previous)
    }
}
