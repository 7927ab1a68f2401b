//! Opening connections for ureq, so that names are looked up only for those and every error tells
//! in which phase it arose.
//!
//! ureq asks its resolver before it looks into its pool, and ureq's own resolver starts a thread for
//! each question that has a time limit. So the resolver given to ureq answers with nothing at once,
//! and the dialer, which ureq calls only when it found no connection to reuse, does the looking up.
//! Both traits are outside ureq's promise of stability (`ureq::unversioned`): a new minor version of
//! ureq may need changes here and nowhere else.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::http::uri::Scheme;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, Either, NextTimeout,
    RustlsConnector, TcpConnector, Transport, time,
};

use crate::error::Phase;

/// A resolver that leaves the work to the [`Dialer`].
#[derive(Debug)]
pub(crate) struct Deferred;

impl Resolver for Deferred {
    fn resolve(
        &self,
        _: &Uri,
        _: &Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        Ok(self.empty())
    }
}

/// Looks up, connects, goes through the proxy and agrees on TLS.
pub(crate) struct Dialer {
    resolver: Arc<dyn Resolver>,
    proxy: ConnectProxyConnector,
    tcp: TcpConnector,
    tls: RustlsConnector,
}

impl Dialer {
    pub(crate) fn new(resolver: impl Resolver) -> Self {
        Self {
            resolver: Arc::new(resolver),
            proxy: ConnectProxyConnector::default(),
            tcp: TcpConnector::default(),
            tls: RustlsConnector::default(),
        }
    }

    /// A connection to the server itself, or a tunnel to it.
    fn reach(
        &self,
        details: &mut ConnectionDetails<'_>,
    ) -> Result<Box<dyn Transport>, ureq::Error> {
        let started = Instant::now();
        let tunnel: Option<Either<(), _>> = self
            .proxy
            .connect(details, None)
            .map_err(in_phase(Phase::Proxy))?;
        if let Some(tunnel) = tunnel {
            charge(details, started).map_err(in_phase(Phase::Proxy))?;
            return Ok(Box::new(tunnel));
        }
        details.addrs = self.look_up(details).map_err(in_phase(Phase::Lookup))?;
        charge(details, started).map_err(in_phase(Phase::Lookup))?;
        let stream: Option<Either<(), _>> = self
            .tcp
            .connect(details, None)
            .map_err(in_phase(Phase::Connect))?;
        let stream = stream
            .ok_or(ureq::Error::ConnectionFailed)
            .map_err(in_phase(Phase::Connect))?;
        Ok(Box::new(stream))
    }

    fn look_up(&self, details: &ConnectionDetails<'_>) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let Some(address) = literal_address(details.uri) else {
            return self
                .resolver
                .resolve(details.uri, details.config, details.timeout);
        };
        let mut addresses = self.resolver.empty();
        addresses.push(address);
        Ok(addresses)
    }
}

impl Connector<()> for Dialer {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let mut details = ConnectionDetails {
            uri: details.uri,
            addrs: self.resolver.empty(),
            config: details.config,
            // Our settings differ per request in their time-outs only. Said otherwise, ureq would
            // build its TLS settings for each connection anew and resume no TLS session.
            request_level: false,
            resolver: details.resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        let reached = self.reach(&mut details)?;
        let secured = self
            .tls
            .connect(&details, Some(reached))
            .map_err(in_phase(Phase::Handshake))?;
        Ok(secured.map(|connection| Box::new(Phased(connection.boxed())) as Box<dyn Transport>))
    }
}

/// The address in a URI whose host is an IP address, which no resolver needs to be asked for.
fn literal_address(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?;
    let ip: IpAddr = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()?;
    let default_port = if uri.scheme() == Some(&Scheme::HTTPS) {
        443
    } else {
        80
    };
    Some(SocketAddr::new(ip, uri.port_u16().unwrap_or(default_port)))
}

/// Takes the time since `started` off what is left for connecting.
fn charge(details: &mut ConnectionDetails<'_>, started: Instant) -> Result<(), ureq::Error> {
    let time::Duration::Exact(left) = details.timeout.after else {
        return Ok(());
    };
    let left = left.saturating_sub(started.elapsed());
    if left.is_zero() {
        return Err(ureq::Error::Timeout(details.timeout.reason));
    }
    details.timeout.after = left.into();
    details.now = time::Instant::now();
    Ok(())
}

impl fmt::Debug for Dialer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialer").finish_non_exhaustive()
    }
}

/// A connection whose errors carry the phase they arose in.
///
/// This also keeps ureq from taking a reset for the end of a body that has no announced length: it
/// does so for plain I/O errors only.
#[derive(Debug)]
struct Phased(Box<dyn Transport>);

impl Transport for Phased {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.0
            .transmit_output(amount, timeout)
            .map_err(in_phase(Phase::Send))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.0.await_input(timeout).map_err(in_phase(Phase::Answer))
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// An error of ureq and the phase it arose in, which travels through ureq as its `Other`.
#[derive(Debug)]
pub(crate) struct Marked {
    pub(crate) phase: Phase,
    pub(crate) cause: ureq::Error,
}

impl fmt::Display for Marked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl std::error::Error for Marked {}

/// Marks an error. An outer mark replaces an inner one, for writing to a proxy is not yet sending
/// the request; only what the dialer itself found while it connected to the proxy stays.
fn in_phase(phase: Phase) -> impl FnOnce(ureq::Error) -> ureq::Error {
    move |error| {
        let marked = match unmark(error) {
            Ok(inner) if inner.phase < Phase::Send => inner,
            Ok(inner) => Marked {
                phase,
                cause: inner.cause,
            },
            Err(cause) => Marked { phase, cause },
        };
        ureq::Error::Other(Box::new(marked))
    }
}

/// The mark of an error, or the error back where it has none.
pub(crate) fn unmark(error: ureq::Error) -> Result<Marked, ureq::Error> {
    match error {
        ureq::Error::Other(other) => match other.downcast::<Marked>() {
            Ok(marked) => Ok(*marked),
            Err(other) => Err(ureq::Error::Other(other)),
        },
        other => Err(other),
    }
}
