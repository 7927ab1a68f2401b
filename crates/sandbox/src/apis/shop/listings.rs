//! A seller's products: posting, editing and deleting them, and the properties of their variants.

use serde_json::{Value, json};

use super::batch::{hundredths, scaled};
use super::{CarryOut, Contents, members};
use crate::apis::context::Context;
use crate::apis::request::{Asked, whole};
use crate::refusal::Refusal;
use crate::shop::{ListedSku, Listing, Shop};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.solution.product.post", post),
    (
        "aliexpress.solution.schema.product.instance.post",
        post_by_schema,
    ),
    ("aliexpress.solution.product.edit", edit),
    (
        "aliexpress.solution.schema.product.full.update",
        edit_by_schema,
    ),
    ("aliexpress.solution.batch.product.delete", delete_many),
    ("aliexpress.offer.product.delete", delete),
    ("aliexpress.solution.sku.attribute.query", attributes),
];

/// The greatest length of a title, name, value or code, in characters.
const LONGEST: usize = 218;
const MOST_SKUS: usize = 500;
const MOST_IMAGES: usize = 20;

fn post(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    post_content(context, asked.at("post_product_request"))
}

/// The same product as JSON in a text.
fn post_by_schema(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let content = json_text(asked, "product_instance_request")?;
    post_content(context, Some(&content))
}

fn post_content(context: &mut Context<'_>, content: Option<&Value>) -> Result<Contents, Refusal> {
    let content = content.unwrap_or(&Value::Null);
    let id = create_content(&mut context.state.shop, content).map_err(invalid)?;
    Ok(members(json!({ "result": { "product_id": id } })))
}

fn edit(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let content = asked.at("edit_product_request").unwrap_or(&Value::Null);
    let id = edit_content(&mut context.state.shop, content).map_err(invalid)?;
    Ok(members(json!({ "result": { "product_id": id } })))
}

fn edit_by_schema(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let content = json_text(asked, "schema_full_update_request")?;
    let id = edit_content(&mut context.state.shop, &content).map_err(invalid)?;
    Ok(members(json!({ "product_id": id })))
}

/// Changes the product that the content names.
pub(super) fn edit_content(shop: &mut Shop, content: &Value) -> Result<i64, &'static str> {
    let id = ["product_id", "aliexpress_product_id"];
    let id = id.iter().find_map(|name| content.get(name).and_then(whole));
    shop.edit(id.ok_or("found no product number")?, listing(content)?)
}

/// Posts the product that the content describes.
pub(super) fn create_content(shop: &mut Shop, content: &Value) -> Result<i64, &'static str> {
    shop.post(listing(content)?)
}

fn json_text(asked: &Asked, name: &str) -> Result<Value, Refusal> {
    let text = asked.text(name).unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| {
        Refusal::InvalidParameter(format!("{name}: found a value that is not JSON: {error}"))
    })
}

fn invalid(why: &str) -> Refusal {
    Refusal::InvalidParameter(why.to_owned())
}

/// The product that a request describes. Posted products, batch jobs and schemas use different names for the same.
fn listing(content: &Value) -> Result<Listing, &'static str> {
    let any = |names: &[&str]| names.iter().find_map(|name| content.get(name));
    let title = any(&["subject", "title"])
        .or_else(|| content.pointer("/title_multi_language_list/0/title"))
        .or_else(|| content.pointer("/multi_language_subject_list/0/subject"));
    let category = any(&["aliexpress_category_id", "category_id"]).map(|id| {
        let id = whole(id).ok_or("found a category that is not a number");
        Shop::category(id?).ok_or("found no category with this number for products")
    });
    let images = any(&["main_image_urls_list", "image_url_list"])
        .and_then(Value::as_array)
        .map(Vec::len);
    if images.is_some_and(|count| count == 0 || count > MOST_IMAGES) {
        return Err("found no picture, or too many");
    }
    // Kilograms with two or three decimal places.
    let weight = any(&["weight", "package_weight", "gross_weight"])
        .map(|weight| grams(weight).ok_or("found a weight that is not an amount above zero"));
    let skus = content.get("sku_info_list").and_then(Value::as_array);
    if skus.is_some_and(|skus| skus.is_empty() || skus.len() > MOST_SKUS) {
        return Err("found no variant, or too many");
    }
    Ok(Listing {
        title: title.map(short).transpose()?,
        category: category.transpose()?,
        images: images.and_then(|count| u8::try_from(count).ok()),
        weight_grams: weight.transpose()?,
        size_cm: ["package_length", "package_width", "package_height"]
            .map(|name| content.get(name).and_then(whole).filter(|edge| *edge > 0)),
        skus: skus
            .map(|skus| skus.iter().map(sku).collect())
            .transpose()?,
    })
}

fn sku(content: &Value) -> Result<ListedSku, &'static str> {
    let fen = |name| content.get(name).and_then(hundredths);
    let list_fen = fen("price")
        .filter(|fen| *fen > 0)
        .ok_or("found no price above zero")?;
    let sale_fen = fen("discount_price").unwrap_or(list_fen);
    if sale_fen > list_fen || sale_fen < 1 {
        return Err("found a discount price above the price");
    }
    let stock = content.get("inventory").and_then(whole);
    let code = content.get("sku_code").ok_or("found no sku_code")?;
    Ok(ListedSku {
        code: short(code)?,
        options: options(content)?,
        list_fen,
        sale_fen,
        stock: stock
            .filter(|stock| *stock >= 0)
            .ok_or("found no inventory of zero or more")?,
    })
}

/// Names and values of properties: a list of objects, or one object with the names as keys.
fn options(sku: &Value) -> Result<Vec<(String, String)>, &'static str> {
    let listed = sku.get("sku_attributes_list").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().map(|option| {
        let text = |name: &str| option.get(name).ok_or("found a property without a name");
        Ok((
            short(text("sku_attribute_name")?)?,
            short(text("sku_attribute_value")?)?,
        ))
    });
    let named = sku.get("sku_attributes").and_then(Value::as_object);
    let named = named.into_iter().flatten().map(|(name, option)| {
        let value = ["alias", "value"].iter().find_map(|key| option.get(key));
        Ok((
            short(&Value::from(name.as_str()))?,
            short(value.unwrap_or(option))?,
        ))
    });
    listed.chain(named).collect()
}

/// A text that is neither blank nor too long.
fn short(value: &Value) -> Result<String, &'static str> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return Err("found a value that is not a text"),
    };
    match text.chars().take(LONGEST + 1).count() {
        0 => Err("found a blank text"),
        count if count > LONGEST => Err("found a text that is too long"),
        _ => Ok(text),
    }
}

/// Kilograms such as `0.25` in grams.
fn grams(value: &Value) -> Option<i64> {
    scaled(value, 3).filter(|grams| *grams > 0)
}

/// Deletes all named products, or none if one of them does not exist.
fn delete_many(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let shop = &mut context.state.shop;
    let ids: Option<Vec<i64>> = asked.list("product_ids").map(whole).collect();
    let ids =
        ids.ok_or_else(|| invalid("product_ids: found an entry that is not a whole number"))?;
    let exist = !ids.is_empty() && ids.iter().all(|id| shop.product(*id).is_some());
    if exist {
        for id in ids {
            shop.delete(id);
        }
    }
    Ok(members(json!({ "success": exist.to_string() })))
}

fn delete(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("product_id").unwrap_or_default();
    if !context.state.shop.delete(id) {
        return Err(invalid("product_id: found no product with this number"));
    }
    Ok(members(json!({ "product_id": id })))
}

/// The properties of variants in a category, with the catalogue's values.
fn attributes(_: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = ["aliexpress_category_id", "category_id"];
    let id = id
        .iter()
        .find_map(|name| asked.integer(&format!("query_sku_attribute_info_request.{name}")));
    let category = id.and_then(Shop::category);
    let category = category.ok_or_else(|| invalid("found no category with this number"))?;
    let options = category.options.iter().map(|option| {
        let values = option.values.iter();
        let values = values.map(|value| json!({ "aliexpress_sku_value_name": value.name }));
        json!({
            "aliexpress_sku_name": option.name,
            "required": false,
            "support_customized_name": true,
            "support_customized_picture": option.name == "Color",
            "aliexpress_sku_value_list": values.collect::<Value>(),
        })
    });
    Ok(members(json!({
        "result": {
            "supporting_sku_attribute_list": options.collect::<Value>(),
            "supporting_common_attribute_list": [{
                "aliexpress_common_attribute_name_id": 2,
                "aliexpress_common_attribute_name": "Brand Name",
                "required": true,
                "aliexpress_common_attribute_value_list": [{
                    "aliexpress_common_attribute_value_id": 201_512_802,
                    "aliexpress_common_attribute_value": "NoEnName_Null",
                }],
            }],
        }
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_to_the_gram() {
        for (text, expected) in [
            ("0.25", Some(250)),
            ("2", Some(2000)),
            ("1.005", Some(1005)),
            ("0", None),
            ("-1", None),
            ("1.0005", None),
            ("", None),
        ] {
            assert_eq!(grams(&json!(text)), expected, "{text}");
        }
        assert_eq!(grams(&json!(0.5)), Some(500));
    }
}
