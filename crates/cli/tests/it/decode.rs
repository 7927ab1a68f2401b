use serde_json::json;

use crate::program::{aliexpress, fixture};

const ORDER_GET: &str = "aliexpress.trade.ds.order.get";
const ORDER_INFO: &str = "aliexpress.solution.order.info.get";

#[track_caller]
fn sample(api: &str, file: &str, more: &[&str]) -> crate::program::Run {
    let path = fixture(&format!("samples/{api}/{file}"));
    aliexpress(&[&["decode", &path, "--api", api], more].concat()).run()
}

#[test]
fn people_see_values_and_tables() {
    let run = sample(ORDER_GET, "answer.json", &[]).ends_with(0);
    insta::assert_snapshot!(run.stdout);
    let run = sample(ORDER_INFO, "answer.xml", &[]).ends_with(0);
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn programs_get_the_simplified_form_of_any_answer() {
    let from_xml = sample(ORDER_INFO, "answer.xml", &["--json"]).ends_with(0);
    assert_eq!(from_xml.json()["result"]["data"]["id"], 31130700125804_i64);
    let full = sample(ORDER_GET, "answer.json", &["--json"])
        .ends_with(0)
        .json();
    assert_eq!(full["result"]["child_order_list"][0]["product_count"], 1);
    assert_eq!(full["request_id"], "2102e76417290680900002444");
    let again = aliexpress(&["decode", "-", "--api", ORDER_GET, "--json"])
        .input(full.to_string())
        .run()
        .ends_with(0);
    assert_eq!(again.json(), full);
}

#[test]
fn a_refusal_is_shown_as_a_refusal() {
    let run = sample(ORDER_GET, "error.json", &[]).ends_with(1);
    insta::assert_snapshot!(run.stdout, @"
    the platform refused this call:
    code        15
    type        ISP
    msg         Remote service error
    sub_code    isv.insufficient-permission
    sub_msg     Insufficient permission.
    request_id  210126da17406391015547789
    ");
    let run = sample(ORDER_INFO, "error.xml", &["--json"]).ends_with(1);
    assert_eq!(
        run.json()["error_response"]["sub_code"],
        "isv.invalid-parameter"
    );
}

#[test]
fn drift_lists_what_is_new_what_changed_and_what_is_absent() {
    let answer = r#"{"result": {"order_status": "FINISH", "pay_timeout_second": "a", "new": 1,
        "child_order_list": [{"product_count": "2"}]}, "request_id": "1"}"#;
    let drift = |more: &[&str]| {
        aliexpress(&[&["decode", "-", "--api", ORDER_GET, "--drift"], more].concat())
            .input(answer)
            .run()
            .ends_with(0)
    };
    let json = drift(&["--json"]).json();
    assert_eq!(json["unknown"], json!(["result.new"]));
    assert_eq!(json["coerced"][0]["path"], "result.pay_timeout_second");
    let people = drift(&[]).stdout;
    assert!(
        people.starts_with("not in the model:\n  result.new\n"),
        "{people}"
    );
    assert!(
        people.contains("not in the answer:\n  result.user_order_amount\n"),
        "{people}"
    );
}

#[test]
fn strict_drift_has_its_own_exit_code() {
    let drift = |answer: &str, more: &[&str]| {
        let args = [&["decode", "-", "--api", ORDER_GET, "--drift"], more].concat();
        aliexpress(&args).input(answer).run()
    };
    let new = r#"{"result": {"new": 1}, "request_id": "1"}"#;
    drift(new, &[]).ends_with(0);
    assert!(
        drift(new, &["--strict"])
            .ends_with(10)
            .stdout
            .contains("result.new")
    );
    // Missing fields are not drift, because hardly any answer has all fields.
    let plain = r#"{"result": {"order_status": "FINISH"}, "request_id": "1"}"#;
    drift(plain, &["--strict"]).ends_with(0);
    let alone = aliexpress(&["decode", "-", "--api", ORDER_GET, "--strict"]);
    alone.input(plain).run().ends_with(2);
}

#[test]
fn an_answer_that_cannot_be_decoded_is_reported_with_the_position() {
    let run = aliexpress(&["decode", "-", "--api", ORDER_GET])
        .input(r#"{"result": {"child_order_list": [{"product_count": "two"}]}}"#)
        .run()
        .ends_with(5);
    insta::assert_snapshot!(run.stderr);
}

#[test]
fn an_invalid_answer_is_refused() {
    let run = aliexpress(&["decode", "-", "--api", ORDER_GET, "--json"])
        .input("<html>502 Bad Gateway</html>")
        .run()
        .ends_with(5);
    assert_eq!(run.error()["kind"], "undecodable");
    assert_eq!(
        run.error()["message"],
        "cannot decode the answer to aliexpress.trade.ds.order.get at line 1 column 1: expected JSON or \
         XML, found an HTML page"
    );
    assert_eq!(run.stdout, "");
}

#[test]
fn wrong_usage_is_distinguished() {
    let run = aliexpress(&["decode", "no-such-file", "--api", ORDER_GET])
        .run()
        .ends_with(2);
    assert_eq!(
        run.stderr,
        "error: cannot read no-such-file: No such file or directory (os error 2)\n"
    );
    let run = aliexpress(&["decode", "-", "--api", "aliexpress.trade.ds.order.gt"])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.stderr);
    aliexpress(&["decode"]).run().ends_with(2);
}

#[test]
fn a_product_name_cannot_control_the_terminal() {
    let run = aliexpress(&["decode", "-", "--api", ORDER_GET])
        .input(r#"{"result": {"order_status": "\u001b]0;owned\u0007"}}"#)
        .run()
        .ends_with(0);
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
}
