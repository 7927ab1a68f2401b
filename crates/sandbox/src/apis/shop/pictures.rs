//! Search by picture: finds the product in the picture, and others of its category.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::affiliate::entry;
use super::products::sold;
use super::{CarryOut, Contents, currency, members};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::refusal::Refusal;
use crate::shop::{Currency, Product, Search, Shop, amount};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.ds.image.searchV2", by_text),
    ("aliexpress.ds.image.search", by_file),
    ("/ds/image/search", by_file_in_result),
    ("aliexpress.affiliate.image.search", by_file_of_affiliate),
];

/// The greatest number of products found, and the number if the call names none.
const MOST: usize = 50;
const USUAL: usize = 10;
/// The name of the file part.
const FILE: &str = "image_file_bytes";
/// The code for an upload that is not a picture. The platform's own code is not known.
const NO_IMAGE: &str = "ILLEGAL_IMAGE";

/// The products found for a picture, best match first; empty if the sandbox serves no such picture.
fn alike<'a>(shop: &'a Shop, image: &[u8], count: usize) -> Vec<&'a Product> {
    let Some(product) = shop.pictured(image) else {
        return Vec::new();
    };
    let others = shop.search(&Search {
        category: Some(product.category.id),
        ..Search::default()
    });
    let others = others.into_iter().filter(|other| other.id != product.id);
    std::iter::once(product).chain(others).take(count).collect()
}

/// The picture is sent as base64 in a parameter.
fn by_text(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let image = asked.text(".image_base64").unwrap_or_default();
    let currency = currency(asked, ".currency");
    let image = BASE64_STANDARD.decode(&image).ok();
    let Some(image) = image.filter(|image| !image.is_empty()) else {
        return Ok(members(json!({
            "result": { "ret": false, "code": NO_IMAGE, "messages": "found no image in image_base64" }
        })));
    };
    let found = alike(&context.state.shop, &image, USUAL);
    let products = found.into_iter().enumerate();
    let products: Vec<Value> = products
        .map(|(place, product)| pictured_product(context, product, currency, place))
        .collect();
    Ok(members(json!({
        "result": {
            "ret": true,
            "empty": products.is_empty(),
            "total_count": products.len(),
            "pagination": { "has_next": false, "page_no": 1, "page_count": 1, "page_size": USUAL },
            "data": products,
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
    let mut categories = product.categories();
    let mut category = || {
        let category = categories.next();
        category.map(|category| json!({ "id": category.id.to_string(), "name": category.name }))
    };
    json!({
        "product_id": product.id.to_string(),
        "title": product.title,
        "product_detail_url": format!("https:{}", product.url()),
        "image_url": context.image(product, 0),
        "price": { "original": price(list), "sale": price(sale) },
        "category": { "first_level": category(), "second_level": category() },
        "discount": ((list - sale) * 100 / list.max(1)).to_string(),
        "evaluate_rate": product.stars(),
        "volume": sold(product.sales),
        "shop_id": product.store.id,
        "similarity_score": format!("0.{:03}", 999 - place.min(30) * 30),
        "ship_from": product.store.country,
    })
}

/// The products found for the picture in the file part, as affiliate calls return them; `None` without a file.
fn products_by_file(context: &Context<'_>, asked: &Asked) -> Option<Vec<Value>> {
    let image = context.call.file(FILE).filter(|image| !image.is_empty())?;
    let count = asked.integer("product_cnt").unwrap_or_default();
    let count = usize::try_from(count).ok().filter(|count| *count > 0);
    let found = alike(&context.state.shop, image, count.unwrap_or(USUAL).min(MOST));
    let entries = found.into_iter();
    Some(
        entries
            .map(|product| entry(context, asked, product))
            .collect(),
    )
}

fn by_file(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    Ok(members(match products_by_file(context, asked) {
        Some(products) => json!({
            "rsp_code": "200",
            "rsp_msg": "Call succeeds",
            "total_record_count": products.len(),
            "data": { "total_record_count": products.len(), "products": products },
        }),
        None => json!({ "rsp_code": NO_IMAGE, "rsp_msg": no_file() }),
    }))
}

fn by_file_in_result(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    // The answer has no field for a refusal.
    let products = products_by_file(context, asked).unwrap_or_default();
    Ok(members(json!({
        "result": { "total_record_count": products.len(), "products": products }
    })))
}

fn by_file_of_affiliate(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    Ok(members(match products_by_file(context, asked) {
        Some(products) => json!({
            "result": {
                "success": true,
                "code": "200",
                "resp_code": "200",
                "msg": "Call succeeds",
                "data": { "total_record_count": products.len(), "products": products },
            }
        }),
        None => json!({
            "result": { "success": false, "code": NO_IMAGE, "message": no_file() }
        }),
    }))
}

fn no_file() -> String {
    format!("found no file {FILE}")
}
