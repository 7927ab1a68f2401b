//! The shop: products, variants, stock, shipping, pictures.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use aliexpress_sandbox::{OrderStatus, ProductRecord, Sandbox};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::orders::{CREATE, look_up, place, placed};
use crate::signatures::{hmac_sha256, sorted};
use crate::wire::{common, exchange, get, milliseconds, multipart, set, sync};

fn sandbox() -> Sandbox {
    Sandbox::builder().seed(7).start().unwrap()
}

/// Products that are shipped from China and have a variant in stock.
fn in_stock(sandbox: &Sandbox) -> Vec<ProductRecord> {
    let mut products = sandbox.products();
    products.retain(|product| product.ships_from == "CN" && product.skus[0].stock > 10);
    products
}

fn line(product: &ProductRecord, count: i64) -> Value {
    let sku = &product.skus[0];
    json!({ "product_id": product.id, "sku_attr": sku.sku_attr, "product_count": count })
}

/// An order of these lines to Madrid.
fn order(out_order_id: &str, lines: &[Value]) -> Value {
    json!({
        "product_items": lines,
        "logistics_address": {
            "country": "ES", "province": "Madrid", "city": "Madrid", "zip": "28001", "address": "Calle Mayor 1",
            "full_name": "A B", "mobile_no": "5550100", "phone_country": "+34",
        },
        "out_order_id": out_order_id,
    })
}

#[track_caller]
fn check_refused(sandbox: &Sandbox, order: &Value, code: &str) {
    let before = sandbox.orders().len();
    let answer = place(sandbox, order);
    assert_eq!(answer["result"]["is_success"], false, "{answer}");
    assert_eq!(answer["result"]["error_code"], code, "{answer}");
    assert_eq!(sandbox.orders().len(), before);
}

#[test]
fn an_order_takes_real_variants_out_of_stock() {
    let sandbox = sandbox();
    let product = &in_stock(&sandbox)[0];
    let answer = place(&sandbox, &order("a", &[line(product, 3)]));
    let id = answer["result"]["order_list"][0].as_i64().unwrap();
    let seen = look_up(&sandbox, id);
    let child = &seen["result"]["child_order_list"][0];
    assert_eq!(child["product_name"], product.title.as_str());
    assert_eq!(child["sku_id"], product.skus[0].id.to_string());
    assert_eq!(seen["result"]["store_info"]["store_id"], product.store_id);
    let products = sandbox.products();
    let after = products
        .iter()
        .find(|after| after.id == product.id)
        .unwrap();
    assert_eq!(after.skus[0].stock, product.skus[0].stock - 3);
}

#[test]
fn a_cancelled_order_returns_what_was_not_sent_to_stock() {
    let sandbox = sandbox();
    let product = &in_stock(&sandbox)[0];
    let stock = || {
        let products = sandbox.products().into_iter();
        let mut found = products.filter(|found| found.id == product.id);
        found.next().unwrap().skus[0].stock
    };
    let full = stock();
    let ordered = |number: &str| {
        let answer = place(
            &sandbox,
            &order(number, &[line(product, 2), line(product, 1)]),
        );
        answer["result"]["order_list"][0].as_i64().unwrap()
    };
    let unpaid = ordered("unpaid");
    sandbox.cancel(unpaid).unwrap();
    assert_eq!(stock(), full - 3, "not before it is cancelled");
    sandbox.advance(unpaid).unwrap();
    assert_eq!(stock(), full);
    // The order is finished, and returns nothing to the stock a second time.
    sandbox
        .set_order_status(unpaid, OrderStatus::Finish)
        .unwrap();
    assert_eq!(stock(), full);
    let sent = ordered("sent");
    sandbox
        .set_order_status(sent, OrderStatus::WaitBuyerAcceptGoods)
        .unwrap();
    sandbox.cancel(sent).unwrap();
    sandbox.advance(sent).unwrap();
    assert_eq!(stock(), full - 3);
}

#[test]
fn a_currency_without_a_rate_is_noted() {
    let sandbox = sandbox();
    let product = in_stock(&sandbox)[0].id.to_string();
    let notes = |currency: &str| {
        let own = [
            ("product_id", product.as_str()),
            ("ship_to_country", "ES"),
            ("target_currency", currency),
            ("target_language", "en"),
        ];
        let answer = sync(&sandbox, "aliexpress.ds.product.get", &own);
        assert!(answer.text().contains("sku_price"), "{}", answer.text());
        sandbox.log().pop().unwrap().notes
    };
    for currency in ["EUR", "eur", "CNY", "JPY"] {
        assert!(notes(currency).is_empty(), "{currency}");
    }
    assert_eq!(
        notes("XYZ"),
        ["target_currency: the sandbox has no rate of \"XYZ\", so amounts are in USD"]
    );
    let freight = json!({
        "quantity": "1", "shipToCountry": "ES", "productId": product, "locale": "en_US",
        "selectedSkuId": in_stock(&sandbox)[0].skus[0].id.to_string(), "currency": "KWD", "language": "en_US",
    });
    sync(
        &sandbox,
        "aliexpress.ds.freight.query",
        &[("queryDeliveryReq", &freight.to_string())],
    );
    let notes = sandbox.log().pop().unwrap().notes;
    let wanted = "currency: the sandbox has no rate of \"KWD\", so amounts are in USD";
    assert!(notes.iter().any(|note| note == wanted), "{notes:?}");
}

#[test]
fn unavailable_goods_are_refused_with_a_code() {
    let sandbox = sandbox();
    let product = &in_stock(&sandbox)[0];
    let with = |name: &str, value: Value| {
        let mut line = line(product, 1);
        line[name] = value;
        order("a", &[line])
    };
    check_refused(
        &sandbox,
        &with("product_id", json!(product.id + 1)),
        "PRODUCT_NOT_EXIST",
    );
    check_refused(
        &sandbox,
        &with("sku_attr", json!("14:1#None")),
        "SKU_NOT_EXIST",
    );
    check_refused(
        &sandbox,
        &with("logistics_service_name", json!("PIGEON")),
        "DELIVERY_METHOD_NOT_EXIST",
    );
    // Together they are more than the stock, but few enough for one parcel.
    let products = in_stock(&sandbox);
    let rare = products.iter().min_by_key(|product| product.skus[0].stock);
    let rare = rare.unwrap();
    let half = rare.skus[0].stock / 2 + 1;
    check_refused(
        &sandbox,
        &order("a", &[line(rare, half), line(rare, half)]),
        "INVENTORY_HOLD_ERROR",
    );
    let mut elsewhere = order("a", &[line(product, 1)]);
    elsewhere["logistics_address"]["country"] = json!("ZZ");
    check_refused(&sandbox, &elsewhere, "DELIVERY_METHOD_NOT_EXIST");
}

#[test]
fn each_store_gets_a_separate_order() {
    let sandbox = sandbox();
    let products = in_stock(&sandbox);
    let first = &products[0];
    let other = products
        .iter()
        .find(|product| product.store_id != first.store_id);
    let lines = [line(first, 1), line(other.unwrap(), 1), line(first, 2)];
    let answer = place(&sandbox, &order("a", &lines));
    let ids: BTreeSet<i64> = answer["result"]["order_list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_i64().unwrap())
        .collect();
    assert_eq!(ids.len(), 2, "{answer}");
    let lines = ids.iter().map(|id| {
        let seen = look_up(&sandbox, *id);
        seen["result"]["child_order_list"].as_array().unwrap().len()
    });
    assert_eq!(lines.sum::<usize>(), 3);
    check_refused(
        &sandbox,
        &order("a", &[line(first, 1)]),
        "REPEATED_ORDER_ERROR",
    );
}

#[test]
fn product_pictures_need_no_credentials() {
    let sandbox = sandbox();
    let product = &sandbox.products()[0];
    let picture = get(&sandbox, &format!("/kf/S{}_0.png", product.id));
    assert_eq!(picture.status, 200);
    assert_eq!(picture.header("content-type"), Some("image/png"));
    assert!(picture.body.starts_with(b"\x89PNG"));
    for path in [
        format!("/kf/S{}_99.png", product.id),
        "/kf/S1_0.png".to_owned(),
    ] {
        assert_eq!(get(&sandbox, &path).status, 404, "{path}");
    }
}

/// Answers as live differ in their form, not in their contents.
#[test]
fn answers_as_live_have_the_same_contents() {
    // The clock is stopped, because the answers of both contain the time.
    let start = |as_live| {
        let builder = Sandbox::builder().seed(7).clock(SystemTime::now());
        let builder = builder.clock_check(false).as_live(as_live);
        builder.visible_after(Duration::ZERO).start().unwrap()
    };
    let (live, documented) = (start(true), start(false));
    let mut departed = 0;
    for round in 0..20 {
        let order = order(&format!("o{round}"), &[line(&in_stock(&live)[0], 1)]);
        let [seen, plain] = [&live, &documented].map(|sandbox| {
            let answer = place(sandbox, &order);
            let id = &answer["result"]["order_list"][0];
            let id = id.as_i64().or_else(|| id.as_str()?.parse().ok()).unwrap();
            look_up(sandbox, id)["result"].clone()
        });
        departed += usize::from(seen != plain);
        let [seen, plain] = [seen, plain].map(|answer| scalars(&answer));
        assert_eq!(seen, plain);
    }
    assert!(departed > 10, "{departed} of 20");
}

/// All scalars of a value as texts, without blank ones.
fn scalars(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members.values().flat_map(scalars).collect(),
        Value::Array(elements) => elements.iter().flat_map(scalars).collect(),
        Value::Null => Vec::new(),
        Value::String(text) if text.is_empty() => Vec::new(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

#[test]
fn orders_and_stock_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let start = || Sandbox::builder().state(&file).start();
    let first = start().unwrap();
    let product = &in_stock(&first)[0];
    let answer = place(&first, &order("a", &[line(product, 3)]));
    let id = answer["result"]["order_list"][0].as_i64().unwrap();
    first.advance(id).unwrap();
    let (orders, products) = (first.orders(), first.products());
    let session = first.session().to_owned();
    drop(first);

    let second = start().unwrap();
    let placed = |sandbox: &Sandbox| {
        let orders = sandbox.orders().into_iter();
        // Times are saved in milliseconds.
        orders
            .filter(|order| !order.sample)
            .map(|order| (order.id, order.out_order_id, order.status))
            .collect::<Vec<_>>()
    };
    assert_eq!(placed(&second).len(), 1);
    let before = orders.into_iter().find(|order| order.id == id).unwrap();
    assert_eq!(placed(&second)[0], (id, before.out_order_id, before.status));
    assert_eq!(second.products(), products);
    // With the session of this run, which belongs to the same account.
    assert_ne!(second.session(), session);
    assert_eq!(
        look_up(&second, id)["result"]["order_status"],
        "PAYMENT_PROCESSING"
    );
    check_refused(
        &second,
        &order("a", &[line(product, 3)]),
        "REPEATED_ORDER_ERROR",
    );
    drop(second);

    std::fs::write(&file, "{\"version\": 1}").unwrap();
    let error = start().err().unwrap().to_string();
    assert_eq!(
        error,
        format!(
            "cannot read the state in {}: found version 1; wanted 2 to 4",
            file.display()
        )
    );
}

/// An order that is placed while earlier changes are being written must be in the file after the sandbox is dropped.
#[test]
fn the_last_order_before_the_drop_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let restarted = |round: u64| {
        let file = folder.path().join(format!("{round}.json"));
        let start = || Sandbox::builder().state(&file).start().unwrap();
        let sandbox = start();
        placed(&sandbox, "first");
        // About the time at which the first order is written.
        std::thread::sleep(std::time::Duration::from_millis(490 + 2 * round));
        let last = placed(&sandbox, "last");
        drop(sandbox);
        let orders = start().orders();
        assert!(orders.iter().any(|order| order.id == last), "round {round}");
    };
    std::thread::scope(|scope| {
        (0..16).for_each(|round| drop(scope.spawn(move || restarted(round))));
    });
}

/// An affiliate's commission is calculated in the currency that the order was paid in.
#[test]
fn commissions_are_calculated_from_the_paid_amount() {
    let sandbox = sandbox();
    let product = &in_stock(&sandbox)[0];
    let order = order("a", &[line(product, 2)]).to_string();
    let extend = json!({ "payment": { "pay_currency": "EUR" } }).to_string();
    let own = [
        ("param_place_order_request4_open_api_d_t_o", order.as_str()),
        ("ds_extend_request", extend.as_str()),
    ];
    let answer = sync(&sandbox, CREATE, &own).json();
    let id = answer["result"]["order_list"][0].as_i64().unwrap();
    sandbox.advance(id).unwrap();
    sandbox.advance(id).unwrap();
    let seen = look_up(&sandbox, id);
    let child = &seen["result"]["child_order_list"][0]["product_price"];
    assert_eq!(child["currency_code"], "EUR", "{seen}");
    let price: f64 = child["amount"].as_str().unwrap().parse().unwrap();
    let ids = id.to_string();
    let own = [("order_ids", ids.as_str()), ("status", "Payment Completed")];
    let answer = sync(&sandbox, "aliexpress.affiliate.order.get", &own).json();
    let earned = &answer["resp_result"]["result"]["orders"][0];
    let paid = (price * 200.0).round() as i64;
    assert_eq!(earned["paid_amount"], paid.to_string(), "{answer}");
    assert_eq!(
        earned["estimated_paid_commission"],
        (paid * 7 / 100).to_string()
    );
    assert_eq!(earned["settled_currency"], "EUR");
}

/// A call with a picture as a file part.
fn search_by_file(sandbox: &Sandbox, api: &str, picture: &[u8]) -> Value {
    let timestamp = milliseconds();
    let mut parameters = common(sandbox, api, &timestamp);
    let own = [
        ("target_currency", "EUR"),
        ("target_language", "EN"),
        ("product_cnt", "5"),
        ("shpt_to", "ES"),
        ("sort", "SALE_PRICE_ASC"),
    ];
    set(&mut parameters, &own);
    let prefix = if api.starts_with('/') { api } else { "" };
    let text = format!("{prefix}{}", sorted(&parameters));
    let sign = hmac_sha256(sandbox.app_secret(), &text);
    parameters.push(("sign", &sign));
    let (content_type, mut body) = multipart(&parameters);
    let boundary = content_type.split_once("boundary=").unwrap().1;
    let end = format!("--{boundary}--\r\n");
    body.truncate(body.len() - end.len());
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"image_file_bytes\"; filename=\"a.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    body.extend([head.as_bytes(), picture, b"\r\n", end.as_bytes()].concat());
    let headers = [("Content-Type", content_type.as_str())];
    exchange(sandbox, "POST", "/sync", &headers, &body).json()
}

#[test]
fn a_picture_finds_its_product() {
    let sandbox = sandbox();
    let product = &sandbox.products()[3];
    let picture = get(&sandbox, &product.images[0]).body;
    let id = product.id.to_string();
    let param = json!({ "image_base64": BASE64_STANDARD.encode(&picture), "currency": "EUR", "ship_to": "ES" }).to_string();
    let reply = sync(
        &sandbox,
        "aliexpress.ds.image.searchV2",
        &[("param0", param.as_str())],
    )
    .json();
    let found = reply["result"]["data"].as_array().unwrap();
    assert_eq!(found[0]["product_id"], id.as_str(), "{reply}");
    assert_eq!(found[0]["price"]["sale"]["currency"], "EUR");
    for (api, path) in [
        ("aliexpress.ds.image.search", "/data/products"),
        ("/ds/image/search", "/result/products"),
        ("aliexpress.affiliate.image.search", "/result/data/products"),
    ] {
        let reply = search_by_file(&sandbox, api, &picture);
        let found = reply.pointer(path).and_then(Value::as_array);
        let found = found.unwrap_or_else(|| panic!("{api}: {reply}"));
        assert!((1..=5).contains(&found.len()), "{api}: {reply}");
        let first = &found[0]["product_id"];
        assert!(
            first == id.as_str() || first == product.id,
            "{api}: {reply}"
        );
        assert_eq!(found[0]["target_sale_price_currency"], "EUR");
        let reply = search_by_file(&sandbox, api, b"no picture");
        let found = reply.pointer(path).and_then(Value::as_array);
        assert_eq!(found.map(Vec::len), Some(0), "{api}: {reply}");
    }
}
