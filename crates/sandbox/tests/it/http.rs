//! Features of HTTP that clients use: compressed answers, bodies in chunks.

use std::io::{Read, Write};
use std::net::TcpStream;

use aliexpress_sandbox::Sandbox;

use crate::wire::{PATIENCE, exchange};

#[test]
fn gzip_is_sent_on_request() {
    let sandbox = Sandbox::start().unwrap();
    let headers = [("Accept-Encoding", "deflate, gzip;q=0.8")];
    let answer = exchange(&sandbox, "GET", "/sync", &headers, b"");
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*answer.body), &mut text)
        .unwrap();
    assert!(text.contains("MissingParameter"), "{text}");
    let plain = exchange(
        &sandbox,
        "GET",
        "/sync",
        &[("Accept-Encoding", "gzip;q=0")],
        b"",
    );
    assert_eq!(plain.header("content-encoding"), None);
}

/// curl, and PHP through it, waits for `100 Continue` before it sends a long body.
#[test]
fn a_client_that_waits_for_continue_gets_it() {
    let sandbox = Sandbox::start().unwrap();
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = "POST /sync HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut received = [0; 12];
    stream.read_exact(&mut received).unwrap();
    assert_eq!(&received, b"HTTP/1.1 100");
    stream.write_all(b"a=1").unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(
        rest.contains("200 OK") && rest.contains("MissingParameter"),
        "{rest}"
    );
}

#[test]
fn a_body_in_chunks_is_read() {
    let sandbox = Sandbox::start().unwrap();
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    let request = "POST /sync HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
                   7\r\nmethod=\r\n1\r\na\r\n0\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(sandbox.log()[0].api, "a");
}
