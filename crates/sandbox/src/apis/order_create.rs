//! `aliexpress.ds.order.create`.

use aliexpress_models::Answer;
use aliexpress_models::order_create::{
    OrderCreate, OrderCreateAnswer, OrderCreateResult, PlaceOrder, ProductItem,
};

use super::act::Act;
use super::made;
use super::request::Reading;
use crate::fault::Fault;
use crate::gateway::refusal::Refusal;
use crate::orders::{Event, Item, MOST_LINES, NewOrder, OrderStatus, Purchase};

pub(super) const NAME: &str = OrderCreateAnswer::API;

/// The paths that decide something beyond the tables.
const ADDRESS: &str = "param_place_order_request4_open_api_d_t_o.logistics_address";
const OUT_ORDER_ID: &str = "param_place_order_request4_open_api_d_t_o.out_order_id";

/// The code for an address that lacks something.
const INCOMPLETE_ADDRESS: &str = "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL";
const REPEATED: &str = "REPEATED_ORDER_ERROR";
/// The code of the documentation's sample for parameters that make no sense.
const SENSELESS: &str = "PARM_ILLEGL";
/// What the platform says of an order that exists and is not paid [third parties].
const NOT_PAID: &str = "OrderCreated, autoPay fail:APIPayFail";

pub(super) fn act(act: &mut Act<'_>) -> Result<String, Refusal> {
    let mut reading: Reading<OrderCreate> = act.read()?;
    let incomplete_address = reading.forgive(|path| path.starts_with(ADDRESS));
    if reading.forgive(|path| path == OUT_ORDER_ID) {
        act.note("no out_order_id: a repeat of this call would place a second order");
    }
    let request = reading.complete()?;
    let refused = ordered_refusal(act.faults)
        .or(incomplete_address.then_some(INCOMPLETE_ADDRESS))
        .or(senseless(&request.order).then_some(SENSELESS))
        .or(repeated(act, &request.order).then_some(REPEATED));
    let result = match refused {
        Some(code) => {
            act.note(format!("the order was refused: {code}"));
            refusal(code)
        }
        None => place(act, request),
    };
    Ok(act.write(&made(|answer: &mut OrderCreateAnswer| {
        answer.result = Some(result)
    })))
}

fn ordered_refusal(faults: &[Fault]) -> Option<&str> {
    faults.iter().find_map(|fault| match fault {
        Fault::RefuseOrder(code) => Some(code.as_str()),
        _ => None,
    })
}

/// Whether something is asked for that cannot be, such as no pieces of a product.
fn senseless(order: &PlaceOrder) -> bool {
    let is_senseless = |item: &ProductItem| item.product_count < 1 || item.product_id.0 < 1;
    order.product_items.len() > MOST_LINES || order.product_items.iter().any(is_senseless)
}

fn repeated(act: &Act<'_>, order: &PlaceOrder) -> bool {
    let number = order.out_order_id.as_str();
    !number.is_empty()
        && act
            .world
            .orders
            .placed_under(act.user_id(), number, act.now)
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

fn place(act: &mut Act<'_>, request: OrderCreate) -> OrderCreateResult {
    let payment = request.ds_extend_request.and_then(|extend| extend.payment);
    let try_to_pay = payment
        .as_ref()
        .and_then(|payment| payment.try_to_pay)
        .unwrap_or(false);
    let currency = payment.and_then(|payment| payment.pay_currency);
    let order = request.order;
    let new = NewOrder {
        out_order_id: Some(order.out_order_id.0).filter(|number| !number.is_empty()),
        owner: act.user_id().to_owned(),
        purchase: Purchase {
            items: order.product_items.into_iter().map(item).collect(),
            currency: currency.unwrap_or_else(|| "USD".to_owned()),
            address: order.logistics_address,
        },
        bytes: act.call.parameters.bytes(),
    };
    let id = act.world.orders.place(new, act.now);
    act.world.tell(id, Event::Created, act.now);
    let pay_fails = act.faults.contains(&Fault::PayFails);
    if pay_fails {
        act.world.tell(id, Event::PaymentFailed, act.now);
    } else if try_to_pay {
        act.world
            .set_order_status(id, OrderStatus::WaitSellerSendGoods, act.now);
    }
    made(|result: &mut OrderCreateResult| {
        result.is_success = Some(true);
        result.error_msg = pay_fails.then(|| NOT_PAID.to_owned());
        result.order_list = vec![id.into()];
    })
}

fn item(item: ProductItem) -> Item {
    Item {
        product_id: item.product_id.0,
        sku: item.sku_attr.unwrap_or_default(),
        count: item.product_count,
        memo: item.order_memo,
        logistics_service: item.logistics_service_name,
    }
}
