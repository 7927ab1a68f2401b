//! Products that sellers post, edit and delete.

use std::time::Duration;

use aliexpress_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::wire::sync;

pub(crate) fn sandbox() -> Sandbox {
    Sandbox::builder().seed(7).start().unwrap()
}

pub(crate) fn call(sandbox: &Sandbox, api: &str, name: &str, value: &Value) -> Value {
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

    // Fields that the edit does not name are unchanged; variants with a known code keep their ids.
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
fn invalid_listings_are_refused() {
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
fn a_batch_job_creates_products_unless_it_is_cancelled() {
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

/// A number, or a text that is one: answers as live have both.
fn whole(value: &Value) -> i64 {
    let text = value
        .as_str()
        .map(str::to_owned)
        .unwrap_or_else(|| value.to_string());
    text.parse().unwrap()
}

#[test]
fn sellers_products_survive_a_restart() {
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
    // The id of a deleted product is not used again.
    let next = post(&sandbox, &listing(category(&sandbox), "Another"));
    assert!(next["result"]["product_id"].as_i64().unwrap() > posted);
}
