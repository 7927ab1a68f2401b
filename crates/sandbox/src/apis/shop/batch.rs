//! A seller's changes of prices and stock, many products in one call.

use serde_json::{Value, json};

use super::{CarryOut, Contents, members};
use crate::apis::context::Context;
use crate::apis::request::{Asked, whole};
use crate::refusal::Refusal;
use crate::shop::{Shop, Sku};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.solution.batch.product.price.update", set_prices),
    (
        "aliexpress.solution.batch.product.inventory.update",
        set_stocks,
    ),
];

/// The code of a failed change, in the platform's format. Which code the platform gives for which reason is not known.
pub(super) const FAILED: &str = "F00-00-10001-001";

/// Changes one variant as the call's JSON says; the error is a sentence about what is wrong there.
pub(super) type Change = fn(&mut Sku, &Value) -> Result<(), &'static str>;

fn set_prices(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    Ok(update(&mut context.state.shop, asked, set_price))
}

/// Sets the prices of a variant.
pub(super) fn set_price(sku: &mut Sku, update: &Value) -> Result<(), &'static str> {
    let fen = |name| hundredths(update.get(name)?);
    let list = fen("price")
        .filter(|fen| *fen > 0)
        .ok_or("found no price above zero")?;
    let sale = fen("discount_price").unwrap_or(list);
    if sale > list {
        return Err("found a discount price above the price");
    }
    (sku.list_fen, sku.sale_fen) = (list, sale);
    Ok(())
}

fn set_stocks(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    Ok(update(&mut context.state.shop, asked, set_stock))
}

/// Sets the stock of a variant.
pub(super) fn set_stock(sku: &mut Sku, update: &Value) -> Result<(), &'static str> {
    let stock = update.get("inventory").and_then(whole);
    sku.stock = stock
        .filter(|stock| *stock >= 0)
        .ok_or("found no inventory of zero or more")?;
    Ok(())
}

/// An amount such as `8.3` in hundredths.
pub(super) fn hundredths(value: &Value) -> Option<i64> {
    scaled(value, 2)
}

/// An amount without a sign, in units of the last of `places` decimal places; `None` if it has more places.
pub(super) fn scaled(value: &Value, places: usize) -> Option<i64> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(rest) || rest.len() > places {
        return None;
    }
    let rest: i64 = format!("{rest:0<places$}").parse().ok()?;
    let unit = 10_i64.checked_pow(u32::try_from(places).ok()?)?;
    let whole = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    whole.checked_add(rest)
}

/// Changes products one by one. If one variant of a product fails, nothing of that product is changed.
fn update(shop: &mut Shop, asked: &Asked, change: Change) -> Contents {
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for wanted in asked.list("mutiple_product_update_list") {
        let id = wanted.get("product_id").and_then(whole).unwrap_or_default();
        match update_product(shop, id, wanted, change) {
            Ok(()) => done.push(json!({ "product_id": id })),
            Err(why) => failed.push(json!({
                "product_id": id,
                "error_code": FAILED,
                "error_message": why,
            })),
        }
    }
    members(json!({
        "update_success": failed.is_empty(),
        "update_successful_list": done,
        "update_failed_list": failed,
    }))
}

/// Changes all variants of one product that `multiple_sku_update_list` names, or none if one fails.
pub(super) fn update_product(
    shop: &mut Shop,
    id: i64,
    wanted: &Value,
    change: Change,
) -> Result<(), &'static str> {
    let product = shop
        .product_mut(id)
        .ok_or("found no product with this number")?;
    let mut changed = product.clone();
    let skus = wanted
        .get("multiple_sku_update_list")
        .and_then(Value::as_array);
    for update in skus.into_iter().flatten() {
        let code = update.get("sku_code").map(|code| match code {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        let mut skus = changed.skus.iter_mut();
        let sku = skus.find(|sku| Some(sku.code()) == code || Some(sku.id.to_string()) == code);
        change(sku.ok_or("found no variant with this sku_code")?, update)?;
    }
    *product = changed;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_to_the_hundredth() {
        for (text, expected) in [
            ("8.3", Some(830)),
            ("8", Some(800)),
            ("8.34", Some(834)),
            ("8.345", None),
            ("-1", None),
            ("", None),
            ("1e3", None),
        ] {
            assert_eq!(hundredths(&json!(text)), expected, "{text}");
        }
        assert_eq!(hundredths(&json!(8.5)), Some(850));
    }
}
