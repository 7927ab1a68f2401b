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
fn programs_get_the_unchanged_answer() {
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
    insta::assert_snapshot!(run.message(), @r#"
    error: platform refused aliexpress.trade.ds.order.get: code 15 "Remote service error", sub-code isv.insufficient-permission "Insufficient permission.", request id ID
    hint: the account has no permission for this
    hint: cause: The order belongs to another account, or was placed seconds ago and is not visible yet.
    hint: what to do: After placing an order, wait ten seconds before you read it; otherwise check whose session was used.
    hint: see docs/errors.md#isvinsufficient-permission
    "#);
}

#[test]
fn a_gateway_that_cannot_be_reached_is_a_network_error() {
    let run = unreachable(&["call", ORDER_GET, QUERY, "--json"])
        .run()
        .ends_with(3);
    assert_eq!(run.error()["kind"], "network");
    assert_eq!(run.error()["may_have_acted"], false);
}

#[test]
fn common_parameters_are_refused_among_those_of_the_api() {
    let session = format!("session={CANARY}");
    let run = aliexpress(&["call", "--sandbox", ORDER_GET, &session])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.message(), @r#"error: cannot call aliexpress.trade.ds.order.get: found the common parameter "session" among the call's own; wanted each of the API's own parameters once"#);
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
    insta::assert_snapshot!(run.message(), @"
    error: cannot call aliexpress.ds.order.create: cannot get an answer to POST http://127.0.0.1:PORT/sync: found the connection closed; wanted a status line and headers: Connection reset by peer (os error 104)
    hint: the platform may have acted: check before you call again
    ");
}
