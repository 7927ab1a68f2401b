//! Shop methods: products, prices, freight and parcels. The same tests run against the async
//! client.

use std::time::Duration;

use aliexpress::models::shared::{OrderId, OrderStatus, ProductId, ShipmentExtent, SkuId};
use aliexpress::models::solution::order_fulfill::{OrderFulfill, OrderFulfillRequired};
use aliexpress::shop::{CurrencyOf, Market, SkuRef, Tracking};
use aliexpress_sandbox::{Fault, FaultRule, ProductRecord, Sandbox};

use crate::{Built, builder, client, order};

const PRODUCT: &str = "aliexpress.ds.product.get";
const FREIGHT: &str = "aliexpress.ds.freight.query";
const TRACKING: &str = "aliexpress.ds.order.tracking.get";

pub(crate) fn france() -> Market {
    "FR/EUR/fr".parse().unwrap()
}

/// A product with several variants that is shipped from China.
pub(crate) fn a_product(sandbox: &Sandbox) -> ProductRecord {
    let products = sandbox.products();
    let mut products = products.into_iter();
    products
        .find(|product| product.skus.len() > 1 && product.ships_from == "CN")
        .unwrap()
}

/// The shipment of a complete order.
pub(crate) fn shipment(order_id: OrderId, service_name: &str, number: &str) -> OrderFulfill {
    OrderFulfill::new(OrderFulfillRequired {
        order_id,
        service_name: service_name.to_owned(),
        logistics_no: number.to_owned(),
        send_type: ShipmentExtent::All,
    })
}

/// Sandboxes that differ from the documented types like the live platform, each with other random choices.
pub(crate) fn as_live(count: u64) -> impl Iterator<Item = Sandbox> {
    (0..count).map(|seed| Sandbox::builder().as_live(true).seed(seed).start().unwrap())
}

#[test]
fn the_prices_of_a_product_are_those_in_the_requested_currency() {
    let sandbox = Sandbox::start().unwrap();
    let record = a_product(&sandbox);
    let product = client(&sandbox).product(record.id, &france()).unwrap();
    assert_eq!(product.id(), ProductId(record.id));
    assert_eq!(product.title(), Some(record.title.as_str()));
    assert_eq!(product.mismatches(), []);
    assert_eq!(product.seller_currency(), Some("CNY"));
    assert!(product.images().all(|image| image.starts_with("http")));
    assert_eq!(product.skus().len(), record.skus.len());
    for (sku, record) in product.skus().zip(&record.skus) {
        let (price, list) = (sku.price().unwrap(), sku.list_price().unwrap());
        assert_eq!(price.currency.as_deref(), Some("EUR"));
        assert_eq!(price.whose, CurrencyOf::Asked);
        assert!(price.compare(&list).unwrap().is_le());
        assert_eq!(sku.attr(), Some(record.sku_attr.as_str()));
        assert_eq!(sku.id(), Some(&SkuId(record.id.to_string())));
        assert_eq!(sku.stock(), Some(record.stock));
        let item = sku.item(2);
        assert_eq!((item.product_count, item.product_id), (2, product.id()));
        assert_eq!(item.sku_attr.as_deref(), sku.attr());
    }
}

#[test]
fn a_variant_is_chosen_by_its_properties() {
    let sandbox = Sandbox::start().unwrap();
    let record = a_product(&sandbox);
    let product = client(&sandbox).product(record.id, &france()).unwrap();
    for sku in product.skus() {
        let properties: Vec<_> = sku.properties().collect();
        let found = product.sku_with(&properties).unwrap();
        assert_eq!(found.id(), sku.id());
        let shouted: Vec<_> = properties
            .iter()
            .map(|(name, value)| (name.to_uppercase(), value.to_uppercase()))
            .collect();
        let shouted: Vec<_> = shouted.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(product.sku_with(&shouted).unwrap().id(), sku.id());
    }
    let several = product.sku_with(&[]).unwrap_err().to_string();
    let listed = product.skus().map(|sku| {
        let properties = sku.properties();
        let properties: Vec<_> = properties
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        properties.join(", ")
    });
    let listed: Vec<_> = listed.collect();
    let choice = format!("wanted one of: {}", listed.join("; "));
    assert_eq!(
        several,
        format!(
            "cannot choose a variant of product {}: found {} variants with the properties []; {choice}",
            record.id,
            record.skus.len()
        )
    );
    let none = product.sku_with(&[("Color", "no such")]).unwrap_err();
    assert!(none.is_usage());
    assert_eq!(
        none.to_string(),
        format!(
            "cannot choose a variant of product {}: found 0 variants with the properties [(\"Color\", \"no such\")]; {choice}",
            record.id
        )
    );
}

#[test]
fn an_answer_for_another_market_is_reported_as_a_mismatch() {
    let sandbox = Sandbox::start().unwrap();
    let record = a_product(&sandbox);
    // The sandbox has no rate of this currency, and answers in dollars.
    let market: Market = "FR/XTS/fr".parse().unwrap();
    let product = client(&sandbox).product(record.id, &market).unwrap();
    let mismatches: Vec<_> = product
        .mismatches()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(mismatches, [r#"currency_code: found "USD"; wanted "XTS""#]);
    let price = product.skus().next().unwrap().price().unwrap();
    assert_eq!(price.currency.as_deref(), Some("USD"));
    assert_eq!(price.whose, CurrencyOf::Unasked);
}

#[test]
fn a_refusal_instead_of_a_product_is_an_error() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let error = client.product(1, &france()).unwrap_err();
    assert_eq!(
        error.business_refusal().unwrap().code.as_deref(),
        Some("605")
    );
    let nowhere: Market = "ZZ/EUR/fr".parse().unwrap();
    let error = client
        .product(a_product(&sandbox).id, &nowhere)
        .unwrap_err();
    assert_eq!(
        error.business_refusal().unwrap().code.as_deref(),
        Some("404")
    );
    // An answer without contents is not a product.
    let empty = r#"{"aliexpress_ds_product_get_response":{"rsp_code":200}}"#;
    sandbox.answer(PRODUCT, empty).unwrap();
    let error = client.product(1, &france()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the answer to aliexpress.ds.product.get: found no result; wanted a product"
    );
    // A product without variants, pictures or texts is a product.
    let bare = r#"{"aliexpress_ds_product_get_response":{"result":{"has_whole_sale":false},"rsp_code":"200"}}"#;
    sandbox.answer(PRODUCT, bare).unwrap();
    let product = client.product(7, &france()).unwrap();
    assert_eq!((product.id(), product.title()), (ProductId(7), None));
    assert_eq!((product.skus().len(), product.images().count()), (0, 0));
    assert_eq!(product.mismatches(), []);
}

#[test]
fn freight_gives_the_cheapest_and_the_fastest_option() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let product = client.product(a_product(&sandbox).id, &france()).unwrap();
    let sku = product.skus().next().unwrap();
    let freight = client.freight(&sku, 2, &france()).unwrap();
    assert!(freight.options.len() > 1, "{freight:?}");
    let (cheapest, fastest) = (freight.cheapest().unwrap(), freight.fastest().unwrap());
    for option in &freight.options {
        let fee = option.fee().unwrap();
        assert_eq!(
            (fee.currency.as_deref(), fee.whose),
            (Some("EUR"), CurrencyOf::Asked)
        );
        assert!(cheapest.fee().unwrap().compare(&fee).unwrap().is_le());
        assert!(fastest.days().1 <= option.days().1);
        let service = option.service().unwrap();
        assert_eq!(freight.of_service(service), Some(option));
    }
    assert_eq!(freight.of_service("NO_SUCH_SERVICE"), None);
}

#[test]
fn freight_options_that_state_too_little_are_not_compared() {
    let sandbox = Sandbox::start().unwrap();
    let options = r#"{"aliexpress_ds_freight_query_response":{"result":{"success":true,"code":200,"delivery_options":[
        {"code":"UNPRICED","max_delivery_days":3},
        {"code":"DOLLARS","shipping_fee_cent":"0.01","shipping_fee_currency":"USD","max_delivery_days":9},
        {"code":"EUROS","shipping_fee_cent":"13.57","shipping_fee_currency":"EUR"},
        {"code":"DEARER","shipping_fee_cent":"20","shipping_fee_currency":"EUR","max_delivery_days":"5"}
    ]}}}"#;
    sandbox.answer(FREIGHT, options).unwrap();
    let sku = SkuRef {
        product: ProductId(1),
        sku: "2".into(),
    };
    let freight = client(&sandbox).freight(&sku, 1, &france()).unwrap();
    assert_eq!(freight.cheapest().unwrap().service(), Some("EUROS"));
    assert_eq!(freight.fastest().unwrap().service(), Some("UNPRICED"));
    let dollars = freight.of_service("DOLLARS").unwrap().fee().unwrap();
    assert_eq!(
        (dollars.to_string(), dollars.whose),
        ("0.01 USD".to_owned(), CurrencyOf::Unasked)
    );
    assert_eq!(freight.options[0].fee(), None);
}

#[test]
fn freight_to_an_unavailable_destination_is_a_business_refusal() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let record = a_product(&sandbox);
    let sku = SkuRef {
        product: ProductId(record.id),
        sku: record.skus[0].id.to_string().into(),
    };
    let nowhere: Market = "ZZ/EUR/fr".parse().unwrap();
    let error = client.freight(&sku, 1, &nowhere).unwrap_err();
    let refusal = error.business_refusal().unwrap();
    assert_eq!(refusal.code.as_deref(), Some("500"));
    let error = client.freight(&sku, 0, &france()).unwrap_err();
    let expected = "cannot ask for freight: found 0 pieces; wanted one or more";
    assert_eq!(error.to_string(), expected);
    let nameless = SkuRef {
        product: ProductId(1),
        sku: " ".into(),
    };
    let error = client.freight(&nameless, 1, &france()).unwrap_err();
    assert!(error.is_usage(), "{error}");
    let empty = r#"{"aliexpress_ds_freight_query_response":{"result":{"success":true,"code":200,"delivery_options":{}}}}"#;
    sandbox.answer(FREIGHT, empty).unwrap();
    let freight = client.freight(&sku, 1, &france()).unwrap();
    assert_eq!(
        (freight.options.len(), freight.cheapest(), freight.fastest()),
        (0, None, None)
    );
}

#[test]
fn tracking_follows_the_parcels_of_an_order() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let placed = client.place_order(&order("tracked")).unwrap();
    let id = placed.order_ids()[0];
    assert_eq!(*client.tracking(id, "en").unwrap(), Tracking::NotShipped);
    sandbox
        .set_order_status(id.0, OrderStatus::WaitBuyerAcceptGoods)
        .unwrap();
    sandbox.pass_time(Duration::from_secs(21 * 3600));
    let tracking = client.tracking(id, "en").unwrap();
    let [parcel] = tracking.parcels() else {
        panic!("{tracking:?}");
    };
    assert!(parcel.number().is_some() && parcel.carrier().is_some());
    assert!(parcel.events().len() > 1);
    assert!(
        parcel
            .events()
            .is_sorted_by(|newer, older| newer.time_stamp >= older.time_stamp)
    );
    assert_eq!(parcel.latest(), parcel.events().first());
    assert_eq!(parcel.package_item_list[0].quantity, Some(2));
}

#[test]
fn tracking_shows_more_events_until_the_parcel_is_delivered() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let id = client.place_order(&order("delivered")).unwrap().order_ids()[0];
    sandbox.pass_time(Duration::from_secs(60));
    sandbox
        .set_order_status(id.0, OrderStatus::WaitBuyerAcceptGoods)
        .unwrap();
    let mut last = 0;
    for _ in 0..3 {
        let tracking = client.tracking(id, "en").unwrap();
        let events = tracking.parcels()[0].events().len();
        assert!(events >= last, "{events} after {last}");
        last = events;
        sandbox.pass_time(Duration::from_secs(7 * 3600));
    }
    sandbox.set_order_status(id.0, OrderStatus::Finish).unwrap();
    let tracking = client.tracking(id, "en").unwrap();
    let latest = tracking.parcels()[0].latest().unwrap();
    let name = latest.tracking_name.as_deref().unwrap().to_lowercase();
    assert!(name.contains("deliver"), "{latest:?}");
}

#[test]
fn an_order_may_have_several_parcels() {
    let sandbox = Sandbox::start().unwrap();
    let line = |number: &str, time: i64| {
        format!(
            r#"{{"mail_no":"{number}","carrier_name":"c","detail_node_list":{{"detail_node":{{"tracking_name":"n","time_stamp":{time}}}}},
            "package_item_list":[{{"item_id":1,"quantity":"2"}}]}}"#
        )
    };
    let lines = [line("A", 1), line("B", 2)].join(",");
    sandbox.answer(
        TRACKING,
        format!(
            r#"{{"aliexpress_ds_order_tracking_get_response":{{"result":{{"ret":true,"data":{{"tracking_detail_line_list":{{"tracking_detail":[{lines}]}}}}}}}}}}"#
        ),
    ).unwrap();
    let tracking = client(&sandbox).tracking(1, "pt_BR").unwrap();
    let parcels = tracking.parcels().iter();
    let numbers: Vec<_> = parcels
        .map(|parcel| {
            (
                parcel.number().unwrap(),
                parcel.events().len(),
                parcel.package_item_list[0].quantity,
            )
        })
        .collect();
    assert_eq!(numbers, [("A", 1, Some(2)), ("B", 1, Some(2))]);
}

#[test]
fn tracking_and_categories_are_in_the_requested_language() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    client.tracking(1, "fr").unwrap();
    client.tracking(1, "pt-br").unwrap();
    client.categories("pt_BR").unwrap();
    let asked = sandbox.log();
    let asked: Vec<_> = asked.iter().map(|entry| format!("{entry:?}")).collect();
    assert!(
        asked[0].contains("fr_FR") && asked[1].contains("pt_BR"),
        "{asked:?}"
    );
    assert!(asked[2].contains("\"pt\""), "{}", asked[2]);
    for wrong in ["", "klingon", "x_Y"] {
        assert!(client.tracking(1, wrong).unwrap_err().is_usage(), "{wrong}");
        assert!(client.categories(wrong).unwrap_err().is_usage(), "{wrong}");
    }
    assert_eq!(sandbox.log().len(), 3);
}

#[test]
fn tracking_distinguishes_an_unshipped_order_from_a_refusal() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    assert_eq!(*client.tracking(4_711, "en").unwrap(), Tracking::NotShipped);
    let answer = |result: &str| {
        let body =
            format!(r#"{{"aliexpress_ds_order_tracking_get_response":{{"result":{result}}}}}"#);
        sandbox.answer(TRACKING, body).unwrap();
        client.tracking(1, "en")
    };
    let refused = answer(r#"{"ret":false,"code":"500","msg":"no"}"#).unwrap_err();
    assert_eq!(
        refused.business_refusal().unwrap().code.as_deref(),
        Some("500")
    );
    let drifted = answer(r#"{"ret":"false","code":1001,"msg":"TRACKING DATA NOT FOUND"}"#).unwrap();
    assert_eq!(*drifted, Tracking::NotShipped);
    let empty = answer(r#"{"ret":true,"data":{}}"#).unwrap();
    assert!(empty.parcels().is_empty());
    // Events oldest first; one parcel and one event are bare objects, times are texts.
    let turned = answer(
        r#"{"ret":"true","data":{"tracking_detail_line_list":{"tracking_detail":{"mail_no":" X1 ",
        "detail_node_list":[{"tracking_name":"a","time_stamp":"1"},{"tracking_name":"b","time_stamp":2}]}}}}"#,
    );
    let turned = turned.unwrap();
    assert_eq!(turned.parcels()[0].number(), Some("X1"));
    let latest = turned.parcels()[0].latest().unwrap();
    assert_eq!(latest.tracking_name.as_deref(), Some("b"));
}

#[test]
fn shop_methods_read_undocumented_types_as_documented_ones() {
    for sandbox in as_live(6) {
        let client = client(&sandbox);
        let record = a_product(&sandbox);
        let product = client.product(record.id, &france()).unwrap();
        assert_eq!(product.mismatches(), []);
        assert_eq!(product.skus().len(), record.skus.len());
        for sku in product.skus() {
            assert_eq!(sku.price().unwrap().whose, CurrencyOf::Asked);
            let freight = client.freight(&sku, 1, &france()).unwrap();
            assert!(freight.cheapest().is_some() && freight.fastest().is_some());
        }
        let id = client.place_order(&order("drifted")).unwrap().order_ids()[0];
        // A new order becomes visible after some seconds.
        sandbox.pass_time(std::time::Duration::from_secs(60));
        sandbox
            .set_order_status(id.0, OrderStatus::WaitBuyerAcceptGoods)
            .unwrap();
        assert_eq!(client.tracking(id, "en").unwrap().parcels().len(), 1);
    }
}

#[test]
fn a_shop_method_whose_call_fails_once_is_retried() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox).built().unwrap();
    let id = a_product(&sandbox).id;
    for fault in [Fault::ResetAfter, Fault::ServiceFailure] {
        sandbox.add_fault(FaultRule::next(fault).on(PRODUCT));
        assert!(client.product(id, &france()).is_ok());
    }
}
