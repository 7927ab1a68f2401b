//! The commands of the page, which tests in any language can also send.

use std::time::Duration;

use aliexpress_sandbox::{Fault, FaultRule, OrderStatus, Sandbox};
use serde_json::{Value, json};

use crate::orders::place;
use crate::page::command;
use crate::wire::{get, post, rest, sync};

#[test]
fn an_order_advances_by_command() {
    let sandbox = Sandbox::start().unwrap();
    let orders = get(&sandbox, "/admin/orders").json();
    assert_eq!(orders[0]["id"], "10000001");
    assert_eq!(
        (&orders[1]["id"], &orders[1]["next"]),
        (&"12345678".into(), &"PAYMENT_PROCESSING".into())
    );
    let moved = command(&sandbox, "/admin/orders/12345678/advance", &[]);
    assert_eq!(moved["status"], "PAYMENT_PROCESSING");
    let moved = command(
        &sandbox,
        "/admin/orders/12345678/status",
        &[("status", "RISK_CONTROL_HOLD")],
    );
    assert_eq!(moved["status"], "RISK_CONTROL_HOLD");
    assert_eq!(
        command(&sandbox, "/admin/orders/12345678/cancel", &[])["status"],
        "IN_CANCEL"
    );
    assert_eq!(
        post(&sandbox, "/admin/orders/10000001/advance", &[]).status,
        404
    );
    assert_eq!(post(&sandbox, "/admin/orders/x/advance", &[]).status, 400);
    assert_eq!(
        post(
            &sandbox,
            "/admin/orders/12345678/status",
            &[("status", "LOST")]
        )
        .status,
        400
    );
}

#[test]
fn an_order_has_goods_amounts_address_tracking_and_history() {
    let sandbox = Sandbox::builder().seed(7).start().unwrap();
    let products = get(&sandbox, "/admin/products").json();
    assert_eq!(products.as_array().unwrap().len(), 200);
    let find = |entry: &&Value| entry["ships_from"] == "CN" && entry["stock"] != 0;
    let id = products.as_array().unwrap().iter().find(find).unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    let product = get(&sandbox, &format!("/admin/products/{id}")).json();
    let image = product["images"][0].as_str().unwrap();
    assert_eq!(get(&sandbox, image).status, 200);
    let skus = product["skus"].as_array().unwrap();
    let sku = skus.iter().find(|sku| sku["stock"] != 0).unwrap();
    let order = json!({
        "product_items": [{ "product_id": id, "sku_attr": sku["sku_attr"], "product_count": 2 }],
        "logistics_address": {
            "country": "ES", "province": "Madrid", "city": "Madrid", "zip": "28001", "address": "Calle Mayor 1",
            "full_name": "A B", "mobile_no": "5550100", "phone_country": "+34",
        },
        "out_order_id": "a",
    });
    let number = place(&sandbox, &order)["result"]["order_list"][0]
        .as_i64()
        .unwrap();
    let path = format!("/admin/orders/{number}");
    let opened = get(&sandbox, &path).json();
    assert_eq!(opened["lines"][0]["title"], product["title"]);
    assert_eq!(opened["lines"][0]["sku_id"], sku["id"]);
    assert_eq!(opened["address"]["zip"], "28001");
    let cents = |name: &str| -> i64 {
        opened[name]
            .as_str()
            .unwrap()
            .replace('.', "")
            .parse()
            .unwrap()
    };
    assert!(cents("goods_amount") > 0);
    assert_eq!(
        cents("total_amount"),
        cents("goods_amount") + cents("shipping_amount")
    );
    assert_eq!(opened["tracking"], json!([]));
    assert_eq!(opened["tracking_number"], Value::Null);

    while sandbox.advance(number) != Some(OrderStatus::WaitBuyerAcceptGoods) {}
    let opened = get(&sandbox, &path).json();
    let tracking = [("ae_order_id", number.to_string())];
    let tracking = [
        ("ae_order_id", tracking[0].1.as_str()),
        ("language", "en_US"),
    ];
    let reply = sync(&sandbox, "aliexpress.ds.order.tracking.get", &tracking).json();
    let parcel = &reply["result"]["data"]["tracking_detail_line_list"][0];
    assert_eq!(opened["tracking_number"], parcel["mail_no"], "{reply}");
    assert_eq!(opened["carrier"], parcel["carrier_name"]);
    assert_eq!(opened["carrier"], opened["lines"][0]["logistics_service"]);
    let history = opened["history"].as_array().unwrap();
    let history: Vec<&str> = history
        .iter()
        .map(|entry| entry["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        history,
        [
            "PLACE_ORDER_SUCCESS",
            "OrderCreated",
            "PAYMENT_PROCESSING",
            "RISK_CONTROL",
            "PaymentAuthorized",
            "WAIT_SELLER_SEND_GOODS",
            "WAIT_BUYER_ACCEPT_GOODS",
            "OrderShipped",
        ]
    );
    let same = sandbox.order(number).unwrap();
    assert_eq!(
        same.tracking_number.as_deref(),
        opened["tracking_number"].as_str()
    );
    assert!(sandbox.order(1).is_none());
    assert_eq!(get(&sandbox, "/admin/orders/1").status, 404);
    assert_eq!(get(&sandbox, "/admin/orders/x").status, 400);
    assert_eq!(get(&sandbox, "/admin/products/1").status, 404);
}

#[test]
fn a_token_is_expired_by_command() {
    let sandbox = Sandbox::start().unwrap();
    command(&sandbox, "/admin/tokens/1/expire", &[]);
    assert_eq!(get(&sandbox, "/admin/tokens").json()[0]["valid"], false);
    assert_eq!(post(&sandbox, "/admin/tokens/9/expire", &[]).status, 404);
}

#[test]
fn faults_are_added_and_cleared_by_command() {
    let sandbox = Sandbox::start().unwrap();
    let rule = "delay:1s@/auth/token/create*2";
    assert_eq!(
        command(&sandbox, "/admin/faults", &[("rule", rule)])[0],
        rule
    );
    let expected = FaultRule::next(Fault::Delay(Duration::from_secs(1)))
        .on("/auth/token/create")
        .times(2);
    assert_eq!(sandbox.faults(), [expected]);
    let refused = post(&sandbox, "/admin/faults", &[("rule", "earthquake")]);
    assert_eq!(refused.status, 400);
    insta::assert_snapshot!(refused.json()["error"].as_str().unwrap(), @r#"cannot read the fault: found "earthquake"; wanted one of delay:DURATION, reset-before, reset-after, cut-body:BYTES, slow-body:DURATION, html-before:STATUS, html-after:STATUS, throttle:DURATION, expire-token, service-failure, malformed, drifting-types, wrong-types, huge:BYTES, bare-list, replace:TEXT, pay-fails, refuse-order:CODE"#);
    let misspelt = [("rule", "reset-after@aliexpress.ds.order.creat")];
    let refused = post(&sandbox, "/admin/faults", &misspelt);
    assert_eq!(
        refused.json()["error"],
        "found \"aliexpress.ds.order.creat\"; wanted an API of the sandbox, or one that was given an answer"
    );
    sandbox.answer("aliexpress.ds.order.creat", "{}").unwrap();
    command(&sandbox, "/admin/faults", &misspelt);
    assert_eq!(
        command(&sandbox, "/admin/faults/clear", &[]),
        Value::Array(Vec::new())
    );
}

#[test]
fn the_clock_is_set_by_command() {
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(
        command(&sandbox, "/admin/clock", &[("set", "1517820392000")])["now"],
        1_517_820_392_000_i64
    );
    assert_eq!(
        command(&sandbox, "/admin/clock", &[("pass", "10")])["now"],
        1_517_820_402_000_i64
    );
    assert_eq!(
        command(&sandbox, "/admin/clock", &[("machine", "true")])["clock"],
        "machine"
    );
    assert_eq!(post(&sandbox, "/admin/clock", &[]).status, 400);
}

#[test]
fn answers_are_set_and_codes_issued_by_command() {
    let sandbox = Sandbox::start().unwrap();
    let own = [("api", "aliexpress.example.thing.get"), ("body", "{}")];
    let status = command(&sandbox, "/admin/answers", &own);
    assert!(
        status["apis"]
            .as_array()
            .unwrap()
            .contains(&own[0].1.into())
    );
    assert_eq!(sync(&sandbox, own[0].1, &[]).text(), "{}");
    assert_eq!(
        get(&sandbox, "/admin/answers").json(),
        json!([{ "api": own[0].1, "bytes": 2 }])
    );
    let known = get(&sandbox, "/admin/answers?api=aliexpress.ds.freight.query").json();
    assert_eq!(known["given"], false);
    assert!(known["body"].as_str().unwrap().contains("delivery_options"));
    let given = get(&sandbox, &format!("/admin/answers?api={}", own[0].1)).json();
    assert_eq!(
        (&given["given"], &given["body"]),
        (&true.into(), &"{}".into())
    );
    assert_eq!(sandbox.given_answers().len(), 1);
    command(&sandbox, "/admin/answers", &own[..1]);
    assert!(sandbox.given_answers().is_empty() && !sandbox.remove_answer(own[0].1));
    assert_eq!(
        sync(&sandbox, own[0].1, &[]).json()["error_response"]["code"],
        "InvalidApiPath"
    );
    let code = command(&sandbox, "/admin/codes", &[]);
    let token = rest(
        &sandbox,
        "/auth/token/create",
        &[("code", code["code"].as_str().unwrap())],
    );
    assert_eq!(token.json()["code"], "0");
}

#[test]
fn commands_need_post_and_lists_need_get() {
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(get(&sandbox, "/admin/faults/clear").status, 405);
    assert_eq!(post(&sandbox, "/admin/orders", &[]).status, 405);
    assert_eq!(get(&sandbox, "/admin/everything").status, 404);
}

#[test]
fn what_commands_store_is_limited() {
    let sandbox = Sandbox::start().unwrap();
    let api = "aliexpress.example.thing.get";
    let most = 64 * 1024 * 1024;
    sandbox.answer("a", vec![b' '; most - 1024 * 1024]).unwrap();
    let too_much = "x".repeat(2 * 1024 * 1024);
    let refused = post(
        &sandbox,
        "/admin/answers",
        &[("api", api), ("body", &too_much)],
    );
    assert_eq!(refused.status, 400);
    let why = refused.json()["error"].as_str().unwrap().to_owned();
    insta::assert_snapshot!(why, @"cannot give aliexpress.example.thing.get an answer: found 68157469 bytes of answers with it; wanted up to 67108864 for all APIs together");
    assert!(!sandbox.answers(api));
    // It fits if it replaces a large one.
    sandbox.answer("a", "{}").unwrap();
    command(
        &sandbox,
        "/admin/answers",
        &[("api", api), ("body", &too_much)],
    );
    assert!(sandbox.answers(api));

    let rule = format!("replace:{}", "x".repeat(3 * 1024 * 1024));
    for status in [200, 200, 400] {
        assert_eq!(
            post(&sandbox, "/admin/faults", &[("rule", &rule)]).status,
            status
        );
    }
    sandbox.clear_faults();
    for _ in 0..1000 {
        sandbox.add_fault(FaultRule::next(Fault::PayFails));
    }
    let refused = post(&sandbox, "/admin/faults", &[("rule", "pay-fails")]);
    assert_eq!(refused.status, 400);
    assert_eq!(sandbox.faults().len(), 1000);
}
