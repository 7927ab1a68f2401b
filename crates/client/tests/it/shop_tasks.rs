//! Shop methods: addresses, categories, feeds, pictures, links, and a seller's orders, stock and
//! prices. The same tests run against the async client.

use aliexpress::RetryPolicy;
use aliexpress::models::order_create::LogisticsAddress;
use aliexpress::models::shared::{OrderStatus, ProductId, ShipmentExtent};
use aliexpress::models::solution::order_get::OrderQuery;
use aliexpress::shop::{CurrencyOf, ItemOutcome, PriceUpdate, StockUpdate};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::shop_products::{as_live, france, shipment};
use crate::{Built, builder, client, order};

const ADDRESSES: &str = "aliexpress.ds.address.get";
const LINKS: &str = "aliexpress.affiliate.link.generate";
const STOCK: &str = "aliexpress.solution.batch.product.inventory.update";
const IDS: &str = "aliexpress.ds.feed.itemids.get";
const ORDERS: &str = "aliexpress.solution.order.get";

fn calls(sandbox: &Sandbox, api: &str) -> usize {
    let log = sandbox.log();
    log.iter().filter(|entry| entry.api == api).count()
}

fn address(province: &str, city: &str) -> LogisticsAddress {
    let mut address = LogisticsAddress::default();
    address.full_name = "Canary Recipient".to_owned();
    address.phone_country = "+33".to_owned();
    address.mobile_no = "612345678".to_owned();
    address.country = "FR".to_owned();
    address.province = province.to_owned();
    address.city = city.to_owned();
    address.address = "Rue des Canaris 1".to_owned();
    address.zip = Some("75001".to_owned());
    address
}

#[test]
fn an_address_tree_is_cached_for_each_country_and_language() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let tree = client.address_tree("fr", "en").unwrap();
    assert_eq!(tree.country, "FR");
    let province = &tree.regions[0];
    assert!(!province.regions.is_empty());
    assert_eq!(tree.region(&province.name), Some(province));
    assert_eq!(client.clone().address_tree(" FR ", "en").unwrap(), tree);
    assert_eq!(calls(&sandbox, ADDRESSES), 1);
    // Each language has its own tree of names.
    let german = client.address_tree("FR", "de").unwrap();
    assert_eq!((&tree.locale[..], &german.locale[..]), ("en_US", "de_DE"));
    assert_eq!(client.address_tree("FR", "de_DE").unwrap(), german);
    assert_eq!(calls(&sandbox, ADDRESSES), 2);
    assert!(client.address_tree("FR", "xx").unwrap_err().is_usage());
    let error = client.address_tree("ZZ", "en").unwrap_err();
    assert_eq!(
        error.business_refusal().unwrap().code.as_deref(),
        Some("COUNTRY_NOT_FOUND")
    );
    assert!(client.address_tree(" ", "en").unwrap_err().is_usage());
    sandbox.answer(ADDRESSES, r#"{"aliexpress_ds_address_get_response":{"result":{"ret":true,"data":[{"children":"[]"}]}}}"#).unwrap();
    assert_eq!(client.address_tree("DE", "en").unwrap().regions, []);
    sandbox.answer(ADDRESSES, r#"{"aliexpress_ds_address_get_response":{"result":{"ret":true,"data":[{"children":"[7]"}]}}}"#).unwrap();
    assert_eq!(
        client.address_tree("ES", "en").unwrap_err().to_string(),
        "cannot read the answer to aliexpress.ds.address.get: found children that are not a list of names; wanted JSON of \
         names and children"
    );
}

#[test]
fn an_address_is_compared_with_the_names_that_the_platform_lists() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let tree = client.address_tree("FR", "en").unwrap();
    let province = &tree.regions[0];
    let city = &province.regions[0].name;
    let fine = client
        .check_address(&address(&province.name, city))
        .unwrap();
    assert!(fine.has_list && fine.unlisted.is_empty(), "{fine:?}");
    // The platform distinguishes letter case.
    let shouted = client
        .check_address(&address(&province.name, &city.to_uppercase()))
        .unwrap();
    assert!(!shouted.is_fine());
    assert_eq!(
        (
            shouted.unlisted[0].field,
            &shouted.unlisted[0].suggestions[0]
        ),
        ("city", city)
    );
    let elsewhere = client
        .check_address(&address("Secret Province", city))
        .unwrap();
    let unlisted = &elsewhere.unlisted[0];
    assert_eq!(
        (unlisted.field, unlisted.listed),
        ("province", tree.regions.len())
    );
    assert!(!format!("{elsewhere:?} {unlisted}").contains("Secret"));
    let mut nowhere = address("Any", "Any");
    nowhere.country = "ZZ".to_owned();
    let unknown = client.check_address(&nowhere).unwrap();
    assert!(!unknown.has_list && unknown.unlisted.is_empty());
    sandbox.add_fault(FaultRule::next(Fault::ExpireToken).on(ADDRESSES));
    nowhere.country = "DE".to_owned();
    let error = client.check_address(&nowhere).unwrap_err();
    assert!(error.is_session_expired(), "{error:?}");
}

#[test]
fn categories_are_returned_as_a_tree() {
    let sandbox = Sandbox::start().unwrap();
    let categories = client(&sandbox).categories("en").unwrap();
    let root = &categories.roots[0];
    let child = root.children[0].category.category_id.unwrap();
    let path = categories.path(child).unwrap();
    assert_eq!(path.len(), 2);
    assert_eq!(path[0], root);
    let api = "aliexpress.ds.category.get";
    sandbox.answer(api, r#"{"aliexpress_ds_category_get_response":{"resp_result":{"resp_code":405,"resp_msg":"empty"}}}"#).unwrap();
    assert_eq!(client(&sandbox).categories("en").unwrap().count(), 0);
    sandbox.answer(api, r#"{"aliexpress_ds_category_get_response":{"resp_result":{"resp_code":401,"resp_msg":"no"}}}"#).unwrap();
    let error = client(&sandbox).categories("en").unwrap_err();
    assert_eq!(
        error.business_refusal().unwrap().code.as_deref(),
        Some("401")
    );
}

#[test]
fn feeds_are_read_to_their_end() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox)
        .retry(RetryPolicy::never())
        .built()
        .unwrap();
    let feeds = client.feeds().unwrap();
    let feed = feeds.iter().max_by_key(|feed| feed.product_num).unwrap();
    let name = feed.promo_name.clone().unwrap();
    let ids: Result<Vec<_>, _> = client.feed_product_ids(&name).collect();
    let mut ids = ids.unwrap();
    assert_eq!(Some(ids.len() as i64), feed.product_num);
    let products = client.feed_products(&name, &france());
    let mut listed: Vec<ProductId> = products
        .map(|product| {
            let product = product.unwrap();
            assert_eq!(product.price().unwrap().whose, CurrencyOf::Asked);
            assert_eq!(product.seller_price().unwrap().whose, CurrencyOf::Seller);
            product.product_id.unwrap()
        })
        .collect();
    ids.sort_by_key(|id| id.0);
    listed.sort_by_key(|id| id.0);
    assert_eq!(listed, ids);
    assert_eq!(client.feed_product_ids("no such feed").count(), 0);
    assert_eq!(client.feed_products("no such feed", &france()).count(), 0);
    assert!(
        client
            .feed_product_ids(" ")
            .next()
            .unwrap()
            .unwrap_err()
            .is_usage()
    );
}

/// Lists with page tokens: a failure, a stored cursor, and a token that does not change.
#[test]
fn a_list_with_page_tokens_resumes_where_it_stopped() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox)
        .retry(RetryPolicy::never())
        .built()
        .unwrap();
    let page = |ids: &str, mark: &str| {
        let body = format!(
            r#"{{"aliexpress_ds_feed_itemids_get_response":{{"ret":true,"rsp_code":"200","result":{{"products":[{ids}],"search_id":"{mark}","total":"9"}}}}}}"#
        );
        sandbox.answer(IDS, body).unwrap();
    };
    page("1,2", "a");
    let mut ids = client.feed_product_ids("x");
    assert_eq!(ids.next().unwrap().unwrap(), ProductId(1));
    assert_eq!(ids.next().unwrap().unwrap(), ProductId(2));
    sandbox.add_fault(FaultRule::next(Fault::ServiceFailure).on(IDS));
    assert!(ids.next().unwrap().is_err());
    assert!(ids.next().is_none());
    let cursor = serde_json::to_string(&ids.cursor()).unwrap();
    assert!(cursor.contains(r#""place":{"token":"a"}"#), "{cursor}");
    page(r#""3",4"#, "b");
    ids.resume();
    assert_eq!(ids.next().unwrap().unwrap(), ProductId(3));
    let cursor = serde_json::from_str(&cursor).unwrap();
    let mut again = client.feed_product_ids("x").resume_from(&cursor).unwrap();
    assert_eq!(again.next().unwrap().unwrap(), ProductId(3));
    page("5", "b");
    assert_eq!(ids.next().unwrap().unwrap(), ProductId(4));
    assert_eq!(
        ids.next().unwrap().unwrap_err().to_string(),
        "cannot read the next page of aliexpress.ds.feed.itemids.get: found items of the previous page again; wanted \
         new items"
    );
}

#[test]
fn an_image_search_reads_both_forms_in_which_products_are_documented() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let api = "aliexpress.ds.image.searchV2";
    assert!(
        client
            .image_search(b"\xff\xd8 no picture of the shop", &france())
            .is_ok()
    );
    assert!(client.image_search(&[], &france()).unwrap_err().is_usage());
    sandbox.answer(api, r#"{"aliexpress_ds_image_searchV2_response":{"result":{"ret":true,"data":{"products":[
        {"product_id":1,"title":"a","price":{"sale":{"value":"1.50","currency":"EUR"}}},
        {"product_id":"2","product_title":"b","target_sale_price":2,"target_sale_price_currency":"USD"},{}]}}}}"#).unwrap();
    let found = client.image_search(b"x", &france()).unwrap();
    let seen: Vec<_> = found
        .iter()
        .map(|product| {
            (
                product.id(),
                product.title(),
                product.price().map(|price| price.to_string()),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (Some(ProductId(1)), Some("a"), Some("1.50 EUR".to_owned())),
            (Some(ProductId(2)), Some("b"), Some("2 USD".to_owned())),
            (None, None, None),
        ]
    );
    sandbox.answer(api, r#"{"aliexpress_ds_image_searchV2_response":{"result":{"ret":false,"code":"X","messages":"no"}}}"#).unwrap();
    let error = client.image_search(b"x", &france()).unwrap_err();
    assert_eq!(error.business_refusal().unwrap().code.as_deref(), Some("X"));
}

fn pages(count: usize) -> Vec<String> {
    let page = |number| format!("https://www.aliexpress.com/item/{number}.html?a=1,2");
    (1..=count).map(page).collect()
}

#[test]
fn affiliate_links_are_made_in_batches_with_an_outcome_for_each() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let links = client.affiliate_links("shop", pages(120));
    assert!(links.is_complete() && links.stopped.is_none());
    assert_eq!(calls(&sandbox, LINKS), 3);
    let given: Vec<_> = links.items.iter().map(|(page, _)| page.clone()).collect();
    assert_eq!(given, pages(120));
    let refused = client.affiliate_links(
        "shop",
        ["https://www.aliexpress.com/a", "https://example.com/b"],
    );
    assert!(refused.items[0].1.done().is_some());
    assert!(matches!(
        &refused.items[1].1,
        ItemOutcome::Refused {
            message: Some(_),
            ..
        }
    ));
    assert!(
        client
            .affiliate_links("shop", Vec::<String>::new())
            .is_complete()
    );
    for unusable in [
        client.affiliate_links(" ", pages(1)),
        client.affiliate_links("shop", [" "]),
    ] {
        assert!(unusable.stopped.as_ref().unwrap().is_usage());
        assert_eq!(unusable.items[0].1, ItemOutcome::NotTried);
    }
}

#[test]
fn a_batch_that_fails_keeps_its_results_and_lists_the_remaining_items() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox)
        .retry(RetryPolicy::never())
        .built()
        .unwrap();
    // The fault of the second call is queued after one that changes nothing.
    sandbox.add_fault(FaultRule::next(Fault::SlowBody(std::time::Duration::ZERO)).on(LINKS));
    sandbox.add_fault(FaultRule::next(Fault::ResetAfter).on(LINKS));
    let links = client.affiliate_links("shop", pages(120));
    assert!(links.stopped.as_ref().unwrap().may_have_acted());
    let outcome = |place: usize| &links.items[place].1;
    assert!(outcome(49).done().is_some());
    assert_eq!(
        (outcome(50), outcome(99)),
        (&ItemOutcome::Open, &ItemOutcome::Open)
    );
    assert_eq!(outcome(100), &ItemOutcome::NotTried);
    let left: Vec<_> = links.remaining().cloned().collect();
    assert_eq!(left, pages(120)[50..]);
    assert!(client.affiliate_links("shop", left).is_complete());
}

#[test]
fn affiliate_links_are_matched_by_source_url_or_by_position() {
    let sandbox = Sandbox::start().unwrap();
    let answer = |links: &str| {
        let body = format!(
            r#"{{"aliexpress_affiliate_link_generate_response":{{"resp_result":{{"resp_code":"200","result":{{"promotion_links":{links}}}}}}}}}"#
        );
        sandbox.answer(LINKS, body).unwrap();
        let links = client(&sandbox).affiliate_links("shop", ["a", "b"]);
        let texts = links.items.iter().map(|(_, outcome)| match outcome {
            ItemOutcome::Done(url) => url.as_str().to_owned(),
            other => format!("{other:?}"),
        });
        texts.collect::<Vec<_>>()
    };
    let turned = answer(
        r#"[{"source_value":"b","promotion_link":"B"},{"source_value":"a","promotion_link":"A"}]"#,
    );
    assert_eq!(turned, ["A", "B"]);
    let rewritten = answer(
        r#"[{"source_value":"https://a","promotion_link":"A"},{"source_value":"https://b","promotion_link":"B"}]"#,
    );
    assert_eq!(rewritten, ["A", "B"]);
    let one = answer(r#"{"promotion_link":{"source_value":"b","promotion_link":"B"}}"#);
    assert_eq!(one, ["Open", "B"]);
    let full = answer(r#"{"promotion_link":[{"source_value":"b","promotion_link":"B"}]}"#);
    assert_eq!(full, ["Open", "B"]);
    let twice = answer(
        r#"[{"source_value":"b","promotion_link":"B"},{"source_value":"b","promotion_link":"B"}]"#,
    );
    assert_eq!(twice, ["Open", "B"]);
    assert_eq!(answer("[]"), ["Open", "Open"]);
}

#[test]
fn a_sellers_orders_are_listed_and_shipped() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox)
        .retry(RetryPolicy::never())
        .built()
        .unwrap();
    let mut placed: Vec<_> = (0..55)
        .map(|number| {
            client
                .place_order(&order(&format!("seller-{number}")))
                .unwrap()
                .order_ids()[0]
        })
        .collect();
    placed.reverse();
    let all: Vec<_> = client
        .orders_of_seller(OrderQuery::default())
        .map(|order| order.unwrap().order_id.unwrap())
        .filter(|id| placed.contains(id))
        .collect();
    assert_eq!(all, placed);
    let mut failing = client.orders_of_seller(OrderQuery::default());
    let mut read: Vec<_> = failing
        .by_ref()
        .take(50)
        .map(|order| order.unwrap().order_id)
        .collect();
    sandbox.add_fault(FaultRule::next(Fault::Malformed).on(ORDERS));
    assert!(failing.next().unwrap().is_err());
    failing.resume();
    read.extend(failing.map(|order| order.unwrap().order_id));
    read.retain(|id| id.is_some_and(|id| placed.contains(&id)));
    assert_eq!(read.len(), placed.len());

    let id = placed[0];
    let shipped = shipment(id, "CAINIAO_STANDARD", "LP00123456789");
    sandbox
        .set_order_status(id.0, OrderStatus::WaitSellerSendGoods)
        .unwrap();
    let waiting = OrderQuery::default().order_status_list([OrderStatus::WaitSellerSendGoods]);
    let found: Vec<_> = client
        .orders_of_seller(waiting.clone())
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(found.iter().any(|order| order.order_id == Some(id)));
    let mut part = shipped
        .clone()
        .description("half of it")
        .tracking_website("https://carrier.example");
    part.send_type = ShipmentExtent::Part;
    client.fulfil(&part).unwrap();
    client.fulfil(&shipped).unwrap();
    assert_eq!(
        client.tracking(id, "en").unwrap().parcels()[0].number(),
        Some("LP00123456789")
    );
    let rest = client
        .orders_of_seller(waiting)
        .filter(|order| order.as_ref().unwrap().order_id == Some(id));
    assert_eq!(rest.count(), 0);
    // The order is already shipped.
    assert!(client.fulfil(&shipped).unwrap_err().api_error().is_some());
    assert!(
        client
            .fulfil(&shipment(id, "", "1"))
            .unwrap_err()
            .is_usage()
    );
    sandbox.answer(
        "aliexpress.solution.order.fulfill",
        r#"{"aliexpress_solution_order_fulfill_response":{"result":{"result_success":"false"}}}"#,
    ).unwrap();
    assert!(
        client
            .fulfil(&shipped)
            .unwrap_err()
            .business_refusal()
            .is_some()
    );
    let none = OrderQuery::default()
        .create_date_start("1999-01-01 00:00:00")
        .create_date_end("1999-01-02 00:00:00");
    assert_eq!(client.orders_of_seller(none).count(), 0);
}

fn stock(sandbox: &Sandbox) -> Vec<StockUpdate> {
    let products = sandbox.products().into_iter();
    let updates = products.flat_map(|product| {
        product.skus.into_iter().map(move |sku| StockUpdate {
            product: ProductId(product.id),
            sku_code: sku.id.to_string(),
            inventory: 77,
        })
    });
    updates.collect()
}

#[test]
fn stock_is_set_in_batches_with_an_outcome_for_each() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox)
        .retry(RetryPolicy::never())
        .built()
        .unwrap();
    let all = stock(&sandbox);
    let batch = client.set_stock(all.clone());
    assert!(batch.is_complete(), "{:?}", batch.stopped);
    assert_eq!(
        calls(&sandbox, STOCK),
        sandbox.products().len().div_ceil(20)
    );
    assert!(
        sandbox
            .products()
            .iter()
            .all(|product| product.skus.iter().all(|sku| sku.stock == 77))
    );

    let mut wrong = vec![all[0].clone(), all[all.len() - 1].clone()];
    wrong[1].sku_code = "no such".to_owned();
    let batch = client.set_stock(wrong);
    assert_eq!(batch.items[0].1, ItemOutcome::Done(()));
    assert!(matches!(
        &batch.items[1].1,
        ItemOutcome::Refused {
            code: Some(_),
            message: Some(_)
        }
    ));
    assert!(batch.stopped.is_none());

    let mut negative = all[0].clone();
    negative.inventory = -1;
    assert!(client.set_stock([negative]).stopped.unwrap().is_usage());
    let many = (0..450).map(|number| StockUpdate {
        sku_code: number.to_string(),
        ..all[0].clone()
    });
    let before = calls(&sandbox, STOCK);
    assert_eq!(client.set_stock(many).items.len(), 450);
    assert_eq!(calls(&sandbox, STOCK) - before, 3);
}

#[test]
fn the_outcome_of_an_update_depends_on_the_products_in_the_answer() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let updates = || {
        [1, 2].map(|product| StockUpdate {
            product: ProductId(product),
            sku_code: "s".to_owned(),
            inventory: 1,
        })
    };
    let answer = |body: &str| {
        let api = "aliexpress_solution_batch_product_inventory_update_response";
        sandbox
            .answer(STOCK, format!(r#"{{"{api}":{body}}}"#))
            .unwrap();
        let batch = client.set_stock(updates());
        assert!(batch.stopped.is_none(), "{:?}", batch.stopped);
        let outcomes = batch.items.into_iter().map(|(_, outcome)| outcome);
        outcomes.collect::<Vec<_>>()
    };
    assert_eq!(
        answer(r#"{"update_success":"true"}"#),
        [ItemOutcome::Done(()), ItemOutcome::Done(())]
    );
    let refused = |code: &str| ItemOutcome::Refused {
        code: Some(code.to_owned()),
        message: None,
    };
    assert_eq!(
        answer(r#"{"update_success":false,"update_error_code":"F1"}"#),
        [refused("F1"), refused("F1")]
    );
    // A list of one element is a bare object; ids are texts.
    let mixed = r#"{"update_success":false,"update_successful_list":{"synchronize_product_response_d_t_o":{"product_id":"2"}},
        "update_failed_list":[{"product_id":1,"error_code":"F2"}]}"#;
    assert_eq!(answer(mixed), [refused("F2"), ItemOutcome::Done(())]);
    let partial = r#"{"update_success":false,"update_successful_list":[{"product_id":2}]}"#;
    assert_eq!(answer(partial), [ItemOutcome::Open, ItemOutcome::Done(())]);
}

#[test]
fn prices_that_a_seller_sets_are_returned_for_the_product() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let record = crate::shop_products::a_product(&sandbox);
    let update = |price: &str, discount: Option<&str>| PriceUpdate {
        product: ProductId(record.id),
        sku_code: record.skus[0].id.to_string(),
        price: price.into(),
        discount_price: discount.map(Into::into),
    };
    assert!(
        client
            .set_prices([update("20.00", Some("15.00"))])
            .is_complete()
    );
    let china = "FR/CNY/en".parse().unwrap();
    let product = client.product(record.id, &china).unwrap();
    let sku = product.skus().next().unwrap();
    assert_eq!(sku.price().unwrap().to_string(), "15.00 CNY");
    assert_eq!(sku.list_price().unwrap().to_string(), "20.00 CNY");
    let refused = client.set_prices([update("20.00", Some("25.00"))]);
    assert!(matches!(refused.items[0].1, ItemOutcome::Refused { .. }));
}

#[test]
fn shop_tasks_give_the_same_results_for_undocumented_types() {
    for sandbox in as_live(6) {
        let client = client(&sandbox);
        let tree = client.address_tree("FR", "en").unwrap();
        assert!(!tree.regions.is_empty());
        assert!(
            client.categories("en").unwrap().count() > client.categories("en").unwrap().roots.len()
        );
        let feeds = client.feeds().unwrap();
        let name = feeds[0].promo_name.clone().unwrap();
        let ids = client
            .feed_product_ids(name)
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        assert_eq!(Some(ids.len() as i64), feeds[0].product_num);
        assert!(client.affiliate_links("shop", pages(3)).is_complete());
        assert!(
            client
                .set_stock(stock(&sandbox).into_iter().take(30))
                .is_complete()
        );
        let id = client.place_order(&order("drifted")).unwrap().order_ids()[0];
        // A new order becomes visible after some seconds.
        sandbox.pass_time(std::time::Duration::from_secs(60));
        let orders = client.orders_of_seller(OrderQuery::default());
        let orders = orders.map(|order| order.unwrap().order_id.unwrap());
        assert!(orders.collect::<Vec<_>>().contains(&id));
        sandbox
            .set_order_status(id.0, OrderStatus::WaitSellerSendGoods)
            .unwrap();
        client
            .fulfil(&shipment(id, "CAINIAO_STANDARD", "LP1"))
            .unwrap();
    }
}
