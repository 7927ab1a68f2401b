//! Settings of reqwest: those that a program can make, and those that have no effect.

use std::net::SocketAddr;
use std::time::Duration;

use aliexpress_transport::{Connection, Error, HttpRequest, Phase, reqwest};
use reqwest::{ClientBuilder, Proxy, redirect};

use crate::server::{Server, answer, gzip};
use crate::time::run_out;
use crate::{BODY, Transport, message, soon};

fn transport(configure: impl Fn(ClientBuilder) -> ClientBuilder) -> Result<Transport, Error> {
    Transport::builder()
        .build_reqwest(configure)
        .map(Transport::of)
}

#[test]
fn a_program_sets_its_own_addresses_headers_and_proxy() {
    let server = Server::answering(answer("200 OK", "", "{}"));
    let address = SocketAddr::from(([127, 0, 0, 1], server.port()));
    let headers = [("x-shop".parse().unwrap(), "1".parse().unwrap())];
    let resolved = transport(|client| {
        client
            .resolve("h.invalid", address)
            .default_headers(headers.clone().into_iter().collect())
    });
    let url = format!("http://h.invalid:{}/sync", server.port());
    let request = HttpRequest::form(&url, BODY);
    resolved.unwrap().send(&request, soon()).unwrap();
    assert!(server.requests()[0].contains("\r\nx-shop: 1\r\n"));

    let proxy = format!("http://127.0.0.1:{}", server.port());
    let through = transport(|client| client.proxy(Proxy::all(&proxy).unwrap())).unwrap();
    let request = HttpRequest::form("http://elsewhere.invalid/sync", BODY);
    through.send(&request, soon()).unwrap();
    assert!(server.requests()[1].starts_with("POST http://elsewhere.invalid/sync "));
}

/// Settings that would send a request twice, or hide an answer from this crate.
fn undone(client: ClientBuilder) -> ClientBuilder {
    client
        .redirect(redirect::Policy::limited(5))
        .referer(true)
        .gzip(true)
        .pool_max_idle_per_host(10)
        .pool_idle_timeout(Duration::ZERO)
}

#[test]
fn a_program_cannot_undo_what_every_transport_guarantees() {
    let elsewhere = Server::answering(answer("200 OK", "", "stolen"));
    let head = format!(
        "Location: {}\r\nContent-Encoding: gzip\r\n",
        elsewhere.url()
    );
    let server = Server::answering(answer("307 Temporary", &head, gzip(&[b'x'; 5000])));
    let url = server.url();
    let builder = Transport::builder().response_limit(1000);
    let transport = Transport::of(builder.build_reqwest(undone).unwrap());
    for connection in [
        Connection::New,
        Connection::New,
        Connection::Kept,
        Connection::Kept,
    ] {
        let request = HttpRequest::form(&url, BODY).on(connection);
        let error = transport.send(&request, soon()).unwrap_err();
        assert!(error.is_too_large(), "{error:?}");
        let answer = error.answer_so_far().unwrap();
        assert_eq!((answer.status, answer.body.len()), (307, 1000));
    }
    // One for each request that needed a new connection, and one for the others.
    assert_eq!((server.connections(), server.requests().len()), (3, 4));
    assert_eq!(elsewhere.connections(), 0);
    assert!(!server.requests()[3].contains("referer"));
}

#[test]
fn after_a_time_out_of_reqwest_the_request_may_have_been_read() {
    let server = Server::start(|mut peer| {
        peer.read_request();
        peer.read_request();
    });
    let url = server.url();
    let (error, message) = run_out(Phase::Answer, |limit| {
        let transport = transport(|client| client.timeout(limit)).unwrap();
        transport.send(&HttpRequest::form(&url, BODY), soon())
    });
    assert!(!error.certainly_not_sent());
    assert_eq!(
        message.replace(&url, "URL"),
        "cannot get an answer to POST URL: found no complete answer in time; wanted one within the time-out set on reqwest"
    );
}

#[test]
fn settings_that_reqwest_refuses_are_an_error() {
    let error = transport(|client| client.user_agent("a\nb")).err().unwrap();
    assert!(error.certainly_not_sent());
    assert_eq!(
        message(&error),
        "cannot set up reqwest: found settings that reqwest refuses; wanted valid ones \
         | builder error | failed to parse header value"
    );
}

#[test]
fn debug_of_a_transport_shows_only_its_limits() {
    let builder = Transport::builder().proxy("http://user:canary@127.0.0.1:1");
    let transport = builder.build_reqwest(|client| client).unwrap();
    assert_eq!(
        format!("{transport:?}"),
        "ReqwestTransport(Settings { connect_timeout: 10s, read_timeout: 30s, total_timeout: 60s, \
         response_limit: 16777216 })"
    );
}
