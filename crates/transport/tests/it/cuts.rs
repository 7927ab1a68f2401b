//! Answers that end early, or that are missing or invalid.

use std::io;
use std::sync::Arc;

use aliexpress_transport::{Content, Error, ErrorKind, FilePart, HttpRequest, Multipart, Phase};

use crate::server::{Peer, Server, answer, gzip, pause};
use crate::{BODY, Built, Transport, either, message, send_default, soon};

fn fail(serve: impl Fn(Peer) + Send + Sync + 'static) -> (Error, Server) {
    let server = Server::start(serve);
    let error = send_default(&server.url()).unwrap_err();
    assert!(!error.certainly_not_sent());
    assert!(!error.is_connect() && !error.is_timeout() && !error.is_too_large());
    (error, server)
}

/// Reads the request, writes these bytes, and closes the connection.
#[track_caller]
fn check(bytes: impl Into<Vec<u8>>, phase: Phase, expected: &str, so_far: Option<&[u8]>) {
    let bytes = bytes.into();
    let (error, server) = fail(move |mut peer| {
        peer.read_request();
        peer.write(&bytes);
    });
    assert_eq!(message(&error).replace(&server.url(), "URL"), expected);
    assert_eq!(error.phase(), phase);
    assert_eq!(
        error.answer_so_far().map(|answer| answer.body.as_slice()),
        so_far
    );
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_body_shorter_than_its_length_is_an_error() {
    check(
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\":",
        Phase::Body,
        "cannot read the answer to POST URL: found the end after 5 bytes; wanted 10 as announced",
        Some(b"{\"a\":"),
    );
}

#[test]
fn a_body_without_its_last_chunk_is_an_error() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let expected =
        "cannot read the answer to POST URL: found the end after 3 bytes; wanted a last chunk";
    check(
        format!("{head}3\r\nabc\r\n"),
        Phase::Body,
        expected,
        Some(b"abc"),
    );
    check(
        format!("{head}5\r\nabc"),
        Phase::Body,
        expected,
        Some(b"abc"),
    );
}

#[test]
fn a_gzip_stream_without_its_end_is_an_error() {
    let text: Vec<u8> = (0..2000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect();
    let mut packed = gzip(&text);
    packed.truncate(packed.len() - 4);
    check(
        answer("200 OK", "Content-Encoding: gzip\r\n", &packed),
        Phase::Body,
        "cannot read the answer to POST URL: found the end after 8000 bytes; wanted the rest of the gzip stream",
        Some(&text),
    );
}

#[test]
fn an_answer_that_is_not_gzip_although_its_header_says_so_is_an_error() {
    check(
        answer("200 OK", "Content-Encoding: gzip\r\n", "{\"canary\":1}"),
        Phase::Body,
        "cannot read the answer to POST URL: found a broken gzip stream; wanted a valid one \
         | invalid gzip header",
        Some(b""),
    );
}

#[test]
fn a_connection_closed_without_an_answer_is_an_error() {
    let expected = "cannot get an answer to POST URL: found the connection closed; wanted a status line and headers";
    check("", Phase::Answer, expected, None);
    check(
        "HTTP/1.1 200 OK\r\nContent-Len",
        Phase::Answer,
        expected,
        None,
    );
}

#[test]
fn an_answer_that_is_not_http_is_an_error() {
    check(
        "SSH-2.0-OpenSSH_9.9 canary\r\n\r\n",
        Phase::Answer,
        either(
            "cannot get an answer to POST URL: found bytes that are not HTTP; wanted an HTTP/1.1 answer \
             | http parse fail: invalid HTTP version",
            "cannot get an answer to POST URL: found bytes that are not HTTP; wanted an HTTP/1.1 answer \
             | invalid HTTP version parsed",
        ),
        None,
    );
}

#[test]
fn an_encoding_that_was_not_requested_is_an_error() {
    check(
        answer("200 OK", "Content-Encoding: br\r\n", "packed"),
        Phase::Body,
        "cannot read the answer to POST URL: found the content encoding \"br\"; wanted gzip or none",
        Some(b"packed"),
    );
}

/// Whether a message is this one, followed by the system's words for a connection that was reset; for a write, it may
/// also be a broken pipe.
fn is_with_reset(message: &str, expected: &str) -> bool {
    let reset = if cfg!(target_os = "linux") { 104 } else { 54 };
    [reset, 32].into_iter().any(|code| {
        let cause = io::Error::from_raw_os_error(code);
        message == format!("{expected} | {cause}")
    })
}

/// Head and body are sent one after the other, so the reset may arrive between them.
#[test]
fn a_reset_before_the_request_is_read_is_an_error() {
    let (error, server) = fail(Peer::reset);
    assert!(error.is_cut(), "{error:?}");
    let message = message(&error).replace(&server.url(), "URL");
    let expected = match error.phase() {
        Phase::Send => {
            "cannot send POST URL: found the connection closed; wanted to send the whole request"
        }
        _ => {
            "cannot get an answer to POST URL: found the connection closed; wanted a status line and headers"
        }
    };
    assert!(is_with_reset(&message, expected), "{message}");
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_reset_while_the_request_is_written_is_an_error() {
    let server = Server::start(|peer| {
        pause(50);
        peer.reset();
    });
    let body = vec![b'x'; 64 * 1024 * 1024];
    let transport = Transport::builder().built().unwrap();
    let url = server.url();
    let error = transport
        .send(&HttpRequest::new(&url, "text/plain", &body), soon())
        .unwrap_err();
    // hyper does not say in which of the two phases it was; the later one is the safe answer.
    assert_eq!(error.phase(), either(Phase::Send, Phase::Answer));
    assert!(error.is_cut() && !error.certainly_not_sent());
    let expected = either(
        format!(
            "cannot send POST {url}: found the connection closed; wanted to send the whole request"
        ),
        format!(
            "cannot get an answer to POST {url}: found the connection closed; wanted a status line and headers"
        ),
    );
    assert!(is_with_reset(&message(&error), &expected), "{error:?}");
}

#[test]
fn a_reset_after_the_request_is_read_is_an_error() {
    let (error, server) = fail(|mut peer| peer.read_nearly_all(BODY.len()));
    assert!(error.is_cut(), "{error:?}");
    assert_eq!(error.phase(), Phase::Answer);
    assert_eq!(server.connections(), 1);
}

/// ureq alone would accept this as the end of the body.
#[test]
fn a_reset_within_a_body_of_unknown_length_is_an_error() {
    let (error, server) = fail(|mut peer| {
        peer.read_nearly_all(BODY.len());
        peer.write(b"HTTP/1.1 200 OK\r\n\r\n{\"a\":");
    });
    assert!(error.is_cut(), "{error:?}");
    assert_eq!(error.phase(), Phase::Body);
    assert_eq!(error.answer_so_far().unwrap().body, b"{\"a\":");
    let message = message(&error).replace(&server.url(), "URL");
    let expected = "cannot read the answer to POST URL: found the end after 5 bytes; wanted a clean end of the connection";
    assert!(is_with_reset(&message, expected), "{message}");
}

/// A file is shorter than announced: the request is not sent completely, and the connection is not used again.
#[test]
fn a_request_whose_file_ends_early_is_not_sent_completely() {
    let server = Server::answering(answer("200 OK", "", "{}"));
    let file = FilePart {
        name: "image",
        file_name: "a.png",
        content: Content::Streamed(4, Arc::new(|| Ok(Box::new(&b"abc"[..])))),
    };
    let (files, url) = ([file], server.url());
    let parts = Multipart::new(&[("method", "a.b")], &files, "b0");
    let (body, content_type) = (parts.body(), parts.content_type());
    let transport = Transport::builder().built().unwrap();
    let error = transport
        .send(&HttpRequest::streamed(&url, &content_type, &body), soon())
        .unwrap_err();
    assert_eq!(
        message(&error),
        format!("cannot send POST {url}: found 3 bytes in a file; wanted 4 as announced")
    );
    assert_eq!(error.kind(), ErrorKind::Body);
    assert!(!error.certainly_not_sent() && !error.is_cut());
    transport
        .send(&HttpRequest::form(&url, BODY), soon())
        .unwrap();
    assert_eq!(server.connections(), 2);
}
