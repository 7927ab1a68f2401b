//! Whole answers, whatever they say.

use aliexpress_transport::{Exchange, Transport};

use crate::server::{Server, answer};
use crate::{BODY, send, send_default, soon};

#[test]
fn a_form_goes_out_as_a_post() {
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
    let transport = Transport::builder().build().unwrap();
    transport
        .send(
            &Exchange::new(&server.url(), "application/json", b"[1]"),
            soon(),
        )
        .unwrap();
    transport
        .send(
            &Exchange::new(&server.url(), "application/json", b""),
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
fn status_headers_and_body_come_back() {
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
