//! Search by words.

use serde_json::{Value, json};

use super::products::category_path;
use super::{CarryOut, Contents, Page, currency, members};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::gateway::refusal::Refusal;
use crate::shop::{Currency, Product, Search, Sort, amount};

pub(super) const APIS: &[(&str, CarryOut)] = &[("aliexpress.ds.text.search", by_words)];

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
pub(super) fn sold(sales: i64) -> String {
    match sales {
        ..10 => String::new(),
        10..1000 => format!("{}+", sales / 10 * 10),
        _ => format!("{},000+", sales / 1000),
    }
}
