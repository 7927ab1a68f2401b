//! Differences between answers and their models.

use super::*;

#[track_caller]
fn check_drift(answer: &str, unknown: &[&str], coerced: &[&str]) {
    let drift = drift(answer.as_bytes(), &API).unwrap();
    assert_eq!(drift.unknown, unknown, "{answer}");
    let lines = drift
        .coerced
        .iter()
        .map(|at| format!("{}: {} from {}", at.path, at.expected, at.found));
    assert_eq!(lines.collect::<Vec<_>>(), coerced, "{answer}");
}

#[test]
fn documented_shapes_have_no_drift() {
    let answer = ThingAnswer {
        result: Some(thing()),
    };
    for form in [Form::SimplifiedJson, Form::FullJson, Form::Xml] {
        check_drift(&encode(&answer, "r", form), &[], &[]);
    }
    check_drift(
        r#"{"error_response":{"code":"1","msg":"m","request_id":"r"}}"#,
        &[],
        &[],
    );
}

#[test]
fn drift_finds_unknown_fields_and_coerced_values() {
    check_drift(
        r#"{"result":{"id":"1","fine":0,"owner":5,"new":1,"parts":[{"new":{}},{"new":2,"price":[{"amount":"1"}]}]},"more":1}"#,
        &["result.new", "result.parts[].new", "more"],
        &[
            "result.id: an integer from \"1\"",
            "result.fine: a boolean from 0",
            "result.owner: a text from 5",
            "result.parts[].price: an object from an array of 1",
        ],
    );
    check_drift(
        r#"{"example_thing_get_response":{"result":{"parts":{"thing_part":{"count":1,"x":1}},"words":"a"}},"y":1}"#,
        &["y", "result.parts[].x"],
        &[
            "result.parts: an array under the inner name from an object",
            "result.words: a list from \"a\"",
        ],
    );
    check_drift(
        "<example_thing_get_response><result><id>1</id><new/><parts><thing_part><x>1</x></thing_part></parts></result>\
         </example_thing_get_response>",
        &["result.new", "result.parts[].x"],
        &[],
    );
}

#[test]
fn drift_lists_missing_fields() {
    let drift = drift(
        br#"{"result":{"id":1,"parts":[{"name":"a"},{"count":1}]}}"#,
        &API,
    )
    .unwrap();
    assert_eq!(
        drift.missing,
        [
            "result.state",
            "result.made",
            "result.fine",
            "result.owner",
            "result.details",
            "result.numbers",
            "result.words",
            "result.parts[].price"
        ]
    );
}

/// An answer whose page documents keys of the envelope as the answer's own fields.
#[derive(Clone, Default)]
struct OwnCodeAnswer {
    code: Option<String>,
    request_id: Option<String>,
}

record!(OwnCodeAnswer {
    0: "code" => text code;
    1: "request_id" => text request_id;
});

impl Answer for OwnCodeAnswer {
    const API: &'static str = "example.own.code";
    const KEY: &'static str = "example_own_code_response";
}

#[test]
fn keys_of_the_envelope_that_the_page_documents_are_fields_of_the_answer() {
    let answer = OwnCodeAnswer {
        code: Some("200".to_owned()),
        request_id: Some("own".to_owned()),
    };
    for form in [Form::SimplifiedJson, Form::FullJson, Form::Xml] {
        let text = crate::encode(&answer, "request", form);
        let envelope = decode::<OwnCodeAnswer>(text.as_bytes()).unwrap();
        assert_eq!(envelope.outcome.unwrap(), answer, "{text}");
        assert_eq!(envelope.request_id.as_deref(), Some("own"), "{text}");
    }
}

#[test]
fn drift_in_xml_finds_texts_that_are_not_numbers_or_booleans() {
    check_drift(
        "<example_thing_get_response><result><id>x</id><fine>yes</fine><state>NEW</state></result>\
         </example_thing_get_response>",
        &[],
        &[
            "result.id: an integer from \"x\"",
            "result.fine: a boolean from \"yes\"",
        ],
    );
}
