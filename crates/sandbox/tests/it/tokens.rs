//! Token calls.

use std::time::Duration;

use aliexpress_sandbox::Sandbox;

use crate::signatures::{hmac_sha256, sorted};
use crate::wire::{milliseconds, post, rest};

#[test]
fn a_code_is_exchanged_for_a_token_once() {
    let sandbox = Sandbox::start().unwrap();
    let code = sandbox.authorise();
    let token = rest(&sandbox, "/auth/token/create", &[("code", &code)]).json();
    assert_eq!(token["code"], "0");
    assert_eq!(token["expires_in"], 24 * 3600);
    assert_eq!(token["refresh_expires_in"], 48 * 3600);
    assert!(token["user_id"].is_string(), "{token}");
    let again = rest(&sandbox, "/auth/token/create", &[("code", &code)]).json();
    assert_eq!(again["code"], "InvalidCode");
    assert_eq!(
        again["message"],
        "Invalid authorization code: it was used before."
    );
    assert_eq!(again["type"], "ISV");
}

#[test]
fn only_codes_of_the_documented_form_are_accepted() {
    let sandbox = Sandbox::start().unwrap();
    let token = rest(
        &sandbox,
        "/auth/token/create",
        &[("code", "0_2DL4DV3jcU1UOT7WGI1A4rY91")],
    )
    .json();
    assert!(token["access_token"].is_string(), "{token}");
    let refused = rest(&sandbox, "/auth/token/create", &[("code", "nonsense")]).json();
    assert_eq!(refused["code"], "InvalidCode");
    let refused = rest(&sandbox, "/auth/token/create", &[]).json();
    assert_eq!(refused["code"], "MissingParameter");
}

#[test]
fn a_code_is_too_old_after_three_minutes() {
    let sandbox = Sandbox::builder().clock_check(false).start().unwrap();
    let code = sandbox.authorise();
    sandbox.pass_time(Duration::from_secs(181));
    let refused = rest(&sandbox, "/auth/token/create", &[("code", &code)]).json();
    assert_eq!(
        refused["message"],
        "Invalid authorization code: it is older than 3 minutes."
    );
}

#[test]
fn a_refresh_gives_a_new_token_and_does_not_extend_the_refresh_token() {
    let hour = Duration::from_secs(3600);
    let sandbox = Sandbox::builder()
        .clock_check(false)
        .token_lifetimes(hour, hour * 2)
        .start()
        .unwrap();
    let created = rest(
        &sandbox,
        "/auth/token/create",
        &[("code", &sandbox.authorise())],
    )
    .json();
    let refresh = created["refresh_token"].as_str().unwrap();
    sandbox.pass_time(hour);
    let refreshed = rest(
        &sandbox,
        "/auth/token/refresh",
        &[("refresh_token", refresh)],
    )
    .json();
    assert_ne!(refreshed["access_token"], created["access_token"]);
    assert_eq!(refreshed["refresh_token"], refresh);
    assert_eq!(refreshed["expires_in"], 3600);
    assert_eq!(
        refreshed["refresh_token_valid_time"],
        created["refresh_token_valid_time"]
    );
    sandbox.pass_time(hour);
    let refused = rest(
        &sandbox,
        "/auth/token/refresh",
        &[("refresh_token", refresh)],
    )
    .json();
    assert_eq!(refused["code"], "IllegalRefreshToken");
}

#[test]
fn a_token_call_goes_through_sync_as_well() {
    let sandbox = Sandbox::start().unwrap();
    let (timestamp, code) = (milliseconds(), sandbox.authorise());
    let mut parameters = vec![
        ("app_key", sandbox.app_key()),
        ("method", "/auth/token/create"),
        ("sign_method", "sha256"),
        ("timestamp", &timestamp),
        ("simplify", "false"),
        ("format", "json"),
        ("code", &code),
    ];
    let sign = hmac_sha256(
        sandbox.app_secret(),
        &format!("/auth/token/create{}", sorted(&parameters)),
    );
    parameters.push(("sign", &sign));
    let answer = post(&sandbox, "/sync", &parameters).json();
    assert!(
        answer["/auth/token/create_response"]["access_token"].is_string(),
        "{answer}"
    );
}

#[test]
fn the_security_variants_are_answered() {
    let sandbox = Sandbox::start().unwrap();
    let code = sandbox.authorise();
    let created = rest(&sandbox, "/auth/token/security/create", &[("code", &code)]).json();
    let refresh = created["refresh_token"].as_str().unwrap();
    let refreshed = rest(
        &sandbox,
        "/auth/token/security/refresh",
        &[("refresh_token", refresh)],
    )
    .json();
    assert!(refreshed["access_token"].is_string(), "{refreshed}");
}

#[test]
fn tokens_and_codes_stay_out_of_the_log() {
    let sandbox = Sandbox::start().unwrap();
    let code = sandbox.authorise();
    let created = rest(&sandbox, "/auth/token/create", &[("code", &code)]).json();
    let refresh = created["refresh_token"].as_str().unwrap();
    rest(
        &sandbox,
        "/auth/token/refresh",
        &[("refresh_token", refresh)],
    );
    let log = format!("{:?} {sandbox:?}", sandbox.log());
    for secret in [
        code.as_str(),
        refresh,
        created["access_token"].as_str().unwrap(),
        sandbox.app_secret(),
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

/// Some SDKs sign a system call at `/sync` with its path before the parameters, others without.
#[test]
fn a_system_call_at_sync_is_signed_with_its_path_or_without() {
    let sandbox = Sandbox::start().unwrap();
    let (path, timestamp) = ("/auth/token/create", milliseconds());
    let answer = |prefix: &str, target: &str| {
        let code = sandbox.authorise();
        let mut parameters = vec![
            ("app_key", sandbox.app_key()),
            ("timestamp", timestamp.as_str()),
            ("sign_method", "sha256"),
            ("code", &code),
        ];
        if target == "/sync" {
            parameters.push(("method", path));
        }
        let signed = format!("{prefix}{}", sorted(&parameters));
        let sign = hmac_sha256(sandbox.app_secret(), &signed);
        parameters.push(("sign", &sign));
        post(&sandbox, target, &parameters).json()
    };
    for prefix in [path, ""] {
        let token = answer(prefix, "/sync");
        let token = &token["/auth/token/create_response"]["access_token"];
        assert!(token.is_string(), "{prefix:?}");
    }
    let target = format!("/rest{path}");
    assert!(answer(path, &target)["access_token"].is_string());
    assert_eq!(answer("", &target)["code"], "IncompleteSignature");
    let wrong = answer("/sync", "/sync");
    assert_eq!(wrong["error_response"]["code"], "IncompleteSignature");
}
