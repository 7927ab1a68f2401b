//! The key `amount_str`, which some money of an order's lines has where all other money has `amount`.
//!
//! The models read either key into one field and write the usual one, and they know no place but their own. So
//! the amounts in question are marked before an answer is written, and the marks tell where to put the other key.

use aliexpress_models::Amount;
use aliexpress_models::order_info::{ChildOrder, GlobalMoney};

/// A character of the private use area, which is in no amount.
const MARK: char = '\u{E000}';

/// Marks the money of a line that the documentation's sample has under the other key.
pub(super) fn mark(line: &mut ChildOrder) {
    let refund = line.refund_info.as_mut();
    let refunds = refund.map(|refund| [&mut refund.refund_cash_amt, &mut refund.refund_coupon_amt]);
    let loan = line.loan_info.as_mut().map(|loan| &mut loan.loan_amount);
    let places = refunds
        .into_iter()
        .flatten()
        .chain(loan)
        .chain([&mut line.logistics_amount]);
    places.flatten().for_each(mark_money);
}

fn mark_money(money: &mut GlobalMoney) {
    if let Some(amount) = &mut money.amount {
        *amount = Amount::from(format!("{MARK}{amount}"));
    }
}

/// Puts the other key at the marks of an answer in JSON or XML.
pub(super) fn put(written: &str) -> String {
    let mut pieces = written.split(MARK);
    let mut output = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let piece = if let Some(before) = output.strip_suffix("\"amount\":\"") {
            output.truncate(before.len());
            output.push_str("\"amount_str\":\"");
            piece.to_owned()
        } else if let Some(before) = output.strip_suffix("<amount>") {
            output.truncate(before.len());
            output.push_str("<amount_str>");
            piece.replacen("</amount>", "</amount_str>", 1)
        } else {
            // The character came from a client, as part of a text.
            format!("{MARK}{piece}")
        };
        output.push_str(&piece);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_changes_at_the_marks_only() {
        assert_eq!(
            put(
                "{\"a\":{\"amount\":\"\u{E000}1.00\"},\"b\":{\"amount\":\"2.00\"},\"c\":\"\u{E000}\"}"
            ),
            "{\"a\":{\"amount_str\":\"1.00\"},\"b\":{\"amount\":\"2.00\"},\"c\":\"\u{E000}\"}"
        );
        assert_eq!(
            put("<a><amount>\u{E000}1.00</amount></a><b><amount>2.00</amount></b>"),
            "<a><amount_str>1.00</amount_str></a><b><amount>2.00</amount></b>"
        );
        assert_eq!(put(""), "");
    }
}
