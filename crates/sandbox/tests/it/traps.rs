//! Surprises of the live platform, enabled by `as_live`, and its four forms of refusals.

use std::time::Duration;

use aliexpress_sandbox::{ProductRecord, Sandbox};
use serde_json::{Value, json};

use crate::orders::{CREATE, GET, look_up, order, place};
use crate::wire::sync;

fn live() -> Sandbox {
    Sandbox::builder().seed(7).as_live(true).start().unwrap()
}

/// A product that is shipped from China and has a variant in stock.
fn in_stock(sandbox: &Sandbox) -> ProductRecord {
    let mut products = sandbox.products().into_iter();
    products
        .find(|product| product.ships_from == "CN" && product.skus[0].stock > 10)
        .unwrap()
}

fn product(sandbox: &Sandbox, id: i64, simplify: &str) -> Value {
    let id = id.to_string();
    let own = [
        ("product_id", id.as_str()),
        ("ship_to_country", "ES"),
        ("target_currency", "EUR"),
        ("target_language", "en"),
        ("simplify", simplify),
    ];
    sync(sandbox, "aliexpress.ds.product.get", &own).json()
}

/// Repeats a call until each of `wanted` was seen in some answer; fails after 300 calls.
#[track_caller]
fn eventually<const N: usize>(call: impl Fn() -> [bool; N]) {
    let mut seen = [false; N];
    for _ in 0..300 {
        call()
            .into_iter()
            .zip(&mut seen)
            .for_each(|(now, seen)| *seen |= now);
        if seen.iter().all(|seen| *seen) {
            return;
        }
    }
    panic!("{seen:?}");
}

#[test]
fn a_product_has_the_sellers_and_the_requested_currency() {
    let sandbox = live();
    let reply = product(&sandbox, in_stock(&sandbox).id, "true");
    let result = &reply["result"];
    assert_eq!(result["ae_item_base_info_dto"]["currency_code"], "CNY");
    assert_eq!(result["ae_item_sku_info_dtos"][0]["currency_code"], "EUR");
}

#[test]
fn answers_as_live_vary_in_types_lists_names_and_blanks() {
    let sandbox = live();
    // Its variants differ in one property, so the list of properties has one element.
    let mut products = sandbox.products().into_iter();
    let simple = products
        .find(|product| product.ships_from == "CN" && !product.skus[0].sku_attr.contains(';'));
    let product_id = simple.unwrap().id;
    eventually(|| {
        let reply = product(&sandbox, product_id, "false");
        let result = &reply["aliexpress_ds_product_get_response"]["result"];
        let base = &result["ae_item_base_info_dto"];
        let skus = result["ae_item_sku_info_dtos"].as_object().unwrap();
        let (name, skus) = skus.iter().next().unwrap();
        let mut skus = skus
            .as_array()
            .map_or(vec![skus], |skus| skus.iter().collect());
        let properties = |sku: &Value| {
            sku["ae_sku_property_dtos"]
                .as_object()
                .and_then(|list| list.values().next().cloned())
        };
        let properties: Vec<Value> = skus.drain(..).filter_map(properties).collect();
        [
            base["product_id"].is_string(),
            base["product_id"].is_number(),
            base["separated_listing"].is_string(),
            name == "ae_item_sku_info_d_t_o",
            name != "ae_item_sku_info_d_t_o",
            properties.iter().any(Value::is_object),
            properties.iter().any(Value::is_array),
            base.as_object().unwrap().values().any(|value| value == ""),
        ]
    });
}

#[test]
fn a_search_fails_sometimes_and_succeeds_when_repeated() {
    let sandbox = live();
    let own = [
        ("keyWord", "shirt"),
        ("local", "en_US"),
        ("countryCode", "ES"),
        ("currency", "EUR"),
    ];
    eventually(|| {
        let reply = sync(&sandbox, "aliexpress.ds.text.search", &own).json();
        let failed = reply["code"] == "NGSELECTION_SEARCH_ERROR";
        assert_eq!(reply.get("data").is_none(), failed, "{reply}");
        [failed, !failed]
    });
}

#[test]
fn an_order_is_visible_late_and_its_parcel_later() {
    let sandbox = live();
    let address = json!({
        "country": "ES", "province": "Madrid", "city": "Madrid", "zip": "28001", "address": "Calle Mayor 1",
        "full_name": "A B", "mobile_no": "5550100", "phone_country": "+34",
    });
    let mut order = order("a");
    order["logistics_address"] = address;
    let placed = place(&sandbox, &order);
    let id = &placed["result"]["order_list"][0];
    let id = id.as_i64().or_else(|| id.as_str()?.parse().ok()).unwrap();
    assert_eq!(
        look_up(&sandbox, id)["error_response"]["sub_code"],
        "isv.insufficient-permission"
    );
    let tracking = || {
        let number = id.to_string();
        let own = [("ae_order_id", number.as_str()), ("language", "en_US")];
        sync(&sandbox, "aliexpress.ds.order.tracking.get", &own).json()["result"].clone()
    };
    assert_eq!(tracking()["code"], "1001");
    sandbox.pass_time(Duration::from_secs(4));
    assert!(look_up(&sandbox, id)["result"].is_object());
    assert_eq!(tracking()["code"], "1001");
}

#[test]
fn a_payment_fails_sometimes_after_the_order_was_created() {
    let sandbox = Sandbox::builder()
        .seed(7)
        .as_live(true)
        .visible_after(Duration::ZERO)
        .start()
        .unwrap();
    let counter = std::cell::Cell::new(0);
    eventually(|| {
        counter.set(counter.get() + 1);
        let mut order = order(&format!("order-{}", counter.get()));
        order["logistics_address"]["country"] = json!("XX");
        let (order, extend) = (
            order.to_string(),
            json!({ "payment": { "try_to_pay": "true" } }).to_string(),
        );
        let own = [
            ("param_place_order_request4_open_api_d_t_o", order.as_str()),
            ("ds_extend_request", extend.as_str()),
        ];
        let reply = sync(&sandbox, CREATE, &own).json();
        let failed = reply["result"]["error_msg"] == "OrderCreated, autoPay fail:APIPayFail";
        assert_eq!(
            reply["result"]["is_success"].to_string().trim_matches('"'),
            "true",
            "{reply}"
        );
        let last = sandbox.orders().pop().unwrap();
        assert_eq!(last.paid, !failed);
        [failed, !failed]
    });
}

#[test]
fn addresses_outside_the_tree_and_invalid_phone_numbers_are_refused() {
    let sandbox = live();
    let placed = |number: &str, changed: &[(&str, &str)]| {
        let mut order = order(number);
        let address = [
            ("country", "ES"),
            ("province", "Madrid"),
            ("city", "Madrid"),
            ("mobile_no", "5550100"),
        ];
        for (name, value) in address.iter().chain(changed) {
            order["logistics_address"][*name] = json!(value);
        }
        // Sometimes blank instead of absent.
        let code = place(&sandbox, &order)["result"]["error_code"].take();
        code.as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(placed("right", &[]), "");
    for (name, value) in [
        ("city", "madrid"),
        ("city", "Sevilla"),
        ("province", "MADRID"),
        ("mobile_no", "+34600100100"),
        ("mobile_no", "600 100 100"),
        ("mobile_no", "123456"),
        ("mobile_no", "12345678901234"),
        ("mobile_no", "１２３４５６７"),
    ] {
        let code = placed(value, &[(name, value)]);
        assert_eq!(
            code, "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL",
            "{value}"
        );
    }
}

/// By the gateway, next to an absent result, in `resp_result`, and inside the result.
#[test]
fn refusals_have_four_forms() {
    let sandbox = live();
    let unknown = json!({ "order_id": 1 }).to_string();
    let reply = sync(&sandbox, GET, &[("single_order_query", &unknown)]).json();
    assert_eq!(reply["error_response"]["code"], "15");
    let reply = product(&sandbox, 1, "true");
    assert_eq!(
        (
            reply["rsp_code"].to_string().trim_matches('"'),
            reply.get("result")
        ),
        ("605", None),
        "{reply}"
    );
    let own = [
        ("product_ids", "1"),
        ("fields", "x"),
        ("target_currency", "EUR"),
        ("target_language", "EN"),
        ("tracking_id", "a"),
        ("country", "ES"),
    ];
    let reply = sync(&sandbox, "aliexpress.affiliate.productdetail.get", &own).json();
    assert_eq!(
        reply["resp_result"]["resp_code"]
            .to_string()
            .trim_matches('"'),
        "405",
        "{reply}"
    );
    let id = in_stock(&sandbox).id.to_string();
    let query = json!({
        "quantity": "1", "shipToCountry": "ZZ", "productId": id, "language": "en_US", "locale": "en_US",
        "selectedSkuId": in_stock(&sandbox).skus[0].id.to_string(), "currency": "EUR",
    });
    let query = query.to_string();
    let reply = sync(
        &sandbox,
        "aliexpress.ds.freight.query",
        &[("queryDeliveryReq", &query)],
    )
    .json();
    assert_eq!(
        reply["result"]["success"].to_string().trim_matches('"'),
        "false",
        "{reply}"
    );
    assert_eq!(
        reply["result"]["code"].to_string().trim_matches('"'),
        "500",
        "{reply}"
    );
}
