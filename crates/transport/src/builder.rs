//! The settings of a transport.

use std::fmt;
use std::time::Duration;

use ureq::config::AutoHeaderValue;
use ureq::http::HeaderValue;
use ureq::tls::TlsConfig;
use ureq::unversioned::resolver::{DefaultResolver, Resolver};
use ureq::{Agent, Proxy, ProxyProtocol};

use crate::connector::{Deferred, PhasedConnector};
use crate::error::{Error, Kind, Phase};
use crate::roots::{self, RootCertificate};
use crate::settings::Settings;
use crate::transport::Transport;

/// Longer than any exchange, and short enough to be added to any point in time.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Idle connections that are kept, over all servers. With ureq's default of 3 per server, more
/// threads than that would close and reopen connections all the time.
const IDLE_CONNECTIONS: usize = 32;

/// How long an idle connection is kept. Short compared with the idle time-outs of common gateways
/// (60 s and more), so that a server rarely closes a connection while a request is being sent.
const IDLE_TIME: Duration = Duration::from_secs(15);

/// Builds a [`Transport`]. Every setting has a default.
#[derive(Clone)]
#[must_use]
pub struct Builder {
    connect_timeout: Duration,
    read_timeout: Duration,
    total_timeout: Duration,
    response_limit: usize,
    user_agent: String,
    proxy: ProxySetting,
    roots: Vec<RootCertificate>,
    gzip: bool,
}

#[derive(Clone)]
enum ProxySetting {
    Direct,
    Environment,
    Url(String),
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(60),
            response_limit: 16 * 1024 * 1024,
            user_agent: concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")).to_owned(),
            proxy: ProxySetting::Direct,
            roots: Vec::new(),
            gzip: true,
        }
    }
}

impl Transport {
    /// A builder with the default settings.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// Longest time to open a connection: name resolution, TCP, proxy and TLS together. 10 s by
    /// default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Longest time without progress: no byte of the answer arrives, or the server accepts no byte
    /// of the request. 30 s by default.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// Longest time for a whole exchange. The deadline passed to [`Transport::send`] can only
    /// shorten it. 60 s by default.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Largest body of an answer in bytes, after decompression. 16 MiB by default.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// Value of the `User-Agent` header; if empty, the header is not sent. This crate's name and
    /// version by default.
    pub fn user_agent(mut self, value: impl Into<String>) -> Self {
        self.user_agent = value.into();
        self
    }

    /// Uses an HTTP proxy, `http://[user:password@]host[:port]` or `https://…`, with a `CONNECT`
    /// tunnel even for `http` addresses. No proxy by default; environment variables are ignored
    /// unless [`proxy_from_env`](Self::proxy_from_env) is called.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = ProxySetting::Url(url.into());
        self
    }

    /// Uses the proxy named by the first of the variables `ALL_PROXY`, `HTTPS_PROXY` and
    /// `HTTP_PROXY` (or their lower-case forms) that is set, except for the hosts in `NO_PROXY`. If
    /// none is set, or its value is not a URL, the connection is direct.
    pub fn proxy_from_env(mut self) -> Self {
        self.proxy = ProxySetting::Environment;
        self
    }

    /// Also trusts the certificates of a PEM file, in addition to Mozilla's roots.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(RootCertificate::Pem(pem.into()));
        self
    }

    /// Also trusts one certificate in DER format, in addition to Mozilla's roots.
    pub fn root_certificate_der(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.roots.push(RootCertificate::Der(der.into()));
        self
    }

    /// Whether to request gzip. True by default. A compressed answer is decompressed in any case.
    pub fn gzip(mut self, ask: bool) -> Self {
        self.gzip = ask;
        self
    }

    /// Builds the transport. Opens no connection yet.
    ///
    /// # Errors
    ///
    /// When a time-out is zero, the user agent is not valid in a header, the proxy is not the URL
    /// of an HTTP proxy, or a root certificate cannot be read.
    pub fn build(self) -> Result<Transport, Error> {
        self.build_with(DefaultResolver::default())
    }

    /// Builds the transport for an async program. Opens no connection yet.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    #[cfg(feature = "hyper")]
    pub fn build_async(self) -> Result<crate::AsyncTransport, Error> {
        let (parts, settings) = self.async_parts()?;
        crate::AsyncTransport::new(parts, settings)
    }

    #[cfg(feature = "hyper")]
    pub(crate) fn async_parts(self) -> Result<(crate::async_exchange::Parts, Settings), Error> {
        let settings = self.settings()?;
        header(&self.user_agent)?;
        let parts = crate::async_exchange::Parts {
            tls: roots::client_config(&self.roots)?,
            user_agent: self.user_agent,
            proxy: self.proxy.resolve()?,
            gzip: self.gzip,
            idle_connections: IDLE_CONNECTIONS,
            idle_time: IDLE_TIME,
        };
        Ok((parts, settings))
    }

    fn settings(&self) -> Result<Settings, Error> {
        Ok(Settings {
            connect_timeout: timeout("connect", self.connect_timeout)?,
            read_timeout: timeout("read", self.read_timeout)?,
            total_timeout: timeout("total", self.total_timeout)?,
            response_limit: self.response_limit,
        })
    }

    pub(crate) fn build_with(self, resolver: impl Resolver) -> Result<Transport, Error> {
        let settings = self.settings()?;
        let tls = TlsConfig::builder()
            .root_certs(roots::with_mozillas(&self.roots)?)
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(self.proxy.resolve()?)
            .user_agent(header(&self.user_agent)?)
            .accept_encoding(if self.gzip {
                AutoHeaderValue::Default
            } else {
                AutoHeaderValue::None
            })
            .tls_config(tls)
            .timeout_global(Some(settings.total_timeout))
            .timeout_connect(Some(settings.connect_timeout))
            .timeout_per_read(Some(settings.read_timeout))
            .timeout_per_write(Some(settings.read_timeout))
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            .max_idle_age(IDLE_TIME)
            .build();
        let agent = Agent::with_parts(config, PhasedConnector::new(resolver), Deferred);
        Ok(Transport::new(agent, settings))
    }
}

fn timeout(name: &'static str, given: Duration) -> Result<Duration, Error> {
    if given.is_zero() {
        return Err(refused(
            "set a time-out",
            format!("zero as the {name} time-out"),
            "more than zero",
        ));
    }
    Ok(given.min(LONGEST))
}

fn header(user_agent: &str) -> Result<AutoHeaderValue, Error> {
    match HeaderValue::from_str(user_agent) {
        Ok(value) if value.is_empty() => Ok(AutoHeaderValue::None),
        // ureq reads the value as text, which printable ASCII always is.
        Ok(value) if value.to_str().is_ok() => {
            Ok(AutoHeaderValue::Provided(user_agent.to_owned().into()))
        }
        _ => Err(refused(
            "set the user agent",
            format!("{user_agent:?}"),
            "printable ASCII on one line",
        )),
    }
}

impl ProxySetting {
    fn resolve(&self) -> Result<Option<Proxy>, Error> {
        let proxy = match self {
            ProxySetting::Direct => return Ok(None),
            ProxySetting::Environment => Proxy::try_from_env(),
            ProxySetting::Url(url) => {
                Some(Proxy::new(url).map_err(|_| no_http_proxy("text that is not a url"))?)
            }
        };
        match proxy {
            Some(proxy)
                if !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https) =>
            {
                Err(no_http_proxy(&format!("a {} proxy", proxy.protocol())))
            }
            proxy => Ok(proxy),
        }
    }
}

/// Does not show the URL, which may hold a password.
fn no_http_proxy(found: &str) -> Error {
    refused(
        "set the proxy",
        found.to_owned(),
        "http://host:port or https://host:port",
    )
}

fn refused(doing: &'static str, found: String, wanted: &'static str) -> Error {
    Error::new(
        Phase::Prepare,
        Kind::Invalid {
            doing,
            found,
            wanted,
        },
    )
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("total_timeout", &self.total_timeout)
            .field("response_limit", &self.response_limit)
            .field("user_agent", &self.user_agent)
            .field("proxy", &self.proxy)
            .field("extra_roots", &self.roots.len())
            .field("gzip", &self.gzip)
            .finish()
    }
}

impl fmt::Debug for ProxySetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProxySetting::Direct => "none",
            ProxySetting::Environment => "from the environment",
            // May hold a password.
            ProxySetting::Url(_) => "[redacted]",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(builder: Builder, expected: &str) {
        let error = builder.build().err().map(|error| {
            assert!(error.certainly_not_sent());
            error.to_string()
        });
        assert_eq!(error.as_deref(), Some(expected));
    }

    #[test]
    fn unusable_settings_are_refused() {
        let builder = Builder::default;
        check_refused(
            builder().connect_timeout(Duration::ZERO),
            "cannot set a time-out: found zero as the connect time-out; wanted more than zero",
        );
        check_refused(
            builder().user_agent("a\r\nX: y"),
            r#"cannot set the user agent: found "a\r\nX: y"; wanted printable ASCII on one line"#,
        );
        check_refused(
            builder().proxy("http://"),
            "cannot set the proxy: found text that is not a url; wanted http://host:port or https://host:port",
        );
        check_refused(
            builder().proxy("socks5://user:canary@h:1"),
            "cannot set the proxy: found a SOCKS5 proxy; wanted http://host:port or https://host:port",
        );
        check_refused(
            builder().root_certificates_pem("-----BEGIN CERTIFICATE-----\nMIIB"),
            "cannot read a root certificate: found broken PEM; \
             wanted X.509 certificates as PEM or one as DER",
        );
        check_refused(
            builder().root_certificates_pem("certificate.pem"),
            "cannot read a root certificate: found no CERTIFICATE section; \
             wanted X.509 certificates as PEM or one as DER",
        );
        check_refused(
            builder().root_certificate_der(*b"0123"),
            "cannot read a root certificate: found bytes that are not a certificate; \
             wanted X.509 certificates as PEM or one as DER",
        );
    }

    #[test]
    fn the_longest_durations_are_accepted() {
        let built = Builder::default()
            .connect_timeout(Duration::MAX)
            .read_timeout(Duration::MAX)
            .total_timeout(Duration::MAX)
            .build();
        assert!(built.is_ok());
    }

    #[test]
    fn debug_of_a_builder_hides_the_proxy() {
        let shown = format!("{:?}", Builder::default().proxy("http://user:canary@h:1"));
        assert!(
            shown.contains("proxy: [redacted]") && !shown.contains("canary"),
            "{shown}"
        );
    }
}
