//! `aliexpress.trade.ds.order.get`.

use std::sync::LazyLock;

use aliexpress_models::order_get::{
    ChildOrder, LogisticsInfo, Money, Order as Seen, OrderGet, OrderGetAnswer, StoreInfo,
};
use aliexpress_models::{Answer, decode};
use serde_json::{Map, Value};

use super::context::{self, Context};
use super::request::Reading;
use super::{made, pacific};
use crate::orders::{Item, Order, Purchase, SEEN_BY_BUYERS};
use crate::refusal::Refusal;
use crate::shop::amount;

pub(super) const NAME: &str = OrderGetAnswer::API;

const SAMPLE: &str = include_str!("../../data/order_get_10000001.json");

/// The store that sells the caller's own articles.
const OWN_STORE: (i64, &str) = (1_103_800_006, "Sandbox Store");

/// How long an order waits for its payment: twenty days.
const PAY_TIMEOUT_SECONDS: i64 = 20 * 24 * 3600;

pub(super) fn carry_out(context: &mut Context<'_>) -> Result<String, Refusal> {
    let reading: Reading<OrderGet> = context.read()?;
    let id = reading.complete()?.single_order_query.order_id.0;
    let answer = answer(context, id)?;
    Ok(context.write(&answer))
}

/// The contents of the answer for an order.
pub(super) fn contents(context: &Context<'_>, id: i64) -> Result<Map<String, Value>, Refusal> {
    Ok(context::contents(&answer(context, id)?))
}

fn answer(context: &Context<'_>, id: i64) -> Result<OrderGetAnswer, Refusal> {
    let order = context.order(id)?;
    let mut answer = match &order.purchase {
        Some(purchase) => {
            made(|answer: &mut OrderGetAnswer| answer.result = Some(seen(order, purchase)))
        }
        None if id == SEEN_BY_BUYERS => SAMPLE_ANSWER.clone().ok_or(Refusal::Service)?,
        None => return Err(Refusal::Permission),
    };
    if let Some(seen) = &mut answer.result {
        seen.order_status = Some(order.status.clone());
        seen.logistics_status = Some(order.logistics_status());
    }
    Ok(answer)
}

/// The documentation's sample.
static SAMPLE_ANSWER: LazyLock<Option<OrderGetAnswer>> = LazyLock::new(|| sample().ok());

fn sample() -> Result<OrderGetAnswer, Refusal> {
    let envelope = decode(SAMPLE.as_bytes()).map_err(|_| Refusal::Service)?;
    envelope.outcome.map_err(|_| Refusal::Service)
}

fn seen(order: &Order, purchase: &Purchase) -> Seen {
    let total = money(purchase.total(), &purchase.currency);
    made(|seen: &mut Seen| {
        seen.gmt_create = Some(pacific::seconds(order.created).into());
        seen.pay_timeout_second = (!order.is_paid()).then_some(PAY_TIMEOUT_SECONDS);
        seen.order_paid_time = order.paid.map(|paid| pacific::with_zone(paid).into());
        seen.user_order_amount = Some(total.clone());
        seen.order_amount = Some(total);
        seen.child_order_list = purchase
            .items
            .iter()
            .map(|item| line(order, item, &purchase.currency))
            .collect();
        seen.logistics_info_list = parcels(order, purchase);
        let (id, name) = purchase
            .store()
            .map_or(OWN_STORE, |store| (store.id, store.name.as_str()));
        seen.store_info = Some(made(|store: &mut StoreInfo| {
            store.store_id = Some(id.into());
            store.store_name = Some(name.to_owned());
            store.store_url = Some(format!("//www.aliexpress.com/store/{id}").into());
        }));
    })
}

fn line(order: &Order, item: &Item, currency: &str) -> ChildOrder {
    let money = |cents| Some(money(cents, currency));
    made(|line: &mut ChildOrder| {
        line.product_id = Some(item.product_id.into());
        line.sku_id = Some(item.sku_id().into());
        line.product_name = Some(item.name());
        line.product_count = Some(item.count);
        line.product_price = money(item.unit_price());
        line.sale_fee = money(item.price());
        line.sale_discount_fee = money(0);
        line.shipping_fee = money(item.shipping());
        line.shipping_discount_fee = money(0);
        line.actual_shipping_fee = money(item.shipping());
        line.actual_fee = money(item.total());
        line.actual_tax_fee = money(0);
        line.end_reason = order.cancelled.then(|| "CANCELED".to_owned());
    })
}

#[allow(
    deprecated,
    reason = "the platform still returns fields that it has deprecated"
)]
fn parcels(order: &Order, purchase: &Purchase) -> Vec<LogisticsInfo> {
    if order.shipped.is_none() {
        return Vec::new();
    }
    vec![made(|parcel: &mut LogisticsInfo| {
        parcel.logistics_no = Some(order.tracking_number());
        parcel.logistics_service = Some(purchase.logistics_service().to_owned());
    })]
}

fn money(cents: i64, currency: &str) -> Money {
    made(|money: &mut Money| {
        money.amount = Some(amount(cents).into());
        money.currency_code = Some(currency.to_owned());
    })
}

#[cfg(test)]
mod tests {
    use aliexpress_models::{Form, Shaped, encode};
    use proptest::prelude::*;

    use super::*;
    use crate::apis::answer;
    use crate::apis::habits::Habits;

    proptest! {
        /// The fast way to write an answer and the one for answers as live write the same text.
        #[test]
        fn both_ways_to_an_answer_write_the_same(text in any::<String>(), number in any::<i64>(), is_empty in any::<bool>()) {
            let mut seen = SAMPLE_ANSWER.clone().unwrap();
            if let Some(order) = &mut seen.result {
                order.gmt_create = Some(text.clone().into());
                order.pay_timeout_second = Some(number);
                if is_empty {
                    order.child_order_list.clear();
                }
                for line in &mut order.child_order_list {
                    line.product_id = Some(number.into());
                    line.product_name = Some(text.clone());
                }
            }
            for form in [Form::FullJson, Form::SimplifiedJson, Form::Xml] {
                let of = (OrderGetAnswer::KEY, OrderGetAnswer::SHAPE);
                let (contents, mut habits) = (context::contents(&seen), Habits::documented());
                let written = answer::write(of, contents.into(), "1", form, &mut habits);
                prop_assert_eq!(encode(&seen, "1", form), written);
            }
        }
    }
}
