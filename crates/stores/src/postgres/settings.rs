//! Where the database is, and how to connect to it.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aliexpress::tokens::{StoreError, StoreErrorKind};
use postgres::Config;
use postgres::config::{Host, SslMode};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::PostgresStore;
use super::connection::Settings;
use super::pool::Pool;

/// How long a server may take to accept a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// After how much silence each side checks whether the other one still exists.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// The settings of a [`PostgresStore`].
#[must_use]
pub struct PostgresSettings {
    config: Config,
    roots: Vec<u8>,
    plain: bool,
    connections: usize,
}

impl PostgresSettings {
    pub(super) fn read(connection: &str) -> Result<Self, StoreError> {
        // Both require verified TLS, which this crate always uses; the parser does not know them.
        let verified = ["sslmode=verify-full", "sslmode=verify-ca"]
            .into_iter()
            .fold(connection.to_owned(), |text, mode| {
                text.replace(mode, "sslmode=require")
            });
        // The parser's error may quote part of the password.
        let mut config: Config = verified.parse().map_err(|_| {
            unusable(
                "a connection string that cannot be read",
                "postgres://user:password@host/database with other characters percent-encoded, or pairs such as \
                 host=… user=… dbname=…",
            )
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(unusable(
                "a connection string without a host",
                "host and database",
            ));
        }
        if config.get_application_name().is_none() {
            config.application_name("aliexpress");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        config.keepalives_idle(KEEPALIVE.min(config.get_keepalives_idle()));
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(2 * KEEPALIVE);
        }
        Ok(Self {
            config,
            roots: Vec::new(),
            plain: false,
            connections: 4,
        })
    }

    /// Trusts these root certificates (PEM) instead of Mozilla's, such as those of the organisation
    /// that runs the server.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots = pem.into();
        self
    }

    /// Allows a connection to another machine without TLS, if the connection string says so
    /// (`sslmode=disable`) or the server has none. Sessions and addresses can then be read on the
    /// way, so use it only in your own network.
    pub fn allow_plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Most connections of the store; 4 by default, at least 1. Each refresh of tokens uses one
    /// more while it lasts.
    pub fn connections(mut self, most: usize) -> Self {
        self.connections = most.max(1);
        self
    }

    /// Opens the database; see [`PostgresStore::open`].
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::open`].
    pub fn open(mut self) -> Result<PostgresStore, StoreError> {
        self.decide_tls()?;
        let settings = Settings {
            tls: MakeRustlsConnect::new(tls(&self.roots)?),
            place: place(&self.config),
            config: self.config,
        };
        let pool = Pool::new(settings, self.connections);
        pool.prepare()?;
        Ok(PostgresStore(Arc::new(pool)))
    }

    fn decide_tls(&mut self) -> Result<(), StoreError> {
        let mode = self.config.get_ssl_mode();
        if is_local(&self.config) {
            // A local connection needs no TLS, and a server's default certificate is self-signed.
            if mode == SslMode::Prefer {
                self.config.ssl_mode(SslMode::Disable);
            }
            return Ok(());
        }
        match mode {
            _ if self.plain => {}
            SslMode::Disable => {
                return Err(unusable(
                    "sslmode=disable for another machine, where anyone on the network path can read sessions and addresses",
                    "TLS, or allow_plain() if this is intended",
                ));
            }
            _ => {
                self.config.ssl_mode(SslMode::Require);
            }
        }
        Ok(())
    }
}

fn is_local(config: &Config) -> bool {
    let addresses = config.get_hostaddrs();
    if !addresses.is_empty() {
        return addresses.iter().all(IpAddr::is_loopback);
    }
    config.get_hosts().iter().all(|host| match host {
        #[cfg(unix)]
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            let address: Option<IpAddr> = name.parse().ok();
            name == "localhost" || address.is_some_and(|address| address.is_loopback())
        }
    })
}

fn place(config: &Config) -> String {
    let hosts = config.get_hosts().iter().map(|host| match host {
        #[cfg(unix)]
        Host::Unix(folder) => folder.display().to_string(),
        Host::Tcp(name) => name.clone(),
    });
    let mut hosts: Vec<_> = hosts.collect();
    if hosts.is_empty() {
        hosts = config
            .get_hostaddrs()
            .iter()
            .map(ToString::to_string)
            .collect();
    }
    let ports = match config.get_ports() {
        [] => String::new(),
        ports => {
            let ports: Vec<_> = ports.iter().map(ToString::to_string).collect();
            format!(":{}", ports.join(","))
        }
    };
    let database = config.get_dbname().unwrap_or("of the user's name");
    format!("the database {database} on {}{ports}", hosts.join(","))
}

fn tls(pem: &[u8]) -> Result<ClientConfig, StoreError> {
    let mut roots = RootCertStore::empty();
    if pem.is_empty() {
        roots.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
    } else {
        let broken = || {
            unusable(
                "root certificates that cannot be read",
                "X.509 certificates as PEM",
            )
        };
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| broken())?;
            roots.add(certificate).map_err(|_| broken())?;
        }
        if roots.is_empty() {
            return Err(broken());
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            unusable("no supported version of TLS", "1.2 or 1.3").with_source(error)
        })?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

fn unusable(found: &str, wanted: &str) -> StoreError {
    StoreError::new(format!(
        "cannot open a PostgreSQL database: found {found}; wanted {wanted}"
    ))
    .with_kind(StoreErrorKind::Unusable)
}

impl fmt::Debug for PostgresSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresSettings")
            .field(&place(&self.config))
            .finish()
    }
}
