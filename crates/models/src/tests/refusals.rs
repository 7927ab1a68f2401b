//! Whether an answer is a refusal, decided by one rule with a model and without.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

#[track_caller]
fn check_refused<T: Answer + std::fmt::Debug>(answer: &str, refused: bool) {
    let typed = decode::<T>(answer.as_bytes()).unwrap();
    assert_eq!(typed.outcome.is_err(), refused, "{answer}: {typed:?}");
    let untyped = crate::raw::decode_raw(answer.as_bytes()).unwrap();
    assert_eq!(untyped.outcome.is_err(), refused, "{answer}: {untyped:?}");
    if let (Err(typed), Err(untyped)) = (typed.outcome, untyped.outcome) {
        assert_eq!(typed, untyped, "{answer}");
    }
}

#[test]
fn the_position_of_a_code_decides_whether_it_is_a_refusal() {
    for code in [
        r#""00""#,
        r#""200""#,
        "200",
        r#""NGSELECTION_SEARCH_ERROR""#,
    ] {
        // Inside the envelope, the code is the API's own.
        let inside = format!(r#"{{"example_search_response":{{"code":{code},"request_id":"r"}}}}"#);
        check_refused::<SearchAnswer>(&inside, false);
        let code = code.trim_matches('"');
        let xml = format!(
            "<example_search_response><code>{code}</code><msg>x</msg></example_search_response>"
        );
        check_refused::<SearchAnswer>(&xml, false);
        let other = inside.replace("example_search", "example_thing_get");
        check_refused::<ThingAnswer>(&other.replace(code, "27"), false);
    }
    for code in [
        "\"0\"", "\"00\"", "0", "0.0", "-0", "\"200\"", "200", "\"\"", "null",
    ] {
        check_refused::<ThingAnswer>(&format!(r#"{{"code":{code},"request_id":"r"}}"#), false);
        check_refused::<SearchAnswer>(&format!(r#"{{"code":{code},"request_id":"r"}}"#), false);
    }
    for code in ["\"27\"", "27", "\"InvalidCode\"", "\"2000\"", "1"] {
        let bare = format!(r#"{{"code":{code},"type":"ISV","message":"no","request_id":"r"}}"#);
        check_refused::<ThingAnswer>(&bare, true);
        check_refused::<SearchAnswer>(&bare, true);
        let empty = bare.replace("\"type\"", r#""result":{},"data":null,"type""#);
        check_refused::<ThingAnswer>(&empty, true);
        // Beside data, the code is the API's own.
        let beside = bare.replace("\"type\"", r#""result":{"id":1},"type""#);
        check_refused::<ThingAnswer>(&beside, false);
        let error = format!(r#"{{"error_response":{{"code":{code},"msg":"no"}}}}"#);
        check_refused::<ThingAnswer>(&error, true);
    }
    check_refused::<ThingAnswer>(r#"{"error_response":null,"result":{"id":1}}"#, false);
    check_refused::<ThingAnswer>("<error_response/>", true);
    check_refused::<ThingAnswer>("<error_response><code>15</code></error_response>", true);
}

#[test]
fn a_refusal_is_recognised_if_the_answer_has_its_own_code() {
    let bare =
        r#"{"code":"IllegalAccessToken","type":"ISV","message":"no","msg":"no","request_id":"r"}"#;
    let error = decode::<SearchAnswer>(bare.as_bytes())
        .unwrap()
        .outcome
        .unwrap_err();
    assert_eq!(error.code.as_deref(), Some("IllegalAccessToken"));
    assert_eq!(error.message.as_deref(), Some("no"));
}

const KEYS: &[&str] = &[
    "code",
    "msg",
    "message",
    "type",
    "request_id",
    "result",
    "success",
    "extra",
    "error_response",
    "example_thing_get_response",
];
const VALUES: &[&str] = &[
    "null",
    r#""""#,
    r#"" ""#,
    r#""0""#,
    r#""5""#,
    "5",
    "0",
    "false",
    "{}",
    "[]",
    r#"{"id":1}"#,
    r#"{"id":null}"#,
    r#"{"a":null,"b":[{}]}"#,
    r#"[{"a":" "}]"#,
    r#"{"code":"5"}"#,
];

/// Checks that decoding without a model agrees wherever a model can read the answer.
fn check_agree<T: Answer + std::fmt::Debug>(answer: &str) -> Result<(), TestCaseError> {
    let Ok(typed) = decode::<T>(answer.as_bytes()) else {
        return Ok(());
    };
    let untyped = crate::raw::decode_raw(answer.as_bytes()).unwrap();
    prop_assert_eq!(
        typed.outcome.is_err(),
        untyped.outcome.is_err(),
        "{}",
        answer
    );
    Ok(())
}

proptest! {
    #[test]
    fn decoding_with_and_without_a_model_agrees_on_refusals(
        members in vec((select(KEYS), select(VALUES)), 0..5),
    ) {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let json = format!("{{{}}}", members.join(","));
        check_agree::<ThingAnswer>(&json)?;
        check_agree::<SearchAnswer>(&json)?;
    }

    #[test]
    fn decoding_with_and_without_a_model_agrees_on_refusals_in_xml(
        root in select(KEYS),
        members in vec((select(KEYS), select(&["", " ", "0", "5", "<id>1</id>", "<id/>"][..])), 0..4),
    ) {
        let members: String = members.iter().map(|(key, value)| format!("<{key}>{value}</{key}>")).collect();
        let xml = format!("<{root}>{members}</{root}>");
        check_agree::<ThingAnswer>(&xml)?;
        check_agree::<SearchAnswer>(&xml)?;
    }
}

#[test]
fn only_members_with_content_are_data() {
    for nothing in [r#"{"a":null}"#, r#"{"id":" "}"#, "[{},[]]"] {
        let bare = format!(r#"{{"code":"5","extra":{nothing}}}"#);
        check_refused::<ThingAnswer>(&bare, true);
    }
    // Data that no model knows is data, too.
    check_refused::<ThingAnswer>(r#"{"code":"5","extra":{"a":1}}"#, false);
    check_refused::<ThingAnswer>(r#"{"error_response":"","extra":{"a":1}}"#, false);
    check_refused::<ThingAnswer>(r#"{"error_response":"","extra":{"a":[]}}"#, true);
}
