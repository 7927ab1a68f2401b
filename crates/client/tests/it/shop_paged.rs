//! The same rules for every paged list of the models. The same tests run against the async
//! client.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aliexpress::models::{Api, Field, Kind, Paged, Shape};
use aliexpress::shop::Cursor;
use aliexpress::{Error, RetryPolicy};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::server::{Act, Server};
use crate::{Built, Client, quick};

/// The families whose lists a shop or a seller reads.
const FAMILIES: [&str; 6] = ["affiliate", "ds", "issue", "logistics", "solution", "trade"];

/// Runs a check on the list of each of these requests, and records their names.
macro_rules! lists {
    ($($family:ident::$module:ident::$request:ident)*) => {
        const LISTS: &[&str] = &[$(concat!(stringify!($family), "::", stringify!($module), "::", stringify!($request))),*];

        fn each(check: impl Check) {
            $(check.of(aliexpress::models::$family::$module::$request::default());)*
        }
    };
}

lists! {
    affiliate::featuredpromo_products_get::FeaturedpromoProductsGet
    affiliate::hotproduct_download::HotproductDownload
    affiliate::hotproduct_query::HotproductQuery
    affiliate::influencer_content_item_search::InfluencerContentItemSearch
    affiliate::order_list::OrderList
    affiliate::order_listbyindex::OrderListbyindex
    affiliate::product_query::ProductQuery
    affiliate::product_smartmatch::ProductSmartmatch
    affiliate::ru_affiliate_order_listbyindex::RuAffiliateOrderListbyindex
    ds::commissionorder_listbyindex::CommissionorderListbyindex
    ds::ds_order_list::DsOrderList
    ds::ds_recommend_feed_get::DsRecommendFeedGet
    ds::feed_itemids_get::FeedItemidsGet
    ds::recommend_feed_get::RecommendFeedGet
    ds::text_search::TextSearch
    issue::issuelist_get::IssuelistGet
    logistics::abnormalorder_query::AbnormalorderQuery
    logistics::online_logistics::OnlineLogistics
    logistics::querylogisticsorderdetail::Querylogisticsorderdetail
    logistics::warehouse_querydetail::WarehouseQuerydetail
    solution::feed_list_get::FeedListGet
    solution::order_get::OrderGet
    solution::product_list_get::ProductListGet
    trade::appraise_redefining_querysellerevaluationorderlist::AppraiseRedefiningQuerysellerevaluationorderlist
    trade::gsp_order_queryforsupplier::GspOrderQueryforsupplier
    trade::redefining_findloanlistquery::RedefiningFindloanlistquery
    trade::redefining_findorderlistsimplequery::RedefiningFindorderlistsimplequery
    trade::seller_orderlist_get::SellerOrderlistGet
}

/// A check that applies to every list.
trait Check {
    fn of<R>(&self, request: R)
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static;
}

/// Fails if the macro above lacks a list: the source of the models names all of them.
#[test]
fn every_paged_list_of_the_models_has_a_case() {
    let generated = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/src/generated");
    let mut written = BTreeSet::new();
    for family in FAMILIES {
        for file in fs::read_dir(generated.join(family)).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let module = path.file_stem().unwrap().to_str().unwrap();
            for implemented in text.split("\nimpl Paged for ").skip(1) {
                let request = implemented.split(' ').next().unwrap();
                written.insert(format!("{family}::{module}::{request}"));
            }
        }
    }
    let listed: BTreeSet<String> = LISTS.iter().map(|list| (*list).to_owned()).collect();
    assert_eq!(listed, written);
}

/// The path to the list in an answer, with the fields of each level.
fn path_to_list(shape: &'static Shape) -> Option<Vec<&'static Field>> {
    shape.fields.iter().find_map(|field| match field.kind {
        Kind::Texts | Kind::Integers | Kind::Records(_) => Some(vec![field]),
        Kind::Record(below) => path_to_list(below).map(|path| [vec![field], path].concat()),
        _ => None,
    })
}

/// An element of a list, made from a number so that elements differ.
fn element(kind: Kind, number: i64) -> Value {
    let (Kind::Records(shape) | Kind::Record(shape)) = kind else {
        return json!(number);
    };
    let holds = |field: &&Field| matches!(field.kind, Kind::Text | Kind::Integer);
    let scalar = shape.fields.iter().find(holds);
    let below = |field: &&Field| matches!(field.kind, Kind::Record(_));
    let field = scalar.or_else(|| shape.fields.iter().find(below)).unwrap();
    match field.kind {
        Kind::Text | Kind::Integer => json!({ field.key: number.to_string() }),
        below => json!({ field.key: element(below, number) }),
    }
}

/// The number from which an item was made.
fn number(item: &impl Serialize) -> i64 {
    fn found(value: &Value) -> Option<i64> {
        match value {
            Value::Object(members) => members.values().find_map(found),
            Value::String(text) => text.parse().ok(),
            scalar => scalar.as_i64(),
        }
    }
    found(&serde_json::to_value(item).unwrap()).unwrap()
}

/// A page of these items. Every field that could state the next page, next to the list or in an
/// enclosing object, states it.
fn page<R: Paged>(items: &[i64], next: Option<&str>) -> String {
    let api = Api::find(R::API).unwrap();
    let path = path_to_list(api.answer).unwrap();
    let list = path[path.len() - 1];
    let elements: Vec<_> = items
        .iter()
        .map(|number| element(list.kind, *number))
        .collect();
    let mut contents = match (list.wrapper, &elements[..]) {
        // A list of one is the bare element, and an empty list is an object without members.
        (Some(wrapper), [one]) => json!({ wrapper: one }),
        (Some(_), []) => json!({}),
        (Some(wrapper), elements) => json!({ wrapper: elements }),
        (None, elements) => json!(elements),
    };
    for field in path.iter().rev() {
        let mut members = Map::new();
        members.insert(field.key.to_owned(), contents);
        if let Some(next) = next.filter(|_| R::BY_TOKEN && std::ptr::eq(*field, list)) {
            for mark in ["search_id", "min_query_index_id", "next_start_row_key"] {
                members.insert(mark.to_owned(), json!(next));
            }
        }
        contents = Value::Object(members);
    }
    json!({ api.key: contents }).to_string()
}

/// Three pages, followed by an empty one if nothing else ends the list.
fn pages<R: Paged>() -> Vec<Act> {
    let pages: [(&[i64], _); 4] = [
        (&[1, 2, 3], Some("page-2")),
        (&[4, 5], Some("page-3")),
        (&[6], None),
        (&[], None),
    ];
    let act =
        |(items, next): &(&[i64], Option<&str>)| Act::Answer("200 OK", page::<R>(items, *next));
    pages.iter().map(act).collect()
}

fn client(server: &Server) -> Client {
    quick(Client::builder("123456", "secret"))
        .session("session")
        .gateway(server.url())
        .retry(RetryPolicy::never())
        .built()
        .unwrap()
}

struct InOrder;

impl Check for InOrder {
    fn of<R>(&self, request: R)
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        let server = Server::start(pages::<R>());
        let list = client(&server).list(request);
        let numbers: Result<Vec<_>, Error> = list.map(|item| Ok(number(&item?))).collect();
        assert_eq!(numbers.unwrap(), [1, 2, 3, 4, 5, 6], "{}", R::API);
        let asked = server.requests();
        match R::BY_TOKEN {
            true => {
                assert_eq!(asked.len(), 3, "{}", R::API);
                assert!(!asked[0].contains("page-"), "{}", asked[0]);
                assert!(asked[1].contains("page-2") && asked[2].contains("page-3"));
            }
            false => assert_eq!(asked.len(), 4, "{}", R::API),
        }
    }
}

#[test]
fn every_paged_list_is_read_to_its_end() {
    each(InOrder);
}

struct Empty;

impl Check for Empty {
    fn of<R>(&self, request: R)
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        let api = Api::find(R::API).unwrap();
        let mut bodies = vec![page::<R>(&[], None)];
        // The answers of affiliate and dropshipping calls that found nothing.
        for (field, empty) in [
            (
                "resp_result",
                json!({ "resp_result": { "resp_code": "405", "resp_msg": "x" } }),
            ),
            ("rsp_code", json!({ "rsp_code": 405, "rsp_msg": "x" })),
        ] {
            if api.answer.field(field).is_some() {
                bodies.push(json!({ api.key: empty }).to_string());
            }
        }
        for body in bodies {
            let server = Server::start(vec![Act::Answer("200 OK", body.clone())]);
            let mut list = client(&server).list(request.clone());
            assert!(list.next().is_none(), "{body}");
            assert!(list.cursor().is_at_end());
        }
    }
}

#[test]
fn every_paged_list_may_be_empty() {
    each(Empty);
}

struct Refused;

impl Check for Refused {
    fn of<R>(&self, request: R)
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        let api = Api::find(R::API).unwrap();
        let refusals = [
            json!({ "resp_result": { "resp_code": 402, "resp_msg": "no" } }),
            json!({ "rsp_code": "402", "rsp_msg": "no" }),
            json!({ "result": { "success": "false", "error_code": "402", "error_message": "no" } }),
            json!({ "is_success": false, "error_code": 402, "error_desc": "no" }),
        ];
        let is_its = |refusal: &&Value| {
            let mut members = refusal.as_object().into_iter().flat_map(Map::keys);
            members.any(|member| {
                let field = api.answer.field(member);
                field.is_some_and(|field| !matches!(field.kind, Kind::Records(_)))
            })
        };
        for refusal in refusals.iter().filter(is_its) {
            let body = json!({ api.key: refusal }).to_string();
            let mut acts = pages::<R>();
            acts[1] = Act::Answer("200 OK", body.clone());
            let server = Server::start(acts);
            let mut list = client(&server).list(request.clone());
            assert_eq!(list.by_ref().take(3).filter(Result::is_ok).count(), 3);
            let error = list.next().unwrap().err().unwrap();
            let refusal = error.business_refusal();
            let code = refusal.and_then(|refusal| refusal.code.as_deref());
            assert_eq!(code, Some("402"), "{} {body}: {error}", R::API);
            assert!(list.next().is_none());
        }
        let body = json!({ "error_response": { "code": "15", "sub_code": "isv.x", "msg": "no" } });
        let server = Server::start(vec![Act::Answer("200 OK", body.to_string())]);
        let mut list = client(&server).list(request);
        let error = list.next().unwrap().err().unwrap();
        assert!(error.api_error().is_some(), "{error}");
        assert!(list.next().is_none());
    }
}

#[test]
fn a_refusal_of_one_page_of_any_paged_list_is_an_error() {
    each(Refused);
}

struct FailsOnce;

impl Check for FailsOnce {
    fn of<R>(&self, request: R)
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        for failing in 0..3 {
            let mut acts = pages::<R>();
            acts.insert(failing, Act::Cut("{".to_owned()));
            let server = Server::start(acts);
            let mut list = client(&server).list(request.clone());
            let mut numbers = Vec::new();
            let mut failures = 0;
            for _ in 0..2 {
                for item in list.by_ref() {
                    match item {
                        Ok(item) => numbers.push(number(&item)),
                        Err(_) => failures += 1,
                    }
                }
                list.resume();
            }
            assert_eq!(
                (&numbers[..], failures),
                (&[1, 2, 3, 4, 5, 6][..], 1),
                "{}",
                R::API
            );
        }
    }
}

#[test]
fn no_item_of_any_paged_list_is_lost_or_repeated_if_a_page_fails_once() {
    each(FailsOnce);
}

struct Resumes;

impl Check for Resumes {
    fn of<R>(&self, request: R)
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        let server = Server::start(pages::<R>());
        let mut list = client(&server).list(request.clone());
        assert_eq!(list.by_ref().take(4).filter(Result::is_ok).count(), 4);
        let stored = serde_json::to_string(&list.cursor()).unwrap();
        let cursor: Cursor = serde_json::from_str(&stored).unwrap();
        let server = Server::start(pages::<R>().split_off(1));
        let rest = client(&server).list(request).resume_from(&cursor).unwrap();
        let numbers: Result<Vec<_>, Error> = rest.map(|item| Ok(number(&item?))).collect();
        assert_eq!(numbers.unwrap(), [5, 6], "{}", R::API);
    }
}

#[test]
fn every_paged_list_resumes_from_a_stored_cursor() {
    each(Resumes);
}

struct RepeatsAPage;

impl Check for RepeatsAPage {
    fn of<R>(&self, request: R)
    where
        R: Paged<Answer: Send, Item: Serialize + Send> + Clone + Default + Send + Sync + 'static,
    {
        let body = page::<R>(&[1, 2], Some("always the same"));
        let server = Server::start(vec![Act::Answer("200 OK", body)]);
        let read: Vec<_> = client(&server).list(request).take(9).collect();
        assert_eq!(read.len(), 3, "{}", R::API);
        let error = read[2].as_ref().err().unwrap().to_string();
        assert_eq!(
            error,
            format!(
                "cannot read the next page of {}: found items of the previous page again; wanted new items",
                R::API
            )
        );
    }
}

#[test]
fn every_paged_list_ends_with_an_error_if_a_page_is_repeated() {
    each(RepeatsAPage);
}

/// The number of items differs from the requested page size if the platform limits the size of a page.
#[test]
fn a_list_ends_when_as_many_items_were_read_as_the_platform_counts() {
    let body = |items: &[i64]| {
        let products: Vec<_> = items.iter().map(|id| json!({ "product_id": id })).collect();
        let result = json!({ "total_record_count": "5", "products": products });
        let body = json!({ "resp_result": { "resp_code": 200, "result": result } });
        Act::Answer("200 OK", body.to_string())
    };
    let server = Server::start(vec![body(&[1, 2]), body(&[3, 4]), body(&[5])]);
    let request = aliexpress::models::affiliate::product_query::ProductQuery::default();
    let mut list = client(&server).list(request.page_size(4));
    assert_eq!(list.by_ref().filter(Result::is_ok).count(), 5);
    assert_eq!((list.total(), server.requests().len()), (Some(5), 3));
    assert!(
        server
            .requests()
            .iter()
            .all(|asked| asked.contains("page_size"))
    );
}
