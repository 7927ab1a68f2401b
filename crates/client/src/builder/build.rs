//! Builds a client from the settings.

use std::net::IpAddr;

use aliexpress_signing::Signer;

use super::{ClientBuilder, RecordingMode};
use crate::app::{App, LONGEST};
use crate::caller::{Caller, Sessions};
use crate::client::{Carrier, Client};
use crate::error::Error;
use crate::gateway_clock::GatewayClock;
use crate::limits::{Limiter, SharedLimits};
use crate::orders::Journaling;
use crate::prepared::CallSigner;
use crate::recording::{Recorder, Replayer};
use crate::secrets::Session;
use crate::shop::AddressTrees;
use crate::timer::SystemTimer;
use crate::tokens::SessionManager;
use crate::wire::Wire;

impl ClientBuilder {
    /// Builds the blocking client. Opens no connection and loads no tokens yet.
    ///
    /// # Errors
    ///
    /// When the app key, the secret or the session is blank, the gateway is not a valid base
    /// address, or a setting of the transport or a folder of recordings cannot be used.
    pub fn build(mut self) -> Result<Client, Error> {
        self.check()?;
        let transport = self.transport.clone().build();
        let transport = transport.map_err(Error::of_transport_settings)?;
        let wire = self.recording_mode().wire(transport)?;
        let time = std::mem::replace(&mut self.blocking_timer, Box::new(SystemTimer));
        let caller = self.caller(wire.replays());
        Ok(Client::new(caller, Carrier { wire, time }))
    }

    /// Builds the async client over hyper. Opens no connection and loads no tokens yet.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    #[cfg(feature = "hyper")]
    pub fn build_async(self) -> Result<crate::AsyncClient, Error> {
        let transport = self.transport.clone().build_async();
        let transport = transport.map_err(Error::of_transport_settings)?;
        self.build_async_over(transport)
    }

    /// Builds the async client over reqwest. Opens no connection and loads no tokens yet.
    ///
    /// `configure` sets on reqwest what this builder does not offer, such as a resolver; see
    /// [`Builder::build_reqwest`](crate::transport::Builder::build_reqwest).
    ///
    /// ```no_run
    /// # fn main() -> Result<(), aliexpress::Error> {
    /// let gateway = ([10, 0, 0, 7], 443).into();
    /// let client = aliexpress::ClientBuilder::from_env()?
    ///     .build_reqwest(|reqwest| reqwest.resolve("api-sg.aliexpress.com", gateway))?;
    /// # drop(client);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build), and when reqwest refuses what `configure` set.
    #[cfg(feature = "reqwest")]
    pub fn build_reqwest(
        self,
        configure: impl Fn(
            crate::transport::reqwest::ClientBuilder,
        ) -> crate::transport::reqwest::ClientBuilder,
    ) -> Result<crate::AsyncClient, Error> {
        let transport = self.transport.clone().build_reqwest(configure);
        let transport = transport.map_err(Error::of_transport_settings)?;
        self.build_async_over(transport)
    }

    /// Builds the async client over another HTTP library. That library then decides about
    /// connections: time-outs (except the deadline), proxy, certificates, user agent, gzip and the
    /// size limit of answers.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    #[cfg(feature = "async")]
    pub fn build_async_over(
        mut self,
        http: impl crate::transport::AsyncHttp,
    ) -> Result<crate::AsyncClient, Error> {
        use crate::async_client::Carrier;
        use crate::timer::TokioTimer;
        use crate::transport::AsyncHttp;

        self.check()?;
        let http: Box<dyn AsyncHttp> = Box::new(http);
        let wire = self.recording_mode().wire(http)?;
        let time = std::mem::replace(&mut self.async_timer, Box::new(TokioTimer));
        let caller = self.caller(wire.replays());
        Ok(crate::AsyncClient::new(caller, Carrier::new(wire, time)))
    }

    fn recording_mode(&mut self) -> RecordingMode {
        std::mem::replace(&mut self.recording_mode, RecordingMode::None)
    }

    fn caller(self, replays: bool) -> Caller {
        let sessions = match (self.store, self.session) {
            (Some(store), _) => {
                let lock_timeout = self.deadline.min(LONGEST);
                let manager = SessionManager::new(store, self.refresh, lock_timeout);
                Sessions::Kept(Box::new(manager))
            }
            (None, Some(session)) => Sessions::Fixed(session),
            (None, None) => Sessions::None,
        };
        let journaling = self.journal.map(|journal| Journaling {
            journal,
            account: match self.account {
                Some(account) => account,
                None => self.app_key.as_str().to_owned(),
            },
            keeps_requests: self.keeps_requests,
        });
        let shared = self.shared_limits;
        let app = App {
            replays,
            shared_limits: shared.map(|store| SharedLimits::new(store, self.app_key.as_str())),
            signer: CallSigner {
                base: self.gateway.trim_end_matches('/').to_owned(),
                app_key: self.app_key,
                signer: Signer::new(&self.app_secret),
                sign_method: self.sign_method,
                format: self.format,
                simplify: self.simplify,
            },
            refresh: self.refresh,
            token_api: self.token_api,
            limiter: Limiter::new(self.limits),
            retry: self.retry,
            upload_limit: self.upload_limit,
            deadline: self.deadline.min(LONGEST),
            clock: self.clock,
            gateway_clock: GatewayClock::default(),
            journaling,
            addresses: AddressTrees::default(),
        };
        Caller::new(app, sessions)
    }

    fn check(&self) -> Result<(), Error> {
        let session = self.session.as_ref().map(Session::expose);
        let texts = [
            ("app key", Some(self.app_key.as_str())),
            ("app secret", Some(self.app_secret.expose())),
            ("session", session),
        ];
        let blank = texts
            .into_iter()
            .find(|(_, text)| text.is_some_and(|text| text.trim().is_empty()));
        if let Some((name, _)) = blank {
            let wanted = "the one from the platform";
            return Err(Error::unusable(
                "build a client",
                format!("a blank {name}"),
                wanted,
            ));
        }
        let padded = texts
            .into_iter()
            .find(|(_, text)| text.is_some_and(|text| text.trim().len() < text.len()));
        if let Some((name, _)) = padded {
            return Err(Error::unusable(
                "build a client",
                format!("white space at the start or end of the {name}"),
                format!("the {name} alone"),
            ));
        }
        let path = ["/sync", "/rest"]
            .into_iter()
            .find(|path| self.gateway.trim_end_matches('/').ends_with(path));
        if let Some(path) = path {
            return Err(Error::unusable(
                "build a client",
                format!("a gateway that ends in {path}"),
                "its base address, to which each call adds its own path",
            ));
        }
        let (scheme, host) = self.gateway.split_once("://").unwrap_or_default();
        let plain = !host.is_empty() && !host.contains(['?', '#', '@', ' ']);
        if matches!(scheme, "http" | "https") && plain {
            return self.check_plain_http();
        }
        // An address with a user name in it may hold a password.
        Err(Error::unusable(
            "build a client",
            "a gateway that is not a base URL",
            "http or https, a host, and no user name or query",
        ))
    }
}

impl ClientBuilder {
    fn check_plain_http(&self) -> Result<(), Error> {
        if sends_in_clear_text(&self.gateway) && !self.plain_http {
            return Err(Error::unusable(
                "build a client",
                "a gateway on another machine without TLS, where anyone on the network path can read sessions and orders",
                "https, or allow_plain_http() if that is intended",
            ));
        }
        Ok(())
    }
}

/// Whether calls to this base address leave the machine without TLS.
pub(super) fn sends_in_clear_text(gateway: &str) -> bool {
    let Some(rest) = gateway.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => host,
        _ => authority,
    };
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host != "localhost" && !address.is_some_and(|address| address.is_loopback())
}

impl RecordingMode {
    fn wire<T>(self, transport: T) -> Result<Wire<T>, Error> {
        Ok(match self {
            RecordingMode::None => Wire::Live(transport),
            RecordingMode::Record(folder) => Wire::Recording(transport, Recorder::new(folder)?),
            RecordingMode::Replay(folder) => Wire::Replaying(Replayer::new(folder)?),
        })
    }
}
