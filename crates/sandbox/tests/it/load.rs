//! Many requests at once.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;

use aliexpress_sandbox::Sandbox;

use crate::orders::{GET, placed};
use crate::signatures::{hmac_sha256, sorted};
use crate::wire::{common, encode, milliseconds, set};

const CONNECTIONS: usize = 16;
const REQUESTS: usize = 10_000;

#[test]
fn ten_thousand_requests_from_sixteen_connections_get_their_own_answers() {
    let sandbox = Sandbox::builder().log_size(100).start().unwrap();
    let ids: Vec<i64> = (0..CONNECTIONS)
        .map(|index| placed(&sandbox, &format!("shop-{index}")))
        .collect();
    thread::scope(|scope| {
        for (index, id) in ids.into_iter().enumerate() {
            let sandbox = &sandbox;
            scope.spawn(move || send_repeatedly(sandbox, id, index));
        }
    });
    assert_eq!(sandbox.request_count(), (CONNECTIONS + REQUESTS) as u64);
    assert_eq!(sandbox.log().len(), 100);
}

/// Sends requests over one open connection; each answer must be that of this connection's own order.
fn send_repeatedly(sandbox: &Sandbox, id: i64, index: usize) {
    let body = signed_body(sandbox, id);
    let request = format!(
        "POST /sync HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{body}",
        sandbox.address(),
        body.len()
    );
    let product = format!("\"product_id\":{}", 1_223_211);
    let mut stream = BufReader::new(TcpStream::connect(sandbox.address()).unwrap());
    let mut first = None;
    for _ in 0..REQUESTS / CONNECTIONS {
        stream.get_mut().write_all(request.as_bytes()).unwrap();
        let answer = read_answer(&mut stream);
        assert!(answer.contains(&product), "{index}: {answer}");
        let order = answer.split("\"request_id\"").next().unwrap().to_owned();
        assert_eq!(*first.get_or_insert_with(|| order.clone()), order);
    }
}

fn signed_body(sandbox: &Sandbox, id: i64) -> String {
    let (timestamp, query) = (milliseconds(), format!("{{\"order_id\":{id}}}"));
    let mut parameters = common(sandbox, GET, &timestamp);
    set(&mut parameters, &[("single_order_query", &query)]);
    let sign = hmac_sha256(sandbox.app_secret(), &sorted(&parameters));
    parameters.push(("sign", &sign));
    encode(&parameters)
}

fn read_answer(stream: &mut BufReader<TcpStream>) -> String {
    let mut length = 0;
    loop {
        let mut line = String::new();
        assert_ne!(
            stream.read_line(&mut line).unwrap(),
            0,
            "the connection was closed"
        );
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    String::from_utf8(body).unwrap()
}
