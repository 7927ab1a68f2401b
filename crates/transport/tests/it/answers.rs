//! Complete answers, with any status and contents.

use aliexpress_transport::HttpRequest;

use crate::server::{Server, answer, gzip};
use crate::{BODY, Built, Transport, send, send_default, soon};

#[test]
fn a_form_is_sent_as_a_post() {
    let server = Server::answering(answer("200 OK", "", "{}"));
    send(Transport::builder().user_agent("test/1"), &server.url()).unwrap();
    let requests = server.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let (line, headers) = head.split_once("\r\n").unwrap();
    let mut headers: Vec<_> = headers.split("\r\n").collect();
    headers.sort_unstable();

    assert_eq!(line, "POST /sync HTTP/1.1");
    assert_eq!(body, BODY);
    assert_eq!(
        headers,
        [
            "accept-encoding: gzip",
            "accept: */*",
            "content-length: 25",
            "content-type: application/x-www-form-urlencoded;charset=UTF-8",
            &format!("host: 127.0.0.1:{}", server.port()),
            "user-agent: test/1",
        ]
    );
}

#[test]
fn any_body_can_be_sent() {
    let server = Server::answering(answer("200 OK", "", "{}"));
    let transport = Transport::builder().built().unwrap();
    transport
        .send(
            &HttpRequest::new(&server.url(), "application/json", b"[1]"),
            soon(),
        )
        .unwrap();
    transport
        .send(
            &HttpRequest::new(&server.url(), "application/json", b""),
            soon(),
        )
        .unwrap();
    let requests = server.requests();
    assert!(
        requests[0].contains("content-type: application/json\r\n")
            && requests[0].ends_with("\r\n\r\n[1]")
    );
    assert!(requests[1].contains("content-length: 0\r\n") && requests[1].ends_with("\r\n\r\n"));
}

#[test]
fn status_headers_and_body_are_returned() {
    let headers =
        "Date: Sat, 21 Nov 2026 20:28:22 GMT\r\nContent-Type: text/html\r\nRetry-After: 3\r\n";
    let server = Server::answering(answer("502 Bad Gateway", headers, "<html>sorry</html>"));
    let answer = send_default(&server.url()).unwrap();
    assert_eq!(answer.status, 502);
    assert_eq!(
        answer.date.as_deref(),
        Some("Sat, 21 Nov 2026 20:28:22 GMT")
    );
    assert_eq!(answer.content_type.as_deref(), Some("text/html"));
    assert_eq!(answer.retry_after.as_deref(), Some("3"));
    assert_eq!(answer.body, b"<html>sorry</html>");
}

#[test]
fn bytes_of_another_charset_are_not_changed() {
    let gbk = b"\xc4\xe3\xba\xc3\xff\x00\r\n";
    let server = Server::answering(answer(
        "200 OK",
        "Content-Type: text/html; charset=gbk\r\n",
        gbk,
    ));
    let answer = send_default(&server.url()).unwrap();
    assert_eq!(answer.body, gbk);
    assert_eq!(
        answer.content_type.as_deref(),
        Some("text/html; charset=gbk")
    );
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    let elsewhere = Server::answering(answer("200 OK", "", "stolen"));
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let headers = format!("Location: {}\r\n", elsewhere.url());
        let server = Server::answering(answer(status, &headers, "gone"));
        let answer = send_default(&server.url()).unwrap();
        assert_eq!(answer.status.to_string(), status[..3]);
        assert_eq!(answer.body, b"gone");
        assert_eq!(server.requests().len(), 1);
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[test]
fn answers_in_chunks_ended_by_the_connection_or_without_a_body_are_read() {
    for (raw, body) in [
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n3;x=y\r\na\":\r\n2\r\n1}\r\n0\r\n\r\n",
            "{\"a\":1}",
        ),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "{}"),
        ("HTTP/1.0 200 OK\r\n\r\n{}", "{}"),
        (
            "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}",
            "{}",
        ),
        (
            "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            "{}",
        ),
        ("HTTP/1.1 204 No Content\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
    ] {
        let server = Server::start(move |mut peer| {
            peer.read_request();
            peer.write(raw.as_bytes());
        });
        assert_eq!(
            send_default(&server.url()).unwrap().body,
            body.as_bytes(),
            "{raw}"
        );
    }
}

#[test]
fn an_answer_that_arrives_byte_by_byte_is_read_completely() {
    let raw =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let server = Server::start(move |mut peer| {
        peer.read_request();
        for byte in raw.as_bytes() {
            peer.write(&[*byte]);
            std::thread::yield_now();
        }
        peer.read_request();
    });
    assert_eq!(send_default(&server.url()).unwrap().body, b"abcde");
}

#[test]
fn gzip_is_decompressed_even_if_it_was_not_requested() {
    for ask in [true, false] {
        let server = Server::answering(answer(
            "200 OK",
            "Content-Encoding: gzip\r\n",
            gzip(b"{\"a\":1}"),
        ));
        let answer = send(Transport::builder().gzip(ask), &server.url()).unwrap();
        assert_eq!(answer.body, b"{\"a\":1}");
        assert_eq!(
            server.requests()[0].contains("accept-encoding: gzip\r\n"),
            ask
        );
        let named = server.requests()[0].contains("accept-encoding");
        assert_eq!(named, ask);
    }
}

#[test]
fn an_empty_user_agent_is_not_sent() {
    let server = Server::answering(answer("200 OK", "", "{}"));
    send(Transport::builder().user_agent(""), &server.url()).unwrap();
    assert!(!server.requests()[0].contains("user-agent"));
}
