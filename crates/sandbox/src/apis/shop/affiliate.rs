//! Products, links and commissions of an affiliate.

use serde_json::{Value, json};

use super::{CarryOut, Contents, EMPTY, Page, currency, members, nothing_found, resp_result};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::node::Node;
use crate::refusal::Refusal;
use crate::shop::{CategoryEntry, Currency, Product, Search, Shop, Sort, amount};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.affiliate.product.query", products),
    ("aliexpress.affiliate.hotproduct.query", products),
    ("aliexpress.affiliate.hotproduct.download", products),
    ("aliexpress.affiliate.product.smartmatch", products),
    ("aliexpress.affiliate.featuredpromo.products.get", products),
    ("aliexpress.affiliate.productdetail.get", details),
    ("aliexpress.affiliate.product.sku.detail.get", variants),
    ("aliexpress.affiliate.link.generate", links),
    ("aliexpress.ds.recommend.feed.get", recommended),
    ("/ds/recommend/feed/get", recommended_at_root),
];

/// The commission, in hundredths.
pub(super) const COMMISSION: i64 = 7;

/// How many texts a joined list may have. The platform accepts about fifty.
const MOST_JOINED: usize = 200;

/// The texts of a list that is joined by commas.
///
/// # Errors
/// If there are more than a call may have.
pub(super) fn joined(asked: &Asked, name: &str) -> Result<Vec<String>, Refusal> {
    let text = asked.text(name).unwrap_or_default();
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let parts: Vec<String> = parts.take(MOST_JOINED + 1).map(str::to_owned).collect();
    if parts.len() > MOST_JOINED {
        let why = format!("{name}: found more than {MOST_JOINED} entries");
        return Err(Refusal::InvalidParameter(why));
    }
    Ok(parts)
}

fn find<'a>(shop: &'a Shop, asked: &Asked) -> Result<Vec<&'a Product>, Refusal> {
    let words = asked.text("keywords").unwrap_or_default();
    let categories = [
        joined(asked, "category_ids")?,
        joined(asked, "category_id")?,
    ]
    .concat();
    let categories: Vec<i64> = categories.iter().filter_map(|id| id.parse().ok()).collect();
    // Bounds of the price are in hundredths of the requested currency.
    let currency = currency(asked, "target_currency");
    let price = |product: &Product| currency.of_fen(product.least_fen());
    let found = shop.search(&Search {
        words: &words,
        sort: Sort::of_name(&asked.text("sort").unwrap_or_default()),
        ..Search::default()
    });
    let promotion = asked
        .text("promotion_name")
        .or_else(|| asked.text("feed_name"));
    let feed = promotion.map(|name| shop.feed(&name).unwrap_or_default());
    let found = found.into_iter().filter(|product| {
        let is_of = |category: &i64| product.is_of(*category);
        (categories.is_empty() || categories.iter().any(is_of))
            && feed.as_ref().is_none_or(|feed| feed.contains(product))
            && asked
                .integer("min_sale_price")
                .is_none_or(|least| least <= price(product))
            && asked
                .integer("max_sale_price")
                .is_none_or(|most| price(product) <= most)
    });
    Ok(found.collect())
}

fn products(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let found = find(&context.state.shop, asked)?;
    if found.is_empty() {
        return Ok(nothing_found());
    }
    Ok(resp_result(list(context, asked, &found)))
}

/// The same list in the envelope of dropshipping calls.
fn recommended(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let found = find(&context.state.shop, asked)?;
    let mut result = list(context, asked, &found);
    result["is_finished"] =
        (result["current_page_no"].as_u64() >= result["total_page_no"].as_u64()).into();
    Ok(members(
        json!({ "result": result, "rsp_code": "200", "rsp_msg": "Call succeeds" }),
    ))
}

/// The same without an envelope.
fn recommended_at_root(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let mut contents = recommended(context, asked)?;
    Ok(match contents.take("result") {
        Some((_, Node::Object(result))) => result,
        _ => Contents::default(),
    })
}

fn list(context: &Context<'_>, asked: &Asked, found: &[&Product]) -> Value {
    let page = Page::of(asked, "page_no", "page_size", (20, 50));
    let shown = page.of_list(found).iter();
    let shown: Vec<Value> = shown
        .map(|product| entry(context, asked, product))
        .collect();
    json!({
        "current_page_no": page.number,
        "current_record_count": shown.len(),
        "total_page_no": page.count(found.len()),
        "total_record_count": found.len(),
        "products": shown,
    })
}

fn details(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let ids = joined(asked, "product_ids")?;
    let shop = &context.state.shop;
    let found = ids.iter().filter_map(|id| shop.product(id.parse().ok()?));
    let found: Vec<Value> = found
        .map(|product| entry(context, asked, product))
        .collect();
    if found.is_empty() {
        return Ok(nothing_found());
    }
    Ok(resp_result(
        json!({ "current_record_count": found.len(), "products": found }),
    ))
}

/// The variants of a product, all or those that are named.
fn variants(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let shop = &context.state.shop;
    let id = asked.integer("product_id").unwrap_or_default();
    let Some(product) = shop.product(id) else {
        return Ok(members(
            json!({ "result": { "code": EMPTY, "success": false } }),
        ));
    };
    let wanted = joined(asked, "sku_ids")?;
    let currency = currency(asked, "target_currency");
    let skus = product.skus.iter();
    let skus = skus.filter(|sku| wanted.is_empty() || wanted.contains(&sku.id.to_string()));
    let skus = skus.map(|sku| {
        let value = |name: &str| {
            let property = sku.properties.iter().find(|property| property.name == name);
            property.map(|property| property.value.clone())
        };
        json!({
            "sku_id": sku.id,
            "sku_properties": sku.description(),
            "color": value("Color"),
            "size": value("Size"),
            "currency": currency.code,
            "price_with_tax": amount(currency.of_fen(sku.list_fen)),
            "sale_price_with_tax": amount(currency.of_fen(sku.sale_fen)),
            "discount_rate": format!("{}%", sku.off_percent()),
            "tax_rate": "0",
            "link": format!("https:{}?sku_id={}", product.url(), sku.id),
            "sku_image_link": context.image(product, 0),
            "ship_from_country": product.store.country,
        })
    });
    Ok(members(json!({
        "result": {
            "code": 200,
            "success": true,
            "result": {
                "ae_item_info": {
                    "product_id": product.id.to_string(),
                    "title": product.title,
                    "en_title": product.title,
                    "image_link": context.image(product, 0),
                    "additional_image_links": context.images(product),
                    "original_link": format!("https:{}", product.url()),
                    "product_score": product.stars(),
                    "review_number": product.reviews.to_string(),
                    "store_name": product.store.name,
                },
                "ae_item_sku_info": skus.collect::<Value>(),
            }
        }
    })))
}

/// A product as affiliate calls and picture searches return it.
pub(super) fn entry(context: &Context<'_>, asked: &Asked, product: &Product) -> Value {
    let target = currency(asked, "target_currency");
    let seller = Currency::SELLER;
    let (sku, list, sale) = product
        .cheapest()
        .map_or((0, 0, 0), |sku| (sku.id, sku.list_fen, sku.sale_fen));
    let mut categories = product.categories();
    let (first, second) = (categories.next(), categories.next());
    let id = |category: Option<CategoryEntry>| category.map_or(0, |category| category.id);
    let price = |currency: Currency, fen| amount(currency.of_fen(fen));
    let url = format!("https:{}", product.url());
    json!({
        "product_id": product.id,
        "sku_id": sku,
        "product_title": product.title,
        "product_detail_url": url,
        "product_main_image_url": context.image(product, 0),
        "product_small_image_urls": context.images(product),
        "promotion_link": promotion_link(&url, &asked.text("tracking_id").unwrap_or_default()),
        "original_price": price(seller, list),
        "original_price_currency": seller.code,
        "sale_price": price(seller, sale),
        "sale_price_currency": seller.code,
        "app_sale_price": price(seller, sale),
        "app_sale_price_currency": seller.code,
        "target_original_price": price(target, list),
        "target_original_price_currency": target.code,
        "target_sale_price": price(target, sale),
        "target_sale_price_currency": target.code,
        "target_app_sale_price": price(target, sale),
        "target_app_sale_price_currency": target.code,
        "discount": format!("{}%", (list - sale) * 100 / list.max(1)),
        "commission_rate": format!("{COMMISSION}.0%"),
        "hot_product_commission_rate": format!("{COMMISSION}.0%"),
        "evaluate_rate": format!("{}.0%", u32::from(product.rating_tenths) * 2),
        "lastest_volume": product.sales,
        "first_level_category_id": id(first),
        "first_level_category_name": first.map(|category| category.name),
        "second_level_category_id": id(second),
        "second_level_category_name": second.map(|category| category.name),
        "seller_id": product.store.id,
        "shop_id": product.store.id,
        "shop_name": product.store.name,
        "shop_url": format!("https:{}", product.store.url()),
        "platform_product_type": "ALL",
    })
}

/// A link for each source, or a message if the source is not a page of the platform.
fn links(_: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let tracking = asked.text("tracking_id").unwrap_or_default();
    let sources = joined(asked, "source_values")?;
    let links = sources.iter().map(|source| {
        let is_ours = source.contains("aliexpress.com") || source.parse::<i64>().is_ok();
        match is_ours {
            true => json!({
                "source_value": source,
                "promotion_link": promotion_link(source, &tracking),
            }),
            false => json!({
                "source_value": source,
                "message": "It is not allowed to convert this link",
            }),
        }
    });
    let links: Vec<Value> = links.collect();
    Ok(resp_result(json!({
        "total_result_count": links.len(),
        "tracking_id": tracking,
        "promotion_links": links,
    })))
}

/// A short link in the platform's format, the same for the same source and tracking id.
fn promotion_link(source: &str, tracking: &str) -> String {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let seed = source.bytes().chain([0]).chain(tracking.bytes());
    let seed = seed.fold(7u64, |seed, byte| {
        seed.wrapping_mul(0x0100_0000_01B3) ^ u64::from(byte)
    });
    let mut rng = fastrand::Rng::with_seed(seed);
    let code = (0..7).map(|_| char::from(LETTERS[rng.usize(..LETTERS.len())]));
    format!(
        "https://s.click.aliexpress.com/e/_{}",
        code.collect::<String>()
    )
}
