//! The same orders and products from their seller's side.

use aliexpress_models::shared::OrderStatus;
use serde_json::{Value, json};

use super::{CarryOut, Contents, Page, members};
use crate::apis::context::Context;
use crate::apis::pacific;
use crate::apis::request::{Asked, whole};
use crate::orders::{Item, Order, Purchase};
use crate::refusal::Refusal;
use crate::shop::{Currency, Product, Search, Shop, amount, carriers};

pub(super) const APIS: &[(&str, CarryOut)] = &[
    ("aliexpress.solution.order.get", orders),
    ("aliexpress.trade.seller.orderlist.get", orders),
    ("aliexpress.solution.order.receiptinfo.get", receipt),
    ("aliexpress.solution.order.fulfill", fulfil),
    ("aliexpress.solution.product.list.get", products),
    ("aliexpress.solution.product.info.get", product),
    ("aliexpress.solution.merchant.profile.get", profile),
    (
        "aliexpress.logistics.redefining.listlogisticsservice",
        services,
    ),
];

fn money(cents: i64, currency: &str) -> Value {
    json!({ "amount": amount(cents), "currency_code": currency })
}

/// The caller's orders that match the filter, newest first.
fn orders(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let statuses: Vec<String> = asked
        .list(".order_status_list")
        .filter_map(|status| Some(status.as_str()?.to_owned()))
        .chain(asked.text(".order_status"))
        .collect();
    let range = |name: &str| ["start", "end"].map(|end| asked.text(&format!(".{name}_{end}")));
    let (created, modified) = (range("create_date"), range("modified_date"));
    let within = |[from, to]: &[Option<String>; 2], time: String| {
        // Times in the same format sort as text.
        from.as_ref().is_none_or(|from| *from <= time) && to.as_ref().is_none_or(|to| time <= *to)
    };
    let mine = context.state.orders.iter().filter(|order| {
        order.belongs_to(context.user_id())
            && order.is_visible(context.now)
            && order.purchase.is_some()
            && (statuses.is_empty()
                || statuses
                    .iter()
                    .any(|status| status == order.status.as_str()))
            && within(&created, pacific::seconds(order.created))
            && within(&modified, pacific::seconds(order.since))
    });
    let mut mine: Vec<&Order> = mine.collect();
    mine.sort_by_key(|order| std::cmp::Reverse(order.id));
    let page = Page::of(asked, ".current_page", ".page_size", (20, 50));
    let shown = page.of_list(&mine).iter();
    let shown: Vec<Value> = shown
        .filter_map(|order| Some(listed(order, order.purchase.as_ref()?)))
        .collect();
    Ok(members(json!({
        "result": {
            "success": true,
            "total_count": mine.len(),
            "total_page": page.count(mine.len()),
            "current_page": page.number,
            "page_size": page.size,
            "time_stamp": pacific::seconds(context.now),
            "target_list": shown,
        }
    })))
}

fn listed(order: &Order, purchase: &Purchase) -> Value {
    let currency = purchase.currency.as_str();
    let lines = purchase.items.iter().zip(1..);
    let lines = lines.map(|(item, place)| line(order, item, place, currency));
    json!({
        "order_id": order.id,
        "order_status": order.status.as_str(),
        "logistics_status": order.logistics_status().as_str(),
        "fund_status": order.fund_status().as_str(),
        "issue_status": order.issue_status(),
        "frozen_status": "NO_FROZEN",
        "gmt_create": pacific::seconds(order.created),
        "gmt_update": pacific::seconds(order.since),
        "gmt_pay_time": order.paid.map(pacific::seconds),
        "gmt_send_goods_time": order.shipped.map(pacific::seconds),
        "pay_amount": money(purchase.total(), currency),
        "buyer_login_id": order.buyer_login(),
        "buyer_signer_fullname": purchase.address.full_name,
        "end_reason": order.cancelled.then_some("CANCELED"),
        "biz_type": "AE_COMMON",
        "has_request_loan": false,
        "phone": false,
        "product_list": lines.collect::<Value>(),
    })
}

fn line(order: &Order, item: &Item, place: i64, currency: &str) -> Value {
    json!({
        "order_id": order.id,
        "child_id": order.line_id(place),
        "product_id": item.product_id,
        "product_name": item.name(),
        "product_count": item.count,
        "product_unit": "piece",
        "product_unit_price": money(item.unit_price(), currency),
        "total_product_amount": money(item.price(), currency),
        "logistics_amount": money(item.shipping(), currency),
        "logistics_service_name": item.logistics_service,
        "sku_code": item.sku_id(),
        "memo": item.memo,
        "son_order_status": order.status.as_str(),
        "show_status": order.status.as_str(),
        "goods_prepare_time": 7,
        "can_submit_issue": false,
        "money_back3x": false,
    })
}

pub(super) fn receipt(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer(".order_id").unwrap_or_default();
    let order = context.order(id)?;
    let address = &order.purchase.as_ref().ok_or(Refusal::Permission)?.address;
    Ok(members(json!({
        "result": {
            "country": address.country,
            "country_name": address.country,
            "province": address.province,
            "city": address.city,
            "address": address.address,
            "detail_address": address.address,
            "address2": address.address2,
            "zip": address.zip,
            "contact_person": address.contact_person.as_ref().unwrap_or(&address.full_name),
            "phone_country": address.phone_country,
            "mobile_no": address.mobile_no,
        }
    })))
}

/// Stores the parcel's number, and ships the order if it is paid.
fn fulfil(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("out_ref").unwrap_or_default();
    let order = context.order(id)?;
    let waits = matches!(
        order.status,
        OrderStatus::WaitSellerSendGoods | OrderStatus::SellerPartSendGoods
    );
    if !waits {
        let why = format!(
            "order {id} is {}, so it cannot be shipped",
            order.status.as_str()
        );
        return Err(Refusal::InvalidParameter(why));
    }
    let number = asked.text("logistics_no").unwrap_or_default();
    let part = asked
        .text("send_type")
        .is_some_and(|kind| kind.eq_ignore_ascii_case("part"));
    let status = match part {
        true => OrderStatus::SellerPartSendGoods,
        false => OrderStatus::WaitBuyerAcceptGoods,
    };
    context.state.orders.set_tracking_number(id, number);
    context.state.set_order_status(id, status, context.now);
    Ok(members(json!({ "result": { "result_success": true } })))
}

fn products(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let text = |name: &str| asked.text(&format!(".{name}"));
    let words = text("subject").unwrap_or_default();
    let found = context.state.shop.search(&Search {
        words: &words,
        ..Search::default()
    });
    let wanted = asked.integer(".product_id");
    let code = text("sku_code");
    let has = |product: &Product| {
        let mut skus = product.skus.iter();
        code.is_none() || skus.any(|sku| Some(sku.code()) == code)
    };
    // Every product is on sale, so there are none with another status.
    let on_sale = text("product_status_type").is_none_or(|status| status == "onSelling");
    let excepted: Vec<i64> = asked
        .list(".excepted_product_ids")
        .filter_map(whole)
        .collect();
    let found = found.into_iter().filter(|product| {
        on_sale
            && wanted.is_none_or(|id| product.id == id)
            && !excepted.contains(&product.id)
            && has(product)
    });
    let found: Vec<&Product> = found.collect();
    let page = Page::of(asked, ".current_page", ".page_size", (20, 100));
    let shown = page.of_list(&found).iter().map(|product| {
        let prices = product.skus.iter().map(|sku| sku.sale_fen);
        json!({
            "product_id": product.id,
            "subject": product.title,
            "currency_code": Currency::SELLER.code,
            "product_min_price": amount(prices.clone().min().unwrap_or_default()),
            "product_max_price": amount(prices.max().unwrap_or_default()),
            "image_u_r_ls": context.images(product).join(";"),
            "gmt_create": pacific::seconds(context.now),
            "gmt_modified": pacific::seconds(context.now),
        })
    });
    Ok(members(json!({
        "result": {
            "success": true,
            "product_count": found.len(),
            "total_page": page.count(found.len()),
            "current_page": page.number,
            "aeop_a_e_product_display_d_t_o_list": shown.collect::<Value>(),
        }
    })))
}

fn product(context: &mut Context<'_>, asked: &Asked) -> Result<Contents, Refusal> {
    let id = asked.integer("product_id").unwrap_or_default();
    let product = context.state.shop.product(id).ok_or(Refusal::Permission)?;
    let skus = product.skus.iter().map(|sku| {
        let properties = sku.properties.iter().map(|property| {
            json!({
                "sku_property_id": property.id,
                "property_value_id": property.value_id,
                "property_value_definition_name": property.value,
            })
        });
        json!({
            "id": sku.attr(),
            "sku_code": sku.code(),
            "sku_price": amount(sku.list_fen),
            "sku_discount_price": amount(sku.sale_fen),
            "currency_code": Currency::SELLER.code,
            "ipm_sku_stock": sku.stock,
            "sku_stock": sku.stock > 0,
            "aeop_s_k_u_property_list": properties.collect::<Value>(),
        })
    });
    Ok(members(json!({
        "result": {
            "product_id": product.id,
            "subject": product.title,
            "category_id": product.category.id,
            "currency_code": Currency::SELLER.code,
            "product_price": amount(product.least_fen()),
            "product_status_type": "onSelling",
            "image_u_r_ls": context.images(product).join(";"),
            "gross_weight": product.kilograms(),
            "aeop_ae_product_s_k_us": skus.collect::<Value>(),
        }
    })))
}

fn profile(context: &mut Context<'_>, _: &Asked) -> Result<Contents, Refusal> {
    let store = Shop::sellers_store();
    Ok(members(json!({
        "country_code": store.country,
        "product_posting_forbidden": false,
        "merchant_login_id": context.user_id(),
        "shop_id": store.id,
        "shop_name": store.name,
        "shop_type": "normal",
        "shop_url": format!("https:{}", store.url()),
    })))
}

fn services(_: &mut Context<'_>, _: &Asked) -> Result<Contents, Refusal> {
    let services = carriers().zip(1..).map(|((code, company), order)| {
        json!({
            "service_name": code,
            "display_name": company,
            "logistics_company": company,
            "recommend_order": order,
            "min_process_day": 1,
            "max_process_day": 7,
            "tracking_no_regex": "^[A-Za-z0-9]{6,40}$",
        })
    });
    Ok(members(
        json!({ "result_success": true, "result_list": services.collect::<Value>() }),
    ))
}
