//! Trees of answers: nothing is lost, and one path reaches a value in every form.

use proptest::prelude::*;

use super::Value;
use crate::raw::{decode_raw, parse};

#[track_caller]
fn data(answer: &str) -> Value {
    decode_raw(answer.as_bytes()).unwrap().outcome.unwrap()
}

#[test]
fn digits_and_member_order_are_kept() {
    let answer =
        r#"{"z":123456789012345678901234567890,"a":8.30,"m":[-0,1e400,"\u0007\u202e"],"a":null}"#;
    assert_eq!(data(answer).to_json(), answer);
}

#[test]
fn pretty_json_has_one_line_per_member() {
    let value = data(r#"{"a":[1,{"b":8.30}],"c":[],"d":{}}"#);
    assert_eq!(
        value.to_json_pretty(),
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": 8.30\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}"
    );
    let xml = "<x_y_response><a>1 &amp; 2</a><a>3</a><b><c>4</c></b></x_y_response>";
    assert_eq!(parse(xml.as_bytes()).unwrap().to_xml(), xml);
}

#[test]
fn a_path_reaches_the_same_value_in_every_form() {
    let forms = [
        r#"{"result":{"list":[{"a":{"b":"7"}}],"numbers":[5,6],"flag":"true"},"request_id":"r"}"#,
        r#"{"x_y_response":{"result":{"list":{"el_d_t_o":[{"a":{"b":7}}]},"numbers":{"number":[5,6]},"flag":true}}}"#,
        r#"{"x_y_response":{"result":{"list":{"el_d_t_o":{"a":{"b":7}}},"numbers":{"number":["5",6]},"flag":1}}}"#,
        r#"{"result":{"list":{"a":{"b":7}},"numbers":{"number":[5,6]},"flag":true}}"#,
        "<x_y_response><result><list><el><a><b>7</b></a></el></list><numbers><number>5</number><number>6</number>\
         </numbers><flag>1</flag></result></x_y_response>",
    ];
    for form in forms {
        let data = data(form);
        assert_eq!(
            data.at("result.list[0].a.b").unwrap().integer(),
            Ok(7),
            "{form}"
        );
        assert_eq!(
            data.at("result.numbers[1]").unwrap().integer(),
            Ok(6),
            "{form}"
        );
        assert_eq!(
            data.at("result.flag").unwrap().boolean(),
            Ok(true),
            "{form}"
        );
        assert_eq!(
            data.at("result.list").unwrap().elements().unwrap().len(),
            1,
            "{form}"
        );
    }
}

#[track_caller]
fn check_error(path: &str, expected: &str) {
    let data = data(r#"{"result":{"list":[{"a":"Ann"}],"none":null,"text":"Bob"}}"#);
    assert_eq!(data.at(path).unwrap_err().to_string(), expected);
}

#[test]
fn errors_state_the_path_and_what_was_found_and_wanted() {
    check_error(
        "result.lst[0]",
        "cannot read result.lst: found no such member; wanted a member of this name",
    );
    check_error(
        "result.list[3].a",
        "cannot read result.list[3]: found a list of 1; wanted an element at this place",
    );
    check_error(
        "result.list[0].a.b",
        "cannot read result.list[0].a.b: found a text; wanted an object",
    );
    check_error(
        "result.text[0]",
        "cannot read result.text[0]: found a text; wanted a list",
    );
    check_error(
        "result..a",
        "cannot read result..a: found an invalid path; wanted a path such as a.b[0].c",
    );
    let data = data(r#"{"a":"Ann","n":null}"#);
    let error = data.at("a").unwrap().integer().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the value: found a text; wanted a 64-bit integer"
    );
    assert_eq!(
        data.at("a").unwrap().boolean().unwrap_err().wanted(),
        "a boolean"
    );
    assert_eq!(
        data.at("a").unwrap().decimal().unwrap_err().wanted(),
        "a decimal number"
    );
    assert_eq!(data.at("n").unwrap().text().unwrap_err().found(), "null");
}

#[test]
fn values_convert_into_other_types() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Row {
        id: u64,
        price: String,
        rate: f64,
        note: Option<String>,
        tags: Vec<String>,
    }
    let data = data(
        r#"{"id":18446744073709551615,"price":8.30,"rate":0.5,"note":null,"tags":["a"],"more":1}"#,
    );
    let row: Row = data.deserialize().unwrap();
    assert_eq!(
        row,
        Row {
            id: u64::MAX,
            price: "8.30".to_owned(),
            rate: 0.5,
            note: None,
            tags: vec!["a".to_owned()],
        }
    );
    assert!(data.deserialize::<Vec<Row>>().is_err());
}

/// What serde_json returns if a program enables its feature `arbitrary_precision`.
#[test]
fn numbers_of_serde_json_with_arbitrary_precision_keep_every_digit() {
    let number = |digits: &str| format!(r#"{{"$serde_json::private::Number":"{digits}"}}"#);
    for digits in [
        "8.30",
        "-0",
        "0.1",
        "18446744073709551616",
        "1e400",
        "-1.50E-7",
        "2e+9",
    ] {
        let value: Value = serde_json::from_str(&number(digits)).unwrap();
        assert_eq!(value, Value::Number(digits.into()));
        let amount: crate::Amount = serde_json::from_str(&number(digits)).unwrap();
        assert_eq!(amount.as_str(), digits);
    }
    let order = format!(
        r#"{{"result":{{"pay_timeout_second":1200,"user_order_amount":{{"amount":{}}}}}}}"#,
        number("8.30")
    );
    let answer: crate::order_get::OrderGetAnswer = serde_json::from_str(&order).unwrap();
    let amount = answer.result.unwrap().user_order_amount.unwrap().amount;
    assert_eq!(amount.as_ref().map(crate::Amount::as_str), Some("8.30"));
    for other in ["", "x", "01", "+1", ".5", "1.", "1e", "--1", "NaN", "1 "] {
        let value: Value = serde_json::from_str(&number(other)).unwrap();
        assert!(value.members().is_some(), "{other}");
        assert!(serde_json::from_str::<crate::Amount>(&number(other)).is_err());
    }
}

#[test]
fn debug_output_shows_no_values() {
    let value = data(r#"{"name":"Ann","list":[1,true]}"#);
    assert_eq!(
        format!("{value:?}"),
        r#"{"name": a text, "list": [a number, a boolean]}"#
    );
}

#[test]
fn trees_of_nearly_empty_values_are_limited() {
    for element in ["{},", "[],", "1,", "[[]],", r#"{"":0},"#] {
        let answer = format!("[{}0]", element.repeat((4 << 20) / element.len()));
        let error = decode_raw(answer.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("found nearly empty ones"), "{error}");
        let few = format!("[{}0]", element.repeat(1000));
        decode_raw(few.as_bytes()).unwrap();
    }
}

fn values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        ".{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// What serde_json reads is written again unchanged.
    #[test]
    fn written_trees_equal_what_serde_json_reads(value in values()) {
        let text = value.to_string();
        let tree = crate::decode::read_tree("", format!("[{text}]").as_bytes());
        prop_assert!(tree.is_ok());
        let Ok(crate::decode::Tree { value: Value::List(list), .. }) = tree else {
            return Ok(());
        };
        let again: serde_json::Value = serde_json::from_str(&list[0].to_json()).unwrap();
        prop_assert_eq!(&again, &value);
        let copied: serde_json::Value = list[0].deserialize().unwrap();
        prop_assert_eq!(&copied, &value);
        prop_assert_eq!(serde_json::to_value(&list[0]).unwrap(), value);
    }
}

#[test]
fn a_field_with_the_name_of_an_envelope_is_read_as_a_field() {
    let simplified = r#"{"result_response":{"is_success":true},"code":"0","request_id":"1"}"#;
    let is_success = data(simplified);
    assert!(
        is_success
            .at("result_response.is_success")
            .unwrap()
            .boolean()
            .unwrap()
    );
}
