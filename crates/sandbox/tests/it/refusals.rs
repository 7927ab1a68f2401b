//! Refusals in each gateway's form.

use std::time::{Duration, SystemTime};

use aliexpress_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::signatures::{hmac_sha256, md5, sorted};
use crate::wire::{common, get, milliseconds, post, set, sync, sync_with_files};

const API: &str = "aliexpress.trade.ds.order.get";
const QUERY: (&str, &str) = ("single_order_query", "{\"order_id\":\"10000001\"}");

/// Sends a business call that is valid except for `changed`, and returns the refusal.
fn refused(sandbox: &Sandbox, changed: &[(&str, &str)]) -> Value {
    let timestamp = milliseconds();
    let mut parameters = common(sandbox, API, &timestamp);
    set(&mut parameters, &[QUERY]);
    set(&mut parameters, changed);
    parameters.retain(|(_, value)| !value.is_empty());
    let sign = hmac_sha256(sandbox.app_secret(), &sorted(&parameters));
    parameters.push(("sign", &sign));
    post(sandbox, "/sync", &parameters).json()["error_response"].take()
}

#[track_caller]
fn check(changed: &[(&str, &str)], code: &str, message: &str) {
    let sandbox = Sandbox::start().unwrap();
    let error = refused(&sandbox, changed);
    assert_eq!(
        (&error["code"], &error["msg"]),
        (&code.into(), &message.into()),
        "{error}"
    );
    assert_eq!(error["type"], "ISV");
    assert_eq!(error["request_id"].as_str().unwrap().len(), 25);
}

#[test]
fn absent_common_parameters() {
    let absent = |name: &str| {
        format!(
            "The input parameter \"{name}\" that is mandatory for processing this request is not supplied."
        )
    };
    check(&[("app_key", "")], "MissingParameter", &absent("app_key"));
    check(&[("method", "")], "MissingParameter", &absent("method"));
    check(
        &[("timestamp", "")],
        "MissingParameter",
        &absent("timestamp"),
    );
    check(&[("session", "")], "IllegalAccessToken", &absent("session"));
}

#[test]
fn wrong_common_parameters() {
    check(
        &[("app_key", "1")],
        "InvalidAppKey",
        "the app key \"1\" is not known",
    );
    check(
        &[("session", "nobody's")],
        "IllegalAccessToken",
        "The specified access token is invalid or expired.",
    );
    check(
        &[("method", "no.such.api")],
        "InvalidApiPath",
        "the sandbox has no API \"no.such.api\"; give it an answer with --answer no.such.api=FILE, Sandbox::answer or POST /admin/answers",
    );
    for misspelled in [
        "aliexpress.ds.product.gett",
        "aliexpress.ds.prodct.get",
        "Aliexpress.DS.Product.Get",
    ] {
        check(
            &[("method", misspelled)],
            "InvalidApiPath",
            &format!(
                "the sandbox has no API {misspelled:?}; \"aliexpress.ds.product.get\" may be meant; \
                 give it an answer with --answer {misspelled}=FILE, Sandbox::answer or POST /admin/answers"
            ),
        );
    }
    check(
        &[("method", &"aliexpress.ds.product.get".repeat(10_000))],
        "InvalidApiPath",
        &format!(
            "the sandbox has no API \"{0}\"; give it an answer with --answer {0}=FILE, Sandbox::answer or POST /admin/answers",
            "aliexpress.ds.product.get".repeat(10_000)
        ),
    );
    check(
        &[("sign_method", "sha1")],
        "IncompleteSignature",
        "found sign_method \"sha1\"; wanted sha256, md5, hmac or hmac-sha256",
    );
}

#[test]
fn a_wrong_clock_is_refused() {
    let hours_ago = SystemTime::now() - Duration::from_secs(3 * 3600);
    let old = hours_ago
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_millis()
        .to_string();
    let sandbox = Sandbox::start().unwrap();
    let error = refused(&sandbox, &[("timestamp", &old)]);
    assert_eq!(error["code"], "IllegalTimestamp", "{error}");
    let unchecked = Sandbox::builder().clock_check(false).start().unwrap();
    assert_ne!(
        refused(&unchecked, &[("timestamp", &old)])["code"],
        "IllegalTimestamp"
    );
    let set = Sandbox::builder().clock(hours_ago).start().unwrap();
    assert_ne!(
        refused(&set, &[("timestamp", &old)])["code"],
        "IllegalTimestamp"
    );
}

#[test]
fn the_date_header_is_the_sandboxs_time() {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_517_820_392);
    let sandbox = Sandbox::builder().clock(at).start().unwrap();
    let answer = post(&sandbox, "/sync", &[("method", API)]);
    assert_eq!(answer.header("date"), Some("Mon, 05 Feb 2018 08:46:32 GMT"));
}

#[test]
fn an_expired_session() {
    let sandbox = Sandbox::start().unwrap();
    assert!(sandbox.expire_token(sandbox.session()));
    assert_eq!(refused(&sandbox, &[])["code"], "IllegalAccessToken");
    let entry = sandbox.log().pop().unwrap();
    assert_eq!(entry.notes, ["the session has expired"]);
}

/// Sends a legacy call signed with MD5, with its time in GMT+8.
fn legacy(sandbox: &Sandbox, changed: &[(&str, &str)]) -> crate::wire::Answer {
    let mut parameters = vec![
        ("app_key", sandbox.app_key()),
        ("method", "aliexpress.solution.order.info.get"),
        ("session", sandbox.session()),
        ("sign_method", "md5"),
        ("timestamp", "2018-02-05 16:46:32"),
        ("v", "2.0"),
        ("format", "json"),
    ];
    set(&mut parameters, changed);
    parameters.retain(|(_, value)| !value.is_empty());
    let sign = md5(&format!(
        "{0}{1}{0}",
        sandbox.app_secret(),
        sorted(&parameters)
    ));
    parameters.push(("sign", &sign));
    post(sandbox, "/router/rest", &parameters)
}

fn legacy_sandbox() -> Sandbox {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_517_820_392);
    Sandbox::builder().clock(at).start().unwrap()
}

#[test]
fn the_legacy_gateway_answers_with_numbers() {
    let sandbox = legacy_sandbox();
    for (name, value, code) in [
        ("method", "", 21),
        ("method", "no.such.api", 22),
        ("format", "yaml", 23),
        ("sign_method", "md6", 25),
        ("session", "", 26),
        ("session", "nobody's", 27),
        ("app_key", "", 28),
        ("app_key", "1", 29),
        ("timestamp", "", 30),
        ("timestamp", "2018-02-05 16:36:31", 31),
        ("v", "", 32),
        ("v", "1.0", 33),
    ] {
        let answer = legacy(&sandbox, &[(name, value)]).json();
        assert_eq!(
            answer["error_response"]["code"], code,
            "{name}={value}: {answer}"
        );
    }
}

/// The platform's answer is not known; the most similar known code is that of other wrong values.
#[test]
fn an_unknown_format_is_a_wrong_value() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    for format in ["yaml", "JSON;xml", "протобуф"] {
        let mut parameters = common(&sandbox, "aliexpress.trade.ds.order.get", &timestamp);
        set(&mut parameters, &[("format", format)]);
        let answer = post(&sandbox, "/sync", &parameters).json();
        let error = &answer["error_response"];
        assert_eq!(error["code"], "InvalidParameter", "{answer}");
        assert_eq!(error["type"], "ISV", "{answer}");
        let why = format!("found format {format:?}; wanted json or xml");
        assert_eq!(error["msg"], why, "{answer}");
    }
}

#[test]
fn the_legacy_gateway_answers_in_xml_by_default() {
    let answer = legacy(&legacy_sandbox(), &[("format", ""), ("session", "")]);
    assert_eq!(
        answer.header("content-type"),
        Some("text/xml;charset=UTF-8")
    );
    assert_eq!(
        answer.text(),
        "<error_response><code>26</code><msg>Missing session</msg></error_response>"
    );
}

#[test]
fn a_call_without_a_signature() {
    let sandbox = Sandbox::start().unwrap();
    let timestamp = milliseconds();
    let answer = post(&sandbox, "/sync", &common(&sandbox, API, &timestamp)).json();
    assert_eq!(answer["error_response"]["code"], "MissingParameter");
    let answer = post(
        &sandbox,
        "/rest/auth/token/create",
        &common(&sandbox, API, &timestamp),
    )
    .json();
    assert_eq!(answer["code"], "MissingParameter");
    insta::assert_snapshot!(answer["message"].as_str().unwrap(), @r#"The input parameter "sign" that is mandatory for processing this request is not supplied."#);
}

/// A list, an object or a number that is too large is refused as a scalar, in an object as well as as a parameter.
#[test]
fn values_of_another_type_are_refused_at_any_depth() {
    let sandbox = Sandbox::start().unwrap();
    let api = "aliexpress.solution.product.list.get";
    let query = |name: &str, value: &Value| {
        let query = json!({ "product_status_type": "onSelling", name: value }).to_string();
        let own = [("aeop_a_e_product_list_query", query.as_str())];
        sync(&sandbox, api, &own).json()["error_response"]["sub_msg"].take()
    };
    for value in [
        json!(1),
        json!("1"),
        json!(" 1 "),
        json!(null),
        json!(""),
        json!(-1),
    ] {
        assert_eq!(query("page_size", &value), Value::Null, "{value}");
    }
    for value in [
        json!([1]),
        json!([[1]]),
        json!({ "number": 1 }),
        json!(true),
        json!(1.5),
        json!("a"),
        json!(u64::MAX),
        json!(u64::MAX.to_string()),
    ] {
        let why = query("page_size", &value);
        let why = why.as_str().unwrap_or_default();
        let wanted = "aeop_a_e_product_list_query.page_size: expected a whole number, found ";
        assert!(why.starts_with(wanted), "{value}: {why}");
    }
    for value in [json!([1, "2"]), json!({ "number": [1, 2] }), json!([])] {
        assert_eq!(
            query("excepted_product_ids", &value),
            Value::Null,
            "{value}"
        );
    }
    for value in [
        json!([[1]]),
        json!([{ "a": 1 }]),
        json!([1, "b"]),
        json!([true]),
    ] {
        let why = query("excepted_product_ids", &value);
        assert!(why.as_str().is_some(), "{value}");
    }
}

#[test]
fn an_unknown_path_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let answer = get(&sandbox, "/api/v1/orders");
    assert_eq!(answer.status, 404);
    insta::assert_snapshot!(answer.text(), @r#"no gateway at "/api/v1/orders"; there are /sync, /rest{path}, /router/rest and, for a browser, /"#);
}

/// A test that moves the sandbox's clock by a day does not move its client's clock.
#[test]
fn calls_with_the_machines_time_are_accepted_after_the_clock_is_moved() {
    let sandbox = Sandbox::start().unwrap();
    let answer = post(&sandbox, "/admin/clock", &[("pass", "86401")]);
    assert_eq!(answer.status, 200);
    let error = crate::wire::sync(&sandbox, crate::orders::GET, &[]).json();
    assert_eq!(error["error_response"]["code"], "IllegalAccessToken");
    let hours_ago = (SystemTime::now() - Duration::from_secs(3 * 3600))
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap();
    let timestamp = hours_ago.as_millis().to_string();
    let error = refused(&sandbox, &[("timestamp", &timestamp)]);
    assert_eq!(error["code"], "IllegalTimestamp");
}

#[test]
fn invalid_missing_and_repeated_files_are_refused() {
    const API: &str = "aliexpress.affiliate.image.search";
    let sandbox = Sandbox::start().unwrap();
    let said = |files: &[(&str, &str)], own: &[(&str, &str)]| {
        let answer = sync_with_files(&sandbox, API, own, files).json();
        let said = |key: &str| {
            answer["error_response"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        (said("sub_code"), said("sub_msg"))
    };
    let missing = (
        "isv.missing-parameter".to_owned(),
        "image_file_bytes is required".to_owned(),
    );
    assert_eq!(said(&[], &[]), missing);
    // Sent as a parameter, it does not count as a file.
    assert_eq!(said(&[], &[("image_file_bytes", "pixels")]), missing);
    let image = ("image_file_bytes", "pixels");
    let wrong = |found: &str| ("isv.invalid-parameter".to_owned(), found.to_owned());
    assert_eq!(
        said(&[image, image], &[]),
        wrong("found the file \"image_file_bytes\" twice; wanted it once")
    );
    assert_eq!(
        said(&[image, ("picture", "pixels")], &[]),
        wrong("found a file named \"picture\"; wanted image_file_bytes")
    );
    assert_eq!(said(&[image], &[]), (String::new(), String::new()));
    // The hash in the log is that of the sent bytes.
    let hash = "SHA-256 6ec9c2b0eb14010746c8bce8939303b382344b296206612eb8a907a37b2b2f37";
    let notes = sandbox.log().last().unwrap().notes.clone();
    assert!(notes.iter().any(|note| note.contains(hash)), "{notes:?}");
}
