//! Requests as published clients send them, each taken from the package that the test names.

use std::time::{Duration, SystemTime};

use aliexpress_sandbox::{Sandbox, Verdict};

use crate::orders::GET;
use crate::signatures::{hmac_md5, hmac_sha256, md5, sorted};
use crate::wire::{Answer, encode, exchange, get, milliseconds, post};

const ORDER_QUERY: (&str, &str) = ("single_order_query", "{\"order_id\":10000001}");
const CATEGORIES: &str = "aliexpress.affiliate.category.get";

/// Checks that the last call was accepted, and its notes in the log.
#[track_caller]
fn assert_accepted(sandbox: &Sandbox, answer: &Answer, notes: &[&str]) {
    let entry = sandbox.log().pop().unwrap();
    let text = answer.text();
    assert_eq!(
        entry.verdict,
        Verdict::Accepted,
        "{text} {:?}",
        entry.diagnosis
    );
    assert_eq!(entry.notes, notes);
}

/// ae_sdk 0.6 of npm: all parameters in the query of a POST without a body; sends `simplify` without `format`, and
/// reads full answers.
#[test]
fn ae_sdk_gets_full_answers_although_it_sends_simplify() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut all = vec![
        ("app_key", sandbox.app_key()),
        ("method", GET),
        ("session", sandbox.session()),
        ("sign_method", "sha256"),
        ("simplify", "true"),
        ORDER_QUERY,
        ("timestamp", &timestamp),
    ];
    let sign = hmac_sha256(sandbox.app_secret(), &sorted(&all));
    all.push(("sign", &sign));
    let target = format!("/sync?{}", encode(&all));
    let answer = exchange(&sandbox, "POST", &target, &[("Content-Length", "0")], b"");
    assert_accepted(
        &sandbox,
        &answer,
        &["simplify counts only beside format=json"],
    );
    let result = &answer.json()["aliexpress_trade_ds_order_get_response"]["result"];
    assert_eq!(result["order_status"], "FINISH");
}

/// ae_sdk 0.6 of npm sends the session with token calls too; it is blank before there is one.
#[test]
fn ae_sdk_sends_a_blank_session_when_it_asks_for_one() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut all = vec![
        ("app_key", sandbox.app_key()),
        ("code", &code),
        ("session", ""),
        ("sign_method", "sha256"),
        ("simplify", "true"),
        ("timestamp", &timestamp),
    ];
    let path = "/auth/token/security/create";
    let sign = hmac_sha256(sandbox.app_secret(), &format!("{path}{}", sorted(&all)));
    all.push(("sign", &sign));
    let target = format!("/rest{path}?{}", encode(&all));
    let answer = exchange(&sandbox, "POST", &target, &[("Content-Length", "0")], b"");
    assert_accepted(&sandbox, &answer, &[]);
    assert!(answer.json()["access_token"].is_string());
}

/// python-aliexpress-api 3.1 of PyPI calls the affiliates' APIs, which need no session: common parameters in
/// the query, md5, milliseconds.
#[test]
fn affiliates_call_without_a_session() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let own = ("app_signature", "track");
    let mut common = vec![
        ("format", "json"),
        ("app_key", sandbox.app_key()),
        ("sign_method", "md5"),
        ("v", "2.0"),
        ("timestamp", &timestamp),
        ("partner_id", "taobao-sdk-python-20200924"),
        ("method", CATEGORIES),
    ];
    let string = sorted(&[&common[..], &[own]].concat());
    let sign = md5(&format!("{0}{string}{0}", sandbox.app_secret()));
    common.push(("sign", &sign));
    let target = format!("/sync?{}", encode(&common));
    sandbox
        .answer(CATEGORIES, r#"{"resp_result":{"resp_code":200}}"#)
        .unwrap();
    let answer = post(&sandbox, &target, &[own]);
    assert_accepted(&sandbox, &answer, &[]);
    assert_eq!(answer.json()["resp_result"]["resp_code"], 200);
}

#[test]
fn a_session_must_be_valid_if_sent_even_if_none_is_needed() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.answer(CATEGORIES, "{}").unwrap();
    sandbox.expire_token(sandbox.session());
    let answer = crate::wire::sync(&sandbox, CATEGORIES, &[]).json();
    assert_eq!(answer["error_response"]["code"], "IllegalAccessToken");
}

/// lazada-open-platform-sdk 2.0 of npm, whose gateway runs the same software: all parameters in the query, and the
/// API's own also as a JSON body.
#[test]
fn a_json_body_is_ignored_if_the_query_is_complete() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut all = vec![
        ("code", code.as_str()),
        ("app_key", sandbox.app_key()),
        ("timestamp", &timestamp),
        ("sign_method", "sha256"),
    ];
    let path = "/auth/token/create";
    let sign = hmac_sha256(sandbox.app_secret(), &format!("{path}{}", sorted(&all)));
    all.push(("sign", &sign));
    let target = format!("/rest{path}?{}", encode(&all));
    let body = format!("{{\"code\":\"{code}\"}}");
    let headers = [
        ("accept", "application/json"),
        ("content-type", "application/json"),
    ];
    let answer = exchange(&sandbox, "POST", &target, &headers, body.as_bytes());
    let note = "the body of type \"application/json\" was not read; parameters go into the query, a form or multipart";
    assert_accepted(&sandbox, &answer, &[note]);
}

/// taobaopy 6.0 of PyPI, a client of the legacy gateway: all parameters in the form, HMAC-MD5, the machine's local time
/// in place of GMT+8; a call with a file is multipart.
#[test]
fn a_legacy_client_sends_its_local_time() {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_451_620_800);
    let sandbox = Sandbox::builder().clock(at).start().unwrap();
    sandbox.pass_time(Duration::ZERO);
    let call = |timestamp: &'static str| {
        let mut all = vec![
            ORDER_QUERY,
            ("method", GET),
            ("session", sandbox.session()),
            ("app_key", sandbox.app_key()),
            ("sign_method", "hmac"),
            ("format", "json"),
            ("v", "2.0"),
            ("timestamp", timestamp),
        ];
        let sign = hmac_md5(sandbox.app_secret(), &sorted(&all));
        all.push(("sign", &sign));
        post(&sandbox, "/router/rest", &all)
    };
    assert_accepted(&sandbox, &call("2016-01-01 12:00:00"), &[]);
    let error = call("2015-12-31 20:00:03").json();
    assert_eq!(error["error_response"]["code"], 31);
    let why = error["error_response"]["sub_msg"].as_str().unwrap();
    insta::assert_snapshot!(why, @"timestamp: 2015-12-31 20:00:03 is 57597 s behind the gateway's clock; at most 600 s are allowed; it looks like a local time of UTC-08:00 instead of GMT+8");
}

/// The multipart of the official Java SDK begins with an empty line and has no blanks in its headers; here it is sent
/// in chunks, as by `HttpURLConnection`.
#[test]
fn java_writes_multipart_without_blanks() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut common = vec![
        ("app_key", sandbox.app_key()),
        ("method", GET),
        ("format", "json"),
        ("simplify", "true"),
        ("session", sandbox.session()),
        ("timestamp", &timestamp),
        ("sign_method", "sha256"),
        ("partner_id", "iop-sdk-java-20220609"),
    ];
    let string = sorted(&[&common[..], &[ORDER_QUERY]].concat());
    let sign = hmac_sha256(sandbox.app_secret(), &string);
    common.push(("sign", &sign));
    let boundary = "1795390762000";
    let body = format!(
        "\r\n--{boundary}\r\nContent-Disposition:form-data;name=\"{}\"\r\nContent-Type:text/plain\r\n\r\n{}\
         \r\n--{boundary}\r\nContent-Disposition:form-data;name=\"pic\";filename=\"a.png\"\r\n\
         Content-Type:image/png\r\n\r\n\u{1}\r\n--\r\n--{boundary}--\r\n",
        ORDER_QUERY.0, ORDER_QUERY.1
    );
    let content_type = format!("multipart/form-data;boundary={boundary};charset=UTF-8");
    let headers = [
        ("Accept", "text/xml,text/javascript"),
        ("User-Agent", "iop-sdk-java"),
        ("Content-Type", content_type.as_str()),
    ];
    let target = format!("/sync?{}", encode(&common));
    let answer = exchange(&sandbox, "POST", &target, &headers, body.as_bytes());
    assert_accepted(
        &sandbox,
        &answer,
        &["file \"pic\" was sent, 5 bytes with SHA-256 \
            0a11b99b739799c22352307e49db19aae48d9ca6320b12cca0d3ca2cb2d3b08f; files are not signed"],
    );
    assert_eq!(answer.json()["result"]["order_status"], "FINISH");
}

/// lazop-sdk 1.0 of PyPI only makes calls at `/rest`: with the API's name as the path, and all parameters in the
/// form.
#[test]
fn a_business_api_called_as_a_system_call_is_refused_with_the_right_path() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    for path in [
        "/aliexpress.trade.ds.order.get",
        "/aliexpress/trade/ds/order/get",
    ] {
        let mut all = vec![
            ("app_key", sandbox.app_key()),
            ("sign_method", "sha256"),
            ("timestamp", &timestamp),
            ("partner_id", "lazop-sdk-python-20181207"),
            ("access_token", sandbox.session()),
            ORDER_QUERY,
        ];
        let sign = hmac_sha256(sandbox.app_secret(), &format!("{path}{}", sorted(&all)));
        all.push(("sign", &sign));
        let answer = post(&sandbox, &format!("/rest{path}"), &all).json();
        assert_eq!(answer["code"], "InvalidApiPath");
        assert_eq!(
            answer["message"],
            format!(
                "the sandbox has no API {path:?}; business APIs are called at /sync, with method={GET}"
            )
        );
    }
}

/// The same client with `/sync` as its gateway, and the API's name as a parameter.
#[test]
fn a_client_of_system_calls_reaches_business_apis_through_sync() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut all = vec![
        ("app_key", sandbox.app_key()),
        ("sign_method", "sha256"),
        ("timestamp", &timestamp),
        ("access_token", sandbox.session()),
        ("method", GET),
        ORDER_QUERY,
    ];
    let sign = hmac_sha256(sandbox.app_secret(), &sorted(&all));
    all.push(("sign", &sign));
    let answer = get(&sandbox, &format!("/sync?{}", encode(&all)));
    assert_accepted(&sandbox, &answer, &[]);
}

#[test]
fn a_key_outside_its_object_is_noted() {
    let sandbox = Sandbox::start().unwrap();
    crate::wire::sync(&sandbox, GET, &[("order_id", "10000001")]);
    assert_eq!(
        sandbox.log()[0].notes,
        [
            "unknown key \"order_id\": the platform ignores it silently; \"order_id\" belongs into \"single_order_query\""
        ]
    );
}
