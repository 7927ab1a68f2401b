//! `aliexpress.ds.order.create`.

use std::collections::BTreeMap;

use aliexpress_models::Answer;
use aliexpress_models::order_create::{
    OrderCreate, OrderCreateAnswer, OrderCreateResult, PlaceOrder, ProductItem,
};
use serde_json::{Map, Value};

use super::context::{self, Context};
use super::made;
use super::request::Reading;
use crate::fault::Fault;
use crate::orders::{Event, Item, MOST_LINES, NewOrder, Offer, OrderStatus, Purchase};
use crate::parameters::is_blank;
use crate::refusal::Refusal;
use crate::shop::{Currency, Parcel, Place};

pub(super) const NAME: &str = OrderCreateAnswer::API;

/// The parameters with their own checks here, besides those of the tables.
const ADDRESS: &str = "param_place_order_request4_open_api_d_t_o.logistics_address";
const OUT_ORDER_ID: &str = "param_place_order_request4_open_api_d_t_o.out_order_id";

/// The code for an incomplete address.
const INCOMPLETE_ADDRESS: &str = "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL";
const REPEATED: &str = "REPEATED_ORDER_ERROR";
/// The code for a currency that cannot be paid in.
const NO_CURRENCY: &str = "PRICE_PAY_CURRENCY_ERROR";
/// The code for invalid parameters, from the documentation's sample.
const INVALID_PARAMETERS: &str = "PARM_ILLEGL";
/// The platform's message for an order that was created but not paid [third parties].
const NOT_PAID: &str = "OrderCreated, autoPay fail:APIPayFail";

/// The older API for the same purpose.
pub(super) const OLDER_NAME: &str = "aliexpress.trade.buy.placeorder";

pub(super) fn carry_out(context: &mut Context<'_>) -> Result<String, Refusal> {
    let contents = contents(context)?;
    Ok(context.write_contents::<OrderCreateAnswer>(contents))
}

/// Places an order, and returns the contents of the answer.
pub(super) fn contents(context: &mut Context<'_>) -> Result<Map<String, Value>, Refusal> {
    let mut reading: Reading<OrderCreate> = context.read()?;
    let incomplete_address = reading.ignore_absent(|path| path.starts_with(ADDRESS));
    if reading.ignore_absent(|path| path == OUT_ORDER_ID) {
        context.note("no out_order_id: a repeat of this call would place a second order");
    }
    let request = reading.complete()?;
    let refused = ordered_refusal(context.faults)
        .map(str::to_owned)
        .or(incomplete_address.then(|| INCOMPLETE_ADDRESS.to_owned()))
        .or(invalid_address(context, &request.order).then(|| INCOMPLETE_ADDRESS.to_owned()))
        .or(is_impossible(&request.order).then(|| INVALID_PARAMETERS.to_owned()))
        .or(repeated(context, &request.order).then(|| REPEATED.to_owned()));
    let result = match refused.map_or_else(|| offers(context, &request), Err) {
        Err(code) => {
            context.note(format!("the order was refused: {code}"));
            refusal(&code)
        }
        Ok(items) => place(context, request, items),
    };
    Ok(context::contents(&made(
        |answer: &mut OrderCreateAnswer| answer.result = Some(result),
    )))
}

fn ordered_refusal(faults: &[Fault]) -> Option<&str> {
    faults.iter().find_map(|fault| match fault {
        Fault::RefuseOrder(code) => Some(code.as_str()),
        _ => None,
    })
}

/// Whether the request cannot be fulfilled, such as zero pieces of a product.
fn is_impossible(order: &PlaceOrder) -> bool {
    let is_senseless = |item: &ProductItem| item.product_count < 1 || item.product_id.0 < 1;
    order.product_items.is_empty()
        || order.product_items.len() > MOST_LINES
        || order.product_items.iter().any(is_senseless)
}

/// Whether the live platform would refuse the address: for a province or a city that its tree does not have, or a phone
/// number that is not 7 to 13 digits [third parties].
fn invalid_address(context: &Context<'_>, order: &PlaceOrder) -> bool {
    let address = &order.logistics_address;
    let place = Place::find(&address.country);
    let is_elsewhere = place.is_some_and(|place| !place.has(&address.province, &address.city));
    let phone = address.mobile_no.as_bytes();
    let is_phone = (7..=13).contains(&phone.len()) && phone.iter().all(u8::is_ascii_digit);
    context.state.as_live && (is_elsewhere || !is_phone)
}

fn repeated(context: &Context<'_>, order: &PlaceOrder) -> bool {
    let number = order.out_order_id.as_str();
    !number.is_empty()
        && context
            .state
            .orders
            .placed_under(context.user_id(), number, context.now)
            .is_some()
}

/// The platform repeats the code as its message, in the documentation's sample.
fn refusal(code: &str) -> OrderCreateResult {
    made(|result: &mut OrderCreateResult| {
        result.is_success = Some(false);
        result.error_code = Some(code.to_owned());
        result.error_msg = Some(code.to_owned());
    })
}

/// The ordered items with the catalogue's offers.
///
/// # Errors
/// The platform's code for an item that is not for sale.
fn offers(context: &mut Context<'_>, request: &OrderCreate) -> Result<Vec<Item>, String> {
    let currency = currency(request).ok_or(NO_CURRENCY)?;
    let order = &request.order;
    let mut left = BTreeMap::new();
    let mut items = Vec::with_capacity(order.product_items.len());
    for asked in &order.product_items {
        let offer = offer(
            context,
            asked,
            &order.logistics_address.country,
            currency,
            &mut left,
        )?;
        items.push(item(asked, offer));
    }
    Ok(items)
}

/// Product ids below this are the caller's own articles: the catalogue does not have them, and they never run out.
/// The platform's ids have sixteen digits.
const OWN_ARTICLES: i64 = 1_000_000_000_000;

/// How the catalogue offers an article; `None` for an article of the caller's own.
fn offer(
    context: &Context<'_>,
    asked: &ProductItem,
    country: &str,
    currency: Currency,
    left: &mut BTreeMap<i64, i64>,
) -> Result<Option<Offer>, String> {
    let id = asked.product_id.0;
    if id < OWN_ARTICLES {
        return Ok(None);
    }
    let product = context.state.shop.product(id).ok_or("PRODUCT_NOT_EXIST")?;
    let attr = asked.sku_attr.as_deref().unwrap_or_default();
    let sku = product.sku_by_attr(attr).ok_or("SKU_NOT_EXIST")?;
    let left = left.entry(sku.id).or_insert(sku.stock);
    *left = left.saturating_sub(asked.product_count);
    if *left < 0 {
        return Err("INVENTORY_HOLD_ERROR".to_owned());
    }
    let parcel = Parcel {
        product,
        count: asked.product_count,
        piece_fen: sku.sale_fen,
        country,
    };
    let deliveries = parcel.deliveries().unwrap_or_default();
    let service = asked.logistics_service_name.as_deref().map(str::trim);
    let service = service.filter(|service| !service.is_empty());
    // Without a name the platform chooses a service: here the cheapest one.
    let mut deliveries = deliveries.iter();
    let delivery = deliveries.find(|delivery| service.is_none_or(|name| delivery.code == name));
    let delivery = delivery.ok_or("DELIVERY_METHOD_NOT_EXIST")?;
    Ok(Some(Offer {
        sku_id: sku.id,
        title: product.title.clone(),
        properties: sku.description(),
        unit_price: currency.of_fen(sku.sale_fen),
        shipping: currency.of_fen(delivery.fee_fen),
        store: product.store,
        service: delivery.code.to_owned(),
    }))
}

/// The currency of the payment, US dollars unless the call names one; `None` for a currency without a rate.
fn currency(request: &OrderCreate) -> Option<Currency> {
    let extend = request.ds_extend_request.as_ref();
    let payment = extend.and_then(|extend| extend.payment.as_ref());
    let code = payment.and_then(|payment| payment.pay_currency.as_deref());
    match code.filter(|code| !is_blank(code)) {
        None => Some(Currency::DOLLAR),
        Some(code) => Currency::find(code),
    }
}

/// Places one order for each store that sells some of the items.
fn place(context: &mut Context<'_>, request: OrderCreate, items: Vec<Item>) -> OrderCreateResult {
    let payment = request.ds_extend_request.as_ref();
    let payment = payment.and_then(|extend| extend.payment.as_ref());
    let try_to_pay = payment.and_then(|payment| payment.try_to_pay) == Some(true);
    let currency = currency(&request).unwrap_or(Currency::DOLLAR).code;
    let pay_fails =
        context.faults.contains(&Fault::PayFails) || (try_to_pay && context.by_chance(20));
    let order = request.order;
    let mut by_store: Vec<Vec<Item>> = Vec::new();
    for item in items {
        let store = |item: &Item| item.offer.as_ref().map(|offer| offer.store.id);
        let same = by_store.iter_mut();
        match same
            .into_iter()
            .find(|items| store(&items[0]) == store(&item))
        {
            Some(items) => items.push(item),
            None => by_store.push(vec![item]),
        }
    }
    let bytes = context.call.parameters.bytes() / by_store.len().max(1);
    let mut ids = Vec::with_capacity(by_store.len());
    for items in by_store {
        let purchase = Purchase {
            items,
            currency: currency.to_owned(),
            address: order.logistics_address.clone(),
        };
        context.state.shop.take(purchase.pieces());
        let new = NewOrder {
            out_order_id: Some(order.out_order_id.0.clone()).filter(|number| !number.is_empty()),
            owner: context.user_id().to_owned(),
            purchase,
            bytes,
        };
        let id = context.state.orders.place(new, context.now);
        context.state.report(id, Event::Created, context.now);
        if pay_fails {
            context.state.orders.fail_payment(id, context.now);
            context.state.report(id, Event::PaymentFailed, context.now);
        } else if try_to_pay {
            context
                .state
                .set_order_status(id, OrderStatus::WaitSellerSendGoods, context.now);
        }
        ids.push(id);
    }
    made(|result: &mut OrderCreateResult| {
        result.is_success = Some(true);
        result.error_msg = pay_fails.then(|| NOT_PAID.to_owned());
        result.order_list = ids.into_iter().map(Into::into).collect();
    })
}

fn item(asked: &ProductItem, offer: Option<Offer>) -> Item {
    Item {
        product_id: asked.product_id.0,
        sku: asked.sku_attr.clone().unwrap_or_default(),
        offer,
        count: asked.product_count,
        memo: asked.order_memo.clone(),
        logistics_service: asked.logistics_service_name.clone(),
    }
}
