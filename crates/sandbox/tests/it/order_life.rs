//! An order after it was placed.

use std::time::Duration;

use aliexpress_sandbox::{Fault, FaultRule, OrderStatus, Sandbox};
use serde_json::{Value, json};

use crate::orders::{CREATE, FIRST_CALL, GET, call, look_up, order, place, placed};
use crate::wire::sync;

#[test]
fn an_order_is_visible_after_the_delay() {
    let sandbox = Sandbox::builder()
        .visible_after(Duration::from_secs(10))
        .clock_check(false)
        .clock(std::time::SystemTime::now())
        .start()
        .unwrap();
    let id = placed(&sandbox, "shop-1");
    let refused = &look_up(&sandbox, id)["error_response"];
    assert_eq!(
        (&refused["code"], &refused["type"]),
        (&"15".into(), &"ISP".into())
    );
    assert_eq!(refused["sub_code"], "isv.insufficient-permission");
    assert_eq!(refused["msg"], "Remote service error");
    sandbox.pass_time(Duration::from_secs(10));
    assert_eq!(
        look_up(&sandbox, id)["result"]["order_status"],
        "PLACE_ORDER_SUCCESS"
    );
}

#[test]
fn an_order_passes_through_the_documented_statuses() {
    let sandbox = Sandbox::start().unwrap();
    let id = placed(&sandbox, "shop-1");
    let mut passed = vec!["PLACE_ORDER_SUCCESS".to_owned()];
    while let Some(status) = sandbox.advance(id) {
        assert_eq!(
            look_up(&sandbox, id)["result"]["order_status"],
            status.as_str()
        );
        passed.push(status.as_str().to_owned());
    }
    assert_eq!(
        passed,
        [
            "PLACE_ORDER_SUCCESS",
            "PAYMENT_PROCESSING",
            "RISK_CONTROL",
            "WAIT_SELLER_SEND_GOODS",
            "SELLER_PART_SEND_GOODS",
            "WAIT_BUYER_ACCEPT_GOODS",
            "FINISH"
        ]
    );
    let finished = look_up(&sandbox, id);
    assert_eq!(finished["result"]["logistics_status"], "BUYER_ACCEPT_GOODS");
    assert!(finished["result"]["logistics_info_list"][0]["logistics_no"].is_string());
    assert!(finished["result"]["order_paidtime_string"].is_string());
    let reply: Vec<Value> = sandbox
        .pushes()
        .iter()
        .map(|push| {
            serde_json::from_str::<Value>(&push.body).unwrap()["data"]["orderStatus"].clone()
        })
        .collect();
    assert_eq!(
        reply,
        [
            "OrderCreated",
            "PaymentAuthorized",
            "OrderShipped",
            "OrderConfirmed"
        ]
    );
}

#[test]
fn a_cancelled_order_closes() {
    let sandbox = Sandbox::start().unwrap();
    let id = placed(&sandbox, "shop-1");
    assert_eq!(sandbox.cancel(id), Some(OrderStatus::InCancel));
    assert_eq!(sandbox.advance(id), Some(OrderStatus::Finish));
    assert_eq!(sandbox.advance(id), None);
    let closed = look_up(&sandbox, id);
    assert_eq!(
        closed["result"]["child_order_list"][0]["end_reason"],
        "CANCELED"
    );
    assert!(
        sandbox
            .pushes()
            .last()
            .unwrap()
            .body
            .contains("OrderClosed")
    );
}

#[test]
fn orders_advance_with_time_if_a_pace_is_set() {
    let sandbox = Sandbox::builder()
        .pace(Duration::from_secs(60))
        .clock_check(false)
        .clock(std::time::SystemTime::now())
        .start()
        .unwrap();
    let id = placed(&sandbox, "shop-1");
    let status = || {
        look_up(&sandbox, id)["result"]["order_status"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    sandbox.pass_time(Duration::from_secs(59));
    assert_eq!(status(), "PLACE_ORDER_SUCCESS");
    sandbox.pass_time(Duration::from_secs(61));
    assert_eq!(status(), "RISK_CONTROL");
    sandbox.pass_time(Duration::from_secs(3600));
    assert_eq!(status(), "FINISH");
}

#[test]
fn a_payment_succeeds_unless_a_fault_prevents_it() {
    let sandbox = Sandbox::start().unwrap();
    let try_to_pay = |out_order_id: &str, currency: &str| {
        let order = order(out_order_id).to_string();
        let extend =
            json!({ "payment": { "try_to_pay": "true", "pay_currency": currency } }).to_string();
        let own = [
            ("param_place_order_request4_open_api_d_t_o", order.as_str()),
            ("ds_extend_request", &extend),
        ];
        sync(&sandbox, CREATE, &own).json()["result"].take()
    };
    let paid = look_up(
        &sandbox,
        try_to_pay("shop-1", "EUR")["order_list"][0]
            .as_i64()
            .unwrap(),
    );
    assert_eq!(paid["result"]["order_status"], "WAIT_SELLER_SEND_GOODS");
    assert_eq!(paid["result"]["user_order_amount"]["currency_code"], "EUR");
    for (currency, meant) in [("eur", "EUR"), (" EUR", "EUR"), ("", "USD"), (" ", "USD")] {
        let placed = &try_to_pay(&format!("in {currency:?}"), currency)["order_list"][0];
        let amount = &look_up(&sandbox, placed.as_i64().unwrap())["result"]["order_amount"];
        assert_eq!(amount["currency_code"], meant);
    }
    sandbox.fail_next(Fault::PayFails);
    let unpaid = try_to_pay("shop-2", "EUR");
    assert_eq!(unpaid["is_success"], true);
    assert_eq!(unpaid["error_msg"], "OrderCreated, autoPay fail:APIPayFail");
    let unpaid = look_up(&sandbox, unpaid["order_list"][0].as_i64().unwrap());
    assert_eq!(unpaid["result"]["order_status"], "PLACE_ORDER_SUCCESS");
    assert!(
        sandbox
            .pushes()
            .last()
            .unwrap()
            .body
            .contains("paymentFailedEvent")
    );
}

#[test]
fn a_refused_order_is_not_stored() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Fault::RefuseOrder("INVENTORY_HOLD_ERROR".to_owned()));
    let refused = place(&sandbox, &order("shop-1"));
    assert_eq!(refused["result"]["is_success"], false);
    assert_eq!(refused["result"]["error_code"], "INVENTORY_HOLD_ERROR");
    assert_eq!(refused["result"]["order_list"], Value::Null);
    assert_eq!(sandbox.orders().len(), 2);
}

#[test]
fn an_order_of_another_account_is_not_shown() {
    let sandbox = Sandbox::start().unwrap();
    let id = placed(&sandbox, "shop-1");
    let stranger = sandbox.session_of_another_account();
    let query = json!({ "order_id": id }).to_string();
    let answer = call(
        &sandbox,
        GET,
        &[("session", &stranger), ("single_order_query", &query)],
    )
    .json();
    assert_eq!(
        answer["error_response"]["sub_code"],
        "isv.insufficient-permission"
    );
    let answer = call(&sandbox, GET, &[("session", &stranger), FIRST_CALL]).json();
    assert_eq!(answer["result"]["order_status"], "FINISH");
}

#[test]
fn faults_of_an_answer_do_not_undo_the_order() {
    let sandbox = Sandbox::start().unwrap();
    for (number, fault) in [Fault::HtmlAfter(502), Fault::Malformed, Fault::WrongTypes]
        .into_iter()
        .enumerate()
    {
        sandbox.add_fault(FaultRule::next(fault).on(CREATE));
        let order = order(&format!("shop-{number}")).to_string();
        sync(
            &sandbox,
            CREATE,
            &[("param_place_order_request4_open_api_d_t_o", &order)],
        );
        assert_eq!(sandbox.orders().len(), 3 + number);
    }
    sandbox.fail_next(Fault::HtmlBefore(502));
    sync(
        &sandbox,
        CREATE,
        &[(
            "param_place_order_request4_open_api_d_t_o",
            &order("shop-x").to_string(),
        )],
    );
    assert_eq!(sandbox.orders().len(), 5);
}
