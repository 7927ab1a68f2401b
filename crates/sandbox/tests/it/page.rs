//! The page, over plain HTTP: its files, its lists, and which requests it accepts.

use aliexpress_sandbox::{FAULTS, Sandbox};
use serde_json::Value;

use crate::signatures::hmac_sha256;
use crate::wire::{Answer, common, encode, exchange, get, milliseconds, post, rest};

pub(crate) fn command(sandbox: &Sandbox, target: &str, parameters: &[(&str, &str)]) -> Value {
    let answer = post(sandbox, target, parameters);
    assert_eq!(answer.status, 200, "{target}: {}", answer.text());
    answer.json()
}

#[test]
fn the_page_loads_nothing_from_other_hosts() {
    let sandbox = Sandbox::start().unwrap();
    let page = get(&sandbox, "/");
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let mut text = page.text().to_owned();
    for needed in [
        "<html lang=\"en\">",
        "width=device-width",
        "role=\"tablist\"",
    ] {
        assert!(text.contains(needed), "{needed}");
    }
    let files = files_of_the_page(&sandbox);
    assert!(files.len() > 10, "{files:?}");
    for (path, content_type) in files {
        let file = get(&sandbox, &path);
        assert_eq!(
            (file.status, file.header("content-type")),
            (200, Some(content_type)),
            "{path}"
        );
        text += file.text();
    }
    for outside in [
        "src=\"http",
        "href=\"http",
        "@import",
        "url(",
        "//cdn",
        "https://",
    ] {
        assert!(!text.contains(outside), "{outside}");
    }
    assert!(text.contains("prefers-color-scheme: dark"));
    assert!(
        !text.contains("innerHTML"),
        "text from clients must not become markup"
    );
    assert_eq!(get(&sandbox, "/admin/page/secret.js").status, 404);
}

/// The files that the page and its modules load, with their content types.
fn files_of_the_page(sandbox: &Sandbox) -> Vec<(String, &'static str)> {
    let mut files = vec![(
        "/admin/page/style.css".to_owned(),
        "text/css; charset=utf-8",
    )];
    let mut waiting = vec!["main.js".to_owned()];
    while let Some(name) = waiting.pop() {
        let path = format!("/admin/page/{name}");
        if files.iter().any(|(known, _)| *known == path) {
            continue;
        }
        let script = get(sandbox, &path);
        let imports = script.text().split("from \"./").skip(1);
        waiting.extend(imports.map(|rest| rest.split('"').next().unwrap().to_owned()));
        files.push((path, "text/javascript; charset=utf-8"));
    }
    files
}

#[test]
fn every_list_of_the_page_is_answered() {
    let sandbox = Sandbox::start().unwrap();
    for list in [
        "status", "requests", "orders", "products", "answers", "tokens", "faults", "pushes",
    ] {
        let answer = get(&sandbox, &format!("/admin/{list}"));
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, Some("application/json")),
            "{list}"
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
        answer.json();
    }
}

#[test]
fn a_requests_details_contain_its_diagnosis() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let mut parameters = common(&sandbox, "aliexpress.trade.ds.order.get", &timestamp);
    let joined: String = parameters
        .iter()
        .map(|(name, value)| format!("{name}{value}"))
        .collect();
    let sign = hmac_sha256(sandbox.app_secret(), &joined);
    parameters.push(("sign", &sign));
    post(&sandbox, "/sync", &parameters);
    let list = get(&sandbox, "/admin/requests").json();
    assert_eq!(list["count"], 1);
    assert_eq!(
        list["requests"][0]["verdict"],
        "refused IncompleteSignature"
    );
    assert_eq!(list["requests"][0]["api"], "aliexpress.trade.ds.order.get");
    let entry = get(&sandbox, "/admin/requests/1").json();
    assert_eq!(entry["diagnosis"]["mistakes"][0], "parameters not sorted");
    assert!(
        entry["diagnosis"]["implied"]
            .as_str()
            .unwrap()
            .starts_with("app_key")
    );
    assert!(
        entry["answer"]
            .as_str()
            .unwrap()
            .contains("IncompleteSignature")
    );
    assert!(!entry.to_string().contains(sandbox.session()), "{entry}");
    assert_eq!(
        get(&sandbox, "/admin/requests?after=1").json()["requests"],
        Value::Array(Vec::new())
    );
    assert_eq!(get(&sandbox, "/admin/requests/2").status, 404);
}

#[test]
fn the_status_shows_no_secret() {
    let sandbox = Sandbox::start().unwrap();
    let status = get(&sandbox, "/admin/status").json();
    assert_eq!(status["app_key"], sandbox.app_key());
    assert_eq!(status["faults"].as_array().unwrap().len(), FAULTS.len());
    let token = &sandbox.tokens()[0];
    assert_eq!(token.access_token, sandbox.session());
    assert!(!format!("{token:?}").contains(sandbox.session()));
    let tokens = get(&sandbox, "/admin/tokens").json();
    for secret in [sandbox.app_secret(), sandbox.session()] {
        assert!(!status.to_string().contains(secret));
        assert!(!tokens.to_string().contains(secret));
    }
}

fn from(sandbox: &Sandbox, target: &str, headers: &[(&str, &str)]) -> Answer {
    exchange(
        sandbox,
        "POST",
        target,
        headers,
        encode(&[("rule", "malformed")]).as_bytes(),
    )
}

#[test]
fn requests_from_other_origins_are_refused() {
    let sandbox = Sandbox::start().unwrap();
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let port = sandbox.address().port();
    let own = format!("http://{}", sandbox.address());
    let local = format!("localhost:{port}");
    let rebound = format!("evil.example:{port}");
    for headers in [
        vec![form, ("Origin", "http://evil.example")],
        vec![form, ("Origin", "null")],
        vec![form, ("Origin", "http://127.0.0.1:1")],
        vec![form, ("Host", &rebound)],
        vec![form, ("Host", "127.0.0.1:1")],
        vec![form, ("Host", "127.0.0.1")],
        vec![form, ("Sec-Fetch-Site", "cross-site")],
        vec![form, ("Sec-Fetch-Site", "same-site")],
    ] {
        assert_eq!(
            from(&sandbox, "/admin/faults", &headers).status,
            403,
            "{headers:?}"
        );
    }
    assert!(sandbox.faults().is_empty());
    for headers in [
        vec![form],
        vec![form, ("Origin", &own), ("Sec-Fetch-Site", "same-origin")],
        vec![form, ("Host", &local)],
    ] {
        assert_eq!(
            from(&sandbox, "/admin/faults", &headers).status,
            200,
            "{headers:?}"
        );
    }
    let other_origin = [form, ("Host", local.as_str()), ("Origin", own.as_str())];
    assert_eq!(from(&sandbox, "/admin/faults", &other_origin).status, 403);
    assert_eq!(
        exchange(&sandbox, "GET", "/", &[("Host", &rebound)], b"").status,
        403
    );
}

#[test]
fn the_authorisation_page_redirects_with_a_code() {
    let sandbox = Sandbox::start().unwrap();
    let query = encode(&[
        ("response_type", "code"),
        ("force_auth", "true"),
        ("redirect_uri", "http://127.0.0.1:9/back?x=1"),
        ("client_id", sandbox.app_key()),
        ("state", "a b"),
    ]);
    let answer = get(&sandbox, &format!("/oauth/authorize?{query}"));
    assert_eq!(answer.status, 302);
    let location = answer.header("location").unwrap();
    let code = location
        .strip_prefix("http://127.0.0.1:9/back?x=1&code=")
        .unwrap();
    let code = code.strip_suffix("&state=a+b").unwrap();
    let token = rest(&sandbox, "/auth/token/create", &[("code", code)]).json();
    assert!(token["access_token"].is_string(), "{token}");
    for (changed, error) in [
        (
            "client_id=1&response_type=code&redirect_uri=http://a",
            "the app key \"1\" is not known",
        ),
        (
            "client_id=1&redirect_uri=http://a",
            "the parameter \"response_type\" is missing",
        ),
        (
            "client_id=1&response_type=code&redirect_uri=javascript:1",
            "found redirect_uri \"javascript:1\", wanted an http or https URL",
        ),
    ] {
        let answer = get(&sandbox, &format!("/oauth/authorize?{changed}"));
        assert_eq!(
            (answer.status, answer.text()),
            (400, format!("authorising: {error}\n").as_str())
        );
    }
}
