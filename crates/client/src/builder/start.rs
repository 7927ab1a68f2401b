//! How a client is created: from an app key and app secret, or from environment variables.

use super::ClientBuilder;
#[cfg(feature = "async")]
use crate::async_client::AsyncClient;
use crate::client::Client;
use crate::error::Error;

impl Client {
    /// Starts a client for an application, from the app key and app secret shown in the developer
    /// console.
    pub fn builder(
        app_key: impl Into<crate::AppKey>,
        app_secret: impl Into<crate::AppSecret>,
    ) -> ClientBuilder {
        ClientBuilder::new(app_key.into(), app_secret.into())
    }

    /// A client with default settings, configured from environment variables; see
    /// [`ClientBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// When a variable is missing or blank; the message names all such variables.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }
}

#[cfg(feature = "async")]
impl AsyncClient {
    /// Starts a client for an application, from the app key and app secret shown in the developer
    /// console.
    pub fn builder(
        app_key: impl Into<crate::AppKey>,
        app_secret: impl Into<crate::AppSecret>,
    ) -> ClientBuilder {
        ClientBuilder::new(app_key.into(), app_secret.into())
    }

    /// A client over hyper with default settings, configured from environment variables; see
    /// [`ClientBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// When a variable is missing or blank; the message names all such variables.
    #[cfg(feature = "hyper")]
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build_async()
    }
}
