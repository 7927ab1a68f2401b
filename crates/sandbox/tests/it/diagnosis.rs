//! Wrong signatures, each made with the mistake that the log must name.

use aliexpress_sandbox::{Diagnosis, Sandbox, Verdict};

use crate::signatures::{hmac_md5, hmac_sha256, md5, sha256, sorted};
use crate::wire::{common, milliseconds, post, set};

pub(crate) const API: &str = "aliexpress.trade.ds.order.get";
pub(crate) const QUERY: (&str, &str) = ("single_order_query", "{\"order_id\": \"10000001\"}");

/// Sends a business call signed by `sign` and checks the mistakes that the log names.
#[track_caller]
pub(crate) fn check(sign: impl Fn(&Sandbox, &[(&str, &str)]) -> String, mistakes: &[&str]) {
    check_with(&[QUERY], sign, mistakes);
}

#[track_caller]
pub(crate) fn check_with(
    own: &[(&str, &str)],
    sign: impl Fn(&Sandbox, &[(&str, &str)]) -> String,
    mistakes: &[&str],
) {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut parameters = common(&sandbox, API, &timestamp);
    set(&mut parameters, own);
    let sign = sign(&sandbox, &parameters);
    parameters.push(("sign", &sign));
    let answer = post(&sandbox, "/sync", &parameters).json();
    assert_eq!(
        answer["error_response"]["code"], "IncompleteSignature",
        "{answer}"
    );
    let entry = sandbox.log().pop().unwrap();
    assert_eq!(
        entry.verdict,
        Verdict::Refused("IncompleteSignature".to_owned())
    );
    let diagnosis = entry.diagnosis.unwrap();
    let implied = diagnosis
        .implied
        .map(|implied| implied.mistakes)
        .unwrap_or_default();
    assert_eq!(implied, mistakes);
    assert!(
        !diagnosis.expected.contains(sandbox.session()),
        "{}",
        diagnosis.expected
    );
    assert!(
        diagnosis.expected.contains(&format!("method{API}")),
        "{}",
        diagnosis.expected
    );
}

fn joined(parameters: &[(&str, &str)]) -> String {
    parameters
        .iter()
        .map(|(name, value)| format!("{name}{value}"))
        .collect()
}

#[test]
fn not_sorted() {
    check(
        |s, p| hmac_sha256(s.app_secret(), &joined(p)),
        &["parameters not sorted"],
    );
}

#[test]
fn sorted_without_regard_to_case() {
    check_with(
        &[QUERY, ("Zone", "1"), ("alpha", "2")],
        |s, p| {
            let mut p = p.to_vec();
            p.sort_by_key(|(name, _)| name.to_lowercase());
            hmac_sha256(s.app_secret(), &joined(&p))
        },
        &["parameters sorted without regard to case, not by bytes"],
    );
}

#[test]
fn sorted_by_locale() {
    check_with(
        &[QUERY, ("signature_x", "2"), ("sign_a", "1"), ("App", "1")],
        |s, p| {
            let mut p = p.to_vec();
            p.sort_by_key(|(name, _)| name.replace('_', "").to_lowercase());
            hmac_sha256(s.app_secret(), &joined(&p))
        },
        &["parameters sorted by locale, not by bytes"],
    );
}

/// The names in the order of `localeCompare`.
#[test]
fn sorted_by_locale_compare() {
    let order = [
        "app_key",
        "format",
        "method",
        "param_x",
        "param1",
        "paramx",
        "paramX",
        "session",
        "sign_method",
        "simplify",
        "single_order_query",
        "timestamp",
        "v",
    ];
    let own = [
        ("param1", "1"),
        ("param_x", "2"),
        ("paramX", "3"),
        ("paramx", "4"),
    ];
    check_with(
        &[&[QUERY][..], &own].concat(),
        |s, p| {
            let mut p = p.to_vec();
            p.sort_by_key(|(name, _)| {
                let place = order.iter().position(|known| known == name);
                place.unwrap_or_else(|| panic!("{name} has no place"))
            });
            hmac_sha256(s.app_secret(), &joined(&p))
        },
        &["parameters sorted by locale, not by bytes"],
    );
}

#[test]
fn lower_case_hex() {
    check(
        |s, p| hmac_sha256(s.app_secret(), &sorted(p)).to_lowercase(),
        &["lower-case hexadecimal instead of upper case"],
    );
}

#[test]
fn a_prefix_before_a_business_call() {
    check(
        |s, p| hmac_sha256(s.app_secret(), &format!("/{API}{}", sorted(p))),
        &[
            "prefix \"/aliexpress.trade.ds.order.get\" where none is wanted: an extra or wrong prefix",
        ],
    );
    check(
        |s, p| hmac_sha256(s.app_secret(), &format!("/sync{}", sorted(p))),
        &["prefix \"/sync\" where none is wanted: an extra or wrong prefix"],
    );
}

#[test]
fn a_secret_with_something_at_its_end() {
    for (end, mistake) in [
        ("\n", "wrong secret: a newline at its end"),
        (" ", "wrong secret: a space at its end"),
        (
            "&",
            "wrong secret: an ampersand at its end, as other platforms require",
        ),
    ] {
        check(
            |s, p| hmac_sha256(&format!("{}{end}", s.app_secret()), &sorted(p)),
            &[mistake],
        );
    }
}

#[test]
fn the_app_key_or_nothing_as_the_secret() {
    check(
        |s, p| hmac_sha256(s.app_key(), &sorted(p)),
        &["wrong secret: the app key in its place"],
    );
    check(
        |_, p| hmac_sha256("", &sorted(p)),
        &["wrong secret: it is empty"],
    );
}

#[test]
fn sign_is_signed_too() {
    check(
        |s, p| {
            let first = hmac_sha256(s.app_secret(), &sorted(p));
            hmac_sha256(s.app_secret(), &sorted(&[p, &[("sign", &first)]].concat()))
        },
        &["sign included (the call was signed a second time with its first signature)"],
    );
    check(
        |s, p| hmac_sha256(s.app_secret(), &sorted(&[p, &[("sign", "")]].concat())),
        &["sign included, blank"],
    );
}

#[test]
fn another_hash() {
    let around = |s: &Sandbox, p: &[(&str, &str)]| format!("{0}{1}{0}", s.app_secret(), sorted(p));
    let sha = "instead of sha256";
    check(
        |s, p| md5(&around(s, p)),
        &[&format!("MD5(secret + S + secret) {sha}")],
    );
    check(
        |s, p| hmac_md5(s.app_secret(), &sorted(p)),
        &[&format!("HMAC-MD5(secret, S) {sha}")],
    );
    check(
        |s, p| sha256(&around(s, p)),
        &[&format!(
            "SHA256(secret + S + secret), which is not an HMAC, {sha}"
        )],
    );
    check(
        |_, p| sha256(&sorted(p)),
        &[&format!("SHA256(S), without the secret, {sha}")],
    );
}

#[test]
fn md5_without_the_closing_secret() {
    check_with(
        &[QUERY, ("sign_method", "md5")],
        |s, p| md5(&format!("{}{}", s.app_secret(), sorted(p))),
        &["MD5(secret + S), without the closing secret, instead of md5"],
    );
}

#[test]
fn two_mistakes_and_lower_case_at_once() {
    check(
        |s, p| hmac_sha256(&format!("{}\n", s.app_secret()), &joined(p)).to_lowercase(),
        &[
            "parameters not sorted",
            "wrong secret: a newline at its end",
            "lower-case hexadecimal instead of upper case",
        ],
    );
}

#[test]
fn an_unrelated_secret_is_not_diagnosed() {
    check(|_, p| hmac_sha256("quite another secret", &sorted(p)), &[]);
}

/// Sends a call signed with this secret, and returns the diagnosis, if any.
fn signed_with(sandbox: &Sandbox, secret: &str) -> Option<Diagnosis> {
    let timestamp = milliseconds();
    let mut parameters = common(sandbox, API, &timestamp);
    set(&mut parameters, &[QUERY]);
    let sign = hmac_sha256(secret, &sorted(&parameters));
    parameters.push(("sign", &sign));
    post(sandbox, "/sync", &parameters);
    sandbox.log().pop().unwrap().diagnosis
}

#[test]
fn the_secret_is_suspected_when_no_call_had_a_valid_signature() {
    let sandbox = Sandbox::start().unwrap();
    let suspected = |secret| {
        let diagnosis = signed_with(&sandbox, secret).unwrap();
        let words = diagnosis.to_string();
        // The expected string is not compared, because it contains the time and the session.
        let (words, expected) = words.split_once("; expected ").unwrap();
        assert_eq!(expected, format!("{:?}", diagnosis.expected));
        (diagnosis.secret_suspected, words.to_owned())
    };
    let (first, words) = suspected("quite another secret");
    assert!(!first);
    insta::assert_snapshot!(words, @"no known mistake gives this signature");
    let (second, words) = suspected("quite another secret");
    assert!(second);
    insta::assert_snapshot!(words, @"no known mistake gives this signature, and no call so far had a valid one, so the secret is likely another one");
    assert_eq!(signed_with(&sandbox, sandbox.app_secret()), None);
    let (third, words) = suspected("quite another secret");
    assert!(!third, "{words}");
}

#[test]
fn a_missing_prefix_of_a_system_call() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut parameters = vec![
        ("app_key", sandbox.app_key()),
        ("sign_method", "sha256"),
        ("timestamp", &timestamp),
        ("code", &code),
    ];
    let sign = hmac_sha256(sandbox.app_secret(), &sorted(&parameters));
    parameters.push(("sign", &sign));
    let answer = post(&sandbox, "/rest/auth/token/create", &parameters).json();
    assert_eq!(answer["code"], "IncompleteSignature");
    let diagnosis = sandbox.log().pop().unwrap().diagnosis.unwrap();
    let implied = diagnosis.implied.unwrap();
    assert_eq!(
        implied.mistakes,
        ["prefix missing: the path of a system call comes before its parameters"]
    );
    assert!(
        diagnosis.expected.starts_with("/auth/token/createapp_key"),
        "{}",
        diagnosis.expected
    );
    assert!(
        implied.canonical.starts_with("app_key"),
        "{}",
        implied.canonical
    );
    assert!(!implied.canonical.contains(&code), "{}", implied.canonical);
}
