//! Messages of errors, compared as a whole.

use std::time::{Duration, SystemTime};

use aliexpress::Error;
use aliexpress_sandbox::Sandbox;

use crate::server::{Act, Server};
use crate::{Built, Client, builder, client, quick};

/// The error of reading an order if the gateway does this.
fn error_of(act: Act) -> Error {
    let read_timeout = match act {
        Act::Silence => Duration::from_millis(200),
        _ => Duration::from_secs(60),
    };
    let server = Server::start(vec![act]);
    let client = quick(Client::builder("1", "secret"))
        .session("canary-session")
        .gateway(server.url())
        .retry(aliexpress::RetryPolicy::never())
        .read_timeout(read_timeout)
        .built()
        .unwrap();
    client.order(1).unwrap_err()
}

#[track_caller]
fn check(act: Act, expected: &str) -> Error {
    let error = error_of(act);
    // The system chooses the port.
    let message = error.to_string();
    let message = match message.split_once("http://127.0.0.1:") {
        Some((before, after)) => {
            before.to_owned()
                + "http://127.0.0.1"
                + after.trim_start_matches(|c: char| c.is_ascii_digit())
        }
        None => message,
    };
    assert_eq!(message, expected);
    error
}

#[test]
fn a_refusal_is_reported_with_codes_and_request_id() {
    let body = r#"{"error_response":{"code":"15","type":"ISP","msg":"Remote service error","sub_code":"isv.insufficient-permission","sub_msg":"no","request_id":"15e8x"}}"#;
    let error = check(
        Act::Answer("200 OK", body.to_owned()),
        "platform refused aliexpress.trade.ds.order.get: code 15 \"Remote service error\", sub-code \
         isv.insufficient-permission \"no\", request id 15e8x",
    );
    assert_eq!(error.request_id(), Some("15e8x"));
    assert_eq!(
        error.code_info().map(|info| info.code),
        Some("isv.insufficient-permission")
    );
    assert!(!error.may_retry() && !error.may_have_acted());
}

#[test]
fn sessions_in_refusals_are_redacted() {
    let body =
        r#"{"error_response":{"code":"IllegalAccessToken","msg":"bad token canary-session"}}"#;
    let error = check(
        Act::Answer("200 OK", body.to_owned()),
        "platform refused aliexpress.trade.ds.order.get: code IllegalAccessToken \"bad token [redacted]\"",
    );
    assert!(error.is_session_expired() && !format!("{error:?}").contains("canary"));
}

#[test]
fn an_error_status_is_reported_with_length_and_content_type_of_the_body() {
    let error = check(
        Act::AnswerWith(
            "502 Bad Gateway",
            "Content-Type: text/html\r\n",
            "<html>canary</html>".to_owned(),
        ),
        "cannot call aliexpress.trade.ds.order.get: found HTTP status 502 with 19 bytes of \
         \"text/html\"; wanted an answer under HTTP status 200",
    );
    assert_eq!(
        (error.status(), error.raw()),
        (Some(502), Some(&b"<html>canary</html>"[..]))
    );
    assert!(error.may_retry() && !format!("{error:?}").contains("canary"));
    let error = check(
        Act::AnswerWith("503 Sorry", "Retry-After: 7\r\n", String::new()),
        "cannot call aliexpress.trade.ds.order.get: found HTTP status 503 with 0 bytes; wanted an \
         answer under HTTP status 200",
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
}

#[test]
fn an_answer_that_cannot_be_read_is_reported_with_its_position() {
    let error = check(
        Act::Answer(
            "200 OK",
            r#"{"result":{"child_order_list":[{"product_count":"12a"}]},"request_id":"abc1"}"#
                .to_owned(),
        ),
        "cannot decode the answer to aliexpress.trade.ds.order.get at line 1 column 54: \
         result.child_order_list[0].product_count: expected an integer, found \"12a\", request id abc1",
    );
    assert!(error.is_undecodable() && error.decode_error().is_some() && !error.may_retry());
    check(
        Act::Answer("200 OK", "<html>".to_owned()),
        "cannot decode the answer to aliexpress.trade.ds.order.get at line 1 column 1: expected JSON \
         or XML, found an HTML page",
    );
    check(
        Act::Answer("200 OK", r#"{"code":"0"}"#.to_owned()),
        "cannot read the answer to aliexpress.trade.ds.order.get: found no result; wanted an order",
    );
}

#[test]
fn a_failed_exchange_is_reported_with_its_phase() {
    let error = check(
        Act::Silence,
        "cannot call aliexpress.trade.ds.order.get: cannot get an answer to POST http://127.0.0.1/sync: \
         found no data for 200ms; wanted progress within the read time-out",
    );
    assert!(error.is_timeout() && error.may_retry() && error.may_have_acted());
    let error = check(
        Act::Cut(r#"{"request_id":"15e8x","#.to_owned()),
        "cannot call aliexpress.trade.ds.order.get: cannot read the answer to POST \
         http://127.0.0.1/sync: found the end after 22 bytes; wanted 9999 as announced, request id 15e8x",
    );
    assert_eq!(
        (error.status(), error.raw().map(<[u8]>::len)),
        (Some(200), Some(22))
    );
}

#[test]
fn a_refused_signature_shows_what_to_compare_and_no_value() {
    let sandbox = Sandbox::start().unwrap();
    let client = quick(Client::builder(sandbox.app_key(), "wrong"))
        .session(sandbox.session())
        .gateway(sandbox.url());
    let error = client.built().unwrap().order(10_000_001).unwrap_err();
    let message = error.to_string();
    let explanation = error.signature_explanation().unwrap();
    assert_eq!(
        message,
        format!(
            "platform refused aliexpress.trade.ds.order.get: code IncompleteSignature \"The request signature does not \
             conform to platform standards.\"; signed here: sign method sha256, no path, parameters in order: app_key, \
             format, method, partner_id, session, sign_method, simplify, single_order_query, timestamp, v; canonical string \
             of {} bytes with SHA-256 {}, request id {}",
            explanation.length,
            explanation.sha256,
            error.request_id().unwrap()
        )
    );
    assert_eq!(
        (explanation.names.len(), explanation.sha256.len()),
        (10, 64)
    );
    assert!(!error.may_retry() && !error.may_have_acted());
}

#[test]
fn a_wrong_clock_is_reported_with_its_offset() {
    let sandbox = Sandbox::start().unwrap();
    let three_hours = Duration::from_secs(3 * 3600);
    let late = builder(&sandbox)
        .clock(move || SystemTime::now() - three_hours)
        .built()
        .unwrap();
    let error = late.order(10_000_001).unwrap_err();
    let behind = error.clock_ahead_seconds().unwrap();
    assert!((-10_803..=-10_798).contains(&behind), "{behind}");
    assert_eq!(
        error.to_string(),
        format!(
            "platform refused aliexpress.trade.ds.order.get: code IllegalTimestamp {:?}; this machine's clock is {} s behind \
             the gateway's, request id {}",
            error.api_error().unwrap().message.as_ref().unwrap(),
            behind.unsigned_abs(),
            error.request_id().unwrap()
        )
    );
    assert!(client(&sandbox).order(10_000_001).is_ok());
}

/// The text that a program prints if its `main` returns the error.
#[test]
fn debug_output_of_an_error_is_its_message_and_those_of_its_sources() {
    let client = Client::builder("1", "canary-secret")
        .session("canary-session")
        .gateway("http://127.0.0.1:1")
        .retry(aliexpress::RetryPolicy::never());
    let error = client.built().unwrap().order(1).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(
        format!("{error:?}"),
        format!(
            "cannot call aliexpress.trade.ds.order.get: cannot connect for POST http://127.0.0.1:1/sync: {source}"
        )
    );
    let parts = format!("{error:#?}");
    assert!(parts.starts_with("Inner {") && !parts.contains("canary"));
}

#[test]
fn errors_and_clients_are_send_and_sync() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Error>();
    check::<Client>();
}
