//! Older APIs for sellers and freight, which return the same orders and products.

use aliexpress_sandbox::OrderStatus;
use serde_json::json;

use crate::listings::{call, sandbox};
use crate::orders::placed;
use crate::wire::sync;

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
fn disputed_orders_have_a_dispute_and_shipped_orders_a_parcel() {
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
