//! Answers larger than allowed.

use aliexpress_transport::{Error, Phase};

use crate::server::{Server, answer, gzip};
use crate::{Transport, message, send, unless_reqwest};

fn fail(limit: usize, answer: Vec<u8>) -> (Error, String) {
    let server = Server::answering(answer);
    let error = send(Transport::builder().response_limit(limit), &server.url()).unwrap_err();
    assert!(error.is_too_large() && !error.certainly_not_sent() && !error.is_cut());
    let message = message(&error).replace(&server.url(), "URL");
    (error, message)
}

const EXPECTED: &str =
    "cannot read the answer to POST URL: found more than 1000 bytes of body; wanted 1000 at most";

#[test]
fn a_body_of_exactly_the_limit_is_accepted() {
    let chunked = |length: usize| {
        let body = "x".repeat(length);
        format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"
        )
    };
    for answer in [
        answer("200 OK", "", [b'x'; 1000]),
        answer("200 OK", "Content-Encoding: gzip\r\n", gzip(&[b'x'; 1000])),
        chunked(1000).into_bytes(),
    ] {
        let server = Server::answering(answer);
        let transport = Transport::builder().response_limit(1000);
        assert_eq!(send(transport, &server.url()).unwrap().body.len(), 1000);
    }
    let (error, message) = fail(1000, chunked(1001).into_bytes());
    assert_eq!(message, EXPECTED);
    assert_eq!(error.answer_so_far().unwrap().body.len(), 1000);
}

#[test]
fn an_announced_length_over_the_limit_is_not_read() {
    let (error, message) = fail(
        1000,
        b"HTTP/1.1 500 Oh\r\nContent-Length: 1000000000000000000\r\n\r\n".to_vec(),
    );
    assert_eq!(message, EXPECTED);
    assert_eq!(error.phase(), Phase::Body);
    assert_eq!(error.answer_so_far().unwrap().status, 500);
    assert_eq!(error.answer_so_far().unwrap().body, b"");
}

#[test]
fn the_limit_applies_to_the_decompressed_body() {
    let bomb = gzip(&vec![0; 50_000_000]);
    assert!(bomb.len() < 100_000);
    let (error, message) = fail(
        200_000,
        answer("200 OK", "Content-Encoding: gzip\r\n", &bomb),
    );
    assert_eq!(
        message,
        "cannot read the answer to POST URL: found more than 200000 bytes of body; wanted 200000 at most"
    );
    let so_far = error.answer_so_far().unwrap();
    assert_eq!(so_far.body.len(), 200_000);
    assert!(so_far.body.capacity() < 1_000_000);
}

#[test]
fn headers_over_the_limit_are_not_read() {
    let mut endless = b"HTTP/1.1 200 OK\r\n".to_vec();
    endless.extend("X-Filler: 0123456789\r\n".repeat(40).as_bytes());
    endless.extend(b"X-Long: ");
    endless.extend("x".repeat(600_000).bytes());
    let (error, told) = fail(1000, endless);
    assert_eq!(error.phase(), Phase::Answer);
    let limit = unless_reqwest(65_536, 417_792);
    assert_eq!(
        told,
        format!(
            "cannot get an answer to POST URL: found more than {limit} bytes of status line and headers; wanted \
             {limit} at most"
        )
    );
}
