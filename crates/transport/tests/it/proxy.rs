//! Exchanges through a proxy.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use aliexpress_transport::{HttpRequest, Phase};

use crate::server::{Peer, Server, answer, pause};
use crate::support::rerun;
use crate::time::run_out;
use crate::tunnel::proxy;
use crate::{BODY, Built, Transport, either, message, send, soon};

fn url_of(proxy: &Server) -> String {
    format!("http://user:canary@127.0.0.1:{}", proxy.port())
}

#[test]
fn an_exchange_goes_through_a_tunnel_which_is_kept() {
    let (proxy, server) = (proxy(), Server::answering(answer("200 OK", "", "{}")));
    let transport = Transport::builder()
        .proxy(url_of(&proxy))
        .user_agent("test/1")
        .built()
        .unwrap();
    for _ in 0..3 {
        assert_eq!(
            transport
                .send(&HttpRequest::form(&server.url(), BODY), soon())
                .unwrap()
                .body,
            b"{}"
        );
    }
    assert_eq!(
        (
            proxy.connections(),
            server.connections(),
            server.requests().len()
        ),
        (1, 1, 3)
    );

    let connect = &proxy.requests()[0];
    assert!(
        connect.starts_with(&format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\n", server.port())),
        "{connect}"
    );
    assert!(connect.contains("User-Agent: test/1\r\n"), "{connect}");
    // "user:canary"
    assert!(
        connect.contains("Proxy-Authorization: Basic dXNlcjpjYW5hcnk=\r\n"),
        "{connect}"
    );
    assert!(!server.requests()[0].contains("roxy"));
}

#[test]
fn the_proxy_looks_up_the_server() {
    let proxy = Server::start(|mut peer| {
        peer.read_request();
        peer.write(b"HTTP/1.1 200 OK\r\n\r\n");
        peer.read_request();
        peer.write(&answer("200 OK", "", "{}"));
    });
    send(
        Transport::builder().proxy(url_of(&proxy)),
        "http://no.such.host.invalid/sync",
    )
    .unwrap();
    assert!(proxy.requests()[0].starts_with("CONNECT no.such.host.invalid:80 HTTP/1.1\r\n"));
}

/// Requests an exchange through a proxy that fails. Bytes that were sent to the proxy do not count as sent.
#[track_caller]
fn check(serve: impl Fn(Peer) + Send + Sync + 'static, expected: &str) {
    let proxy = Server::start(serve);
    let error = send(
        Transport::builder().proxy(url_of(&proxy)),
        "http://h.invalid/sync",
    )
    .unwrap_err();
    assert_eq!(
        message(&error),
        format!("cannot open a tunnel through the proxy for POST http://h.invalid/sync{expected}")
    );
    assert_eq!(error.phase(), Phase::Proxy);
    assert!(error.is_connect() && error.certainly_not_sent());
    assert!(
        proxy
            .requests()
            .iter()
            .all(|request| request.starts_with("CONNECT "))
    );
}

#[test]
fn a_proxy_that_refuses_is_an_error_and_nothing_was_sent() {
    check(
        |mut peer| {
            peer.read_request();
            peer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        },
        either(
            " | CONNECT proxy failed: proxy server responded 407/407",
            " | proxy server responded 407",
        ),
    );
}

#[test]
fn a_proxy_that_closes_the_connection_is_an_error_and_nothing_was_sent() {
    check(
        |mut peer| {
            peer.read_request();
        },
        either(
            " | CONNECT proxy failed: proxy server did not respond",
            " | proxy server did not respond",
        ),
    );
}

#[test]
fn a_proxy_that_does_not_listen_is_an_error_and_nothing_was_sent() {
    let builder = Transport::builder().proxy("http://127.0.0.1:1");
    let error = send(builder, "http://h.invalid/sync").unwrap_err();
    assert_eq!(error.phase(), Phase::Proxy);
    assert!(error.is_connect() && error.certainly_not_sent() && !error.is_timeout());
    let refused = TcpStream::connect("127.0.0.1:1").unwrap_err();
    let expected = "cannot open a tunnel through the proxy for POST http://h.invalid/sync";
    assert_eq!(message(&error), format!("{expected} | {refused}"));
}

/// A proxy that sends single bytes slowly, or none, cannot exceed the total time-out.
#[test]
fn a_slow_proxy_is_given_up_at_the_connect_time_out_or_the_deadline() {
    let proxy = Server::start(|mut peer| {
        peer.read_request();
        peer.write(b"HTTP/1.1 200 OK\r\nX: ");
        while peer.stream.write_all(b"x").is_ok() {
            pause(30);
        }
    });
    let builder = Transport::builder().proxy(url_of(&proxy));
    let (error, message) = run_out(Phase::Proxy, |limit| {
        let hurried = builder.clone().connect_timeout(limit);
        send(hurried, "http://h.invalid/sync")
    });
    assert_eq!(
        message,
        "cannot open a tunnel through the proxy for POST http://h.invalid/sync: \
         found no connection after LIMIT; wanted one within the connect time-out"
    );
    assert!(error.certainly_not_sent());

    let exchange = HttpRequest::form("http://h.invalid/sync", BODY);
    let transport = builder.built().unwrap();
    let (error, _) = run_out(Phase::Proxy, |limit| {
        transport.send(&exchange, Instant::now() + limit)
    });
    assert!(error.certainly_not_sent());
}

/// The connect time-out ends with connecting: a kept tunnel may be used long after it.
#[test]
fn a_tunnel_can_be_used_after_the_connect_time_out() {
    let (proxy, server) = (proxy(), Server::answering(answer("200 OK", "", "{}")));
    let builder = Transport::builder().proxy(url_of(&proxy));
    let url = server.url();
    let exchange = HttpRequest::form(&url, BODY);
    // If the machine is too slow to connect within one time-out, the next longer one is tried.
    let opened = [300, 3000, 15_000].into_iter().find_map(|limit| {
        let builder = builder.clone();
        let hurried = builder.connect_timeout(Duration::from_millis(limit));
        let transport = hurried.built().unwrap();
        let sent = transport.send(&exchange, soon());
        sent.ok().map(|_| (transport, limit))
    });
    let (transport, limit) = opened.unwrap();
    let tunnels = proxy.connections();
    pause(limit + 100);
    transport.send(&exchange, soon()).unwrap();
    assert_eq!(proxy.connections(), tunnels);
}

const CHILD: &str = "ALIEXPRESS_TRANSPORT_TEST_URL";

/// The environment of a running program cannot be changed safely, so the test runs itself as a child.
#[test]
fn the_environment_sets_a_proxy_only_on_request() {
    if let Ok(url) = std::env::var(CHILD) {
        return follow_the_environment(&url);
    }
    let (proxy, server) = (proxy(), Server::answering(answer("200 OK", "", "{}")));
    let run = |no_proxy: &str| {
        let (server, proxy) = (server.url(), url_of(&proxy));
        rerun(
            "proxy::the_environment_sets_a_proxy_only_on_request",
            [
                (CHILD, &server),
                ("ALL_PROXY", &proxy),
                ("NO_PROXY", no_proxy),
            ],
        );
    };
    run("elsewhere.example");
    assert_eq!((proxy.connections(), server.connections()), (1, 2));
    run("127.0.0.1");
    assert_eq!((proxy.connections(), server.connections()), (1, 4));
}

fn follow_the_environment(url: &str) {
    send(Transport::builder(), url).unwrap();
    send(Transport::builder().proxy_from_env(), url).unwrap();
}
