//! Products, categories and feeds, for dropshippers.

use serde_json::{Value, json};

use super::{CarryOut, Contents, Page, currency, members, resp_result, rsp_refusal};
use crate::apis::context::Context;
use crate::apis::pacific;
use crate::apis::request::Asked;
use crate::refusal::Refusal;
use crate::shop::{Currency, Parcel, Product, Shop, Sku, amount};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.ds.product.get", product),
    ("aliexpress.ds.product.wholesale.get", product),
    ("/ds/product/get", older_product),
    ("aliexpress.offer.ds.product.simplequery", simple_product),
    ("aliexpress.ds.category.get", categories),
    ("aliexpress.affiliate.category.get", categories),
    ("aliexpress.ds.feedname.get", feed_names),
    ("aliexpress.affiliate.featuredpromo.get", feed_names),
    ("aliexpress.ds.feed.itemids.get", feed_items),
];

/// The documentation's message for a product that is not sold to the requested country.
const NOT_ALLOWED: &str = "Item is not allowed to this country";
const NOT_FOUND: (i64, &str) = (605, "ITEM_ID_NOT_FOUND");

fn product(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("product_id").unwrap_or_default();
    let Some(product) = context.state.shop.product(id) else {
        return Ok(rsp_refusal(NOT_FOUND.0, NOT_FOUND.1));
    };
    let country = asked.text("ship_to_country").unwrap_or_default();
    let parcel = Parcel {
        product,
        count: 1,
        piece_fen: product.least_fen(),
        country: &country,
    };
    let Ok(deliveries) = parcel.deliveries() else {
        return Ok(rsp_refusal(404, NOT_ALLOWED));
    };
    let days = deliveries.first().map_or(0, |delivery| delivery.days[1]);
    let currency = currency(asked, "target_currency");
    let skus = product
        .skus
        .iter()
        .map(|sku| sku_info(context, product, sku, currency));
    let skus: Vec<Value> = skus.collect();
    let now = pacific::seconds(context.now);
    let store = product.store;
    let rating = product.stars();
    let [length, width, height] = product.size_cm;
    Ok(members(json!({
        "result": {
            "logistics_info_dto": {
                "ship_to_country": country.to_uppercase(),
                "delivery_time": days,
            },
            "ae_item_base_info_dto": {
                "product_id": product.id,
                "subject": product.title,
                "category_id": product.category.id,
                "category_sequence": category_path(product),
                // Always the seller's currency [third parties].
                "currency_code": Currency::SELLER.code,
                "product_status_type": "onSelling",
                "avg_evaluation_rating": rating,
                "evaluation_count": product.reviews.to_string(),
                "sales_count": sold(product.sales),
                "owner_member_seq_long": store.id,
                "gmt_create": now,
                "gmt_modified": now,
                "detail": format!("<p>{}</p>", product.title),
                "mobile_detail": json!({ "moduleList": [] }).to_string(),
                "separated_listing": false,
            },
            "ae_item_sku_info_dtos": skus,
            "ae_item_properties": [
                { "attr_name_id": 2, "attr_name": "Brand Name", "attr_value_id": 201512802, "attr_value": "NoEnName_Null" },
                { "attr_name_id": 219, "attr_name": "Origin", "attr_value_id": 9441741844i64, "attr_value": "Mainland China" },
            ],
            "ae_multimedia_info_dto": { "image_urls": context.images(product).join(";") },
            "package_info_dto": {
                "gross_weight": product.kilograms(),
                "package_length": length,
                "package_width": width,
                "package_height": height,
                "package_type": false,
                "product_unit": 100000015,
                "base_unit": 0,
            },
            "ae_store_info": {
                "store_id": store.id,
                "store_name": store.name,
                "store_country_code": store.country,
                "item_as_described_rating": rating,
                "communication_rating": rating,
                "shipping_speed_rating": rating,
            },
            "has_whole_sale": false,
        },
        "rsp_code": 200,
        "rsp_msg": "Call succeeds",
    })))
}

/// Sales as in the documentation's samples of a product and of a search by picture: `13`, `700+`, `1500+`.
pub(super) fn sold(sales: i64) -> String {
    match sales {
        ..100 => sales.to_string(),
        100..10_000 => format!("{}+", sales / 100 * 100),
        _ => format!("{}+", sales / 1000 * 1000),
    }
}

/// The older form of the same product, in the seller's currency.
fn older_product(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("product_id").unwrap_or_default();
    let Some(product) = context.state.shop.product(id) else {
        return Ok(members(json!({
            "result": { "is_success": false, "error_code": NOT_FOUND.0, "error_message": NOT_FOUND.1 }
        })));
    };
    let [length, width, height] = product.size_cm;
    let (rating, store) = (product.stars(), product.store);
    Ok(members(json!({
        "result": {
            "is_success": true,
            "product_id": product.id,
            "subject": product.title,
            "category_id": product.category.id,
            "category_id_long": product.category.id,
            "product_status_type": "onSelling",
            "currency_code": Currency::SELLER.code,
            "product_price": amount(product.least_fen()),
            "item_offer_site_sale_price": amount(product.least_fen()),
            "total_available_stock": stock(product),
            "order_count": product.sales,
            "evaluation_count": product.reviews,
            "avg_evaluation_rating": rating,
            "image_urls": context.images(product).join(";"),
            "gross_weight": product.kilograms(),
            "package_length": length,
            "package_width": width,
            "package_height": height,
            "package_type": false,
            "detail": format!("<p>{}</p>", product.title),
            "store_info": {
                "store_id": store.id,
                "store_id_long": store.id,
                "store_name": store.name,
                "item_as_descriped_rating": rating,
                "communication_rating": rating,
                "shipping_speed_rating": rating,
            },
            "aeop_ae_product_skus": older_skus(context, product),
        }
    })))
}

fn simple_product(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("product_id").unwrap_or_default();
    let product = context.state.shop.product(id).ok_or(Refusal::Permission)?;
    Ok(members(json!({
        "product_status_type": "onSelling",
        "item_offer_site_sale_price": amount(product.least_fen()),
        "total_available_stock": stock(product),
        "aeop_ae_product_s_k_us": older_skus(context, product),
    })))
}

fn stock(product: &Product) -> i64 {
    product.skus.iter().map(|sku| sku.stock).sum()
}

/// The variants under the names of both older APIs.
fn older_skus(context: &Context<'_>, product: &Product) -> Value {
    let skus = product.skus.iter().map(|sku| {
        let properties = sku.properties.iter().map(|property| {
            json!({
                "sku_property_id": property.id,
                "sku_property_id_long": property.id,
                "sku_property_name": property.name,
                "sku_property_value": property.value,
                "property_value_id": property.value_id,
                "property_value_id_long": property.value_id,
                "property_value_definition_name": property.value,
                "sku_image": context.image(product, 0),
            })
        });
        let properties: Value = properties.collect();
        let sale = amount(sku.sale_fen);
        json!({
            "id": sku.attr(),
            "sku_id": sku.id,
            "sku_code": sku.code(),
            "sku_price": amount(sku.list_fen),
            "sku_discount_price": sale,
            "offer_sale_price": sale,
            "offer_bulk_sale_price": sale,
            "sku_bulk_order": 2,
            "currency_code": Currency::SELLER.code,
            "sku_stock": sku.stock > 0,
            "ipm_sku_stock": sku.stock,
            "s_kuavailable_stock": sku.stock,
            "s_k_u_available_stock": sku.stock,
            "aeop_skuproperty": properties,
            "aeop_s_k_u_property_list": properties,
        })
    });
    skus.collect()
}

fn sku_info(context: &Context<'_>, product: &Product, sku: &Sku, currency: Currency) -> Value {
    let properties = sku.properties.iter().enumerate().map(|(place, property)| {
        json!({
            "sku_property_id": property.id,
            "sku_property_name": property.name,
            "sku_property_value": property.value,
            "property_value_id": property.value_id,
            "property_value_definition_name": property.value,
            "sku_image": (place == 0).then(|| context.image(product, 0)),
        })
    });
    let sale = amount(currency.of_fen(sku.sale_fen));
    json!({
        "sku_id": sku.id.to_string(),
        "sku_attr": sku.attr(),
        "id": sku.attr(),
        // The list price (shown crossed out), and the price.
        "sku_price": amount(currency.of_fen(sku.list_fen)),
        "offer_sale_price": sale,
        "offer_bulk_sale_price": sale,
        "sku_bulk_order": 2,
        "currency_code": currency.code,
        "sku_available_stock": sku.stock,
        "price_include_tax": false,
        "ae_sku_property_dtos": properties.collect::<Value>(),
    })
}

/// The ids of a product's categories, outermost first, joined by commas.
pub(super) fn category_path(product: &Product) -> String {
    let path = product.categories().map(|category| category.id.to_string());
    path.collect::<Vec<_>>().join(",")
}

fn categories(_: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let wanted = asked.integer("categoryId");
    let categories = Shop::categories().filter(|category| {
        wanted.is_none_or(|wanted| category.id == wanted || category.parent == Some(wanted))
    });
    let categories: Vec<Value> = categories
        .map(|category| {
            let mut entry = json!({ "category_id": category.id, "category_name": category.name });
            if let Some(parent) = category.parent {
                entry["parent_category_id"] = parent.into();
            }
            entry
        })
        .collect();
    Ok(resp_result(json!({
        "total_result_count": categories.len(),
        "categories": categories,
    })))
}

fn feed_names(context: &mut Context<'_>, _: &Asked) -> Result<Contents, Refusal> {
    let shop = &context.state.shop;
    let promos: Vec<Value> = Shop::feeds()
        .iter()
        .map(|name| {
            let count = shop.feed(name).map_or(0, |feed| feed.len());
            json!({ "promo_name": name, "promo_desc": name, "product_num": count })
        })
        .collect();
    Ok(resp_result(json!({
        "current_record_count": promos.len(),
        "promos": promos,
    })))
}

/// The next page is requested by `search_id`, which says where it begins.
fn feed_items(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let name = asked.text("feed_name").unwrap_or_default();
    let Some(feed) = context.state.shop.feed(&name) else {
        return Ok(members(json!({
            "result": { "total": 0, "products": [] },
            "ret": true,
            "rsp_msg": "",
        })));
    };
    let page = Page::of(asked, "", "page_size", (200, 200));
    let turned = asked
        .text("search_id")
        .and_then(|id| id.strip_prefix("from-")?.parse().ok());
    let start = feed.len().min(turned.unwrap_or(0));
    let end = feed.len().min(start + page.size);
    let ids: Vec<i64> = feed[start..end].iter().map(|product| product.id).collect();
    Ok(members(json!({
        "result": {
            "total": feed.len() - start,
            "products": ids,
            "search_id": format!("from-{end}"),
        },
        "ret": true,
        "rsp_code": 200,
        "rsp_msg": "",
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sales_are_rounded_as_in_the_samples() {
        let shown = [0, 6, 13, 99, 100, 745, 1000, 1599, 9_999, 15_432].map(sold);
        let expected = [
            "0", "6", "13", "99", "100+", "700+", "1000+", "1500+", "9900+", "15000+",
        ];
        assert_eq!(shown, expected);
    }
}
