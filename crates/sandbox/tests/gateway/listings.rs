//! Products that sellers post, edit and delete, and the seller's orders by their older APIs.

use std::time::Duration;

use aliexpress_sandbox::{OrderStatus, Sandbox};
use serde_json::{Value, json};

use crate::orders::placed;
use crate::wire::sync;

fn sandbox() -> Sandbox {
    Sandbox::builder().seed(7).start().unwrap()
}

fn call(sandbox: &Sandbox, api: &str, name: &str, value: &Value) -> Value {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    sync(sandbox, api, &[(name, text.as_str())]).json()
}

fn category(sandbox: &Sandbox) -> i64 {
    let id = sandbox.products()[0].id;
    let told = call(
        sandbox,
        "aliexpress.solution.product.info.get",
        "product_id",
        &json!(id),
    );
    told["result"]["category_id"].as_i64().unwrap()
}

fn listing(category: i64, title: &str) -> Value {
    json!({
        "subject": title,
        "language": "en",
        "category_id": category.to_string(),
        "main_image_urls_list": ["https://example.com/1.png", "https://example.com/2.png"],
        "weight": "0.35",
        "package_length": 10, "package_width": 11, "package_height": 12,
        "inventory_deduction_strategy": "place_order_withhold",
        "freight_template_id": 1, "service_policy_id": 0, "shipping_lead_time": 3,
        "sku_info_list": [
            {
                "sku_code": "L-1", "price": "120.00", "discount_price": "99.5", "inventory": 4,
                "sku_attributes_list": [{ "sku_attribute_name": "Finish", "sku_attribute_value": "Matt" }],
            },
            {
                "sku_code": "L-2", "price": "130.00", "inventory": 0,
                "sku_attributes_list": [{ "sku_attribute_name": "Finish", "sku_attribute_value": "Gloss" }],
            },
        ],
    })
}

fn listed(sandbox: &Sandbox, title: &str) -> Vec<i64> {
    let query = json!({ "product_status_type": "onSelling", "subject": title });
    let told = call(
        sandbox,
        "aliexpress.solution.product.list.get",
        "aeop_a_e_product_list_query",
        &query,
    );
    let list = told["result"]["aeop_a_e_product_display_d_t_o_list"].as_array();
    let ids = list.into_iter().flatten();
    ids.map(|product| product["product_id"].as_i64().unwrap())
        .collect()
}

fn post(sandbox: &Sandbox, listing: &Value) -> Value {
    call(
        sandbox,
        "aliexpress.solution.product.post",
        "post_product_request",
        listing,
    )
}

#[test]
fn a_posted_product_is_listed_found_bought_edited_and_deleted() {
    let sandbox = sandbox();
    let title = "Zeppelin lamp";
    let mut content = listing(category(&sandbox), title);
    let told = post(&sandbox, &content);
    let id = told["result"]["product_id"].as_i64().unwrap();
    assert_eq!(listed(&sandbox, title), [id]);
    let buyer = [
        ("product_id", id.to_string()),
        ("ship_to_country", "ES".to_owned()),
        ("target_currency", "CNY".to_owned()),
        ("target_language", "en".to_owned()),
    ];
    let buyer: Vec<(&str, &str)> = buyer
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let seen = sync(&sandbox, "aliexpress.ds.product.get", &buyer).json();
    let sku = &seen["result"]["ae_item_sku_info_dtos"][0];
    assert_eq!(sku["offer_sale_price"], "99.50", "{seen}");
    assert_eq!(sku["sku_available_stock"], 4);
    let order = json!({
        "product_items": [{ "product_id": id, "sku_attr": sku["sku_attr"], "product_count": 3 }],
        "logistics_address": {
            "country": "ES", "province": "Madrid", "city": "Madrid", "zip": "28001", "address": "Calle Mayor 1",
            "full_name": "A B", "mobile_no": "5550100", "phone_country": "+34",
        },
        "out_order_id": "listed",
    });
    let name = "param_place_order_request4_open_api_d_t_o";
    let placed = call(&sandbox, "aliexpress.ds.order.create", name, &order);
    assert_eq!(placed["result"]["is_success"], true, "{placed}");
    let stock = |code: &str| {
        let told = call(
            &sandbox,
            "aliexpress.solution.product.info.get",
            "product_id",
            &json!(id),
        );
        let skus = told["result"]["aeop_ae_product_s_k_us"]
            .as_array()
            .cloned()
            .unwrap();
        let sku = skus.into_iter().find(|sku| sku["sku_code"] == code);
        sku.unwrap()["ipm_sku_stock"].as_i64()
    };
    assert_eq!((stock("L-1"), stock("L-2")), (Some(1), Some(0)));

    // What is not named stays; variants keep their numbers by their codes.
    content["sku_info_list"][1]["inventory"] = json!(9);
    let edit = json!({ "product_id": id, "subject": "Airship lamp", "sku_info_list": content["sku_info_list"] });
    let edited = call(
        &sandbox,
        "aliexpress.solution.product.edit",
        "edit_product_request",
        &edit,
    );
    assert_eq!(edited["result"]["product_id"], id, "{edited}");
    assert!(listed(&sandbox, title).is_empty());
    assert_eq!(listed(&sandbox, "airship"), [id]);
    let again = sync(&sandbox, "aliexpress.ds.product.get", &buyer).json();
    assert_eq!(
        again["result"]["ae_item_sku_info_dtos"][0]["sku_id"],
        sku["sku_id"]
    );
    assert_eq!(stock("L-2"), Some(9));

    let gone = call(
        &sandbox,
        "aliexpress.solution.batch.product.delete",
        "product_ids",
        &json!([id]),
    );
    assert_eq!(gone["success"], "true");
    assert!(listed(&sandbox, "airship").is_empty());
    let seen = sync(&sandbox, "aliexpress.ds.product.get", &buyer).json();
    assert_eq!(seen["rsp_msg"], "ITEM_ID_NOT_FOUND");
    let gone = call(
        &sandbox,
        "aliexpress.solution.batch.product.delete",
        "product_ids",
        &json!([id]),
    );
    assert_eq!(gone["success"], "false");
}

#[test]
fn listings_that_make_no_sense_are_refused() {
    let sandbox = sandbox();
    let category = category(&sandbox);
    let count = sandbox.products().len();
    let mut changes: Vec<(&str, Value)> = vec![
        ("/category_id", json!("1")),
        ("/category_id", json!("lamps")),
        ("/subject", json!("")),
        ("/subject", json!("x".repeat(10_000))),
        ("/weight", json!("-1")),
        ("/sku_info_list", json!([])),
        ("/sku_info_list/0/price", json!("0")),
        ("/sku_info_list/0/price", json!("1e3")),
        ("/sku_info_list/0/discount_price", json!("999")),
        ("/sku_info_list/0/inventory", json!(-1)),
        ("/sku_info_list/0/sku_code", json!(" ")),
        ("/main_image_urls_list", json!([])),
    ];
    changes.push((
        "/sku_info_list/0/sku_attributes_list/0/sku_attribute_name",
        json!(" "),
    ));
    for (path, value) in changes {
        let mut content = listing(category, "Lamp");
        *content.pointer_mut(path).unwrap() = value;
        let told = post(&sandbox, &content);
        let code = &told["error_response"]["code"];
        assert!(code.is_string(), "{path}: {told}");
    }
    assert_eq!(sandbox.products().len(), count);
}

#[test]
fn a_batch_job_creates_products_and_can_be_called_off_before() {
    let sandbox = Sandbox::builder().seed(7).as_live(true).start().unwrap();
    let category = sandbox_category(&sandbox);
    let submit = |title: &str| {
        let content = json!({
            "category_id": category,
            "title_multi_language_list": [{ "locale": "en_US", "title": title }],
            "image_url_list": ["https://example.com/1.png"],
            "package_weight": "1.5",
            "sku_info_list": [{
                "sku_code": "F-1", "price": "30", "inventory": 5,
                "sku_attributes": { "Size": { "alias": "XL", "value": "XL" } },
            }],
        });
        let items = json!([{ "item_content_id": "a", "item_content": content.to_string() }]);
        let items = items.to_string();
        let own = [
            ("operation_type", "PRODUCT_CREATE"),
            ("item_list", items.as_str()),
        ];
        let told = sync(&sandbox, "aliexpress.solution.feed.submit", &own).json();
        whole(&told["job_id"])
    };
    let titles = || -> Vec<String> {
        sandbox
            .products()
            .into_iter()
            .map(|product| product.title)
            .collect()
    };
    let (kept, off) = (submit("Zeppelin one"), submit("Zeppelin two"));
    assert!(!titles().contains(&"Zeppelin one".to_owned()));
    let invalidate = |ids: &str| {
        let told = sync(
            &sandbox,
            "aliexpress.solution.feed.invalidate",
            &[("job_id_list", ids)],
        )
        .json();
        let list = |name: &str| {
            let ids = told["result"][name].as_array().cloned().unwrap_or_default();
            ids.iter().map(whole).collect::<Vec<i64>>()
        };
        (
            list("invalid_successful_list"),
            list("no_need_invalid_list"),
            list("invalid_failed_list"),
        )
    };
    assert_eq!(
        invalidate(&format!("{off},1")),
        (vec![off], vec![], vec![1])
    );
    sandbox.pass_time(Duration::from_secs(6));
    let told = sync(
        &sandbox,
        "aliexpress.solution.feed.query",
        &[("job_id", &kept.to_string())],
    )
    .json();
    assert_eq!(whole(&told["success_item_count"]), 1, "{told}");
    assert!(titles().contains(&"Zeppelin one".to_owned()));
    assert!(!titles().contains(&"Zeppelin two".to_owned()));
    assert_eq!(invalidate(&kept.to_string()), (vec![], vec![kept], vec![]));
}

fn sandbox_category(sandbox: &Sandbox) -> i64 {
    let id = sandbox.products()[0].id.to_string();
    let told = sync(
        sandbox,
        "aliexpress.solution.product.info.get",
        &[("product_id", &id)],
    )
    .json();
    whole(&told["result"]["category_id"])
}

/// A number, or the text of one, as live answers have either.
fn whole(value: &Value) -> i64 {
    let text = value
        .as_str()
        .map(str::to_owned)
        .unwrap_or_else(|| value.to_string());
    text.parse().unwrap()
}

#[test]
fn sellers_products_outlast_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let start = || Sandbox::builder().seed(7).state(&path).start().unwrap();
    let sandbox = start();
    let posted = post(&sandbox, &listing(category(&sandbox), "Zeppelin lamp"));
    let posted = posted["result"]["product_id"].as_i64().unwrap();
    let deleted = sandbox.products()[3].id;
    call(
        &sandbox,
        "aliexpress.offer.product.delete",
        "product_id",
        &json!(deleted),
    );
    let before = sandbox.products();
    drop(sandbox);
    let sandbox = start();
    assert_eq!(sandbox.products(), before);
    let ids: Vec<i64> = before.iter().map(|product| product.id).collect();
    assert!(ids.contains(&posted) && !ids.contains(&deleted));
    // A new product takes no number again.
    let next = post(&sandbox, &listing(category(&sandbox), "Another"));
    assert!(next["result"]["product_id"].as_i64().unwrap() > posted);
}

#[test]
fn older_apis_of_sellers_see_the_same_order() {
    let sandbox = sandbox();
    let id = placed(&sandbox, "a");
    let query = json!({ "order_id": id });
    let of = |api: &str| call(&sandbox, api, "param1", &query);
    let base = of("aliexpress.trade.redefining.findorderbaseinfo");
    assert_eq!(
        base["result"]["order_status"], "PLACE_ORDER_SUCCESS",
        "{base}"
    );
    let whole = of("aliexpress.trade.new.redefining.findorderbyid");
    let trade = of("aliexpress.trade.redefining.findordertradeinfo");
    assert_eq!(whole["target"]["id"], id, "{whole}");
    assert_eq!(
        whole["target"]["order_amount"]["amount"],
        trade["result"]["order_amount"]
    );
    let line = &trade["result"]["child_order_list"][0];
    let list = call(
        &sandbox,
        "aliexpress.trade.redefining.findorderlistsimplequery",
        "param1",
        &json!({ "page": 1, "page_size": 10, "order_status": "PLACE_ORDER_SUCCESS" }),
    );
    let listed = &list["result"]["order_list"][0];
    assert_eq!(listed["order_id"], id, "{list}");
    assert_eq!(listed["product_list"][0]["child_id"], line["id"]);
    let receipt = of("aliexpress.trade.redefining.findorderreceiptinfo");
    assert!(receipt["result"]["city"].is_string(), "{receipt}");
    let foreign = call(
        &sandbox,
        "aliexpress.trade.redefining.findordertradeinfo",
        "param1",
        &json!({ "order_id": 1 }),
    );
    assert!(foreign["error_response"].is_object(), "{foreign}");
}

#[test]
fn an_order_in_dispute_has_a_dispute_and_a_shipped_one_a_parcel() {
    let sandbox = sandbox();
    let id = placed(&sandbox, "a");
    let issues = || {
        call(
            &sandbox,
            "aliexpress.issue.issuelist.get",
            "query_dto",
            &json!({ "order_no": id }),
        )
    };
    assert_eq!(issues()["total_item"], 0);
    let parcels = || {
        let api = "aliexpress.logistics.redefining.getonlinelogisticsinfo";
        call(&sandbox, api, "order_id", &json!(id))["result_list"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(parcels(), 0);
    while sandbox.advance(id).unwrap() != OrderStatus::WaitBuyerAcceptGoods {}
    assert_eq!(parcels(), 1);
    sandbox.set_order_status(id, OrderStatus::InIssue);
    let listed = issues();
    assert_eq!(listed["data_list"][0]["parent_order_id"], id, "{listed}");
    let issue = listed["data_list"][0]["issue_id"].to_string();
    let own = [("issue_id", issue.as_str()), ("buyer_login_id", "a")];
    let told = sync(&sandbox, "aliexpress.issue.detail.get", &own).json();
    assert_eq!(told["result_object"]["parent_order_id"], id, "{told}");
    let base = call(
        &sandbox,
        "aliexpress.trade.redefining.findorderbaseinfo",
        "param1",
        &json!({ "order_id": id }),
    );
    assert_eq!(base["result"]["issue_status"], "IN_ISSUE");
}

#[test]
fn both_older_freight_apis_agree_with_each_other() {
    let sandbox = sandbox();
    let product = sandbox
        .products()
        .into_iter()
        .find(|product| product.ships_from == "CN");
    let query = json!({
        "product_id": product.unwrap().id, "product_num": 1, "country_code": "ES", "price_currency": "EUR",
        "price": "1.00", "send_goods_country_code": "CN",
    });
    let one = call(
        &sandbox,
        "aliexpress.logistics.buyer.freight.calculate",
        "param_aeop_freight_calculate_for_buyer_d_t_o",
        &query,
    );
    let other = call(
        &sandbox,
        "aliexpress.logistics.buyer.freight.get",
        "aeopFreightCalculateForBuyerDTO",
        &query,
    );
    let first = &one["result"]["aeop_freight_calculate_result_for_buyer_d_t_o_list"][0];
    let second = &other["result"]["aeop_freight_calculate_result_for_buyer_dtolist"][0];
    assert!(first["freight"]["cent"].is_i64(), "{one}");
    assert_eq!(
        first["freight"]["cent"], second["freight"]["cent"],
        "{other}"
    );
    assert_eq!(first["service_name"], second["service_name"]);
}
