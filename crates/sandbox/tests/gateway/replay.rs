//! Requests as the official SDKs and popular clients send them.

use aliexpress_sandbox::{Sandbox, Verdict};

use crate::signatures::{hmac_sha256, sorted};
use crate::wire::{Answer, encode, exchange, milliseconds, multipart, set};

const FORM: (&str, &str) = (
    "Content-Type",
    "application/x-www-form-urlencoded;charset=UTF-8",
);

/// Checks that a call got past every check of the gateway.
#[track_caller]
fn assert_let_in(sandbox: &Sandbox, answer: &Answer) {
    let entry = sandbox.log().pop().unwrap();
    assert_eq!(
        entry.verdict,
        Verdict::Accepted,
        "{} {:?}",
        answer.text(),
        entry.diagnosis
    );
}

/// The common parameters of a token call as one SDK names itself.
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
fn java_system_call_splits_query_and_form() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut all = token_call(&sandbox, &timestamp, "iop-sdk-java-20181207", &code);
    let sign = hmac_sha256(
        sandbox.app_secret(),
        &format!("/auth/token/create{}", sorted(&all)),
    );
    let own = all.pop().unwrap();
    all.push(("sign", &sign));
    let target = format!("/rest/auth/token/create?{}", encode(&all));
    let answer = exchange(
        &sandbox,
        "POST",
        &target,
        &[FORM],
        encode(&[own]).as_bytes(),
    );
    assert_let_in(&sandbox, &answer);
    let version2 = format!("/rest/2.0/auth/token/create?{}", encode(&all));
    let answer = exchange(
        &sandbox,
        "POST",
        &version2,
        &[FORM],
        encode(&[own]).as_bytes(),
    );
    assert_eq!(
        answer.json()["code"],
        "InvalidCode",
        "the signature holds and the code was used"
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
    let sign = hmac_sha256(
        sandbox.app_secret(),
        &format!("/auth/token/create{}", sorted(&all)),
    );
    all.push(("sign", &sign));
    let answer = exchange(
        &sandbox,
        "POST",
        "/rest/auth/token/create",
        &[FORM],
        encode(&all).as_bytes(),
    );
    assert_let_in(&sandbox, &answer);
}

#[test]
fn php_posts_multipart_always() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut all = token_call(&sandbox, &timestamp, "lazop-sdk-php-20180422", &code);
    let sign = hmac_sha256(
        sandbox.app_secret(),
        &format!("/auth/token/create{}", sorted(&all)),
    );
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
    assert_let_in(&sandbox, &answer);
}

#[test]
fn node_puts_everything_into_the_query() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut all = token_call(&sandbox, &timestamp, "node", &code);
    let sign = hmac_sha256(
        sandbox.app_secret(),
        &format!("/auth/token/create{}", sorted(&all)),
    );
    all.push(("sign", &sign));
    let target = format!("/rest/auth/token/create?{}", encode(&all));
    let answer = exchange(&sandbox, "POST", &target, &[("Content-Length", "0")], b"");
    assert_let_in(&sandbox, &answer);
}

#[test]
fn gzip_comes_when_asked_for() {
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
