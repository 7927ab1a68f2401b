//! The same rules for every shop method: its result, and how it handles a refusal, an empty answer,
//! undocumented types, and a call that fails once. The same tests run against the async client.

use std::collections::BTreeSet;
use std::time::Duration;

use aliexpress::Error;
use aliexpress::models::affiliate::product_query::ProductQuery;
use aliexpress::models::order_create::LogisticsAddress;
use aliexpress::models::shared::{OrderId, OrderStatus, ProductId};
use aliexpress::models::solution::order_get::OrderQuery;
use aliexpress::shop::{Batch, PriceUpdate, SkuRef, StockUpdate};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::shop_products::{a_product, as_live, france, shipment};
use crate::{Client, client, order};

/// The result of a method for an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
enum MethodResult {
    /// A result with this many items.
    Items(usize),
    /// A refusal of the API itself.
    Refusal,
}

struct Case {
    method: &'static str,
    api: &'static str,
    call: fn(&Client, &Sandbox) -> Result<usize, Error>,
    /// The API's refusal, and the method's result for it.
    refusal: (&'static str, MethodResult),
    /// The API's empty answer, and the method's result for it.
    nothing: (&'static str, MethodResult),
    /// Whether the call changes something, so that it is not repeated after a lost answer.
    writes: bool,
}

const LIST_REFUSED: &str = r#"{"resp_result":{"resp_code":402,"resp_msg":"no"}}"#;
const LIST_EMPTY: &str = r#"{"resp_result":{"resp_code":"405","resp_msg":"empty"}}"#;
const FEED_REFUSED: &str = r#"{"rsp_code":"402","rsp_msg":"no"}"#;
const FEED_EMPTY: &str = r#"{"rsp_code":405,"rsp_msg":"empty"}"#;
const UPDATE_REFUSED: &str = r#"{"update_success":"false","update_error_code":"F1"}"#;
const UPDATE_NAMELESS: &str = r#"{"update_success":true}"#;

const CASES: &[Case] = &[
    Case {
        method: "product",
        api: "aliexpress.ds.product.get",
        call: |client, sandbox| {
            Ok(client
                .product(a_product(sandbox).id, &france())?
                .skus()
                .len())
        },
        refusal: (
            r#"{"rsp_code":"605","rsp_msg":"no"}"#,
            MethodResult::Refusal,
        ),
        nothing: (
            r#"{"rsp_code":200,"result":{"has_whole_sale":"false"}}"#,
            MethodResult::Items(0),
        ),
        writes: false,
    },
    Case {
        method: "search",
        api: "aliexpress.ds.text.search",
        call: |client, _| count(client.search("for", &france())),
        refusal: (
            r#"{"code":"NGSELECTION_SEARCH_ERROR","msg":"no"}"#,
            MethodResult::Refusal,
        ),
        nothing: (
            r#"{"code":"00","data":{"products":[]}}"#,
            MethodResult::Items(0),
        ),
        writes: false,
    },
    Case {
        method: "list",
        api: "aliexpress.affiliate.product.query",
        call: |client, _| count(client.list(ProductQuery::default().keywords("for"))),
        refusal: (LIST_REFUSED, MethodResult::Refusal),
        nothing: (LIST_EMPTY, MethodResult::Items(0)),
        writes: false,
    },
    Case {
        method: "freight",
        api: "aliexpress.ds.freight.query",
        call: |client, sandbox| Ok(client.freight(sku(sandbox), 1, &france())?.options.len()),
        refusal: (
            r#"{"result":{"success":"false","code":501,"msg":"no"}}"#,
            MethodResult::Refusal,
        ),
        nothing: (
            r#"{"result":{"success":true,"code":"200","delivery_options":{}}}"#,
            MethodResult::Items(0),
        ),
        writes: false,
    },
    Case {
        method: "tracking",
        api: "aliexpress.ds.order.tracking.get",
        call: |client, sandbox| {
            let id = placed("tracked", client, sandbox)?;
            sandbox.set_order_status(id.0, OrderStatus::WaitBuyerAcceptGoods);
            Ok(client.tracking(id, "en")?.parcels().len())
        },
        refusal: (
            r#"{"result":{"ret":"false","code":500,"msg":"no"}}"#,
            MethodResult::Refusal,
        ),
        nothing: (
            r#"{"result":{"ret":false,"code":"1001","msg":"none"}}"#,
            MethodResult::Items(0),
        ),
        writes: false,
    },
    Case {
        method: "address_tree",
        api: "aliexpress.ds.address.get",
        call: |client, _| Ok(client.address_tree("FR", "fr")?.regions.len()),
        refusal: (
            r#"{"result":{"success":false,"code":"1","msg":"no"}}"#,
            MethodResult::Refusal,
        ),
        nothing: (
            r#"{"result":{"data":{"children":"[]"}}}"#,
            MethodResult::Items(0),
        ),
        writes: false,
    },
    Case {
        method: "check_address",
        api: "aliexpress.ds.address.get",
        call: |client, _| {
            let mut address = LogisticsAddress::default();
            address.country = "FR".to_owned();
            Ok(usize::from(client.check_address(&address)?.has_list))
        },
        // If a country has no list, the rest is checked nevertheless.
        refusal: (
            r#"{"result":{"success":false,"code":"1","msg":"no"}}"#,
            MethodResult::Items(0),
        ),
        nothing: (
            r#"{"result":{"data":{"children":"[]"}}}"#,
            MethodResult::Items(1),
        ),
        writes: false,
    },
    Case {
        method: "categories",
        api: "aliexpress.ds.category.get",
        call: |client, _| Ok(client.categories("en")?.count()),
        refusal: (LIST_REFUSED, MethodResult::Refusal),
        nothing: (LIST_EMPTY, MethodResult::Items(0)),
        writes: false,
    },
    Case {
        method: "feeds",
        api: "aliexpress.ds.feedname.get",
        call: |client, _| Ok(client.feeds()?.len()),
        refusal: (LIST_REFUSED, MethodResult::Refusal),
        nothing: (LIST_EMPTY, MethodResult::Items(0)),
        writes: false,
    },
    Case {
        method: "feed_products",
        api: "aliexpress.ds.recommend.feed.get",
        call: |client, _| count(client.feed_products(&a_feed(client)?, &france())),
        refusal: (FEED_REFUSED, MethodResult::Refusal),
        nothing: (FEED_EMPTY, MethodResult::Items(0)),
        writes: false,
    },
    Case {
        method: "feed_product_ids",
        api: "aliexpress.ds.feed.itemids.get",
        call: |client, _| count(client.feed_product_ids(a_feed(client)?)),
        refusal: (FEED_REFUSED, MethodResult::Refusal),
        nothing: (FEED_EMPTY, MethodResult::Items(0)),
        writes: false,
    },
    Case {
        method: "image_search",
        api: "aliexpress.ds.image.searchV2",
        call: |client, sandbox| {
            let product = client.product(a_product(sandbox).id, &france())?;
            let mut picture = ureq::get(product.images().next().unwrap()).call().unwrap();
            let picture = picture.body_mut().read_to_vec().unwrap();
            Ok(client.image_search(&picture, &france())?.len())
        },
        refusal: (
            r#"{"result":{"ret":"false","code":"500","msg":"no"}}"#,
            MethodResult::Refusal,
        ),
        nothing: (
            r#"{"result":{"ret":true,"data":{}}}"#,
            MethodResult::Items(0),
        ),
        writes: false,
    },
    Case {
        method: "affiliate_links",
        api: "aliexpress.affiliate.link.generate",
        call: |client, _| {
            done(client.affiliate_links("shop", ["https://www.aliexpress.com/item/1.html"]))
        },
        refusal: (LIST_REFUSED, MethodResult::Refusal),
        nothing: (
            r#"{"resp_result":{"resp_code":200,"result":{"promotion_links":{}}}}"#,
            MethodResult::Items(0),
        ),
        writes: true,
    },
    Case {
        method: "orders_of_seller",
        api: "aliexpress.solution.order.get",
        call: |client, sandbox| {
            placed("sold", client, sandbox)?;
            count(client.orders_of_seller(OrderQuery::default()))
        },
        refusal: (
            r#"{"result":{"success":"false","error_code":402,"error_message":"no"}}"#,
            MethodResult::Refusal,
        ),
        nothing: (
            r#"{"result":{"success":true,"total_count":"0","target_list":{}}}"#,
            MethodResult::Items(0),
        ),
        writes: false,
    },
    Case {
        method: "fulfil",
        api: "aliexpress.solution.order.fulfill",
        call: |client, sandbox| {
            let id = placed("shipped", client, sandbox)?;
            sandbox.set_order_status(id.0, OrderStatus::WaitSellerSendGoods);
            client.fulfil(&shipment(id, "CAINIAO_STANDARD", "LP1"))?;
            Ok(1)
        },
        refusal: (
            r#"{"result":{"result_success":"false"}}"#,
            MethodResult::Refusal,
        ),
        nothing: (
            r#"{"result":{"result_success":"true"}}"#,
            MethodResult::Items(1),
        ),
        writes: true,
    },
    Case {
        method: "set_stock",
        api: "aliexpress.solution.batch.product.inventory.update",
        call: |client, sandbox| {
            let SkuRef { product, sku } = sku(sandbox);
            done(client.set_stock([StockUpdate {
                product,
                sku_code: sku.to_string(),
                inventory: 1,
            }]))
        },
        // A seller's updates are refused separately for each product.
        refusal: (UPDATE_REFUSED, MethodResult::Items(0)),
        nothing: (UPDATE_NAMELESS, MethodResult::Items(1)),
        writes: true,
    },
    Case {
        method: "set_prices",
        api: "aliexpress.solution.batch.product.price.update",
        call: |client, sandbox| {
            let SkuRef { product, sku } = sku(sandbox);
            let (sku_code, price) = (sku.to_string(), "20.00".into());
            done(client.set_prices([PriceUpdate {
                product,
                sku_code,
                price,
                discount_price: None,
            }]))
        },
        refusal: (UPDATE_REFUSED, MethodResult::Items(0)),
        nothing: (UPDATE_NAMELESS, MethodResult::Items(1)),
        writes: true,
    },
];

fn count<T>(list: impl Iterator<Item = Result<T, Error>>) -> Result<usize, Error> {
    list.collect::<Result<Vec<T>, Error>>()
        .map(|items| items.len())
}

fn done<I, T>(batch: Batch<I, T>) -> Result<usize, Error> {
    let done = batch
        .items
        .iter()
        .filter(|(_, outcome)| outcome.done().is_some());
    let count = done.count();
    batch.stopped.map_or(Ok(count), Err)
}

fn sku(sandbox: &Sandbox) -> SkuRef {
    let product = a_product(sandbox);
    SkuRef {
        product: ProductId(product.id),
        sku: product.skus[0].id.to_string().into(),
    }
}

/// An order that is visible: a new one becomes visible after some seconds.
fn placed(name: &str, client: &Client, sandbox: &Sandbox) -> Result<OrderId, Error> {
    let id = client.place_order(&order(name))?.order_ids()[0];
    sandbox.pass_time(Duration::from_secs(60));
    Ok(id)
}

fn a_feed(client: &Client) -> Result<String, Error> {
    Ok(client.feeds()?[0].promo_name.clone().unwrap())
}

/// All methods of the client.
pub(crate) fn written() -> BTreeSet<&'static str> {
    let source = include_str!("../../src/client/shop.rs");
    let methods = source.split("\n    pub fn ").skip(1);
    let names = methods.map(|method| method.split(['(', '<']).next().unwrap());
    names.collect()
}

/// Fails if `CASES` lacks a method.
#[test]
fn every_shop_method_has_a_case_for_its_results() {
    let listed: BTreeSet<_> = CASES.iter().map(|case| case.method).collect();
    assert_eq!(listed, written());
}

#[test]
fn every_shop_method_reads_documented_and_undocumented_types() {
    let documented = std::iter::once(Sandbox::start().unwrap());
    for sandbox in documented.chain(as_live(2)) {
        for case in CASES {
            let made = (case.call)(&client(&sandbox), &sandbox);
            // The live search sometimes fails, and so does the sandbox.
            match made {
                Ok(count) => assert!(count > 0, "{}", case.method),
                Err(error) => assert!(
                    error.business_refusal().is_some(),
                    "{}: {error}",
                    case.method
                ),
            }
        }
    }
}

#[test]
fn every_shop_method_reports_refusals_and_empty_answers() {
    for case in CASES {
        for (contents, expected) in [case.refusal, case.nothing] {
            let sandbox = Sandbox::start().unwrap();
            let key = format!("{}_response", case.api.replace('.', "_"));
            sandbox
                .answer(case.api, format!(r#"{{"{key}":{contents}}}"#))
                .unwrap();
            let made = match (case.call)(&client(&sandbox), &sandbox) {
                Ok(count) => MethodResult::Items(count),
                Err(error) if error.business_refusal().is_some() => MethodResult::Refusal,
                Err(error) => panic!("{} {contents}: {error}", case.method),
            };
            assert_eq!(made, expected, "{} {contents}", case.method);
        }
    }
}

#[test]
fn every_shop_method_that_only_reads_is_retried() {
    for case in CASES {
        let sandbox = Sandbox::start().unwrap();
        let client = client(&sandbox);
        sandbox.add_fault(FaultRule::next(Fault::ResetAfter).on(case.api));
        match (case.call)(&client, &sandbox) {
            Ok(count) => assert!(!case.writes && count > 0, "{}", case.method),
            Err(error) => assert!(
                case.writes && error.may_have_acted(),
                "{}: {error}",
                case.method
            ),
        }
    }
}
