//! The key `amount_str`, which some amounts in an order's lines have instead of `amount`.

use serde_json::{Map, Value};

/// The fields of an order's line that have such amounts in the documentation's sample.
const PLACES: &[&[&str]] = &[
    &["logistics_amount"],
    &["refund_info", "refund_cash_amt"],
    &["refund_info", "refund_coupon_amt"],
    &["loan_info", "loan_amount"],
];

/// Renames the key of these amounts in each line of an order.
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
