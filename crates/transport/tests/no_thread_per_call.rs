//! A call on a kept connection starts no thread. This test has its own program, because it counts all threads.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, not their helpers"
)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use aliexpress_transport::{Connection, HttpRequest, Transport};

const BODY: &str = "a=1";

/// A server with one thread, which answers on one connection after the other.
fn serve(listener: TcpListener) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let mut request = Vec::new();
        let mut byte = [0];
        while stream.read(&mut byte).unwrap() == 1 {
            request.extend(byte);
            if request.ends_with(BODY.as_bytes()) {
                request.clear();
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                    .unwrap();
            }
        }
    }
}

/// How many threads the standard library has started in this program so far: it numbers them.
fn threads_started() -> u64 {
    let id = std::thread::spawn(|| std::thread::current().id())
        .join()
        .unwrap();
    format!("{id:?}")
        .trim_start_matches("ThreadId(")
        .trim_end_matches(')')
        .parse()
        .unwrap()
}

fn threads_started_by(act: impl FnOnce()) -> u64 {
    let before = threads_started();
    act();
    threads_started() - before - 1
}

fn send(transport: &Transport, exchange: &HttpRequest<'_>) {
    let deadline = Instant::now() + Duration::from_secs(10);
    assert_eq!(transport.send(exchange, deadline).unwrap().body, b"{}");
}

#[test]
fn no_thread_is_started_except_for_a_lookup() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || serve(listener));
    let by_number = format!("http://127.0.0.1:{port}/");
    let by_name = format!("http://localhost:{port}/");

    let transport = Transport::builder().build().unwrap();
    let exchange = HttpRequest::form(&by_number, BODY);
    assert_eq!(threads_started_by(|| send(&transport, &exchange)), 0);
    // The server handles one connection at a time.
    drop(transport);

    let transport = Transport::builder().build().unwrap();
    let exchange = HttpRequest::form(&by_name, BODY);
    // A new connection to a host name starts a thread for the look-up, which shows that the count works.
    assert_eq!(threads_started_by(|| send(&transport, &exchange)), 1);
    let hundred = || (0..100).for_each(|_| send(&transport, &exchange));
    assert_eq!(threads_started_by(hundred), 0);
    let exchange = exchange.on(Connection::New);
    assert_eq!(threads_started_by(|| send(&transport, &exchange)), 1);
}
