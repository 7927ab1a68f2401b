//! Push messages, as a callback receives them.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use aliexpress_sandbox::{PushState, Sandbox};
use serde_json::json;

use crate::signatures::hmac_sha256;
use crate::wire::PATIENCE;

/// A callback that answers with each status in turn, then always with 200, and passes on the head and body of each
/// request.
fn callback(statuses: &'static [u16]) -> (String, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/messages", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for status in statuses.iter().copied().chain(std::iter::repeat(200)) {
            let (mut stream, _) = listener.accept().unwrap();
            let mut received = String::new();
            let mut buffer = [0; 4096];
            while !received.contains("\r\n\r\n") || !received.ends_with('}') {
                let count = stream.read(&mut buffer).unwrap();
                received.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
            }
            // On a busy machine this may be too late for the sandbox, which then sends the message again.
            let _ = write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
            let (head, body) = received.split_once("\r\n\r\n").unwrap();
            if sender.send((head.to_owned(), body.to_owned())).is_err() {
                return;
            }
        }
    });
    (url, receiver)
}

#[track_caller]
fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_message_is_signed_and_repeated_until_it_is_accepted() {
    let (url, messages) = callback(&[500, 503]);
    let builder = Sandbox::builder().push_retry(Duration::from_millis(10));
    let sandbox = builder.callback(&url).unwrap().start().unwrap();
    sandbox.advance(12_345_678).unwrap();
    sandbox.advance(12_345_678).unwrap();
    let (head, body) = messages.recv_timeout(PATIENCE).unwrap();
    for _ in 0..2 {
        assert_eq!(messages.recv_timeout(PATIENCE).unwrap().1, body);
    }
    let signature = hmac_sha256(
        sandbox.app_secret(),
        &format!("{}{body}", sandbox.app_key()),
    );
    let authorization = format!("authorization: {}", signature.to_lowercase());
    assert!(
        head.lines()
            .any(|line| line.eq_ignore_ascii_case(&authorization)),
        "{head}"
    );
    let message: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(message["message_type"], 53);
    assert_eq!(message["data"]["orderId"], 12_345_678);
    assert_eq!(message["data"]["orderStatus"], "PaymentAuthorized");
    wait_for("delivery", || {
        sandbox.pushes()[0].state == PushState::Delivered
    });
    assert!(sandbox.pushes()[0].tries >= 3);
}

#[test]
fn a_message_is_given_up_after_twelve_repeats() {
    let sandbox = Sandbox::builder()
        .push_retry(Duration::from_millis(1))
        .start()
        .unwrap();
    sandbox.set_callback(Some("http://127.0.0.1:1/")).unwrap();
    sandbox.push(0, json!({ "test": true }));
    wait_for("giving up", || {
        matches!(sandbox.pushes()[0].state, PushState::GivenUp(_))
    });
    assert_eq!(sandbox.pushes()[0].tries, 13);
}

#[test]
fn without_a_callback_messages_are_only_stored() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.push(0, json!({}));
    assert_eq!(sandbox.pushes()[0].state, PushState::NoCallback);
    assert!(sandbox.set_callback(Some("http://example.com/")).is_err());
}

#[test]
fn example_orders_do_not_change_with_time() {
    let sandbox = Sandbox::builder()
        .pace(Duration::from_secs(60))
        .start()
        .unwrap();
    let status = |sandbox: &Sandbox| sandbox.orders()[1].status.as_str().to_owned();
    assert_eq!(status(&sandbox), "PLACE_ORDER_SUCCESS");
    sandbox.pass_time(Duration::from_secs(60 * 60));
    assert_eq!(
        status(&sandbox),
        "PLACE_ORDER_SUCCESS",
        "the example orders do not change"
    );
}

#[test]
fn other_types_of_messages_are_sent_if_enabled() {
    let sandbox = Sandbox::builder().push_types([18, 51, 53]).start().unwrap();
    while sandbox.advance(12_345_678).is_some() {}
    let sent: Vec<(i64, String)> = sandbox
        .pushes()
        .into_iter()
        .map(|message| {
            let body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
            assert_eq!(body["data"]["orderId"], 12_345_678);
            (
                message.message_type,
                body["data"]["orderStatus"].to_string(),
            )
        })
        .collect();
    let expected = [
        (53, "\"PaymentAuthorized\""),
        (51, "null"),
        (53, "\"OrderShipped\""),
        (18, "null"),
        (53, "\"OrderConfirmed\""),
    ];
    assert_eq!(
        sent,
        expected.map(|(number, status)| (number, status.to_owned()))
    );
}

#[test]
fn the_end_of_a_token_is_announced_once() {
    let sandbox = Sandbox::builder().push_types([65]).start().unwrap();
    let hour = Duration::from_secs(3600);
    sandbox.pass_time(22 * hour);
    assert_eq!(sandbox.pushes().len(), 0);
    sandbox.pass_time(hour + Duration::from_secs(1));
    sandbox.pass_time(Duration::from_secs(1));
    let messages = sandbox.pushes();
    assert_eq!(messages.len(), 1);
    let body: serde_json::Value = serde_json::from_str(&messages[0].body).unwrap();
    assert_eq!(body["message_type"], 65);
    assert_eq!(body["data"]["userId"], body["seller_id"]);
    sandbox.pass_time(2 * hour);
    assert_eq!(
        sandbox.pushes().len(),
        1,
        "an expired token is not announced"
    );
}

#[test]
fn a_message_can_be_sent_over_http() {
    let sandbox = Sandbox::start().unwrap();
    let send = |own: &[(&str, &str)]| crate::wire::post(&sandbox, "/admin/pushes", own);
    assert_eq!(send(&[]).status, 200);
    let data = "{\"orderId\":1}";
    let answer = send(&[("type", "18"), ("data", data)]).json();
    assert_eq!(answer[0]["message_type"], 0);
    assert_eq!(answer[1]["message_type"], 18);
    let body: serde_json::Value =
        serde_json::from_str(answer[1]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["data"]["orderId"], 1);
    assert_eq!(send(&[("type", "x")]).status, 400);
    assert_eq!(send(&[("data", "{")]).status, 400);
}
