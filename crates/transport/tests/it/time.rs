//! Time that runs out, phase by phase.

use std::time::{Duration, Instant};

use aliexpress_transport::{Builder, Error, HttpRequest, Phase};

use crate::server::{Peer, Server, pause};
use crate::{BODY, Built, Transport, either, message, send, soon, unless_reqwest};

const SHORT: Duration = Duration::from_millis(150);

/// Sends, and checks that it failed for lack of time, soon after 150 ms.
#[track_caller]
fn run_out(send: impl FnOnce() -> Result<aliexpress_transport::HttpResponse, Error>) -> Error {
    let started = Instant::now();
    let error = send().unwrap_err();
    let took = started.elapsed();
    assert!(error.is_timeout(), "{error:?}");
    // The system's clock and ours may be a millisecond apart.
    let least = SHORT - Duration::from_millis(5);
    assert!(took >= least && took < SHORT * 10, "took {took:?}");
    error
}

#[track_caller]
fn check(
    builder: Builder,
    serve: impl Fn(Peer) + Send + Sync + 'static,
    phase: Phase,
    expected: &str,
) -> Error {
    let server = Server::start(serve);
    let error = run_out(|| send(builder, &server.url()));
    assert_eq!(message(&error).replace(&server.url(), "URL"), expected);
    assert_eq!(error.phase(), phase);
    assert!(!error.certainly_not_sent() && !error.is_connect());
    error
}

fn read_and_be_silent(mut peer: Peer) {
    peer.read_request();
    pause(3000);
}

fn drip(mut peer: Peer) {
    peer.read_request();
    peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for _ in 0..100 {
        peer.write(b"x");
        pause(20);
    }
}

#[test]
fn silence_after_the_request() {
    check(
        Transport::builder().read_timeout(SHORT),
        read_and_be_silent,
        Phase::Answer,
        "cannot get an answer to POST URL: found no data for 150ms; wanted progress within the read time-out",
    );
}

#[test]
fn silence_within_the_headers() {
    check(
        Transport::builder().read_timeout(SHORT),
        |mut peer| {
            peer.read_request();
            peer.write(b"HTTP/1.1 200 OK\r\nContent-");
            pause(3000);
        },
        Phase::Answer,
        "cannot get an answer to POST URL: found no data for 150ms; wanted progress within the read time-out",
    );
}

#[test]
fn silence_within_the_body() {
    let error = check(
        Transport::builder().read_timeout(SHORT),
        |mut peer| {
            peer.read_request();
            peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\":");
            pause(3000);
        },
        Phase::Body,
        "cannot read the answer to POST URL: found no data for 150ms; wanted progress within the read time-out",
    );
    assert_eq!(error.answer_so_far().unwrap().body, b"{\"a\":");
}

#[test]
fn the_total_time_out_ends_a_body_that_arrives_byte_by_byte() {
    let error = check(
        Transport::builder().total_timeout(SHORT),
        drip,
        Phase::Body,
        "cannot read the answer to POST URL: found no end after 150ms; wanted one within the total time-out",
    );
    assert!(!error.answer_so_far().unwrap().body.is_empty());
}

#[test]
fn slow_progress_is_not_silence() {
    let server = Server::start(|mut peer| {
        peer.read_request();
        for piece in [
            "HTTP/1.1 200",
            " OK\r\nContent-",
            "Length: 4\r\n\r\n",
            "a",
            "b",
            "c",
            "d",
        ] {
            pause(60);
            peer.write(piece.as_bytes());
        }
        peer.read_request();
    });
    let builder = Transport::builder().read_timeout(Duration::from_millis(300));
    assert_eq!(send(builder, &server.url()).unwrap().body, b"abcd");
}

#[test]
fn the_deadline_overrides_longer_time_outs() {
    for (serve, phase, expected) in [
        (
            read_and_be_silent as fn(Peer),
            Phase::Answer,
            "get an answer to",
        ),
        (drip, Phase::Body, "read the answer to"),
    ] {
        let server = Server::start(serve);
        let transport = Transport::builder().built().unwrap();
        let url = server.url();
        let error =
            run_out(|| transport.send(&HttpRequest::form(&url, BODY), Instant::now() + SHORT));
        assert_eq!(
            message(&error),
            format!(
                "cannot {expected} POST {url}: found the deadline passed; wanted an answer before it"
            )
        );
        assert_eq!(error.phase(), phase);
    }
}

#[test]
fn nothing_is_started_after_the_deadline() {
    let server = Server::start(|_| {});
    let transport = Transport::builder().built().unwrap();
    let error = transport
        .send(&HttpRequest::form(&server.url(), BODY), Instant::now())
        .unwrap_err();
    assert_eq!(
        message(&error),
        format!(
            "cannot start POST {}: found the deadline passed; wanted an answer before it",
            server.url()
        )
    );
    assert!(error.is_timeout() && error.certainly_not_sent() && !error.is_connect());
    assert_eq!(error.phase(), Phase::Prepare);
    pause(50);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_server_that_does_not_read_the_request() {
    let server = Server::start(|_peer| pause(3000));
    let body = vec![b'x'; 16 * 1024 * 1024];
    let transport = Transport::builder().read_timeout(SHORT).built().unwrap();
    let url = server.url();
    let error = run_out(|| transport.send(&HttpRequest::new(&url, "text/plain", &body), soon()));
    assert_eq!(error.phase(), either(Phase::Send, Phase::Answer));
    assert!(!error.certainly_not_sent() && !error.is_connect());
    let doing = either("send", "get an answer to");
    assert_eq!(
        message(&error),
        format!(
            "cannot {doing} POST {url}: found no data for 150ms; wanted progress within the read time-out"
        )
    );
}

#[test]
fn a_server_that_does_not_speak_tls() {
    let server = Server::start(|_peer| pause(3000));
    let url = server.url().replace("http:", "https:");
    let error = run_out(|| send(Transport::builder().connect_timeout(SHORT), &url));
    // reqwest's connect time-out does not say what it interrupted.
    let phase = unless_reqwest(Phase::Handshake, Phase::Connect);
    assert_eq!(error.phase(), phase);
    assert!(error.is_connect() && error.certainly_not_sent());
    let doing = unless_reqwest("complete the TLS handshake", "connect");
    assert_eq!(
        message(&error),
        format!(
            "cannot {doing} for POST {url}: found no connection after 150ms; wanted one within the connect time-out"
        )
    );
}

/// Linux drops connection requests to a listener whose queue is full.
#[cfg(target_os = "linux")]
#[test]
fn a_server_that_does_not_accept() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    socket2::SockRef::from(&listener).listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let _queued: Vec<_> = (0..4)
        .map_while(|_| {
            std::net::TcpStream::connect_timeout(&address, Duration::from_millis(50)).ok()
        })
        .collect();
    let url = format!("http://{address}/sync");
    let error = run_out(|| send(Transport::builder().connect_timeout(SHORT), &url));
    assert_eq!(error.phase(), Phase::Connect);
    assert!(error.is_connect() && error.certainly_not_sent());
    assert_eq!(
        message(&error),
        format!(
            "cannot connect for POST {url}: found no connection after 150ms; wanted one within the connect time-out"
        )
    );
}
