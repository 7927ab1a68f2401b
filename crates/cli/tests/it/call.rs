use crate::program::{CANARY, aliexpress, fixture, unreachable};
use crate::sandbox::Running;

const ORDER_GET: &str = "aliexpress.trade.ds.order.get";
const QUERY: &str = r#"single_order_query={"order_id":10000001}"#;

#[test]
fn an_api_with_a_model_is_shown_as_a_tree() {
    let run = aliexpress(&["call", "--sandbox", ORDER_GET, QUERY])
        .run()
        .ends_with(0);
    assert!(
        run.stdout
            .starts_with("result\n  user_order_amount  8.34 USD\n"),
        "{}",
        run.stdout
    );
    assert_eq!(run.stderr, "");
}

#[test]
fn programs_get_the_answer_as_it_came() {
    let run = aliexpress(&["call", "--sandbox", ORDER_GET, QUERY, "--json"])
        .run()
        .ends_with(0);
    assert_eq!(run.json()["code"], "0");
    let run = aliexpress(&["call", "--sandbox", ORDER_GET, QUERY, "--full", "--json"])
        .run()
        .ends_with(0);
    assert!(run.json()["aliexpress_trade_ds_order_get_response"].is_object());
    let run = aliexpress(&["call", "--sandbox", ORDER_GET, QUERY, "--xml"])
        .run()
        .ends_with(0);
    assert!(
        run.stdout
            .contains("<aliexpress_trade_ds_order_get_response>"),
        "{}",
        run.stdout
    );
}

#[test]
fn objects_in_a_json_file_are_sent_as_json() {
    let run = aliexpress(&["call", "--sandbox", ORDER_GET, "--params-json", "-"])
        .input(r#"{"single_order_query": {"order_id": 10000001}}"#)
        .run();
    run.ends_with(0);
}

#[test]
fn a_refusal_is_explained_and_has_its_exit_code() {
    let unknown = r#"single_order_query={"order_id":77}"#;
    let run = aliexpress(&["call", "--sandbox", ORDER_GET, unknown, "--json"])
        .run()
        .ends_with(1);
    let error = run.error();
    assert_eq!(error["kind"], "refused");
    assert_eq!(
        error["error_response"]["sub_code"],
        "isv.insufficient-permission"
    );
    assert!(
        error["hints"].is_array() && error["request_id"].is_string(),
        "{error}"
    );
    assert_eq!(run.stdout, "");
    let run = aliexpress(&["call", "--sandbox", ORDER_GET, unknown])
        .run()
        .ends_with(1);
    assert!(
        run.stderr
            .starts_with("error: platform refused aliexpress.trade.ds.order.get: code 15 ")
    );
    assert!(run.stderr.contains("\nhint: "), "{}", run.stderr);
}

#[test]
fn a_gateway_that_is_not_there_is_a_matter_of_the_network() {
    let run = unreachable(&["call", ORDER_GET, QUERY, "--json"])
        .run()
        .ends_with(3);
    assert_eq!(run.error()["kind"], "network");
    assert_eq!(run.error()["may_have_acted"], false);
}

#[test]
fn common_parameters_are_refused_as_parameters() {
    let session = format!("session={CANARY}");
    let run = aliexpress(&["call", "--sandbox", ORDER_GET, &session])
        .run()
        .ends_with(2);
    assert!(
        run.stderr.contains("common parameter \"session\""),
        "{}",
        run.stderr
    );
}

#[test]
fn xml_is_refused_as_json() {
    aliexpress(&["call", "--sandbox", ORDER_GET, QUERY, "--xml", "--json"])
        .run()
        .ends_with(2);
}

#[test]
fn a_call_that_may_have_changed_something_says_so() {
    let sandbox = Running::start(&["--fault", "reset-after"]);
    let path = fixture("samples/aliexpress.ds.order.create/request.json");
    let args = ["call", "aliexpress.ds.order.create", "--params-json", &path];
    let run = sandbox.client(&args).run().ends_with(3);
    assert!(
        run.stderr
            .ends_with("hint: the platform may have done it: look before calling again\n"),
        "{}",
        run.stderr
    );
}
