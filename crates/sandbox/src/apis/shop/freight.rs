//! The cost of shipping.

use serde_json::{Value, json};

use super::{CarryOut, Contents, currency, members, nothing_found, resp_result};
use crate::apis::context::Context;
use crate::apis::request::Asked;
use crate::clock::later;
use crate::refusal::Refusal;
use crate::shop::{Currency, Delivery, NoDelivery, Parcel, Product, Shop, Sku, amount};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.ds.freight.query", query),
    ("aliexpress.logistics.buyer.freight.calculate", calculate),
    ("aliexpress.logistics.buyer.freight.get", get),
    ("aliexpress.affiliate.product.shipping.get", affiliate),
];

/// The requested variant, or the cheapest one if the call names no variant.
fn variant(shop: &Shop, product: Option<i64>, sku: Option<i64>) -> Option<(&Product, &Sku)> {
    let product = shop.product(product?)?;
    let sku = match sku {
        Some(id) => product.skus.iter().find(|sku| sku.id == id),
        None => product.cheapest(),
    };
    Some((product, sku?))
}

/// The services that ship this number of pieces to a country.
fn deliveries(
    (product, sku): (&Product, &Sku),
    count: i64,
    country: &str,
) -> Result<Vec<Delivery>, NoDelivery> {
    let parcel = Parcel {
        product,
        count,
        piece_fen: sku.sale_fen,
        country,
    };
    parcel.deliveries()
}

fn query(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let asked_for = |name: &str| format!("queryDeliveryReq.{name}");
    // The platform refuses a number here, although it documents one [third parties].
    if asked
        .at(&asked_for("quantity"))
        .is_some_and(Value::is_number)
    {
        let why = "queryDeliveryReq.quantity: expected a text, found a number";
        return Err(Refusal::InvalidParameter(why.to_owned()));
    }
    let [product, sku, count] =
        ["productId", "selectedSkuId", "quantity"].map(|name| asked.integer(&asked_for(name)));
    let country = asked.text(&asked_for("shipToCountry")).unwrap_or_default();
    let currency = currency(asked, &asked_for("currency"));
    let found = variant(&context.state.shop, product, sku).ok_or(NoDelivery::NoProduct);
    let count = count.unwrap_or(1);
    let shipped = found.and_then(|found| Ok((found.1, deliveries(found, count, &country)?)));
    Ok(members(json!({
        "result": match shipped {
            Err(reason) => {
                let (code, message) = reason.code();
                json!({ "success": false, "code": code, "msg": message })
            }
            Ok((sku, deliveries)) => {
                let options = deliveries.iter().map(|delivery| option(context, delivery, sku, currency));
                json!({
                    "success": true,
                    "code": 200,
                    "msg": "Call succeeds",
                    "delivery_options": options.collect::<Value>(),
                })
            }
        }
    })))
}

fn option(context: &Context<'_>, delivery: &Delivery, sku: &Sku, currency: Currency) -> Value {
    let [first, last] = delivery.days;
    let day = |days: i64| {
        let seconds = u64::try_from(days).unwrap_or_default() * 24 * 3600;
        later(context.now, std::time::Duration::from_secs(seconds))
    };
    let is_free = delivery.fee_fen == 0;
    let fee = amount(currency.of_fen(delivery.fee_fen));
    let mut option = json!({
        "code": delivery.code,
        "company": delivery.company,
        "ship_from_country": delivery.from,
        "tracking": delivery.tracking,
        "free_shipping": is_free,
        "mayHavePFS": delivery.free_above_fen.is_some(),
        "min_delivery_days": first,
        "max_delivery_days": last,
        "guaranteed_delivery_days": last.to_string(),
        "delivery_date_desc": crate::apis::pacific::days(day(first), day(last)),
        "available_stock": sku.stock.to_string(),
        "ddpIncludeVATTax": "true",
    });
    if let Some(least) = delivery.free_above_fen {
        option["free_shipping_threshold"] = amount(currency.of_fen(least)).into();
    }
    if !is_free {
        // In whole units in spite of its name, and absent if shipping is free [third parties].
        option["shipping_fee_cent"] = fee.clone().into();
        option["shipping_fee_currency"] = currency.code.into();
        option["shipping_fee_format"] = format!("{} {fee}", currency.code).into();
    }
    option
}

/// The older API, whose amounts are in hundredths as their names say.
fn calculate(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    calculated(
        context,
        asked,
        "param_aeop_freight_calculate_for_buyer_d_t_o",
        "aeop_freight_calculate_result_for_buyer_d_t_o_list",
    )
}

/// The same answer under other names.
fn get(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    calculated(
        context,
        asked,
        "aeopFreightCalculateForBuyerDTO",
        "aeop_freight_calculate_result_for_buyer_dtolist",
    )
}

/// The cost of shipping for the call's object `what`, in the list `options` of the answer.
fn calculated(
    context: &mut Context<'_>,
    asked: &Asked,
    what: &str,
    list: &str,
) -> Result<Contents, Refusal> {
    let asked_for = |name: &str| format!("{what}.{name}");
    let [product, sku, count] =
        ["product_id", "sku_id", "product_num"].map(|name| asked.integer(&asked_for(name)));
    let country = asked.text(&asked_for("country_code")).unwrap_or_default();
    let currency = currency(asked, &asked_for("price_currency"));
    let found = variant(&context.state.shop, product, sku).ok_or(NoDelivery::NoProduct);
    let shipped = found.and_then(|found| deliveries(found, count.unwrap_or(1), &country));
    Ok(members(json!({
        "result": match shipped {
            Err(reason) => json!({ "success": false, "error_desc": reason.code().1 }),
            Ok(deliveries) => {
                let options = deliveries.iter().map(|delivery| {
                    let [first, last] = delivery.days;
                    let cents = currency.of_fen(delivery.fee_fen);
                    json!({
                        "service_name": delivery.code,
                        "estimated_delivery_time": format!("{first}-{last}"),
                        "tracking_available": delivery.tracking.to_string(),
                        "error_code": 0,
                        "freight": {
                            "amount": amount(cents),
                            "cent": cents,
                            "currency_code": currency.code,
                            "currency": currency.code,
                        },
                    })
                });
                json!({ "success": true, list: options.collect::<Value>() })
            }
        }
    })))
}

fn affiliate(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let currency = currency(asked, "target_currency");
    let country = asked.text("ship_to_country").unwrap_or_default();
    let [product, sku] = ["product_id", "sku_id"].map(|name| asked.integer(name));
    let found = variant(&context.state.shop, product, sku);
    let cheapest = found.and_then(|found| deliveries(found, 1, &country).ok()?.into_iter().next());
    let Some(delivery) = cheapest else {
        return Ok(nothing_found());
    };
    let [first, last] = delivery.days;
    Ok(resp_result(json!({
        "shipping_fee": amount(currency.of_fen(delivery.fee_fen)),
        "ship_from_country": delivery.from,
        "min_delivery_days": first.to_string(),
        "max_delivery_days": last.to_string(),
        "delivery_days": format!("{first}-{last}"),
    })))
}
