//! Kept connections, and what happens when the server closes one.

use std::io::Write as _;
use std::sync::{Arc, Barrier, mpsc};

use aliexpress_transport::{Connection, HttpRequest, Phase};

use crate::server::{Server, answer, pause, read_request};
use crate::{BODY, Built, Transport, message, notice, soon, unless_reqwest};

fn transport() -> Transport {
    Transport::builder().built().unwrap()
}

#[test]
fn one_connection_carries_many_exchanges() {
    let server = Server::answering(answer("200 OK", "", "{}"));
    let transport = transport();
    for _ in 0..20 {
        transport
            .clone()
            .send(&HttpRequest::form(&server.url(), BODY), soon())
            .unwrap();
    }
    assert_eq!(server.requests().len(), 20);
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_connection_is_kept_after_an_answer_with_an_error_status() {
    let server = Server::answering(answer("500 Oh", "", "<html>"));
    let transport = transport();
    for _ in 0..3 {
        transport
            .send(&HttpRequest::form(&server.url(), BODY), soon())
            .unwrap();
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_connection_that_the_server_closed_is_replaced() {
    let (closed, has_closed) = mpsc::channel();
    let server = Server::start(move |mut peer| {
        peer.read_request();
        peer.write(&answer("200 OK", "", "{}"));
        drop(peer);
        closed.send(()).unwrap();
    });
    let transport = transport();
    for _ in 0..3 {
        transport
            .send(&HttpRequest::form(&server.url(), BODY), soon())
            .unwrap();
        has_closed.recv().unwrap();
        notice(&transport);
    }
    assert_eq!((server.connections(), server.requests().len()), (3, 3));
}

/// The server reads the second request on the kept connection and closes it. The request may have had its effect, so it
/// must not be sent again automatically.
#[test]
fn a_request_lost_on_a_kept_connection_is_not_sent_again() {
    let server = Server::start(|mut peer| {
        peer.read_request();
        peer.write(&answer("200 OK", "", "{}"));
        peer.read_request();
    });
    let transport = transport();
    transport
        .send(&HttpRequest::form(&server.url(), BODY), soon())
        .unwrap();
    let error = transport
        .send(&HttpRequest::form(&server.url(), BODY), soon())
        .unwrap_err();
    assert_eq!(
        message(&error),
        format!(
            "cannot get an answer to POST {}: found the connection closed; wanted a status line and headers",
            server.url()
        )
    );
    assert!(error.is_cut() && !error.certainly_not_sent());
    pause(50);
    assert_eq!((server.connections(), server.requests().len()), (1, 2));
}

/// The same with a reset while the request is being sent. The client cannot distinguish the two cases.
#[test]
fn a_request_on_a_kept_connection_that_is_reset_may_have_been_read() {
    let server = Server::start(|mut peer| {
        peer.read_request();
        peer.write(&answer("200 OK", "", "{}"));
        if peer.number == 0 {
            peer.reset();
        }
    });
    let transport = transport();
    transport
        .send(&HttpRequest::form(&server.url(), BODY), soon())
        .unwrap();
    let error = transport
        .send(&HttpRequest::form(&server.url(), BODY), soon())
        .unwrap_err();
    message(&error);
    assert!(
        error.phase() >= Phase::Send && !error.certainly_not_sent(),
        "{error:?}"
    );
    assert_eq!(server.connections(), 1);

    transport
        .send(&HttpRequest::form(&server.url(), BODY), soon())
        .unwrap();
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_connection_is_not_kept_after_an_answer_that_failed() {
    let server = Server::start(|mut peer| {
        let mut is_first = peer.number == 0;
        while peer.read_request().is_some() {
            match is_first {
                true => peer.write(&answer("200 OK", "", [b'x'; 2000])),
                false => peer.write(&answer("200 OK", "", "second")),
            }
            is_first = false;
        }
    });
    let transport = Transport::builder().response_limit(1000).built().unwrap();
    assert!(
        transport
            .send(&HttpRequest::form(&server.url(), BODY), soon())
            .unwrap_err()
            .is_too_large()
    );
    let second = transport
        .send(&HttpRequest::form(&server.url(), BODY), soon())
        .unwrap();
    assert_eq!(second.body, b"second");
    // Over reqwest, hyper may already have read the rest, and then the connection is kept.
    assert!(server.connections() >= unless_reqwest(2, 1));
}

#[test]
fn a_new_connection_can_be_requested_and_is_kept_afterwards() {
    let server = Server::answering(answer("200 OK", "", "{}"));
    let (transport, url) = (transport(), server.url());
    let exchange = HttpRequest::form(&url, BODY);
    transport.send(&exchange, soon()).unwrap();
    transport
        .send(&exchange.on(Connection::New), soon())
        .unwrap();
    assert_eq!(server.connections(), 2);
    transport.send(&exchange, soon()).unwrap();
    assert_eq!(server.connections(), 2);
}

/// Serves one connection at a time. It answers on each, because the client closes the idle one before.
#[test]
fn a_new_connection_closes_the_idle_ones_to_the_same_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/sync", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            while read_request(&mut stream).is_some() {
                stream.write_all(&answer("200 OK", "", "{}")).unwrap();
            }
        }
    });
    let (transport, exchange) = (transport(), HttpRequest::form(&url, BODY));
    for _ in 0..3 {
        transport
            .send(&exchange.on(Connection::New), soon())
            .unwrap();
    }
}

#[test]
fn threads_share_connections_and_get_their_own_answers() {
    const THREADS: usize = 16;
    let server = Server::start(|mut peer| {
        while let Some(request) = peer.read_request() {
            let body = request.rsplit(|byte| *byte == b'\n').next().unwrap();
            peer.write(&answer("200 OK", "", body));
        }
    });
    let transport = transport();
    let start = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (transport, url, start) = (transport.clone(), server.url(), Arc::clone(&start));
            std::thread::spawn(move || {
                start.wait();
                for call in 0..100 {
                    let body = format!("thread={thread}&call={call}");
                    let answer = transport
                        .send(&HttpRequest::form(&url, &body), soon())
                        .unwrap();
                    assert_eq!(answer.body, body.as_bytes());
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    // reqwest also opens a new connection while it waits for a kept one, even if it then uses the kept one.
    let most = unless_reqwest(THREADS, THREADS * 100);
    assert!(
        server.connections() <= most,
        "{} connections",
        server.connections()
    );
}
