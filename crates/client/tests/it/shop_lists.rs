//! Paged lists. The same tests run against the async client.

use aliexpress::models::shared::ProductId;
use aliexpress::shop::{CurrencyOf, Cursor, Search};
use aliexpress::{Error, RetryPolicy};
use aliexpress_sandbox::{Fault, FaultRule, Sandbox};

use crate::shop_products::{as_live, france};
use crate::{Built, builder, client};

const SEARCH: &str = "aliexpress.ds.text.search";
/// A word in the titles of many products of the sandbox.
const MANY: &str = "for";

fn ids(sandbox: &Sandbox) -> Vec<ProductId> {
    let found = client(sandbox).search(MANY, &france());
    let ids = found.map(|product| product.unwrap().id().unwrap());
    let ids: Vec<_> = ids.collect();
    assert!(ids.len() > 50, "{} fit on one page", ids.len());
    ids
}

fn calls(sandbox: &Sandbox) -> usize {
    let log = sandbox.log();
    log.iter().filter(|entry| entry.api == SEARCH).count()
}

#[test]
fn a_search_reads_each_page_only_when_it_is_needed() {
    let sandbox = Sandbox::builder().seed(7).start().unwrap();
    let all = ids(&sandbox);
    let mut unique = all.clone();
    unique.sort_by_key(|id| id.0);
    unique.dedup();
    assert_eq!(unique.len(), all.len());
    assert_eq!(calls(&sandbox), all.len().div_ceil(50));

    let sandbox = Sandbox::builder().seed(7).start().unwrap();
    let mut found = client(&sandbox).search(MANY, &france());
    assert_eq!((calls(&sandbox), found.total()), (0, None));
    let first = found.next().unwrap().unwrap();
    assert_eq!(
        (calls(&sandbox), found.total()),
        (1, Some(all.len() as i64))
    );
    assert_eq!(first.id(), Some(all[0]));
    let price = first.price().unwrap();
    assert_eq!(
        (price.currency.as_deref(), price.whose),
        (Some("EUR"), CurrencyOf::Asked)
    );
    let seller = first.seller_price().unwrap();
    assert_eq!(
        (seller.currency.as_deref(), seller.whose),
        (Some("CNY"), CurrencyOf::Seller)
    );
    assert!(first.url().unwrap().starts_with("https://"));
    assert!(first.title().is_some());
}

#[test]
fn a_search_can_be_sorted_and_limited_to_a_category() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let cheap_first = Search::new(MANY).sort_by("min_price,asc");
    let prices = client.search(cheap_first, &france());
    let prices: Vec<_> = prices
        .map(|product| product.unwrap().price().unwrap())
        .collect();
    assert!(prices.is_sorted_by(|less, more| less.compare(more).unwrap().is_le()));
    let none = client.search(Search::new(MANY).category(1), &france());
    assert_eq!(none.count(), 0);
}

#[test]
fn a_search_without_results_is_an_empty_list() {
    let sandbox = Sandbox::start().unwrap();
    let mut found = client(&sandbox).search("zzzzzz", &france());
    assert!(found.next().is_none() && found.next().is_none());
    assert!(found.cursor().is_at_end());
}

#[test]
fn a_search_without_words_gives_one_error_and_sends_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let mut found = client(&sandbox).search(" ", &france());
    let error = found.next().unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot search for products: found no words; wanted at least one"
    );
    assert!(found.next().is_none());
    assert_eq!(calls(&sandbox), 0);
}

/// If any page fails, in any way, no item is lost or repeated.
#[test]
fn no_item_is_lost_or_repeated_if_a_page_fails_once() {
    let sandbox = Sandbox::start().unwrap();
    let all = ids(&sandbox);
    let client = builder(&sandbox)
        .retry(RetryPolicy::never())
        .built()
        .unwrap();
    let pages = all.len().div_ceil(50);
    for failing in 0..pages {
        for fault in [
            Fault::ServiceFailure,
            Fault::ResetAfter,
            Fault::Malformed,
            Fault::HtmlAfter(502),
        ] {
            let mut found = client.search(MANY, &france());
            let mut read = Vec::new();
            let before = found.by_ref().take(50 * failing);
            read.extend(before.map(|product| product.unwrap().id().unwrap()));
            sandbox.add_fault(FaultRule::next(fault.clone()).on(SEARCH));
            assert!(found.next().unwrap().is_err(), "{fault}");
            // The failure ends the list until `resume` is called.
            assert!(found.next().is_none());
            found.resume();
            read.extend(found.map(|product| product.unwrap().id().unwrap()));
            assert_eq!(read, all, "{fault} on page {failing}");
        }
    }
}

#[test]
fn a_search_resumes_from_any_cursor() {
    let sandbox = Sandbox::start().unwrap();
    let all = ids(&sandbox);
    for taken in [0, 1, 49, 50, 51, all.len() - 1, all.len()] {
        let mut found = client(&sandbox).search(MANY, &france());
        let first: Vec<_> = found
            .by_ref()
            .take(taken)
            .collect::<Result<_, Error>>()
            .unwrap();
        let stored = serde_json::to_string(&found.cursor()).unwrap();
        assert!(!stored.contains(MANY), "{stored}");
        let cursor: Cursor = serde_json::from_str(&stored).unwrap();
        let rest = client(&sandbox)
            .search(MANY, &france())
            .resume_from(&cursor)
            .unwrap();
        let ids = first.into_iter().chain(rest.map(Result::unwrap));
        let ids: Vec<_> = ids.map(|product| product.id().unwrap()).collect();
        assert_eq!(ids, all, "after {taken}");
    }
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let cursor = client.search(MANY, &france()).cursor();
    let other = client
        .search("phone", &france())
        .resume_from(&cursor)
        .unwrap_err();
    assert_eq!(
        other.to_string(),
        "cannot continue a list of aliexpress.ds.text.search: found a cursor of another query; wanted a cursor of a \
         query with the same words, filters and market"
    );
    let germany = "DE/EUR/de".parse().unwrap();
    assert!(client.search(MANY, &germany).resume_from(&cursor).is_err());
    let stored = serde_json::to_string(&cursor).unwrap();
    let elsewhere = stored.replace(SEARCH, "aliexpress.ds.other");
    let elsewhere: Cursor = serde_json::from_str(&elsewhere).unwrap();
    assert!(
        client
            .search(MANY, &france())
            .resume_from(&elsewhere)
            .is_err()
    );
    let before = stored.replace(r#"{"number":1}"#, r#"{"number":-3}"#);
    assert_ne!(before, stored);
    let before: Cursor = serde_json::from_str(&before).unwrap();
    assert!(client.search(MANY, &france()).resume_from(&before).is_err());
}

#[test]
fn a_refusal_inside_a_successful_answer_is_an_error_of_the_search() {
    let sandbox = Sandbox::start().unwrap();
    let client = builder(&sandbox)
        .retry(RetryPolicy::never())
        .built()
        .unwrap();
    let body =
        r#"{"aliexpress_ds_text_search_response":{"code":"NGSELECTION_SEARCH_ERROR","msg":"x"}}"#;
    sandbox.answer(SEARCH, body).unwrap();
    let error = client.search(MANY, &france()).next().unwrap().unwrap_err();
    let refusal = error.business_refusal().unwrap();
    assert_eq!(refusal.code.as_deref(), Some("NGSELECTION_SEARCH_ERROR"));
}

/// A gateway that answers every page with the first one must not make an endless list.
#[test]
fn a_page_that_is_repeated_by_the_gateway_is_an_error() {
    let sandbox = Sandbox::start().unwrap();
    let body = r#"{"aliexpress_ds_text_search_response":{"code":"00","data":{"products":[{"itemId":"1"},{"itemId":2}]}}}"#;
    sandbox.answer(SEARCH, body).unwrap();
    let mut found = client(&sandbox).search(MANY, &france());
    let read: Vec<_> = found.by_ref().take(10).collect();
    assert_eq!(read.len(), 3);
    assert_eq!(
        read[2].as_ref().unwrap_err().to_string(),
        "cannot read the next page of aliexpress.ds.text.search: found items of the previous page again; wanted new items"
    );
}

#[test]
fn a_search_reads_undocumented_types_as_documented_ones() {
    for (seed, sandbox) in (0..).zip(as_live(4)) {
        let all = ids(&Sandbox::builder().seed(seed).start().unwrap());
        let mut found = client(&sandbox).search(MANY, &france());
        let mut read = Vec::new();
        // Like the live search, that of this sandbox sometimes fails.
        for _ in 0..20 {
            for product in found.by_ref() {
                match product {
                    Ok(product) => read.push(product.id().unwrap()),
                    Err(error) => assert!(error.business_refusal().is_some(), "{error}"),
                }
            }
            found.resume();
        }
        assert_eq!(read, all);
    }
}
