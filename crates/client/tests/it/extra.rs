//! Request keys that the models do not have.

use std::time::{Duration, SystemTime};

use aliexpress::CallOptions;
use aliexpress::journal::MemoryJournal;
use aliexpress::models::order_get::{OrderGet, OrderQuery};
use aliexpress::models::shared::OrderId;
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};
use serde_json::{Value, json};

use crate::{Built, CREATE, GET, builder, client, order};

/// The last value of this parameter that was sent.
fn sent(sandbox: &Sandbox, name: &str) -> Option<String> {
    let log = sandbox.log();
    let parameters = &log.last()?.parameters;
    let found = parameters.iter().find(|(param, _)| param == name);
    found.map(|(_, value)| value.clone())
}

fn sent_json(sandbox: &Sandbox, name: &str) -> Value {
    serde_json::from_str(&sent(sandbox, name).unwrap()).unwrap()
}

#[test]
fn typed_and_untyped_calls_send_extra_keys() {
    let sandbox = Sandbox::start().unwrap();
    let options = CallOptions::new()
        .extra("new_parameter", "a text")
        .extra("single_order_query.new_key", json!({"list": [1]}));
    let client = client(&sandbox).with(options);
    let request = OrderGet::new(OrderQuery::new(OrderId(10_000_001)));
    let query = json!({"order_id": "10000001", "new_key": {"list": [1]}});
    client.call(&request).unwrap();
    assert_eq!(sent(&sandbox, "new_parameter").as_deref(), Some("a text"));
    let typed = sent_json(&sandbox, "single_order_query");
    assert_eq!(typed["new_key"], query["new_key"]);
    client
        .call_raw(GET, &[("single_order_query", r#"{"order_id":"10000001"}"#)])
        .unwrap();
    assert_eq!(sent_json(&sandbox, "single_order_query"), query);
    let prepared = client.prepare(&request).unwrap();
    assert!(
        String::from_utf8_lossy(prepared.body.bytes().unwrap()).contains("new_parameter=a+text")
    );
}

#[test]
fn extra_keys_of_earlier_options_are_kept() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox)
        .with(CallOptions::new().extra("a", 1).extra("b", 2))
        .with(CallOptions::new().extra("b", 3));
    client
        .call(&OrderGet::new(OrderQuery::new(OrderId(10_000_001))))
        .unwrap();
    let found = ["a", "b"].map(|name| sent(&sandbox, name).unwrap());
    assert_eq!(found, ["1", "3"]);
}

#[test]
fn extra_keys_that_are_already_set_are_refused_before_anything_is_sent() {
    let sandbox = Sandbox::start().unwrap();
    let request = OrderGet::new(OrderQuery::new(OrderId(10_000_001)));
    for path in [
        "single_order_query",
        "single_order_query.order_id",
        "sign",
        "session",
        "a..b",
    ] {
        let options = CallOptions::new().extra(path, "canary");
        let error = client(&sandbox).with(options).call(&request).unwrap_err();
        assert!(!error.may_have_acted(), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn an_order_that_is_settled_from_the_journal_sends_its_extra_keys_again() {
    const EXTEND: &str = "ds_extend_request";
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox)
        .session(sandbox.session())
        .journal(MemoryJournal::new())
        .built()
        .unwrap();
    let path = format!("{EXTEND}.trade_extra_param.new_key");
    let order = order("shop-1").extra(path, "K1");
    sandbox.add_fault(FaultRule::next(Fault::ResetBefore).on(CREATE));
    let error = client.place_order(&order).unwrap_err();
    assert!(error.unknown_outcome().is_some());

    let open = client.open_orders().unwrap();
    assert_eq!(open[0].order().unwrap(), order);
    let settled = client.settle_open_orders().unwrap();
    assert!(settled[0].outcome.as_ref().unwrap().exists());
    let extend = sent_json(&sandbox, EXTEND);
    assert_eq!(extend["trade_extra_param"]["new_key"], "K1");
    // The same order without the key counts as another order.
    let error = client.place_order(&crate::order("shop-1")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot place an order under out_order_id \"shop-1\": found another order in the journal, placed or open under the same \
         id; wanted a different id for every order, and the same order for the same id"
    );
    let known = client.place_order(&order).unwrap();
    assert!(known.exists());
    assert_eq!(sandbox.orders().len(), 1 + before(&sandbox));
}

/// The number of orders that a sandbox has from the start.
fn before(sandbox: &Sandbox) -> usize {
    let orders = sandbox.orders().into_iter();
    orders.filter(|order| order.out_order_id.is_none()).count()
}

#[test]
fn an_order_with_invalid_extra_keys_is_not_recorded() {
    let sandbox = Sandbox::start().unwrap();
    let journaled = builder(&sandbox)
        .session(sandbox.session())
        .journal(MemoryJournal::new())
        .built()
        .unwrap();
    let taken = "param_place_order_request4_open_api_d_t_o.logistics_address.city";
    let wrong = order("shop-1").extra(taken, "canary");
    let error = journaled.place_order(&wrong).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot call aliexpress.ds.order.create: found a value of the request at the extra key \
         \"param_place_order_request4_open_api_d_t_o.logistics_address.city\"; wanted a key that the request does not have"
    );
    // Keys in the client's options would be absent when another client settles the order.
    let optional = journaled.with(CallOptions::new().extra("new", "1"));
    let error = optional.place_order(&order("shop-1")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot place an order: found extra keys among the client's options, which a journal would not keep; wanted \
         NewOrder::extra"
    );
    let sent_at = SystemTime::now() - Duration::from_secs(60);
    let error = optional
        .recover_order(&order("shop-1"), sent_at)
        .unwrap_err();
    assert!(error.unknown_outcome().is_some(), "{error}");
    assert!(journaled.journaled_orders(9).unwrap().is_empty());
    assert_eq!(sandbox.request_count(), 0);
}

#[test]
fn extra_values_quoted_by_an_answer_are_not_shown() {
    let sandbox = Sandbox::start().unwrap();
    let body =
        r#"{"error_response":{"code":"15","sub_code":"isv.x","sub_msg":"no Ivanka Canary here"}}"#;
    sandbox.answer(CREATE, body).unwrap();
    let client = client(&sandbox);
    let order = order("shop-1").extra("ds_extend_request.recipient", "Ivanka Canary");
    let error = client.place_order(&order).unwrap_err();
    assert!(
        !format!("{error} {error:?} {order:?}").contains("Canary"),
        "{error}"
    );
    sandbox.answer(GET, body).unwrap();
    let options = CallOptions::new().extra("single_order_query.recipient", "Ivanka Canary");
    let asking = client.with(options.clone());
    let error = asking
        .call(&OrderGet::new(OrderQuery::new(OrderId(10_000_001))))
        .unwrap_err();
    let shown = format!("{error} {error:?} {options:?}");
    assert!(!shown.contains("Canary"), "{shown}");
}
