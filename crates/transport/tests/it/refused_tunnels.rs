//! Proxies that open no tunnel to an https address.

use aliexpress_transport::Phase;

use crate::server::{Peer, Server};
use crate::{Transport, either, message, send, unless_reqwest};

const URL: &str = "https://h.invalid/sync";

/// Checks a failed tunnel: nothing was sent, and the error names the proxy and says whether a retry may help.
#[track_caller]
fn check(serve: impl Fn(Peer) + Send + Sync + 'static, why: &str, is_permanent: bool) {
    let proxy = Server::start(serve);
    let url = format!("http://user:canary@127.0.0.1:{}", proxy.port());
    check_error(url, why, is_permanent);
    let requests = proxy.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.starts_with("CONNECT h.invalid:443 "))
    );
}

#[track_caller]
fn check_error(url: String, why: &str, is_permanent: bool) {
    let error = send(Transport::builder().proxy(url), URL).unwrap_err();
    let doing = "cannot open a tunnel through the proxy for POST https://h.invalid/sync";
    assert_eq!(message(&error), format!("{doing}{why}"));
    assert_eq!(error.phase(), Phase::Proxy);
    assert!(error.is_connect() && error.certainly_not_sent());
    assert_eq!(error.is_permanent(), is_permanent, "{error:?}");
}

/// A proxy that refuses with this status. `over_reqwest` is reqwest's message.
#[track_caller]
fn check_status(status: &'static str, is_permanent: bool, over_reqwest: &str) {
    let code = &status[..3];
    let asynchronous = format!(" | proxy server responded {code}");
    let blocking = format!(" | CONNECT proxy failed: proxy server responded {code}/{code}");
    let why = unless_reqwest(
        either(blocking, asynchronous),
        format!(" | tunnel error: {over_reqwest}"),
    );
    let refuse = move |mut peer: Peer| {
        peer.read_request();
        peer.write(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes());
    };
    check(refuse, &why, is_permanent);
}

#[test]
fn a_proxy_that_wants_a_password_is_a_permanent_error() {
    let (status, said) = (
        "407 Proxy Authentication Required",
        "proxy authorization required",
    );
    check_status(status, true, said);
}

/// For any status except 407, reqwest's message does not name it.
#[test]
fn a_proxy_that_refuses_the_tunnel_is_a_permanent_error() {
    for status in [
        "400 Bad Request",
        "403 Forbidden",
        "404 Not Found",
        "405 Method Not Allowed",
    ] {
        check_status(status, unless_reqwest(true, false), "unsuccessful");
    }
}

#[test]
fn a_proxy_that_is_busy_or_reaches_no_server_is_a_temporary_error() {
    for status in [
        "408 Request Timeout",
        "425 Too Early",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "502 Bad Gateway",
        "503 Service Unavailable",
        "504 Gateway Timeout",
    ] {
        check_status(status, false, "unsuccessful");
    }
}

#[test]
fn a_proxy_that_closes_or_does_not_send_http_is_a_temporary_error() {
    check(
        |mut peer| {
            peer.read_request();
        },
        unless_reqwest(
            either(
                " | CONNECT proxy failed: proxy server did not respond",
                " | proxy server did not respond",
            ),
            " | tunnel error: unexpected end of file",
        ),
        false,
    );
    check(
        |mut peer| {
            peer.read_request();
            peer.write(b"noise\r\n\r\n");
        },
        unless_reqwest(
            either(
                ": found bytes that are not HTTP; wanted an HTTP/1.1 answer | http parse fail: invalid HTTP version",
                " | proxy server responded with something that is not HTTP",
            ),
            " | tunnel error: unsuccessful",
        ),
        false,
    );
}

#[test]
fn an_unreachable_proxy_is_a_temporary_error() {
    let refused = std::net::TcpStream::connect("127.0.0.1:1").unwrap_err();
    let url = "http://user:canary@127.0.0.1:1".to_owned();
    check_error(url, &format!(" | {refused}"), false);
}
