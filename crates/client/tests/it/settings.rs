//! Settings that have an effect on the wire.

use std::time::{Duration, Instant};

use aliexpress::{ClientBuilder, Error, RetryPolicy};

use crate::server::{Act, Server};
use crate::{Built, Client, quick};

pub(crate) fn builder(gateway: &str) -> ClientBuilder {
    let builder = quick(Client::builder("1", "secret")).retry(RetryPolicy::never());
    builder.session("session").gateway(gateway)
}

fn error_of(builder: ClientBuilder) -> Error {
    builder.built().unwrap().order(1).unwrap_err()
}

fn answering(body: &str) -> Server {
    Server::start(vec![Act::Answer("200 OK", body.to_owned())])
}

#[test]
fn all_parameters_are_in_the_form_and_none_in_the_url() {
    let server = answering("{}");
    error_of(builder(&(server.url() + "/")).user_agent("shop/1"));
    error_of(builder(&server.url()).gzip(false));
    let requests = server.requests();
    assert!(
        requests[0].starts_with("POST /sync HTTP/1.1\r\n"),
        "{}",
        requests[0]
    );
    assert!(requests[0].contains("user-agent: shop/1\r\n"));
    assert!(
        requests[0].contains("content-type: application/x-www-form-urlencoded;charset=UTF-8\r\n")
    );
    assert!(requests[0].contains("accept-encoding: gzip\r\n"));
    assert!(!requests[1].contains("accept-encoding: gzip"));
    let body = requests[0].split_once("\r\n\r\n").unwrap().1;
    let mut names: Vec<_> = body
        .split('&')
        .map(|pair| pair.split_once('=').unwrap().0)
        .collect();
    names.sort_unstable();
    let expected = [
        "app_key",
        "format",
        "method",
        "partner_id",
        "session",
        "sign",
        "sign_method",
        "simplify",
        "single_order_query",
        "timestamp",
        "v",
    ];
    assert_eq!(names, expected);
    assert!(requests[1].contains("user-agent: aliexpress-rust/"));
}

#[test]
fn large_answers_are_refused() {
    let server = answering(&"x".repeat(2000));
    let error = error_of(builder(&server.url()).response_limit(1000));
    assert_eq!(
        error.to_string(),
        format!(
            "cannot call aliexpress.trade.ds.order.get: cannot read the answer to POST {}/sync: found more than 1000 bytes \
             of body; wanted 1000 at most",
            server.url()
        )
    );
}

#[test]
fn time_outs_and_the_deadline_are_enforced() {
    type Set = fn(ClientBuilder, Duration) -> ClientBuilder;
    let server = Server::start(vec![Act::Silence]);
    let url = server.url();
    let cases: [(Set, &str); 3] = [
        (
            ClientBuilder::read_timeout,
            "found no data for LIMIT; wanted progress within the read time-out",
        ),
        (
            ClientBuilder::total_timeout,
            "found no complete answer after LIMIT; wanted one within the total time-out",
        ),
        (
            ClientBuilder::deadline,
            "found the deadline passed; wanted an answer before it",
        ),
    ];
    for (set, expected) in cases {
        // If the machine is too slow to send a request within one limit, the next longer limit is
        // tried.
        let mut tries = [100, 1000, 10_000].into_iter().map(|limit| {
            let (limit, started) = (Duration::from_millis(limit), Instant::now());
            let error = error_of(set(builder(&url), limit));
            assert!(error.is_timeout() && started.elapsed() < limit + Duration::from_secs(15));
            error.to_string().replace(&format!("{limit:?}"), "LIMIT")
        });
        assert_eq!(
            tries.find(|message| message.contains("cannot get an answer to")),
            Some(format!(
                "cannot call aliexpress.trade.ds.order.get: cannot get an answer to POST {url}/sync: {expected}"
            ))
        );
    }
}

#[test]
fn a_proxy_that_refuses_a_tunnel_proves_that_nothing_was_sent() {
    let proxy = Server::start(vec![Act::Answer("403 Forbidden", String::new())]);
    let client = builder("https://gateway.invalid")
        .proxy(proxy.url())
        .built()
        .unwrap();
    let error = client.order(1).unwrap_err();
    assert!(error.is_connect() && !error.may_have_acted(), "{error}");
    assert!(proxy.requests()[0].starts_with("CONNECT gateway.invalid:443 HTTP/1.1\r\n"));
}

#[test]
fn a_proxy_that_requires_other_credentials_is_not_asked_again() {
    let status = "407 Proxy Authentication Required";
    let proxy = Server::start(vec![Act::Answer(status, String::new())]);
    let client = builder("https://gateway.invalid")
        .proxy(proxy.url())
        .retry(RetryPolicy::default())
        .built()
        .unwrap();
    let error = client.order(1).unwrap_err();
    assert_eq!((error.tries(), error.may_retry()), (1, false), "{error}");
    assert_eq!(proxy.requests().len(), 1);
}

#[test]
fn calls_that_lack_a_session_or_have_a_path_as_api_name_are_not_sent() {
    let server = answering("{}");
    let anonymous = aliexpress::Client::builder("app", "canary-secret");
    let anonymous = anonymous.gateway(server.url()).built().unwrap();
    let error = anonymous.order(1).unwrap_err();
    assert!(error.is_usage());
    assert_eq!(
        error.to_string(),
        "cannot call aliexpress.trade.ds.order.get: found a client without a session; wanted a session, a token store, or \
         CallOptions::without_session for an API that needs none"
    );
    let called = builder(&server.url()).built().unwrap();
    let error = called.call_raw("/auth/token/create", &[]).unwrap_err();
    assert!(error.is_usage());
    assert_eq!(
        error.to_string(),
        "cannot call an API: found the path \"/auth/token/create\"; wanted the name of an API, or \
         system_call() for a path"
    );
    assert!(server.requests().is_empty());
}

#[test]
fn certificates_are_always_verified() {
    // A server without TLS has no certificate.
    let server = Server::start(vec![Act::Noise]);
    let url = server.url().replace("http:", "https:");
    let error = error_of(builder(&url).connect_timeout(Duration::from_millis(200)));
    assert!(error.is_connect() && !error.may_have_acted(), "{error}");
    let error = builder(&url)
        .root_certificates_pem("no certificate")
        .built()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read a root certificate: found no CERTIFICATE section; wanted X.509 certificates as \
         PEM or one as DER"
    );
}
