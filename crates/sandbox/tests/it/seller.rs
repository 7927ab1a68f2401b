//! The seller's side of the same products and orders: batch jobs with a result per item, categories, lists.

use std::time::Duration;

use aliexpress_sandbox::{ProductRecord, Sandbox};
use serde_json::{Value, json};

use crate::orders::{CREATE, order, placed};
use crate::wire::sync;

fn sandbox() -> Sandbox {
    Sandbox::builder().seed(7).start().unwrap()
}

fn submit(sandbox: &Sandbox, operation: &str, items: &[(&str, Value)]) -> String {
    let items = items
        .iter()
        .map(|(id, content)| json!({ "item_content_id": id, "item_content": content.to_string() }));
    let items = items.collect::<Value>().to_string();
    let own = [("operation_type", operation), ("item_list", items.as_str())];
    let answer = sync(sandbox, "aliexpress.solution.feed.submit", &own).json();
    answer["job_id"].as_i64().unwrap().to_string()
}

fn query(sandbox: &Sandbox, job: &str) -> Value {
    sync(
        sandbox,
        "aliexpress.solution.feed.query",
        &[("job_id", job)],
    )
    .json()
}

fn product(sandbox: &Sandbox) -> ProductRecord {
    sandbox.products().into_iter().next().unwrap()
}

fn of_product(product: &ProductRecord, sku: Value) -> Value {
    json!({ "aliexpress_product_id": product.id, "multiple_sku_update_list": [sku] })
}

#[test]
fn a_batch_job_has_a_result_for_each_item() {
    let sandbox = sandbox();
    let before = product(&sandbox);
    let code = before.skus[0].id.to_string();
    let items = [
        (
            "good",
            of_product(
                &before,
                json!({ "sku_code": code, "price": "99.50", "discount_price": "88" }),
            ),
        ),
        (
            "bad",
            of_product(&before, json!({ "sku_code": "no such", "price": "1" })),
        ),
    ];
    let job = submit(&sandbox, "PRODUCT_PRICES_UPDATE", &items);
    let reply = query(&sandbox, &job);
    assert_eq!(
        (&reply["total_item_count"], &reply["success_item_count"]),
        (&json!(2), &json!(1))
    );
    let results: Vec<Value> = reply["result_list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| serde_json::from_str(item["item_execution_result"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(
        results[0],
        json!({ "itemContentId": "good", "productId": before.id, "success": true })
    );
    assert_eq!(results[1]["success"], false);
    assert_eq!(
        results[1]["errorMessage"],
        "found no variant with this sku_code"
    );
    let after = product(&sandbox);
    assert_eq!(
        (
            after.skus[0].list_price.as_str(),
            after.skus[0].sale_price.as_str()
        ),
        ("99.50", "88.00")
    );

    let stock = [(
        "a",
        of_product(&before, json!({ "sku_code": code, "inventory": 7 })),
    )];
    let other = submit(&sandbox, "PRODUCT_STOCKS_UPDATE", &stock);
    assert_eq!(query(&sandbox, &other)["success_item_count"], 1);
    assert_eq!(product(&sandbox).skus[0].stock, 7);

    let list = sync(
        &sandbox,
        "aliexpress.solution.feed.list.get",
        &[("status", "FINISH")],
    )
    .json();
    let jobs: Vec<String> = list["job_list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| job["job_id"].to_string())
        .collect();
    assert_eq!(jobs, [other, job.clone()]);
    let unknown = query(&sandbox, "1");
    assert_eq!(
        unknown["error_response"]["sub_code"],
        "isv.invalid-parameter"
    );
}

#[test]
fn a_job_takes_five_seconds_as_live() {
    let sandbox = Sandbox::builder().seed(7).as_live(true).start().unwrap();
    let job = submit(&sandbox, "PRODUCT_PRICES_UPDATE", &[("a", json!({}))]);
    let count = |reply: &Value| reply["result_list"].as_array().map_or(0, Vec::len);
    assert_eq!(count(&query(&sandbox, &job)), 0);
    sandbox.pass_time(Duration::from_secs(6));
    let reply = query(&sandbox, &job);
    insta::assert_snapshot!(reply["result_list"], @r#"[{"item_content_id":"a","item_execution_result":"{\"errorCode\":\"F00-00-10001-001\",\"errorMessage\":\"found no aliexpress_product_id\",\"itemContentId\":\"a\",\"success\":false}"}]"#);
}

#[test]
fn sellers_find_categories_from_the_outer_to_the_inner() {
    let sandbox = sandbox();
    let below = |id: i64| -> Vec<Value> {
        let own = [("param0", id.to_string())];
        let own = [("param0", own[0].1.as_str())];
        let reply = sync(
            &sandbox,
            "aliexpress.category.redefining.getchildrenpostcategorybyid",
            &own,
        )
        .json();
        reply["result"]["aeop_post_category_list"]
            .as_array()
            .cloned()
            .unwrap_or_default()
    };
    let outer = below(0);
    assert!(outer.len() > 3 && outer.iter().all(|category| category["isleaf"] == false));
    let inner = below(outer[0]["id"].as_i64().unwrap());
    assert!(!inner.is_empty() && inner.iter().all(|category| category["isleaf"] == true));

    let own = [
        ("title", product(&sandbox).title),
        ("language", "en".to_owned()),
    ];
    let own = [("title", own[0].1.as_str()), ("language", "en")];
    let reply = sync(
        &sandbox,
        "aliexpress.solution.product.category.suggest",
        &own,
    )
    .json();
    let suggested = reply["suggest_category_list"].as_array().unwrap();
    let names = product(&sandbox).categories;
    assert!(
        suggested
            .iter()
            .any(|category| category["name_path"] == json!(names)),
        "{reply}"
    );
}

/// The older APIs for the same purpose return the same orders.
#[test]
fn older_apis_see_the_same_orders() {
    let sandbox = sandbox();
    let parameter = "param_place_order_request4_open_api_d_t_o";
    let older = order("older").to_string();
    let reply = sync(
        &sandbox,
        "aliexpress.trade.buy.placeorder",
        &[(parameter, &older)],
    )
    .json();
    let id = reply["result"]["order_list"][0].as_i64().unwrap();
    let again = sync(&sandbox, CREATE, &[(parameter, &older)]).json();
    assert_eq!(again["result"]["error_code"], "REPEATED_ORDER_ERROR");
    let newer = placed(&sandbox, "newer");
    let number = id.to_string();
    let reply = sync(
        &sandbox,
        "aliexpress.ds.trade.order.get",
        &[("order_id", &number)],
    )
    .json();
    assert_eq!(
        reply["result"]["order_status"], "PLACE_ORDER_SUCCESS",
        "{reply}"
    );
    let query = json!({ "current_page": 1, "page_size": 20 }).to_string();
    let own = [("param_aeop_order_query", query.as_str())];
    let reply = sync(&sandbox, "aliexpress.trade.seller.orderlist.get", &own).json();
    let listed = reply["result"]["target_list"].as_array().unwrap();
    let listed: Vec<i64> = listed
        .iter()
        .map(|order| order["order_id"].as_i64().unwrap())
        .collect();
    assert_eq!(listed, [newer, id]);

    sandbox.advance(id).unwrap();
    sandbox.advance(id).unwrap();
    let reply = sync(
        &sandbox,
        "aliexpress.ds.commissionorder.listbyindex",
        &[
            ("status", "Payment Completed"),
            ("start_time", "2020-01-01 00:00:00"),
            ("end_time", "2199-01-01 00:00:00"),
        ],
    )
    .json();
    let line = &reply["result"]["orders"][0];
    assert_eq!(
        (&line["order_id"], &reply["rsp_code"]),
        (&json!(id), &json!(200)),
        "{reply}"
    );
}
