//! Faults, as a client sees them.

use std::time::{Duration, Instant};

use aliexpress_sandbox::{Fault, FaultRule, Sandbox, Verdict};

use crate::signatures::{hmac_sha256, sorted};
use crate::wire::{Answer, encode, exchange, milliseconds, rest, sync, try_post};

const GET: &str = "aliexpress.trade.ds.order.get";
const CREATE: &str = "/auth/token/create";

fn try_create(sandbox: &Sandbox) -> std::io::Result<Answer> {
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut parameters = vec![
        ("app_key", sandbox.app_key()),
        ("timestamp", &timestamp),
        ("sign_method", "sha256"),
        ("code", &code),
    ];
    let sign = hmac_sha256(
        sandbox.app_secret(),
        &format!("{CREATE}{}", sorted(&parameters)),
    );
    parameters.push(("sign", &sign));
    try_post(sandbox, "/rest/auth/token/create", &parameters)
}

#[test]
fn a_reset_leaves_no_answer() {
    let sandbox = Sandbox::start().unwrap();
    for (fault, verdict) in [
        (Fault::ResetBefore, Verdict::Dropped),
        (Fault::ResetAfter, Verdict::Accepted),
    ] {
        sandbox.fail_next(fault);
        let error = try_create(&sandbox).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        let entry = sandbox.log().pop().unwrap();
        assert_eq!((entry.verdict, entry.status), (verdict, None));
    }
    assert_eq!(try_create(&sandbox).unwrap().status, 200);
}

#[test]
fn a_cut_body_is_shorter_than_announced() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Fault::CutBody(10));
    let error = try_create(&sandbox).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn a_slow_body_and_a_delay_take_the_requested_time() {
    let sandbox = Sandbox::start().unwrap();
    for fault in [
        Fault::SlowBody(Duration::from_millis(200)),
        Fault::Delay(Duration::from_millis(200)),
    ] {
        sandbox.fail_next(fault);
        let started = Instant::now();
        assert_eq!(try_create(&sandbox).unwrap().json()["code"], "0");
        assert!(
            started.elapsed() >= Duration::from_millis(190),
            "{:?}",
            started.elapsed()
        );
    }
}

#[test]
fn a_proxys_page_has_the_requested_status() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Fault::HtmlBefore(502));
    let answer = try_create(&sandbox).unwrap();
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (502, Some("text/html"))
    );
    assert!(answer.text().starts_with("<html>"));
}

#[test]
fn a_ban_lasts_as_long_as_announced() {
    let sandbox = Sandbox::builder().clock_check(false).start().unwrap();
    sandbox.pass_time(Duration::ZERO);
    sandbox.fail_next(Fault::Throttle(Duration::from_secs(3)));
    let refused = try_create(&sandbox).unwrap().json();
    assert_eq!(refused["code"], "ApiCallLimit");
    insta::assert_snapshot!(refused["message"].as_str().unwrap(), @"The request frequency exceeds the limit: this ban will last for 3 more second(s).");
    sandbox.pass_time(Duration::from_secs(2));
    let refused = try_create(&sandbox).unwrap().json();
    insta::assert_snapshot!(refused["message"].as_str().unwrap(), @"The request frequency exceeds the limit: this ban will last for 1 more second(s).");
    sandbox.pass_time(Duration::from_secs(1));
    assert_eq!(try_create(&sandbox).unwrap().json()["code"], "0");
}

#[test]
fn answers_can_be_changed() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Fault::Malformed);
    let malformed = try_create(&sandbox).unwrap();
    assert!(serde_json::from_slice::<serde_json::Value>(&malformed.body).is_err());
    sandbox.fail_next(Fault::DriftingTypes);
    let drifting = try_create(&sandbox).unwrap().json();
    assert_eq!(
        (&drifting["expires_in"], &drifting["code"]),
        (&"86400".into(), &0.into())
    );
    sandbox.fail_next(Fault::WrongTypes);
    assert!(try_create(&sandbox).unwrap().text().contains("wrong type"));
    sandbox.fail_next(Fault::Huge(100_000));
    assert!(
        try_create(&sandbox).unwrap().json()["sandbox_padding"]
            .as_str()
            .unwrap()
            .len()
            > 90_000
    );
    sandbox.fail_next(Fault::Replace("nothing".to_owned()));
    assert_eq!(try_create(&sandbox).unwrap().text(), "nothing");
    // An answer whose middle is inside a character.
    sandbox.answer(CREATE, "\u{1f600}").unwrap();
    sandbox.fail_next(Fault::Malformed);
    assert_eq!(try_create(&sandbox).unwrap().text(), "");
}

#[test]
fn an_expired_token_stays_expired() {
    let sandbox = Sandbox::start().unwrap();
    let ask = || {
        sync(
            &sandbox,
            GET,
            &[("single_order_query", "{\"order_id\":10000001}")],
        )
        .json()
    };
    sandbox.fail_next(Fault::ExpireToken);
    assert_eq!(try_create(&sandbox).unwrap().json()["code"], "0");
    assert_eq!(ask()["error_response"]["code"], "IllegalAccessToken");
    assert!(sandbox.faults().is_empty());
    assert_eq!(ask()["error_response"]["code"], "IllegalAccessToken");
}

#[test]
fn a_failing_service_is_reported_as_such() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Fault::ServiceFailure);
    let error = sync(&sandbox, GET, &[]).json()["error_response"].take();
    assert_eq!(
        (&error["code"], &error["type"]),
        (&"ServiceUnavailable".into(), &"ISP".into())
    );
    assert_eq!(
        (&error["sub_code"], &error["sub_msg"]),
        (&"isp.remote-service-error".into(), &"try again".into())
    );
}

#[test]
fn a_fault_waits_for_its_api_and_for_a_valid_call() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.add_fault(FaultRule::next(Fault::HtmlBefore(503)).on("/auth/token/refresh"));
    assert_eq!(try_create(&sandbox).unwrap().status, 200);
    let unsigned = exchange(
        &sandbox,
        "GET",
        &format!(
            "/rest/auth/token/refresh?{}",
            encode(&[("app_key", sandbox.app_key())])
        ),
        &[],
        b"",
    );
    assert_eq!(unsigned.status, 200);
    assert_eq!(sandbox.faults().len(), 1);
    assert_eq!(
        rest(&sandbox, "/auth/token/refresh", &[("refresh_token", "x")]).status,
        503
    );
    assert!(sandbox.faults().is_empty());
}
