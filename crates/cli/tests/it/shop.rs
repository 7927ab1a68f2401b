//! Products, searches, shipping and parcels at the terminal, against the sandbox.

use serde_json::Value;

use crate::program::{Run, aliexpress, fixture};
use crate::sandbox::Running;

const MARKET: [&str; 2] = ["--market", "FR/EUR/fr"];

fn asked(sandbox: &Running, args: &[&str]) -> Run {
    sandbox.client(&[args, &MARKET[..]].concat()).run()
}

/// A product of the sandbox that a search finds, that is sold to the market's country and has a variant in stock.
fn some_product(sandbox: &Running) -> String {
    let run = asked(sandbox, &["search", "a", "--json"]).ends_with(0);
    let found = run.lines();
    let ids = found
        .iter()
        .map(|product| product["product_id"].as_str().unwrap());
    let can_be_bought = |id: &&str| asked(sandbox, &["freight", id]).code == Some(0);
    ids.into_iter().find(can_be_bought).unwrap().to_owned()
}

#[test]
fn a_search_finds_products_with_prices_in_the_markets_currency() {
    let sandbox = Running::start(&[]);
    let found = asked(&sandbox, &["search", "a", "--limit", "3", "--json"]).ends_with(0);
    let found = found.lines();
    assert!(!found.is_empty() && found.len() <= 3, "{found:?}");
    for product in &found {
        assert_eq!(product["price"]["currency"], "EUR", "{product}");
        assert!(product["product_id"].is_string(), "{product}");
    }
    let people = asked(&sandbox, &["search", "a", "--limit", "3"]).ends_with(0);
    assert!(people.stdout.contains("product"), "{}", people.stdout);
    assert!(people.stdout.contains("EUR"), "{}", people.stdout);
    let nothing = asked(&sandbox, &["search", "no-such-thing-anywhere"]).ends_with(0);
    assert_eq!(nothing.stdout, "nothing found\n");
    let nothing = asked(&sandbox, &["search", "no-such-thing-anywhere", "--json"]).ends_with(0);
    assert_eq!(nothing.stdout, "");
}

#[test]
fn a_product_lists_its_variants_one_line_each() {
    let sandbox = Running::start(&[]);
    let id = some_product(&sandbox);
    let shown = asked(&sandbox, &["product", &id, "--json"]).ends_with(0);
    for variant in shown.lines() {
        assert_eq!(variant["product_id"], *id);
        assert_eq!(variant["price"]["currency"], "EUR", "{variant}");
        assert_eq!(variant["market"], "FR/EUR/fr");
        assert_eq!(variant["warnings"], Value::Array(vec![]), "{variant}");
    }
    let people = asked(&sandbox, &["product", &id]).ends_with(0);
    let head = format!("product {id} for FR/EUR/fr\n");
    assert!(people.stdout.starts_with(&head), "{}", people.stdout);
    assert!(people.stdout.contains("sku_attr"), "{}", people.stdout);
}

#[test]
fn every_table_fits_a_narrow_terminal() {
    let sandbox = Running::start(&[]);
    let id = some_product(&sandbox);
    for command in [&["product", &id][..], &["freight", &id], &["search", "a"]] {
        let run = sandbox
            .client(&[command, &MARKET[..]].concat())
            .env("COLUMNS", "80")
            .run()
            .ends_with(0);
        // The first line repeats the request and is not part of the table.
        let wide = run
            .stdout
            .lines()
            .skip(1)
            .find(|line| line.chars().count() > 80 && !line.trim_start().starts_with("title"));
        assert_eq!(wide, None, "{command:?}\n{}", run.stdout);
    }
}

#[test]
fn freight_takes_the_first_variant_in_stock_and_says_so() {
    let sandbox = Running::start(&[]);
    let id = some_product(&sandbox);
    let people = asked(&sandbox, &["freight", &id, "--quantity", "2"]).ends_with(0);
    let head = format!("2 of product {id} to FR/EUR/fr, variant ");
    assert!(people.stdout.starts_with(&head), "{}", people.stdout);
    assert!(
        people.stdout.contains("the first in stock"),
        "{}",
        people.stdout
    );
    assert!(people.stdout.contains("cheapest"), "{}", people.stdout);
    let options = asked(&sandbox, &["freight", &id, "--json"])
        .ends_with(0)
        .lines();
    let cheapest = options.iter().filter(|option| option["cheapest"] == true);
    assert_eq!(cheapest.count(), 1, "{options:?}");
    let sku = options[0]["sku_id"].as_str().unwrap();
    let named = asked(&sandbox, &["freight", &id, "--sku", sku, "--json"]).ends_with(0);
    assert_eq!(named.lines(), options);
}

#[test]
fn mistakes_are_reported_before_anything_is_sent() {
    let mut messages = String::new();
    for args in [
        &["product", "1", "--market", "France"][..],
        &["product", "x", "--market", "FR/EUR/fr"],
        &["freight", "1", "--quantity", "0", "--market", "FR/EUR/fr"],
        &["track", "-1"],
        &["product", "1"],
        &["track", "1", "--language", "xx"],
        &["order", "list", "--seller", "--since", "yesterday"],
    ] {
        let run = aliexpress(&[args, &["--sandbox"]].concat()).run();
        messages += &run.ends_with(2).message();
    }
    insta::assert_snapshot!(messages, @r#"
    error: invalid value 'France' for '--market <FR/EUR/fr>': cannot parse the market: found "France"; wanted country, currency and language, such as FR/EUR/fr

    For more information, try '--help'.
    error: invalid value 'x' for '<ID>': wanted a product id, such as 1005006789012345

    For more information, try '--help'.
    error: invalid value '0' for '--quantity <NUMBER>': wanted a whole number above 0

    For more information, try '--help'.
    error: invalid value '-1' for '<ORDER>': wanted an order id, such as 8150000000000001

    For more information, try '--help'.
    error: cannot read the product: found no market; wanted --market FR/EUR/fr, ALIEXPRESS_MARKET, or `market` in the profile
    error: cannot parse the language: found "xx"; wanted a language of the platform, such as fr, or one with its region, such as fr_FR
    error: invalid value 'yesterday' for '--since <YYYY-MM-DD>': wanted a day of the calendar, such as 2026-11-01

    For more information, try '--help'.
    "#);
}

#[test]
fn all_missing_arguments_are_in_the_json_error() {
    let run = aliexpress(&["links", "--json"]).run().ends_with(2);
    assert_eq!(
        run.error()["message"],
        "the following required arguments were not provided: --tracking-id <ID> <URL>..."
    );
}

#[test]
fn the_market_may_be_in_the_settings() {
    let sandbox = Running::start(&[]);
    let search = |market: &str| {
        let run = sandbox.client(&["search", "a", "--limit", "1", "--json"]);
        run.env("ALIEXPRESS_MARKET", market).run()
    };
    let found = search("DE/USD/de").ends_with(0);
    assert_eq!(found.lines()[0]["price"]["currency"], "USD");
    let wrong = search("Germany").ends_with(2);
    insta::assert_snapshot!(wrong.message(), @r#"{"error":{"exit_code":2,"kind":"usage","message":"cannot read the settings: found \"Germany\" in ALIEXPRESS_MARKET; wanted country, currency and language, such as FR/EUR/fr"}}"#);
    // The command line overrides it.
    let named = sandbox
        .client(&[
            "search",
            "a",
            "--limit",
            "1",
            "--json",
            "--market",
            "FR/EUR/fr",
        ])
        .env("ALIEXPRESS_MARKET", "DE/USD/de")
        .run()
        .ends_with(0);
    assert_eq!(named.lines()[0]["price"]["currency"], "EUR");
}

#[test]
fn a_sellers_orders_are_those_of_the_platform() {
    let sandbox = Running::start(&[]);
    let request = fixture("samples/aliexpress.ds.order.create/request.json");
    let placed = sandbox
        .client(&["order", "place", &request, "--yes", "--json"])
        .run()
        .ends_with(0);
    let id = placed.json()["order_ids"][0].as_str().unwrap().to_owned();
    let listed = sandbox
        .client(&["order", "list", "--seller", "--json"])
        .run()
        .ends_with(0);
    let listed = listed.lines();
    let order = listed
        .iter()
        .find(|order| order["order_id"] == *id)
        .unwrap();
    assert!(order["amount"]["currency"].is_string(), "{order}");
    let people = sandbox
        .client(&["order", "list", "--seller"])
        .run()
        .ends_with(0);
    assert!(people.stdout.contains(&id), "{}", people.stdout);
    let none = sandbox
        .client(&["order", "list", "--seller", "--status", "NO_SUCH_STATE"])
        .run()
        .ends_with(0);
    assert_eq!(
        none.stdout,
        "the platform lists no such order of the seller\n"
    );
    let alone = sandbox
        .client(&["order", "list", "--status", "FINISH"])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(alone.message(), @"
    error: the following required arguments were not provided:
      --seller

    Usage: aliexpress order list --seller --status <STATUS>

    For more information, try '--help'.
    ");
}

#[test]
fn an_unknown_product_is_a_refusal() {
    let sandbox = Running::start(&[]);
    let run = asked(&sandbox, &["product", "4242"]).ends_with(11);
    assert_eq!(run.stdout, "");
    assert!(!run.stderr.is_empty());
}

#[test]
fn parcels_are_shown_after_shipping() {
    let sandbox = Running::start(&[]);
    let request = fixture("samples/aliexpress.ds.order.create/request.json");
    let placed = sandbox
        .client(&["order", "place", &request, "--yes", "--json"])
        .run()
        .ends_with(0);
    let id = placed.json()["order_ids"][0].as_str().unwrap().to_owned();
    let before = sandbox.client(&["track", &id]).run().ends_with(0);
    assert!(
        before
            .stdout
            .starts_with(&format!("order {id}: nothing shipped yet")),
        "{}",
        before.stdout
    );
    let before = sandbox.client(&["track", &id, "--json"]).run().ends_with(0);
    assert_eq!(before.stdout, "");
}

#[test]
fn links_are_created_for_pages() {
    let sandbox = Running::start(&[]);
    let page = "https://www.aliexpress.com/item/1005004610285155.html";
    let args = ["links", page, "--tracking-id", "my-shop"];
    let made = sandbox
        .client(&[&args[..], &["--json"]].concat())
        .run()
        .ends_with(0);
    let made = &made.lines()[0];
    assert_eq!(made["url"], page);
    assert!(
        made["link"].is_string() && made["problem"].is_null(),
        "{made}"
    );
    let people = sandbox.client(&args).run().ends_with(0);
    assert!(
        people.stdout.contains(made["link"].as_str().unwrap()),
        "{}",
        people.stdout
    );
}

#[test]
fn provinces_and_their_cities_are_listed() {
    let sandbox = Running::start(&[]);
    let provinces = sandbox
        .client(&["address", "fr", "--json"])
        .run()
        .ends_with(0);
    let province = provinces.lines()[0]["name"].as_str().unwrap().to_owned();
    let cities = sandbox
        .client(&["address", "FR", &province, "--json"])
        .run()
        .ends_with(0);
    assert_eq!(cities.lines()[0]["province"], *province);
    let people = sandbox.client(&["address", "FR"]).run().ends_with(0);
    assert!(people.stdout.contains(&province), "{}", people.stdout);
    let misspelt = format!("{province}x");
    let refused = sandbox
        .client(&["address", "FR", &misspelt])
        .run()
        .ends_with(2);
    insta::assert_snapshot!(refused.message(), @r#"error: cannot list cities: found no province "Girondex" in FR; wanted one that is listed, such as Gironde"#);
}

#[test]
fn categories_are_a_tree_of_which_a_part_can_be_shown() {
    let sandbox = Running::start(&[]);
    let all = sandbox.client(&["categories", "--json"]).run().ends_with(0);
    let all = all.lines();
    let parent = all
        .iter()
        .find(|category| category["children"] != 0)
        .unwrap();
    let id = parent["category_id"].as_str().unwrap().to_owned();
    let below = sandbox
        .client(&["categories", "--below", &id, "--json"])
        .run()
        .ends_with(0);
    assert_eq!(
        below.lines()[0]["parent_category_id"],
        parent["category_id"]
    );
    let people = sandbox.client(&["categories"]).run().ends_with(0);
    let head = format!("{}  {id}\n  ", parent["name"].as_str().unwrap());
    assert!(people.stdout.contains(&head), "{}", people.stdout);
    sandbox
        .client(&["categories", "--below", "4242"])
        .run()
        .ends_with(2);
}

#[test]
fn an_api_is_shown_as_a_tree() {
    let shown = aliexpress(&["apis", "aliexpress.ds.freight.query"])
        .run()
        .ends_with(0);
    insta::assert_snapshot!(shown.stdout);
    let json = aliexpress(&["apis", "aliexpress.ds.freight.query", "--json"])
        .run()
        .ends_with(0);
    assert_eq!(json.json()["parameters"][0]["name"], "queryDeliveryReq");
    assert_eq!(json.json()["parameters"][0]["fields"][0]["required"], true);
    let unknown = aliexpress(&["apis", "ds.freight"]).run().ends_with(2);
    insta::assert_snapshot!(unknown.stderr);
}

#[test]
fn a_call_is_checked_against_the_model_before_it_is_sent() {
    let call = [
        "call",
        "aliexpress.ds.product.get",
        "product_id=x",
        "shipto=FR",
    ];
    let run = aliexpress(&[&call[..], &["--sandbox"]].concat())
        .run()
        .ends_with(2);
    insta::assert_snapshot!(run.stderr);
    let run = aliexpress(&[&call[..], &["--sandbox", "--unchecked"]].concat()).run();
    assert!(!run.stderr.contains("--unchecked sends"), "{}", run.stderr);
    let call = [
        &call[..2],
        &["product_id=1", "ship_to_country=FR", "shipto=FR"],
    ]
    .concat();
    let run = aliexpress(&[&call[..], &["--sandbox"]].concat()).run();
    insta::assert_snapshot!(run.ends_with(2).message(), @"
    error: cannot call aliexpress.ds.product.get: found the unknown key shipto; wanted what `aliexpress apis aliexpress.ds.product.get` shows
    hint: --allow-unknown sends keys that the model does not have
    ");
    let run = aliexpress(&[&call[..], &["--sandbox", "--allow-unknown"]].concat()).run();
    assert!(!run.stderr.contains("shipto"), "{}", run.stderr);
}
