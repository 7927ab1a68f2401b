//! The main fields of an order for people, as its seller sees it. `--all` shows every field.

use aliexpress_models::Record;
use aliexpress_models::order_info::{ChildOrder, OrderDetail, ReceiptAddress, RefundInfo};

use crate::output::facts::{Facts, joined};
use crate::output::moment::pacific;
use crate::output::order_status::{described, goods_described};
use crate::output::table::laid_out;
use crate::output::tree::{add_records, heading, money};

pub(crate) fn order_detail_view(order_id: &str, order: &OrderDetail) -> String {
    let mut facts = Facts::default();
    state(order, &mut facts);
    amounts(order, &mut facts);
    people(order, &mut facts);
    let mut text = format!("{}\n{facts}", heading(&format!("order {order_id}")));
    if !order.child_order_list.is_empty() {
        text.push_str(&format!("\n\n{}", lines(&order.child_order_list)));
    }
    add_records(&mut text, "parcel", &order.logistic_info_list);
    text
}

fn state(order: &OrderDetail, facts: &mut Facts) {
    facts.add("status", order.order_status.as_ref().map(described));
    facts.add(
        "goods",
        order.logistics_status.as_ref().map(goods_described),
    );
    facts.add("payment", payment(order));
    facts.add(
        "dispute",
        order.issue_status.as_ref().map(ToString::to_string),
    );
    facts.add(
        "freeze",
        order.frozen_status.as_ref().map(ToString::to_string),
    );
    facts.add("placed", order.gmt_create.as_ref().map(pacific));
    facts.add("changed", order.gmt_modified.as_ref().map(pacific));
    facts.add(
        "time left",
        order.over_time_left.as_ref().map(ToString::to_string),
    );
    facts.add("ended", order.gmt_trade_end.as_ref().map(pacific));
}

fn payment(order: &OrderDetail) -> Option<String> {
    let status = order.fund_status.as_ref().map(ToString::to_string);
    let by = order
        .payment_type
        .as_ref()
        .map(|means| format!("by {means}"));
    let at = order.gmt_pay_success.as_ref().map(pacific);
    joined(", ", [&status, &by, &at])
}

fn amounts(order: &OrderDetail, facts: &mut Facts) {
    facts.add("amount", amount(&order.order_amount));
    facts.add("initial amount", amount(&order.init_order_amount));
    facts.add("shipping", amount(&order.logistics_amount));
    facts.add("discount", amount(&order.order_discount_info));
    let settled = order
        .pay_amount_by_settlement_cur
        .as_ref()
        .map(ToString::to_string);
    facts.add(
        "settled",
        joined(" ", [&settled, &order.settlement_currency]),
    );
    facts.add("refund", order.refund_info.as_ref().and_then(refund));
    let loan = order
        .loan_info
        .as_ref()
        .and_then(|loan| amount(&loan.loan_amount));
    facts.add("loan", loan);
}

fn refund(refund: &RefundInfo) -> Option<String> {
    let coupon = amount(&refund.refund_coupon_amt).map(|amount| format!("{amount} as a coupon"));
    let status = refund.refund_status.as_ref().map(ToString::to_string);
    joined(", ", [&amount(&refund.refund_cash_amt), &coupon, &status])
}

fn people(order: &OrderDetail, facts: &mut Facts) {
    facts.add(
        "buyer",
        joined(", ", [&order.buyer_signer_full_name, &order.buyer_login_id]),
    );
    facts.add(
        "deliver to",
        order.receipt_address.as_ref().and_then(address),
    );
    facts.add("note", order.memo.clone());
}

fn address(address: &ReceiptAddress) -> Option<String> {
    joined(
        ", ",
        [
            &address.contact_person,
            &address.detail_address,
            &address.address2,
            &joined(" ", [&address.zip, &address.city]),
            &address.province,
            &address.country,
            &joined(" ", [&address.phone_country, &address.mobile_no]),
        ],
    )
}

fn amount<M: Record>(amount: &Option<M>) -> Option<String> {
    amount.as_ref().and_then(|amount| money(amount))
}

fn lines(lines: &[ChildOrder]) -> String {
    let heads = [
        "product", "id", "sku", "count", "price", "shipping", "status",
    ];
    let rows = lines.iter().map(|line| {
        [
            line.product_name.clone(),
            line.product_id.map(|id| id.to_string()),
            line.sku_code.clone(),
            line.product_count.map(|count| count.to_string()),
            amount(&line.product_price),
            amount(&line.logistics_amount),
            line.order_status.as_ref().map(ToString::to_string),
        ]
        .map(Option::unwrap_or_default)
        .to_vec()
    });
    laid_out(heads.map(str::to_owned).to_vec(), rows.collect())
}
