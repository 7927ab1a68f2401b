//! `aliexpress.solution.order.info.get`.

use std::sync::LazyLock;
use std::time::SystemTime;

use aliexpress_models::order_create::LogisticsAddress;
use aliexpress_models::order_info::{
    Buyer, ChildOrder, Currency, GlobalMoney, IssueInfo, LoanInfo, LogisticsInfo, OperationLog,
    OrderDetail, OrderInfoGet, OrderInfoGetAnswer, OrderInfoResult, ProductInfo, ReceiptAddress,
};
use aliexpress_models::shared::{
    ExtInfo, FrozenStatus, PaymentChannel, ReceiveStatus, SendGoodsOperator,
};
use aliexpress_models::{Answer, decode};
use serde_json::{Map, Value};

use super::context::{self, Context};
use super::request::Reading;
use super::{amount_str, made, pacific};
use crate::orders::{Item, Order, Purchase, SEEN_BY_SELLERS};
use crate::refusal::Refusal;
use crate::shop::amount;

pub(super) const NAME: &str = OrderInfoGetAnswer::API;

const SAMPLE: &str = include_str!("../../data/order_info_12345678.xml");

/// The seller's id in every order that was placed in the sandbox.
const SELLER: &str = "cn1285376574iepp";

pub(super) fn carry_out(context: &mut Context<'_>) -> Result<String, Refusal> {
    let reading: Reading<OrderInfoGet> = context.read()?;
    let query = reading.complete()?.query;
    let asked = query.ext_info_bit_flag.unwrap_or(ExtInfo::ALL);
    if !ExtInfo::ALL.contains(asked) {
        let asked = asked.bits();
        context.note(format!(
            "ext_info_bit_flag {asked} is read as decimal: its last five bits are {:05b}, and 31 requests everything",
            asked & ExtInfo::ALL.bits()
        ));
    }
    let contents = filled(context, query.order_id.0, asked)?;
    Ok(context.write_contents::<OrderInfoGetAnswer>(contents))
}

/// The contents of the answer for an order, with all parts that can be requested.
pub(super) fn contents(context: &Context<'_>, id: i64) -> Result<Map<String, Value>, Refusal> {
    filled(context, id, ExtInfo::ALL)
}

fn filled(context: &Context<'_>, id: i64, asked: ExtInfo) -> Result<Map<String, Value>, Refusal> {
    let order = context.order(id)?;
    let mut answer = match &order.purchase {
        Some(purchase) => found(order, purchase, context.now),
        None if id == SEEN_BY_SELLERS => SAMPLE_ANSWER.clone().ok_or(Refusal::Service)?,
        None => return Err(Refusal::Permission),
    };
    if let Some(detail) = answer
        .result
        .as_mut()
        .and_then(|result| result.data.as_mut())
    {
        // The documentation's sample shows another order than its example request names.
        detail.id = Some(id.into());
        set_status(detail, order);
        keep_only(detail, asked);
    }
    let mut contents = context::contents(&answer);
    amount_str::rename(&mut contents);
    Ok(contents)
}

/// The documentation's sample.
static SAMPLE_ANSWER: LazyLock<Option<OrderInfoGetAnswer>> = LazyLock::new(|| sample().ok());

fn sample() -> Result<OrderInfoGetAnswer, Refusal> {
    let envelope = decode(SAMPLE.as_bytes()).map_err(|_| Refusal::Service)?;
    let mut answer: OrderInfoGetAnswer = envelope.outcome.map_err(|_| Refusal::Service)?;
    let result = answer.result.as_mut();
    if let Some(detail) = result.and_then(|result| result.data.as_mut()) {
        put_blanks(detail);
    }
    Ok(answer)
}

/// The sample's empty elements, which the reader treats as absent.
fn put_blanks(detail: &mut OrderDetail) {
    if let Some(address) = &mut detail.receipt_address {
        address.localized_address = Some(String::new());
    }
    for line in &mut detail.child_order_list {
        line.product_standard = Some(String::new());
    }
}

fn set_status(detail: &mut OrderDetail, order: &Order) {
    detail.order_status = Some(order.status.clone());
    detail.logistics_status = Some(order.logistics_status());
    detail.fund_status = Some(order.fund_status());
}

/// Removes the parts that were not requested.
fn keep_only(detail: &mut OrderDetail, asked: ExtInfo) {
    if !asked.contains(ExtInfo::ISSUE) {
        detail.issue_info = None;
    }
    if !asked.contains(ExtInfo::LOAN) {
        detail.loan_info = None;
    }
    if !asked.contains(ExtInfo::LOGISTICS) {
        detail.logistic_info_list.clear();
    }
    if !asked.contains(ExtInfo::BUYER) {
        detail.buyer_info = None;
    }
    if !asked.contains(ExtInfo::REFUND) {
        detail.refund_info = None;
    }
}

fn found(order: &Order, purchase: &Purchase, now: SystemTime) -> OrderInfoGetAnswer {
    made(|answer: &mut OrderInfoGetAnswer| {
        answer.result = Some(made(|result: &mut OrderInfoResult| {
            result.time_stamp = Some(pacific::seconds(now).into());
            result.data = Some(detail(order, purchase));
        }));
    })
}

fn detail(order: &Order, purchase: &Purchase) -> OrderDetail {
    let (address, currency) = (&purchase.address, purchase.currency.as_str());
    let created = pacific::seconds(order.created);
    made(|detail: &mut OrderDetail| {
        detail.id = Some(order.id.into());
        detail.gmt_create = Some(created.into());
        detail.gmt_modified = Some(pacific::seconds(order.since).into());
        detail.gmt_pay_success = order.paid.map(|paid| pacific::minutes(paid).into());
        detail.gmt_trade_end = order
            .finished
            .map(|finished| pacific::minutes(finished).into());
        detail.is_phone = Some(false);
        detail.buyer_login_id = Some(order.buyer_login());
        detail.buyer_signer_full_name = Some(address.full_name.clone());
        detail.buyer_info = Some(buyer(order, address));
        detail.receipt_address = Some(receipt_address(address));
        detail.seller_operator_login_id = Some(SELLER.to_owned());
        detail.seller_signer_full_name = Some("Sandbox Store".to_owned());
        detail.settlement_currency = Some(currency.to_owned());
        detail.pay_amount_by_settlement_cur = order.paid.map(|_| amount(purchase.total()).into());
        detail.order_amount = Some(money(purchase.total(), currency));
        detail.init_order_amount = Some(money(purchase.total(), currency));
        detail.logistics_amount = Some(money(purchase.shipping(), currency));
        detail.order_discount_info = Some(money(0, currency));
        detail.frozen_status = Some(FrozenStatus::NotFrozen);
        detail.issue_status = Some(order.issue_status().into());
        detail.issue_info = Some(made(|issue: &mut IssueInfo| {
            issue.issue_status = Some(order.issue_status().into())
        }));
        detail.loan_status = Some("loan_none".to_owned());
        detail.loan_info = Some(made(|loan: &mut LoanInfo| {
            loan.loan_amount = Some(money(0, currency))
        }));
        detail.payment_type = order.paid.map(|_| PaymentChannel::Migs);
        detail.cpf_number = address.cpf.clone();
        detail.order_end_reason = order.cancelled.then(|| "CANCELED".to_owned());
        detail.child_order_list = lines(order, purchase);
        detail.child_order_ext_info_list = purchase
            .items
            .iter()
            .map(|item| product(item, currency))
            .collect();
        detail.logistic_info_list = parcels(order, purchase);
        detail.opr_log_dto_list = vec![operation(order)];
    })
}

fn buyer(order: &Order, address: &LogisticsAddress) -> Buyer {
    let (first, last) = address
        .full_name
        .trim()
        .split_once(' ')
        .unwrap_or((&address.full_name, ""));
    made(|buyer: &mut Buyer| {
        buyer.login_id = Some(order.buyer_login());
        buyer.first_name = Some(first.to_owned());
        buyer.last_name = Some(last.trim().to_owned());
        buyer.country = Some(address.country.clone());
    })
}

fn receipt_address(address: &LogisticsAddress) -> ReceiptAddress {
    made(|receipt: &mut ReceiptAddress| {
        receipt.zip = address.zip.clone();
        receipt.address2 = address.address2.clone();
        receipt.detail_address = Some(address.address.clone());
        receipt.country = Some(address.country.clone());
        receipt.city = Some(address.city.clone());
        receipt.province = Some(address.province.clone());
        receipt.phone_country = Some(address.phone_country.clone());
        receipt.contact_person = address
            .contact_person
            .clone()
            .or_else(|| Some(address.full_name.clone()));
        receipt.mobile_no = Some(address.mobile_no.clone());
    })
}

fn lines(order: &Order, purchase: &Purchase) -> Vec<ChildOrder> {
    let lines = purchase.items.iter().zip(1..);
    lines
        .map(|(item, place)| line(order, item, place, &purchase.currency))
        .collect()
}

fn line(order: &Order, item: &Item, place: i64, currency: &str) -> ChildOrder {
    made(|line: &mut ChildOrder| {
        line.id = Some(order.line_id(place));
        line.child_order_id = Some(order.line_id(place).to_string().into());
        line.order_sort_id = Some(place);
        line.product_id = Some(item.product_id.into());
        line.product_name = Some(item.name());
        line.product_count = Some(item.count);
        line.product_unit = Some("piece".to_owned());
        line.lot_num = Some(1);
        line.product_price = Some(money(item.unit_price(), currency));
        line.init_order_amt = Some(money(item.total(), currency));
        line.logistics_amount = Some(money(item.shipping(), currency));
        line.logistics_type = item.logistics_service.clone();
        line.buyer_memo = item.memo.clone();
        line.goods_prepare_time = Some(7);
        line.order_status = Some(order.status.clone());
        line.fund_status = Some(order.fund_status());
        line.frozen_status = Some(FrozenStatus::NotFrozen);
        line.issue_status = Some(order.issue_status().into());
        line.send_goods_operator = Some(SendGoodsOperator::Seller);
    })
}

fn product(item: &Item, currency: &str) -> ProductInfo {
    made(|product: &mut ProductInfo| {
        product.product_id = Some(item.product_id.into());
        product.product_name = Some(item.name());
        product.quantity = Some(item.count);
        product.unit_price = Some(money(item.unit_price(), currency));
    })
}

fn parcels(order: &Order, purchase: &Purchase) -> Vec<LogisticsInfo> {
    let Some(shipped) = order.shipped else {
        return Vec::new();
    };
    vec![made(|parcel: &mut LogisticsInfo| {
        parcel.logistics_no = Some(order.tracking_number());
        parcel.logistics_type_code = Some(purchase.logistics_service().to_owned());
        parcel.logistics_service_name = Some(purchase.logistics_service().to_owned());
        parcel.have_tracking_info = Some(true);
        parcel.gmt_send = Some(pacific::minutes(shipped).into());
        let received = order.finished.filter(|_| !order.cancelled);
        parcel.gmt_received = received.map(|received| pacific::minutes(received).into());
        parcel.receive_status = Some(if received.is_some() {
            ReceiveStatus::Received
        } else {
            ReceiveStatus::Initial
        });
    })]
}

fn operation(order: &Order) -> OperationLog {
    made(|operation: &mut OperationLog| {
        operation.id = Some(order.line_id(0).saturating_mul(10));
        operation.order_id = Some(order.id.into());
        operation.action_type = Some("front_create_order".to_owned());
        operation.operator = Some(order.buyer_login());
        operation.gmt_create = Some(pacific::minutes(order.created).into());
        operation.gmt_modified = Some(pacific::seconds(order.created).into());
    })
}

fn money(cents: i64, currency: &str) -> GlobalMoney {
    made(|money: &mut GlobalMoney| {
        money.cent = Some(cents);
        money.cent_factor = Some(100);
        money.amount = Some(amount(cents).into());
        money.currency_code = Some(currency.to_owned());
        money.currency = Some(made(|details: &mut Currency| {
            details.currency_code = Some(currency.to_owned());
            details.symbol = Some(currency.to_owned());
            details.display_name = Some(currency.to_owned());
            details.default_fraction_digits = Some(2);
        }));
    })
}
