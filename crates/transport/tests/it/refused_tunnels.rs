//! Proxies that open no tunnel to an https address.

use aliexpress_transport::Phase;

use crate::server::{Peer, Server};
use crate::{Transport, message, send, unless_reqwest};

const URL: &str = "https://h.invalid/sync";

/// A failed tunnel: nothing was sent, and the error says that it is the proxy's, and whether another try may help.
#[track_caller]
fn check(serve: impl Fn(Peer) + Send + Sync + 'static, is_permanent: bool) {
    let proxy = Server::start(serve);
    let url = format!("http://user:canary@127.0.0.1:{}", proxy.port());
    check_error(url, is_permanent);
    let requests = proxy.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.starts_with("CONNECT h.invalid:443 "))
    );
}

#[track_caller]
fn check_error(url: String, is_permanent: bool) {
    let error = send(Transport::builder().proxy(url), URL).unwrap_err();
    let expected = "cannot open a tunnel through the proxy for POST https://h.invalid/sync";
    assert!(message(&error).starts_with(expected), "{error:?}");
    assert_eq!(error.phase(), Phase::Proxy);
    assert!(error.is_connect() && error.certainly_not_sent());
    assert_eq!(error.is_permanent(), is_permanent, "{error:?}");
}

fn answering(status: &'static str) -> impl Fn(Peer) + Send + Sync + 'static {
    move |mut peer| {
        peer.read_request();
        peer.write(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes());
    }
}

#[test]
fn a_proxy_that_wants_a_password_is_permanent() {
    check(answering("407 Proxy Authentication Required"), true);
}

/// Of any status but 407, reqwest says no more than that there was one.
#[test]
fn a_proxy_that_forbids_is_permanent() {
    for status in [
        "400 Bad Request",
        "403 Forbidden",
        "404 Not Found",
        "405 Method Not Allowed",
    ] {
        check(answering(status), unless_reqwest(true, false));
    }
}

#[test]
fn a_proxy_that_is_busy_or_reaches_no_server_is_temporary() {
    for status in [
        "408 Request Timeout",
        "425 Too Early",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    ] {
        check(answering(status), false);
    }
}

#[test]
fn a_proxy_that_closes_or_sends_no_http_is_temporary() {
    check(
        |mut peer| {
            peer.read_request();
        },
        false,
    );
    check(
        |mut peer| {
            peer.read_request();
            peer.write(b"noise\r\n\r\n");
        },
        false,
    );
}

#[test]
fn an_unreachable_proxy_is_temporary() {
    check_error("http://user:canary@127.0.0.1:1".to_owned(), false);
}
