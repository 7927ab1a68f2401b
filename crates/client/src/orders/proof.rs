//! Which codes of an answer without any order id prove that no order was placed.
//!
//! The codes that the API's own page lists, and those of `data/order_refusals.json`, each with its source. Every other
//! code leaves it open: a code wrongly taken for open costs a look, a code wrongly taken for a refusal a second order.

use std::sync::LazyLock;

use aliexpress_models::Answer;
use aliexpress_models::order_create::OrderCreateAnswer;

/// Codes beyond the page's list; a `*` at the end stands for the rest of a family.
static BEYOND_THE_PAGE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let text = include_str!("../../data/order_refusals.json");
    let entries: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let codes = entries.as_array().into_iter().flatten();
    codes
        .filter_map(|entry| Some(entry["code"].as_str()?.to_owned()))
        .collect()
});

/// Whether this code proves that no order was placed.
pub(super) fn proves_refusal(code: &str) -> bool {
    let listed = OrderCreateAnswer::ERROR_CODES.iter();
    listed
        .map(|listed| listed.code)
        .any(|listed| listed == code)
        || BEYOND_THE_PAGE
            .iter()
            .any(|known| match known.strip_suffix('*') {
                Some(start) => code
                    .get(..start.len())
                    .is_some_and(|found| found.eq_ignore_ascii_case(start)),
                None => known == code,
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_a_code_and_a_source() {
        let text = include_str!("../../data/order_refusals.json");
        let entries: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        for entry in &entries {
            assert!(
                entry["source"]
                    .as_str()
                    .is_some_and(|source| source.len() > 10),
                "{entry}"
            );
        }
        assert_eq!(entries.len(), BEYOND_THE_PAGE.len());
    }

    /// Codes that an attack found to be taken for proof, and that prove nothing.
    #[test]
    fn other_codes_prove_nothing() {
        for code in [
            "INTERNAL_ERROR",
            "INNER_ERROR",
            "NETWORK_ERROR",
            "RPC_ERROR",
            "HSF_EXCEPTION",
            "java.lang.NullPointerException",
            "EXCEPTION",
            "DB_ERROR",
            "BUSY",
            "TRY_AGAIN_LATER",
            "RETRY",
            "ORDER_CREATING",
            "PROCESSING",
            "PENDING",
            "ORDER_IN_PROGRESS",
            "REMOTE_CALL_FAILED",
            "CIRCUIT_BREAKER_OPEN",
            "UNAVAILABLE",
            "500",
            "502",
            "504",
            "-1",
            "F00-00-10015-010",
            "DUPLICATE_ORDER",
            "ORDER_ALREADY_EXISTS",
            "OUT_ORDER_ID_EXIST",
            "REPEAT_SUBMIT",
            "CONCURRENT_LOCK_FAILED",
            "PAY_FAILED",
            "PAYMENT_FAILED",
            "AUTOPAY_ERROR",
            "PAY_ERROR",
            "REMOTE_CREATE_ORDER_RESULT_ERROR",
            "SYSTEM_ERROR",
            "",
            "isvx",
            "sku_not_exist",
        ] {
            assert!(!proves_refusal(code), "{code}");
        }
        for code in [
            "isv.x",
            "ISV.invalid-parameter",
            "SKU_NOT_EXIST",
            "INVENTORY_HOLD_ERROR",
        ] {
            assert!(proves_refusal(code), "{code}");
        }
    }
}
