//! Opening connections.

use std::fmt::Write as _;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use ureq::{Proxy, ProxyProtocol};

use super::connection::{Connection, Stream};
use super::place::{Place, bare};
use crate::async_exchange::waiting::End;
use crate::error::{Error, Kind, Limit, Phase};

/// How long an address of a server is tried before the next one is tried, too.
const HEAD_START: Duration = Duration::from_millis(250);

/// Looks up the host, connects, opens a tunnel through the proxy, and completes the TLS handshake.
pub(super) struct Connector {
    pub(super) tls: TlsConnector,
    pub(super) proxy: Option<Proxy>,
    pub(super) user_agent: String,
    pub(super) timeout: Duration,
}

impl Connector {
    /// A connection to the server of this place, directly or through a tunnel.
    pub(super) async fn connect(&self, place: &Place, end: End) -> Result<Box<Connection>, Error> {
        let end = end.or_after(self.timeout, Limit::Connect(self.timeout));
        let proxy = self.proxy.as_ref();
        let stream = match proxy.filter(|proxy| !proxy.is_no_proxy(place.target.uri())) {
            Some(proxy) => step(end, Phase::Proxy, self.tunnel(proxy, place)).await?,
            None => {
                let found = look_up(&place.host, place.port);
                let addresses = step(end, Phase::Lookup, found).await?;
                Box::new(step(end, Phase::Connect, open(addresses)).await?)
            }
        };
        let stream = match place.is_https {
            true => {
                let agreed = self.agree(&place.host, stream);
                step(end, Phase::Handshake, agreed).await?
            }
            false => stream,
        };
        // This only sets up the connection; nothing is written.
        let connection = Connection::on(stream).await;
        connection.map_err(|cause| Error::new(Phase::Connect, Kind::Failed).because(cause))
    }

    /// A TLS connection to the server of this name.
    async fn agree(&self, host: &str, stream: Box<dyn Stream>) -> io::Result<Box<dyn Stream>> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        Ok(Box::new(self.tls.connect(name, stream).await?))
    }

    /// A tunnel through the proxy to the server of this place.
    async fn tunnel(&self, proxy: &Proxy, place: &Place) -> io::Result<Box<dyn Stream>> {
        let addresses = look_up(bare(proxy.host()), proxy.port()).await?;
        let mut stream: Box<dyn Stream> = Box::new(open(addresses).await?);
        if proxy.protocol() == ProxyProtocol::Https {
            stream = self.agree(bare(proxy.host()), stream).await?;
        }
        stream
            .write_all(self.question(proxy, place).as_bytes())
            .await?;
        stream.flush().await?;
        match answered_status(&mut stream).await? {
            200..300 => Ok(stream),
            status => Err(io::Error::other(Tunnel::Refused(status))),
        }
    }

    /// The request for a tunnel.
    fn question(&self, proxy: &Proxy, place: &Place) -> String {
        let host = place.target.uri().host().unwrap_or_default();
        let server = format!("{host}:{}", place.port);
        let mut head = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n");
        let mut line = |name: &str, value: &str| {
            let _ = write!(head, "{name}: {value}\r\n");
        };
        if !self.user_agent.is_empty() {
            line("User-Agent", &self.user_agent);
        }
        line("Proxy-Connection", "Keep-Alive");
        if proxy.username().is_some() || proxy.password().is_some() {
            let [user, password] =
                [proxy.username(), proxy.password()].map(Option::unwrap_or_default);
            let both = STANDARD.encode(format!("{user}:{password}"));
            line("Proxy-Authorization", &format!("Basic {both}"));
        }
        head + "\r\n"
    }
}

/// Why a proxy opened no tunnel.
#[derive(Debug, thiserror::Error)]
enum Tunnel {
    #[error("proxy server responded {0}")]
    Refused(u16),
    #[error("proxy server did not respond")]
    Closed,
    #[error("proxy server responded with something that is not HTTP")]
    NoHttp,
}

/// Longest head of a proxy's answer, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// Reads the head of a proxy's answer to its end, and returns the status.
async fn answered_status(stream: &mut Box<dyn Stream>) -> io::Result<u16> {
    let mut head = Vec::new();
    // One byte at a time, because the bytes after the head belong to the tunnel.
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) if head.len() < LONGEST_HEAD => head.push(byte),
            Ok(_) => return Err(io::Error::other(Tunnel::NoHttp)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(io::Error::other(Tunnel::Closed));
            }
            Err(error) => return Err(error),
        }
    }
    let status = head
        .strip_prefix(b"HTTP/1.")
        .and_then(|rest| std::str::from_utf8(rest.get(2..5)?).ok()?.parse().ok());
    status.ok_or_else(|| io::Error::other(Tunnel::NoHttp))
}

/// The addresses of a host. An IP address needs no lookup.
async fn look_up(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    Ok(lookup_host((host, port)).await?.collect())
}

/// Connects to the address that answers first. Each gets a head start over the next, so that an unreachable one does
/// not use up the time of the others.
async fn open(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    let mut addresses = addresses.into_iter();
    let mut tries = JoinSet::new();
    loop {
        let next = addresses.next();
        match next {
            Some(address) => drop(tries.spawn(TcpStream::connect(address))),
            None if tries.is_empty() => return Err(failure),
            None => {}
        }
        let outcome = match addresses.len() {
            0 => tries.join_next().await,
            _ => timeout(HEAD_START, tries.join_next())
                .await
                .unwrap_or_default(),
        };
        match outcome {
            Some(Ok(Ok(stream))) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Some(Ok(Err(error))) => failure = error,
            Some(Err(error)) => failure = io::Error::other(error),
            None => {}
        }
    }
}

/// One step of connecting, whose errors get its phase.
async fn step<T>(
    end: End,
    phase: Phase,
    doing: impl Future<Output = io::Result<T>>,
) -> Result<T, Error> {
    let done = async { doing.await.map_err(|cause| failed(phase, cause)) };
    end.within(phase, done).await
}

/// An error of the system, or the error in it: rustls's, or that of a tunnel.
fn failed(phase: Phase, cause: io::Error) -> Error {
    let failed = Error::new(phase, Kind::Failed);
    let of_tls = cause
        .get_ref()
        .and_then(|cause| cause.downcast_ref::<rustls::Error>());
    match of_tls {
        Some(of_tls) => failed.because(of_tls.clone()),
        None => match cause.downcast::<Tunnel>() {
            Ok(tunnel) => failed.because(tunnel),
            Err(cause) => failed.because(cause),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    #[tokio::test]
    async fn a_server_is_reached_at_the_address_that_answers() {
        let (_listener, address) = listener();
        let refusing = SocketAddr::from(([127, 0, 0, 1], 1));
        let stream = open(vec![refusing, refusing, address]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), address);
        assert!(stream.nodelay().unwrap());
        let error = open(vec![refusing, refusing]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        let error = open(Vec::new()).await.unwrap_err();
        assert_eq!(error.to_string(), "the name has no address");
    }

    /// Linux drops connection requests to a listener whose queue is full.
    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn an_address_that_does_not_answer_does_not_delay_the_next() {
        let (full, in_vain) = listener();
        socket2::SockRef::from(&full).listen(0).unwrap();
        let short = Duration::from_millis(50);
        let queued =
            (0..4).filter_map(|_| std::net::TcpStream::connect_timeout(&in_vain, short).ok());
        let _queued: Vec<_> = queued.collect();
        let (_listener, address) = listener();
        let started = tokio::time::Instant::now();
        let stream = open(vec![in_vain, address]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), address);
        assert!((HEAD_START..2 * HEAD_START).contains(&started.elapsed()));
    }

    #[tokio::test]
    async fn the_status_of_a_proxy_is_read_from_its_first_line() {
        for (answer, expected) in [
            ("HTTP/1.1 200 OK\r\nX: 407\r\n\r\n", Ok(200)),
            ("HTTP/1.0 407 Sorry\r\n\r\n", Ok(407)),
            ("HTTP/1.1 200", Err("proxy server did not respond")),
            (
                "HTTP/2 200\r\n\r\n",
                Err("proxy server responded with something that is not HTTP"),
            ),
        ] {
            let (mut here, there) = tokio::io::duplex(100);
            here.write_all(answer.as_bytes()).await.unwrap();
            drop(here);
            let mut there: Box<dyn Stream> = Box::new(there);
            let status = answered_status(&mut there).await;
            let status = status.map_err(|error| error.to_string());
            assert_eq!(status, expected.map_err(str::to_owned), "{answer:?}");
        }
    }
}
