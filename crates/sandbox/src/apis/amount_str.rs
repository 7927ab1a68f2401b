//! The key `amount_str`, which some money of an order's lines has where all other money has `amount`.

use serde_json::{Map, Value};

/// Where a line of an order has such money, in the documentation's sample.
const PLACES: &[&[&str]] = &[
    &["logistics_amount"],
    &["refund_info", "refund_cash_amt"],
    &["refund_info", "refund_coupon_amt"],
    &["loan_info", "loan_amount"],
];

/// Gives the money of each line of an order its other key.
pub(super) fn rename(answer: &mut Map<String, Value>) {
    let lines = answer
        .get_mut("result")
        .and_then(|result| result.get_mut("data")?.get_mut("child_order_list"));
    let lines = lines.and_then(Value::as_array_mut);
    for line in lines.into_iter().flatten() {
        for place in PLACES {
            let money = place.iter().try_fold(&mut *line, |at, key| at.get_mut(key));
            if let Some(Value::Object(money)) = money
                && let Some(amount) = money.remove("amount")
            {
                money.insert("amount_str".to_owned(), amount);
            }
        }
    }
}
