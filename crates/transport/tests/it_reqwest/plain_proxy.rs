//! A proxy for addresses without TLS: reqwest does not open a tunnel, but sends the request itself to the proxy.

use aliexpress_transport::{Phase, Transport};

use crate::server::{Server, answer};
use crate::support::rerun;
use crate::{message, send};

fn url_of(proxy: &Server) -> String {
    format!("http://user:canary@127.0.0.1:{}", proxy.port())
}

#[test]
fn a_request_without_tls_goes_to_the_proxy_with_its_whole_address() {
    let proxy = Server::answering(answer("200 OK", "", "{}"));
    let builder = Transport::builder().proxy(url_of(&proxy));
    let answer = send(builder, "http://no.such.host.invalid/sync").unwrap();
    assert_eq!(answer.body, b"{}");
    let requests = proxy.requests();
    let (line, _) = requests[0].split_once("\r\n").unwrap();
    assert_eq!(line, "POST http://no.such.host.invalid/sync HTTP/1.1");
    // "user:canary"
    let expected = "\r\nproxy-authorization: Basic dXNlcjpjYW5hcnk=\r\n";
    assert!(requests[0].contains(expected), "{}", requests[0]);
}

#[test]
fn a_proxy_that_does_not_listen_is_an_error_and_nothing_was_sent() {
    let builder = Transport::builder().proxy("http://127.0.0.1:1");
    let error = send(builder, "http://h.invalid/sync").unwrap_err();
    assert_eq!(error.phase(), Phase::Proxy);
    assert!(error.is_connect() && error.certainly_not_sent() && !error.is_timeout());
    let refused = std::net::TcpStream::connect("127.0.0.1:1").unwrap_err();
    assert_eq!(
        message(&error),
        format!(
            "cannot open a tunnel through the proxy for POST http://h.invalid/sync | {refused}"
        )
    );
}

const CHILD: &str = "ALIEXPRESS_TRANSPORT_TEST_URL";

/// The environment of a running program cannot be changed safely, so the test runs itself as a child.
#[test]
fn the_environment_sets_a_proxy_only_on_request() {
    if let Ok(url) = std::env::var(CHILD) {
        send(Transport::builder(), &url).unwrap();
        send(Transport::builder().proxy_from_env(), &url).unwrap();
        return;
    }
    let [proxy, server] = [(); 2].map(|()| Server::answering(answer("200 OK", "", "{}")));
    let run = |no_proxy: &str| {
        let (server, proxy) = (server.url(), url_of(&proxy));
        rerun(
            "plain_proxy::the_environment_sets_a_proxy_only_on_request",
            [
                (CHILD, &server),
                ("ALL_PROXY", &proxy),
                ("NO_PROXY", no_proxy),
            ],
        );
    };
    run("elsewhere.example");
    assert_eq!((proxy.connections(), server.connections()), (1, 1));
    run("127.0.0.1");
    assert_eq!((proxy.connections(), server.connections()), (1, 3));
}
