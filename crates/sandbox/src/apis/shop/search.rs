//! Search by words and by picture.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::products::category_path;
use super::{CarryOut, Contents, Page, currency, members};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::gateway::refusal::Refusal;
use crate::shop::{Currency, Product, Search, Sort, amount};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.ds.text.search", by_words),
    ("aliexpress.ds.image.searchV2", by_picture),
];

/// The failure that passes by itself after some minutes [third parties].
const SEARCH_ERROR: &str = "NGSELECTION_SEARCH_ERROR";

fn by_words(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    if context.by_chance(20) {
        context.note("as the live platform does at times: a search that fails, and passes later");
        return Ok(members(
            json!({ "code": SEARCH_ERROR, "msg": SEARCH_ERROR }),
        ));
    }
    let words = asked.text("keyWord").unwrap_or_default();
    let currency = currency(asked, "currency");
    let found = context.state.shop.search(&Search {
        words: &words,
        category: asked.integer("categoryId"),
        sort: Sort::of_name(&asked.text("sortBy").unwrap_or_default()),
        ..Search::default()
    });
    let page = Page::of(asked, "pageIndex", "pageSize", (20, 50));
    let products = page.of_list(&found).iter();
    let products: Vec<Value> = products
        .map(|product| found_product(context, product, currency))
        .collect();
    Ok(members(json!({
        "code": "00",
        "msg": "Call succeeds",
        "data": {
            "totalCount": found.len(),
            "pageIndex": page.number,
            "pageSize": page.size,
            "products": products,
        },
    })))
}

fn found_product(context: &Context<'_>, product: &Product, currency: Currency) -> Value {
    let (list, sale) = product
        .cheapest()
        .map_or((0, 0), |sku| (sku.list_fen, sku.sale_fen));
    let seller = |fen| amount(Currency::SELLER.of_fen(fen));
    let target = |fen| amount(currency.of_fen(fen));
    json!({
        "itemId": product.id.to_string(),
        "title": product.title,
        "itemUrl": product.url(),
        "itemMainPic": context.image(product, 0),
        "cateId": category_path(product),
        // The seller's currency, and the one asked for beside it [third parties].
        "originalPrice": seller(list),
        "originalPriceCurrency": Currency::SELLER.code,
        "salePrice": seller(sale),
        "salePriceCurrency": Currency::SELLER.code,
        "targetOriginalPrice": target(list),
        "targetSalePrice": target(sale),
        "targetOriginalPriceCurrency": currency.code,
        "originMinPrice": json!({ "price": seller(sale), "currency": Currency::SELLER.code }).to_string(),
        "originalPriceFormat": format!("{} {}", currency.code, target(list)),
        "salePriceFormat": format!("{} {}", currency.code, target(sale)),
        "discount": format!("{}%", (list - sale) * 100 / list.max(1)),
        "evaluateRate": format!("{}%", u32::from(product.rating_tenths) * 2),
        "score": product.stars(),
        "orders": sold(product.sales),
    })
}

/// Sales as the platform rounds them: `5,000+`, or blank for few.
fn sold(sales: i64) -> String {
    match sales {
        ..10 => String::new(),
        10..1000 => format!("{}+", sales / 10 * 10),
        _ => format!("{},000+", sales / 1000),
    }
}

/// Finds the product whose picture it is, and others of its category.
fn by_picture(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let image = asked.text("param0.image_base64").unwrap_or_default();
    let currency = currency(asked, "param0.currency");
    let Some(image) = BASE64_STANDARD
        .decode(&image)
        .ok()
        .filter(|image| !image.is_empty())
    else {
        return Ok(members(json!({
            "result": { "ret": false, "code": "ILLEGAL_IMAGE", "messages": "found no image in image_base64" }
        })));
    };
    let shop = &context.state.shop;
    let found = shop.pictured(&image);
    let alike = found.map(|product| {
        let search = Search {
            category: Some(product.category.id),
            ..Search::default()
        };
        let others = shop.search(&search);
        let others = others.into_iter().filter(|other| other.id != product.id);
        std::iter::once(product).chain(others).take(10)
    });
    let products = alike.into_iter().flatten().enumerate();
    let products: Vec<Value> = products
        .map(|(place, product)| pictured_product(context, product, currency, place))
        .collect();
    Ok(members(json!({
        "result": {
            "ret": true,
            "empty": products.is_empty(),
            "total_count": products.len(),
            "data": { "products": products },
        }
    })))
}

fn pictured_product(
    context: &Context<'_>,
    product: &Product,
    currency: Currency,
    place: usize,
) -> Value {
    let (list, sale) = product
        .cheapest()
        .map_or((0, 0), |sku| (sku.list_fen, sku.sale_fen));
    let price = |fen| json!({ "value": amount(currency.of_fen(fen)), "currency": currency.code });
    json!({
        "product_id": product.id.to_string(),
        "title": product.title,
        "product_detail_url": format!("https:{}", product.url()),
        "image_url": context.image(product, 0),
        "price": { "original": price(list), "sale": price(sale) },
        "discount": ((list - sale) * 100 / list.max(1)).to_string(),
        "evaluate_rate": product.stars(),
        "volume": sold(product.sales),
        "shop_id": product.store.id,
        "similarity_score": format!("0.{:03}", 999 - place.min(30) * 30),
        "ship_from": product.store.country,
    })
}
