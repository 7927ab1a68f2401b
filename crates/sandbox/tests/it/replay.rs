//! Requests as the official SDKs and popular clients send them.

use std::time::{Duration, SystemTime};

use aliexpress_sandbox::{Sandbox, Verdict};

use crate::signatures::{hmac_md5, hmac_sha256, md5, sorted};
use crate::wire::{Answer, encode, exchange, get, milliseconds, multipart, post, set};

/// Checks that a call was accepted.
#[track_caller]
pub(crate) fn assert_accepted(sandbox: &Sandbox, answer: &Answer) {
    let entry = sandbox.log().pop().unwrap();
    assert_eq!(
        entry.verdict,
        Verdict::Accepted,
        "{} {:?}",
        answer.text(),
        entry.diagnosis
    );
}

/// HMAC-SHA256 over path and sorted parameters.
fn signed(sandbox: &Sandbox, path: &str, parameters: &[(&str, &str)]) -> String {
    hmac_sha256(
        sandbox.app_secret(),
        &format!("{path}{}", sorted(parameters)),
    )
}

/// The common parameters of a token call from the SDK with this name.
fn token_call<'a>(
    sandbox: &'a Sandbox,
    timestamp: &'a str,
    partner_id: &'a str,
    code: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("app_key", sandbox.app_key()),
        ("timestamp", timestamp),
        ("sign_method", "sha256"),
        ("partner_id", partner_id),
        ("code", code),
    ]
}

#[test]
fn java_system_call_uses_query_and_form() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut all = token_call(&sandbox, &timestamp, "iop-sdk-java-20181207", &code);
    let sign = signed(&sandbox, "/auth/token/create", &all);
    let own = all.pop().unwrap();
    all.push(("sign", &sign));
    let target = format!("/rest/auth/token/create?{}", encode(&all));
    let answer = post(&sandbox, &target, &[own]);
    assert_accepted(&sandbox, &answer);
    let version2 = format!("/rest/2.0/auth/token/create?{}", encode(&all));
    let answer = post(&sandbox, &version2, &[own]);
    assert_eq!(
        answer.json()["code"],
        "InvalidCode",
        "the signature is valid and the code was used"
    );
}

#[test]
fn python_system_call_signs_method_and_path() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut all = token_call(&sandbox, &timestamp, "iop-sdk-python-20220609", &code);
    set(
        &mut all,
        &[
            ("method", "/auth/token/create"),
            ("simplify", "false"),
            ("format", "json"),
        ],
    );
    let sign = signed(&sandbox, "/auth/token/create", &all);
    all.push(("sign", &sign));
    let answer = post(&sandbox, "/rest/auth/token/create", &all);
    assert_accepted(&sandbox, &answer);
}

#[test]
fn php_always_posts_multipart() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut all = token_call(&sandbox, &timestamp, "lazop-sdk-php-20180422", &code);
    let sign = signed(&sandbox, "/auth/token/create", &all);
    let own = all.pop().unwrap();
    all.push(("sign", &sign));
    let (content_type, body) = multipart(&[own]);
    let target = format!("/rest/auth/token/create?{}", encode(&all));
    let answer = exchange(
        &sandbox,
        "POST",
        &target,
        &[("Content-Type", &content_type)],
        &body,
    );
    assert_accepted(&sandbox, &answer);
}

#[test]
fn node_puts_everything_into_the_query() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut all = token_call(&sandbox, &timestamp, "node", &code);
    let sign = signed(&sandbox, "/auth/token/create", &all);
    all.push(("sign", &sign));
    let target = format!("/rest/auth/token/create?{}", encode(&all));
    let answer = exchange(&sandbox, "POST", &target, &[("Content-Length", "0")], b"");
    assert_accepted(&sandbox, &answer);
}

pub(crate) const ORDER_QUERY: (&str, &str) = ("single_order_query", "{\"order_id\":\"10000001\"}");

/// The common parameters of a business call as the official SDKs send them.
fn business_call<'a>(
    sandbox: &'a Sandbox,
    timestamp: &'a str,
    partner_id: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("app_key", sandbox.app_key()),
        ("sign_method", "sha256"),
        ("timestamp", timestamp),
        ("method", "aliexpress.trade.ds.order.get"),
        ("format", "json"),
        ("v", "2.0"),
        ("simplify", "true"),
        ("partner_id", partner_id),
        ("session", sandbox.session()),
    ]
}

#[test]
fn java_business_call_sends_method_twice_and_signs_it_once() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut common = business_call(&sandbox, &timestamp, "iop-sdk-java-20181207");
    let sign = signed(&sandbox, "", &[&common[..], &[ORDER_QUERY]].concat());
    common.extend([
        ("method", "aliexpress.trade.ds.order.get"),
        ("sign", sign.as_str()),
    ]);
    let target = format!("/sync?{}", encode(&common));
    let answer = post(&sandbox, &target, &[ORDER_QUERY]);
    assert_accepted(&sandbox, &answer);
    assert_eq!(answer.json()["result"]["order_status"], "FINISH");
    let entry = sandbox.log().pop().unwrap();
    assert_eq!(
        entry.notes,
        ["parameter \"method\" was sent twice; it counts once"]
    );
}

#[test]
fn python_business_call_puts_everything_into_the_body() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut all = business_call(&sandbox, &timestamp, "iop-sdk-python-20220609");
    set(
        &mut all,
        &[ORDER_QUERY, ("simplify", "false"), ("debug", "false")],
    );
    let sign = hmac_sha256(sandbox.app_secret(), &sorted(&all));
    all.push(("sign", &sign));
    let answer = post(&sandbox, "/sync", &all);
    assert_accepted(&sandbox, &answer);
}

#[test]
fn php_business_call_posts_multipart_with_a_file_that_is_not_signed() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut common = business_call(&sandbox, &timestamp, "lazop-sdk-php-20180422");
    let sign = signed(&sandbox, "", &[&common[..], &[ORDER_QUERY]].concat());
    common.push(("sign", &sign));
    let (content_type, body) = multipart(&[ORDER_QUERY]);
    let boundary = content_type.split('=').nth(1).unwrap();
    let file = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\
         Content-Type: image/png\r\n\r\n\u{1}\u{2}\r\n"
    );
    let body = [file.into_bytes(), body].concat();
    let target = format!("/sync?{}", encode(&common));
    let answer = exchange(
        &sandbox,
        "POST",
        &target,
        &[("Content-Type", &content_type)],
        &body,
    );
    assert_accepted(&sandbox, &answer);
}

#[test]
fn node_signs_by_md5_in_the_query_of_a_get() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut all = business_call(&sandbox, &timestamp, "node");
    set(&mut all, &[ORDER_QUERY, ("sign_method", "md5")]);
    let sign = md5(&format!("{0}{1}{0}", sandbox.app_secret(), sorted(&all)));
    all.push(("sign", &sign));
    assert_accepted(&sandbox, &get(&sandbox, &format!("/sync?{}", encode(&all))));
}

#[test]
fn blank_parameters_are_signed_as_sent_or_left_out() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut without = business_call(&sandbox, &timestamp, "p");
    set(&mut without, &[ORDER_QUERY]);
    let mut with = without.clone();
    set(&mut with, &[("extra", ""), ("debug", "  ")]);
    for signed in [&without, &with] {
        let sign = hmac_sha256(sandbox.app_secret(), &sorted(signed));
        let sent = [&with[..], &[("sign", sign.as_str())]].concat();
        let answer = post(&sandbox, "/sync", &sent);
        assert_accepted(&sandbox, &answer);
    }
}

#[test]
fn legacy_sdks_sign_with_three_methods_and_times_in_gmt_8() {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_451_620_800);
    let sandbox = Sandbox::builder().clock(at).start().unwrap();
    for method in ["md5", "hmac", "hmac-sha256"] {
        let mut all = business_call(&sandbox, "2016-01-01 12:00:00", "top-sdk-java-20200706");
        set(&mut all, &[ORDER_QUERY, ("sign_method", method)]);
        let (secret, string) = (sandbox.app_secret(), sorted(&all));
        let sign = match method {
            "md5" => md5(&format!("{secret}{string}{secret}")),
            "hmac" => hmac_md5(secret, &string),
            _ => hmac_sha256(secret, &string),
        };
        let own = all.pop().unwrap();
        assert_eq!(own, ORDER_QUERY);
        all.push(("sign", &sign));
        let target = format!("/router/rest?{}", encode(&all));
        let answer = post(&sandbox, &target, &[own]);
        assert_accepted(&sandbox, &answer);
    }
}

/// As `taobao-sdk-python` of 2020, which the packages aliexpress-sdk and python-aliexpress-api contain, at the legacy
/// gateway and at `/sync`.
#[test]
fn the_legacy_python_sdk_sends_milliseconds_and_its_own_kind_of_files() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut all = business_call(&sandbox, &timestamp, "taobao-sdk-python-20200921");
    all.retain(|(name, _)| *name != "simplify");
    set(&mut all, &[("sign_method", "md5")]);
    let string = sorted(&[&all[..], &[ORDER_QUERY]].concat());
    let sign = md5(&format!("{0}{string}{0}", sandbox.app_secret()));
    all.push(("sign", &sign));
    let boundary = "PYTHON_SDK_BOUNDARY";
    let body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\
         Content-Type: text/plain; charset=UTF-8\r\n\r\n{}\r\n\
         --{boundary}\r\nContent-Disposition: file; name=\"photo\"; filename=\"a.txt\"\r\n\
         Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\n\r\nabc\r\n--{boundary}--\r\n",
        ORDER_QUERY.0, ORDER_QUERY.1
    );
    let content_type = format!("multipart/form-data; boundary={boundary}");
    for gateway in ["/router/rest", "/sync"] {
        let target = format!("{gateway}?{}", encode(&all));
        let headers = [("Content-type", content_type.as_str())];
        let answer = exchange(&sandbox, "POST", &target, &headers, body.as_bytes());
        assert_accepted(&sandbox, &answer);
        let key = "aliexpress_trade_ds_order_get_response";
        assert_eq!(answer.json()[key]["result"]["order_status"], "FINISH");
    }
}
