//! Opens connections for ureq. A name is looked up only when a connection is opened, and every error says in which
//! phase it happened.
//!
//! ureq calls its resolver before it checks its pool, and ureq's own resolver starts a thread for each lookup with a
//! time limit. Therefore the resolver given to ureq returns nothing at once, and the connector, which ureq calls only
//! if it has no connection to reuse, looks up the name. Both traits are outside ureq's promise of stability
//! (`ureq::unversioned`): a new minor version of ureq may need changes here and nowhere else.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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
use crate::phase::{Phased, in_phase};

/// A resolver that leaves the work to the [`PhasedConnector`].
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

/// Looks up the host, connects, opens a tunnel through the proxy, and completes the TLS handshake.
pub(crate) struct PhasedConnector {
    resolver: Arc<dyn Resolver>,
    proxy: ConnectProxyConnector,
    tcp: TcpConnector,
    tls: RustlsConnector,
}

impl PhasedConnector {
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
        if let Some(tunnel) = self.tunnel(details).map_err(in_phase(Phase::Proxy))? {
            return Ok(tunnel);
        }
        let started = Instant::now();
        details.addrs = self.look_up(details).map_err(in_phase(Phase::Lookup))?;
        deduct_elapsed(details, started).map_err(in_phase(Phase::Lookup))?;
        let stream: Option<Either<(), _>> = self
            .tcp
            .connect(details, None)
            .map_err(in_phase(Phase::Connect))?;
        let stream = stream
            .ok_or(ureq::Error::ConnectionFailed)
            .map_err(in_phase(Phase::Connect))?;
        Ok(Box::new(stream))
    }

    /// A tunnel through the proxy, if one is used for this host.
    fn tunnel(
        &self,
        details: &mut ConnectionDetails<'_>,
    ) -> Result<Option<Box<dyn Transport>>, ureq::Error> {
        let started = Instant::now();
        let hurry = Arc::new(AtomicBool::new(true));
        if let time::Duration::Exact(left) = details.timeout.after {
            let (connect, hurry) = (details.run_connector.clone(), Arc::clone(&hurry));
            details.run_connector = Arc::new(move |details| {
                let connection = connect(details)?;
                let hurry = Arc::clone(&hurry);
                Ok(Box::new(BoundByConnectTimeout {
                    connection,
                    until: started + left,
                    hurry,
                }))
            });
        }
        let Some(tunnel): Option<Either<(), _>> = self.proxy.connect(details, None)? else {
            return Ok(None);
        };
        hurry.store(false, Ordering::Relaxed);
        deduct_elapsed(details, started)?;
        Ok(Some(Box::new(tunnel)))
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

impl Connector<()> for PhasedConnector {
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
            // The settings of requests differ only in their time-outs. If this were true, ureq would build its TLS
            // settings again for each connection, and resume no TLS session.
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
        Ok(secured
            .map(|connection| Box::new(Phased::new(connection.boxed())) as Box<dyn Transport>))
    }
}

/// The address in a URI whose host is an IP address, which needs no lookup.
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

/// Subtracts the time since `started` from the time that is left for connecting.
fn deduct_elapsed(
    details: &mut ConnectionDetails<'_>,
    started: Instant,
) -> Result<(), ureq::Error> {
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

impl fmt::Debug for PhasedConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PhasedConnector").finish_non_exhaustive()
    }
}

/// A proxy connection whose reads and writes are bounded by the remaining connect time-out until the
/// tunnel is established.
///
/// On its own, ureq gives the proxy the whole time again for each piece of its answer.
#[derive(Debug)]
struct BoundByConnectTimeout {
    connection: Box<dyn Transport>,
    until: Instant,
    hurry: Arc<AtomicBool>,
}

impl BoundByConnectTimeout {
    fn limit(&self, mut timeout: NextTimeout) -> NextTimeout {
        if self.hurry.load(Ordering::Relaxed) {
            let left = self.until.saturating_duration_since(Instant::now());
            timeout.after = timeout.after.min(left.into());
        }
        timeout
    }
}

impl Transport for BoundByConnectTimeout {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.connection.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        self.connection.transmit_output(amount, self.limit(timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        self.connection.await_input(self.limit(timeout))
    }

    fn is_open(&mut self) -> bool {
        self.connection.is_open()
    }

    fn is_tls(&self) -> bool {
        self.connection.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::Mutex;
    use std::time::Duration;

    use super::*;
    use crate::{Connection, Error, HttpRequest, Transport};

    /// A resolver with one address for every name, or none, that records the names.
    #[derive(Clone, Debug, Default)]
    struct Names {
        address: Option<SocketAddr>,
        takes: Duration,
        asked: Arc<Mutex<Vec<String>>>,
    }

    impl Resolver for Names {
        fn resolve(
            &self,
            uri: &Uri,
            _: &Config,
            timeout: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, ureq::Error> {
            self.asked
                .lock()
                .unwrap()
                .push(uri.host().unwrap().to_owned());
            std::thread::sleep(self.takes.min(*timeout.after));
            if self.takes > *timeout.after {
                return Err(ureq::Error::Timeout(timeout.reason));
            }
            let mut found = self.empty();
            found.push(
                self.address
                    .ok_or_else(|| io::Error::other("no such name"))?,
            );
            Ok(found)
        }
    }

    fn server() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                std::thread::spawn(move || {
                    let (mut stream, mut buffer) = (stream.unwrap(), Vec::new());
                    let mut byte = [0];
                    while stream.read(&mut byte).unwrap() == 1 {
                        buffer.extend(byte);
                        if buffer.ends_with(b"\r\n\r\na=1") {
                            stream
                                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                                .unwrap();
                        }
                    }
                });
            }
        });
        address
    }

    const EXCHANGE: fn() -> HttpRequest<'static> =
        || HttpRequest::form("http://shop.test/sync", "a=1");

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(100)
    }

    #[test]
    fn a_name_is_looked_up_once_per_connection() {
        let names = Names {
            address: Some(server()),
            ..Names::default()
        };
        let transport = Transport::builder().build_with(names.clone()).unwrap();
        for _ in 0..50 {
            transport.send(&EXCHANGE(), soon()).unwrap();
        }
        assert_eq!(*names.asked.lock().unwrap(), ["shop.test"]);
        transport
            .send(&EXCHANGE().on(Connection::New), soon())
            .unwrap();
        assert_eq!(*names.asked.lock().unwrap(), ["shop.test", "shop.test"]);
    }

    #[test]
    fn through_a_proxy_only_the_proxys_name_is_looked_up() {
        let names = Names::default();
        let transport = Transport::builder()
            .proxy("http://proxy.test:3128")
            .build_with(names.clone())
            .unwrap();
        let error = transport.send(&EXCHANGE(), soon()).unwrap_err();
        check(&error, Phase::Proxy);
        assert_eq!(*names.asked.lock().unwrap(), ["proxy.test"]);
    }

    #[track_caller]
    fn check(error: &Error, phase: Phase) {
        assert_eq!(error.phase(), phase);
        assert!(error.is_connect() && error.certainly_not_sent());
    }

    #[test]
    fn a_name_that_is_not_found_fails_the_lookup() {
        let transport = Transport::builder().build_with(Names::default()).unwrap();
        let error = transport.send(&EXCHANGE(), soon()).unwrap_err();
        check(&error, Phase::Lookup);
        assert!(!error.is_timeout());
        assert_eq!(
            error.to_string(),
            "cannot look up the host of POST http://shop.test/sync"
        );
        let cause = std::error::Error::source(&error).map(|cause| cause.to_string());
        assert_eq!(cause.as_deref(), Some("no such name"));
    }

    #[test]
    fn a_lookup_counts_against_the_connect_time_out() {
        let names = Names {
            takes: Duration::from_secs(50),
            ..Names::default()
        };
        let transport = Transport::builder()
            .connect_timeout(Duration::from_secs(1))
            .build_with(names)
            .unwrap();
        let error = transport.send(&EXCHANGE(), soon()).unwrap_err();
        check(&error, Phase::Lookup);
        assert!(error.is_timeout());
        assert_eq!(
            error.to_string(),
            "cannot look up the host of POST http://shop.test/sync: found no connection after 1s; \
             wanted one within the connect time-out"
        );
    }

    /// Linux drops connection requests to a listener whose queue is full.
    #[cfg(target_os = "linux")]
    #[test]
    fn lookup_and_connect_share_the_connect_time_out() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        socket2::SockRef::from(&listener).listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let queue = || TcpStream::connect_timeout(&address, Duration::from_millis(50)).ok();
        let _queued: Vec<_> = (0..4).filter_map(|_| queue()).collect();

        let ends_in_time = |pace: u32| {
            let tenth = pace * Duration::from_millis(100);
            let names = Names {
                address: Some(address),
                takes: 3 * tenth,
                ..Names::default()
            };
            let transport = Transport::builder()
                .connect_timeout(4 * tenth)
                .build_with(names)
                .unwrap();
            let started = Instant::now();
            let error = transport.send(&EXCHANGE(), soon()).unwrap_err();
            assert!(error.is_connect() && error.certainly_not_sent() && error.is_timeout());
            error.phase() == Phase::Connect && started.elapsed() < 6 * tenth
        };
        // If the machine is too slow for one pace, the next one is tried.
        assert!([1, 10, 40].into_iter().any(ends_in_time));
    }

    #[test]
    fn an_address_in_the_url_needs_no_lookup() {
        for (url, address) in [
            ("http://127.0.0.1/", Some("127.0.0.1:80")),
            ("https://127.0.0.1/", Some("127.0.0.1:443")),
            ("http://127.0.0.1:8080/", Some("127.0.0.1:8080")),
            ("https://[::1]:8443/", Some("[::1]:8443")),
            ("https://[::1]/", Some("[::1]:443")),
            ("https://shop.test/", None),
        ] {
            let found = literal_address(&url.parse().unwrap());
            assert_eq!(
                found,
                address.map(|address| address.parse().unwrap()),
                "{url}"
            );
        }
    }
}
