//! Orders: placing them, and reading them as buyer and as seller.

use std::time::Duration;

use aliexpress_sandbox::{Fault, Sandbox, Verdict};
use serde_json::{Value, json};

use crate::signatures::{hmac_sha256, sorted};
use crate::wire::{Answer, common, milliseconds, post, set, sync};

pub(crate) const CREATE: &str = "aliexpress.ds.order.create";
pub(crate) const GET: &str = "aliexpress.trade.ds.order.get";
pub(crate) const INFO: &str = "aliexpress.solution.order.info.get";

/// The order of the documentation's example, with another `out_order_id`.
pub(crate) fn order(out_order_id: &str) -> Value {
    json!({
        "product_items": [
            { "product_id": "1223211", "sku_attr": "14:70221", "product_count": "2",
              "logistics_service_name": "EPAM", "order_memo": "Please put it in a gift box." },
            { "product_id": 1223212, "product_count": 1 },
        ],
        "logistics_address": {
            "zip": "12222", "country": "RU", "province": "Mosco", "city": "Mosco",
            "address": "sh Kashirskoe dom 142 (QIWI)", "full_name": "RU  TEST TEST",
            "contact_person": "RU  TEST TEST", "mobile_no": "12334445", "phone_country": "+7",
        },
        "out_order_id": out_order_id,
    })
}

pub(crate) fn place(sandbox: &Sandbox, order: &Value) -> Value {
    sync(
        sandbox,
        CREATE,
        &[(
            "param_place_order_request4_open_api_d_t_o",
            &order.to_string(),
        )],
    )
    .json()
}

/// Places an order and returns its id.
#[track_caller]
pub(crate) fn placed(sandbox: &Sandbox, out_order_id: &str) -> i64 {
    let answer = place(sandbox, &order(out_order_id));
    assert_eq!(answer["result"]["is_success"], true, "{answer}");
    answer["result"]["order_list"][0].as_i64().unwrap()
}

pub(crate) fn look_up(sandbox: &Sandbox, id: i64) -> Value {
    let query = json!({ "order_id": id }).to_string();
    sync(sandbox, GET, &[("single_order_query", &query)]).json()
}

/// Sends a business call with changed common parameters.
pub(crate) fn call(sandbox: &Sandbox, api: &str, changed: &[(&str, &str)]) -> Answer {
    let timestamp = milliseconds();
    let mut parameters = common(sandbox, api, &timestamp);
    set(&mut parameters, changed);
    let sign = hmac_sha256(sandbox.app_secret(), &sorted(&parameters));
    parameters.push(("sign", &sign));
    post(sandbox, "/sync", &parameters)
}

pub(crate) const FIRST_CALL: (&str, &str) = ("single_order_query", "{\"order_id\":\"10000001\"}");

#[test]
fn every_account_finds_the_documented_order() {
    let sandbox = Sandbox::start().unwrap();
    let mut full = call(&sandbox, GET, &[FIRST_CALL, ("simplify", "false")]).json();
    let printed: Value =
        serde_json::from_str(include_str!("../../data/order_get_10000001.json")).unwrap();
    let key = "aliexpress_trade_ds_order_get_response";
    assert!(full[key]["request_id"].is_string());
    full[key]["request_id"] = printed[key]["request_id"].clone();
    assert_eq!(full, printed);
    let simplified = call(&sandbox, GET, &[FIRST_CALL]).json();
    assert_eq!(simplified["code"], "0");
    assert_eq!(
        simplified["result"]["child_order_list"][0]["sku_id"],
        "1200003702000037"
    );
    let xml = call(&sandbox, GET, &[FIRST_CALL, ("format", "xml")]);
    assert!(
        xml.text()
            .starts_with("<aliexpress_trade_ds_order_get_response><result>"),
        "{}",
        xml.text()
    );
}

#[test]
fn the_documented_order_of_the_seller_is_found() {
    let sandbox = Sandbox::start().unwrap();
    let query = ("param1", "{\"ext_info_bit_flag\":31,\"order_id\":12345678}");
    let xml = call(&sandbox, INFO, &[query, ("format", "xml")]);
    // Only the order of the keys may differ.
    let parts = |text: &str| {
        let mut parts: Vec<String> = text
            .replace('<', "\n<")
            .lines()
            .map(|part| part.trim().to_owned())
            .filter(|part| {
                !part.is_empty() && !part.ends_with("/>") && !part.contains("request_id>")
            })
            .collect();
        parts.sort();
        parts
    };
    let printed = include_str!("../../data/order_info_12345678.xml");
    // The sample shows another order than its example request names; the answer has the requested one.
    let own_id = "<id>31130700125804</id>\n            <frozen_status>";
    let printed = printed.replace(own_id, "<id>12345678</id>\n            <frozen_status>");
    assert_eq!(parts(xml.text()), parts(&printed));
    assert_eq!(xml.text().matches("<amount_str>").count(), 4);
    let json = call(&sandbox, INFO, &[query]).json();
    assert_eq!(
        json["result"]["data"]["buyer_info"]["login_id"],
        "aliqatest07"
    );
    let line = &json["result"]["data"]["child_order_list"][0];
    assert_eq!(line["logistics_amount"]["amount_str"], "0.01");
    assert_eq!(line["product_price"]["amount"], "0.01");
}

#[test]
fn the_bit_flag_chooses_the_details() {
    let sandbox = Sandbox::start().unwrap();
    let details = |flag: i64| {
        let query = json!({ "ext_info_bit_flag": flag, "order_id": 12345678 }).to_string();
        let answer = sync(&sandbox, INFO, &[("param1", &query)]).json();
        let data = &answer["result"]["data"];
        [
            "issue_info",
            "loan_info",
            "logistic_info_list",
            "buyer_info",
            "refund_info",
        ]
        .map(|name| !data[name].is_null())
    };
    assert_eq!(details(31), [true; 5]);
    assert_eq!(details(1), [true, false, false, false, false]);
    assert_eq!(details(8), [false, false, false, true, false]);
    assert_eq!(details(16), [false, false, false, false, true]);
    // The documentation's example is decimal, and its last five bits are 00111.
    assert_eq!(details(11111), [true, true, true, false, false]);
}

#[test]
fn a_placed_order_is_read_by_its_buyer() {
    let sandbox = Sandbox::start().unwrap();
    let id = placed(&sandbox, "shop-1");
    let seen = look_up(&sandbox, id);
    let result = &seen["result"];
    assert_eq!(result["order_status"], "PLACE_ORDER_SUCCESS");
    assert_eq!(result["logistics_status"], "NO_LOGISTICS");
    assert_eq!(result["child_order_list"].as_array().unwrap().len(), 2);
    assert_eq!(result["child_order_list"][0]["product_count"], 2);
    assert_eq!(result["child_order_list"][0]["product_id"], 1223211);
    assert!(!result["pay_timeout_second"].is_null(), "{result}");
    let cents = |money: &Value| {
        let amount = money["amount"].as_str().unwrap().replace('.', "");
        amount.parse::<i64>().unwrap()
    };
    let lines = result["child_order_list"].as_array().unwrap();
    let sum: i64 = lines.iter().map(|line| cents(&line["actual_fee"])).sum();
    assert_eq!(sum, cents(&result["user_order_amount"]));
    let orders = sandbox.orders();
    let order = orders.iter().find(|order| order.id == id).unwrap();
    assert_eq!(order.out_order_id.as_deref(), Some("shop-1"));
}

#[test]
fn a_repeated_out_order_id_places_no_second_order_within_a_day() {
    let sandbox = Sandbox::builder().clock_check(false).start().unwrap();
    sandbox.pass_time(Duration::ZERO);
    placed(&sandbox, "shop-1");
    let repeated = place(&sandbox, &order("shop-1"));
    assert_eq!(repeated["result"]["is_success"], false);
    assert_eq!(repeated["result"]["error_code"], "REPEATED_ORDER_ERROR");
    assert_eq!(sandbox.orders().len(), 3);
    sandbox.pass_time(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(
        place(&sandbox, &order("shop-1"))["error_response"]["code"],
        Value::Null
    );
    assert_eq!(sandbox.orders().len(), 3);
}

#[test]
fn an_address_in_camel_case_fails_and_the_log_says_why() {
    let sandbox = Sandbox::start().unwrap();
    let mut order = order("shop-1");
    let address = order["logistics_address"].as_object_mut().unwrap();
    let mobile = address.remove("mobile_no").unwrap();
    address.insert("mobileNo".to_owned(), mobile);
    let refused = place(&sandbox, &order);
    assert_eq!(
        refused["result"]["error_code"],
        "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL"
    );
    let entry = sandbox.log().pop().unwrap();
    assert_eq!(entry.verdict, Verdict::Accepted);
    let note = "unknown key \"param_place_order_request4_open_api_d_t_o.logistics_address.mobileNo\": \
                the platform ignores it silently; \"mobile_no\" may be meant";
    assert!(
        entry.notes.iter().any(|found| found == note),
        "{:?}",
        entry.notes
    );
}

#[test]
fn absent_and_wrong_parameters_are_named() {
    let sandbox = Sandbox::start().unwrap();
    let error = |own: &[(&str, &str)]| sync(&sandbox, GET, own).json()["error_response"].take();
    let absent = error(&[]);
    assert_eq!(absent["code"], "MissingParameter");
    insta::assert_snapshot!(absent["msg"].as_str().unwrap(), @r#"The input parameter "single_order_query" that is mandatory for processing this request is not supplied."#);
    let absent = error(&[("single_order_query", "{}")]);
    insta::assert_snapshot!(absent["msg"].as_str().unwrap(), @r#"The input parameter "single_order_query.order_id" that is mandatory for processing this request is not supplied."#);
    let wrong = error(&[("single_order_query", "{\"order_id\":\"12a\"}")]);
    assert_eq!(wrong["sub_code"], "isv.invalid-parameter");
    assert_eq!(
        wrong["sub_msg"],
        "single_order_query.order_id: expected an integer, found \"12a\""
    );
    let wrong = error(&[("single_order_query", "10000001")]);
    insta::assert_snapshot!(wrong["sub_msg"].as_str().unwrap(), @"single_order_query: expected an object, found 10000001");
    let mut order = order("shop-1");
    order["product_items"][1]["product_count"] = json!("many");
    let wrong = &place(&sandbox, &order)["error_response"];
    assert_eq!(
        wrong["sub_msg"],
        "param_place_order_request4_open_api_d_t_o.product_items[1].product_count: \
         expected an integer, found \"many\""
    );
    assert_eq!(sandbox.orders().len(), 2);
}

/// Parameters are checked by the same rule as answers are read.
#[test]
fn a_list_in_a_request_may_have_any_inner_name() {
    let sandbox = Sandbox::start().unwrap();
    let mut wrapped = order("shop-1");
    let items = wrapped["product_items"].take();
    for (number, (list, count)) in [
        (json!({ "any_name": items }), 2),
        (json!({ "product_base_item": items[0] }), 1),
        (items[0].clone(), 1),
    ]
    .into_iter()
    .enumerate()
    {
        let mut wrapped = order(&format!("shop-{number}"));
        wrapped["product_items"] = list;
        let answer = place(&sandbox, &wrapped);
        assert_eq!(answer["result"]["is_success"], true, "{answer}");
        assert_eq!(sandbox.log().pop().unwrap().notes, [""; 0], "{wrapped}");
        let id = sandbox.orders().last().unwrap().id;
        let lines = sandbox.order(id).unwrap().lines;
        assert_eq!(lines.len(), count, "{wrapped}");
    }
    wrapped["product_items"] = json!({ "a": items, "b": items });
    let refused = &place(&sandbox, &wrapped)["error_response"];
    assert_eq!(refused["sub_code"], "isv.invalid-parameter", "{refused}");
}

#[test]
fn the_seller_sees_a_placed_order_in_detail() {
    let sandbox = Sandbox::start().unwrap();
    let id = placed(&sandbox, "shop-1");
    let query = json!({ "order_id": id.to_string() }).to_string();
    let answer = sync(&sandbox, INFO, &[("param1", &query)]).json();
    let data = &answer["result"]["data"];
    assert_eq!(data["id"], id);
    assert_eq!(data["receipt_address"]["city"], "Mosco");
    assert_eq!(data["child_order_list"].as_array().unwrap().len(), 2);
    let bought = look_up(&sandbox, id);
    assert_eq!(
        data["order_amount"]["amount"],
        bought["result"]["order_amount"]["amount"]
    );
    let cent = data["order_amount"]["cent"].as_i64().unwrap();
    let amount = data["order_amount"]["amount"]
        .as_str()
        .unwrap()
        .replace('.', "");
    assert_eq!(amount.parse::<i64>().unwrap(), cent);
}

#[test]
fn a_list_of_one_comes_bare_if_configured() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.fail_next(Fault::BareList);
    let full = call(&sandbox, GET, &[FIRST_CALL, ("simplify", "false")]).json();
    let result = &full["aliexpress_trade_ds_order_get_response"]["result"];
    assert_eq!(
        result["child_order_list"]["aeop_child_order_info"]["product_count"],
        1
    );
}

#[test]
fn two_sandboxes_with_the_same_seed_and_clock_answer_the_same() {
    let at = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let run = || {
        let sandbox = Sandbox::builder()
            .seed(7)
            .clock(at)
            .clock_check(false)
            .start()
            .unwrap();
        let id = placed(&sandbox, "shop-1");
        (
            sandbox.session().to_owned(),
            look_up(&sandbox, id).to_string(),
        )
    };
    assert_eq!(run(), run());
}

#[test]
fn an_answer_can_be_set_for_an_unknown_api() {
    let sandbox = Sandbox::start().unwrap();
    assert_eq!(
        sync(&sandbox, "aliexpress.example.thing.get", &[]).json()["error_response"]["code"],
        "InvalidApiPath"
    );
    sandbox
        .answer("aliexpress.example.thing.get", "{\"result\":{}}")
        .unwrap();
    assert_eq!(
        sync(&sandbox, "aliexpress.example.thing.get", &[]).text(),
        "{\"result\":{}}"
    );
    // The content type is that of the body, not of the requested format.
    for (body, format, content_type) in [
        ("{}", "json", "application/json"),
        ("{}", "xml", "application/json"),
        ("\u{feff} <a/>", "json", "text/xml"),
        ("<a/>", "xml", "text/xml"),
        ("neither", "xml", "text/xml"),
        ("neither", "json", "application/json"),
    ] {
        let api = "aliexpress.example.thing.get";
        sandbox.answer(api, body).unwrap();
        let answer = sync(&sandbox, api, &[("format", format)]);
        let header = format!("content-type: {content_type};charset=UTF-8");
        assert!(answer.head.contains(&header), "{body}: {}", answer.head);
        assert_eq!(answer.text(), body);
    }
}
