//! Time-outs in each phase.

use std::io::Write as _;
use std::time::{Duration, Instant};

use aliexpress_transport::{Builder, Error, HttpRequest, HttpResponse, Phase};

use crate::server::{Peer, Server, pause};
use crate::{BODY, Built, Transport, either, message, send, soon, unless_reqwest};

/// The limits to try: if a machine is too slow to reach a test's phase within one, the next is used.
const LIMITS: [Duration; 3] = [
    Duration::from_millis(150),
    Duration::from_millis(1500),
    Duration::from_secs(15),
];

/// How much later than its limit an exchange may end on a busy machine. Without a limit it would take a minute.
const LATE: Duration = Duration::from_secs(20);

/// Sends with a limit and checks that it timed out in this phase, soon after the limit. Returns the error and its
/// message, with LIMIT in place of the limit.
#[track_caller]
pub(crate) fn run_out(
    phase: Phase,
    send: impl Fn(Duration) -> Result<HttpResponse, Error>,
) -> (Error, String) {
    let mut tries = LIMITS.into_iter().map(|limit| {
        let started = Instant::now();
        let error = send(limit).unwrap_err();
        let took = started.elapsed();
        assert!(error.is_timeout(), "{error:?}");
        // The system's timers have ticks of up to 10 ms.
        let least = limit - limit / 10;
        assert!(took >= least && took < limit + LATE, "took {took:?}");
        (error, limit)
    });
    let (error, limit) = tries.find(|(error, _)| error.phase() >= phase).unwrap();
    assert_eq!(error.phase(), phase);
    let message = message(&error).replace(&format!("{limit:?}"), "LIMIT");
    (error, message)
}

#[track_caller]
fn check(
    set: impl Fn(Builder, Duration) -> Builder,
    serve: impl Fn(Peer) + Send + Sync + 'static,
    phase: Phase,
    expected: &str,
) -> Error {
    let server = Server::start(serve);
    let (error, message) = run_out(phase, |limit| {
        send(set(Transport::builder(), limit), &server.url())
    });
    assert_eq!(message.replace(&server.url(), "URL"), expected);
    assert!(!error.certainly_not_sent() && !error.is_connect());
    error
}

/// Keeps the connection open for longer than any client waits.
fn be_silent(peer: &Peer) {
    let _ = peer;
    pause(120_000);
}

fn read_and_be_silent(mut peer: Peer) {
    peer.read_request();
    be_silent(&peer);
}

/// Sends single bytes of the body slowly, until the client closes the connection.
fn drip(mut peer: Peer) {
    peer.read_request();
    peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx");
    while peer.stream.write_all(b"x").is_ok() {
        pause(20);
    }
}

#[test]
fn silence_after_the_request_ends_at_the_read_time_out() {
    check(
        Builder::read_timeout,
        read_and_be_silent,
        Phase::Answer,
        "cannot get an answer to POST URL: found no data for LIMIT; wanted progress within the read time-out",
    );
}

#[test]
fn silence_within_the_headers_ends_at_the_read_time_out() {
    check(
        Builder::read_timeout,
        |mut peer| {
            peer.read_request();
            peer.write(b"HTTP/1.1 200 OK\r\nContent-");
            be_silent(&peer);
        },
        Phase::Answer,
        "cannot get an answer to POST URL: found no data for LIMIT; wanted progress within the read time-out",
    );
}

#[test]
fn silence_within_the_body_ends_at_the_read_time_out() {
    let error = check(
        Builder::read_timeout,
        |mut peer| {
            peer.read_request();
            peer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\":");
            be_silent(&peer);
        },
        Phase::Body,
        "cannot read the answer to POST URL: found no data for LIMIT; wanted progress within the read time-out",
    );
    assert_eq!(error.answer_so_far().unwrap().body, b"{\"a\":");
}

#[test]
fn the_total_time_out_ends_a_body_that_arrives_byte_by_byte() {
    let error = check(
        Builder::total_timeout,
        drip,
        Phase::Body,
        "cannot read the answer to POST URL: found no complete answer after LIMIT; wanted one within the total time-out",
    );
    assert!(!error.answer_so_far().unwrap().body.is_empty());
}

#[test]
fn slow_progress_is_not_silence() {
    let pieces = [
        "HTTP/1.1 200",
        " OK\r\nContent-",
        "Length: 4\r\n\r\n",
        "a",
        "b",
        "c",
        "d",
    ];
    // If a slow machine makes a pause longer than the time-out, the next time-out is longer.
    let mut sent = [60, 600, 3000].into_iter().map(|between| {
        let server = Server::start(move |mut peer| {
            peer.read_request();
            for piece in pieces {
                pause(between);
                peer.write(piece.as_bytes());
            }
            peer.read_request();
        });
        let limit = Duration::from_millis(5 * between);
        send(Transport::builder().read_timeout(limit), &server.url())
    });
    let came = sent.find(|sent| !sent.as_ref().is_err_and(Error::is_timeout));
    assert_eq!(came.unwrap().unwrap().body, b"abcd");
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
        let (_, message) = run_out(phase, |limit| {
            transport.send(&HttpRequest::form(&url, BODY), Instant::now() + limit)
        });
        assert_eq!(
            message,
            format!(
                "cannot {expected} POST {url}: found the deadline passed; wanted an answer before it"
            )
        );
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
fn a_server_that_does_not_read_the_request_is_given_up_at_the_read_time_out() {
    let server = Server::start(|peer| be_silent(&peer));
    let body = vec![b'x'; 16 * 1024 * 1024];
    let url = server.url();
    let request = HttpRequest::new(&url, "text/plain", &body);
    let (error, message) = run_out(either(Phase::Send, Phase::Answer), |limit| {
        let transport = Transport::builder().read_timeout(limit).built();
        transport.unwrap().send(&request, soon())
    });
    assert!(!error.certainly_not_sent() && !error.is_connect());
    let doing = either("send", "get an answer to");
    assert_eq!(
        message,
        format!(
            "cannot {doing} POST {url}: found no data for LIMIT; wanted progress within the read time-out"
        )
    );
}

#[test]
fn a_server_that_does_not_speak_tls_is_given_up_at_the_connect_time_out() {
    let server = Server::start(|peer| be_silent(&peer));
    let url = server.url().replace("http:", "https:");
    // reqwest's connect time-out does not say what it interrupted.
    let phase = unless_reqwest(Phase::Handshake, Phase::Connect);
    let (error, message) = run_out(phase, |limit| {
        send(Transport::builder().connect_timeout(limit), &url)
    });
    assert!(error.is_connect() && error.certainly_not_sent());
    let doing = unless_reqwest("complete the TLS handshake", "connect");
    assert_eq!(
        message,
        format!(
            "cannot {doing} for POST {url}: found no connection after LIMIT; wanted one within the connect time-out"
        )
    );
}

/// Linux drops connection requests to a listener whose queue is full.
#[cfg(target_os = "linux")]
#[test]
fn a_server_that_does_not_accept_is_given_up_at_the_connect_time_out() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    socket2::SockRef::from(&listener).listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let _queued: Vec<_> = (0..4)
        .filter_map(|_| {
            std::net::TcpStream::connect_timeout(&address, Duration::from_millis(50)).ok()
        })
        .collect();
    let url = format!("http://{address}/sync");
    let (error, message) = run_out(Phase::Connect, |limit| {
        send(Transport::builder().connect_timeout(limit), &url)
    });
    assert!(error.is_connect() && error.certainly_not_sent());
    assert_eq!(
        message,
        format!(
            "cannot connect for POST {url}: found no connection after LIMIT; wanted one within the connect time-out"
        )
    );
}
