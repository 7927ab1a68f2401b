//! Nothing confidential is logged, even if the logger records everything. This test has its own program,
//! because the logger is global.

#![cfg(feature = "no-trace-log")]
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, not their helpers"
)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use aliexpress_transport::{HttpRequest, Transport};

struct Collector(Mutex<String>);

static LOGGED: Collector = Collector(Mutex::new(String::new()));

impl log::Log for Collector {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut logged = self.0.lock().unwrap();
        *logged += &format!("{} {} {}\n", record.level(), record.target(), record.args());
    }

    fn flush(&self) {}
}

/// A proxy that opens the tunnel, and then is also the server.
fn serve(listener: TcpListener) {
    let (mut stream, _) = listener.accept().unwrap();
    let mut request = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).unwrap() == 1 {
        request.extend(byte);
        if request.starts_with(b"CONNECT") && request.ends_with(b"\r\n\r\n") {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            request.clear();
        }
        if request.ends_with(b"session=canary") {
            let answer =
                b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nSet-Cookie: a=canary\r\n\r\ncanary";
            stream.write_all(answer).unwrap();
            request.clear();
        }
    }
}

#[test]
fn the_log_contains_neither_bodies_nor_passwords() {
    log::set_logger(&LOGGED).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://user:canary@{}", listener.local_addr().unwrap());
    std::thread::spawn(move || serve(listener));

    let transport = Transport::builder().proxy(proxy).build().unwrap();
    for _ in 0..2 {
        let exchange = HttpRequest::form("http://shop.invalid/sync?a=canary", "session=canary");
        let answer = transport
            .send(&exchange, Instant::now() + Duration::from_secs(10))
            .unwrap();
        assert_eq!(answer.body, b"canary");
    }
    let logged = LOGGED.0.lock().unwrap();
    assert!(
        logged.contains("DEBUG ureq::run POST http://shop.invalid/"),
        "{logged}"
    );
    assert!(!logged.contains("canary"), "{logged}");
}
