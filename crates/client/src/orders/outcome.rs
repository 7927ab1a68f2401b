//! How an answer about a new order is interpreted.

use std::collections::HashSet;
use std::fmt;

use aliexpress_models::ApiError;
use aliexpress_models::order_create::OrderCreateResult;
use aliexpress_models::shared::OrderId;

use serde::{Deserialize, Serialize};

use crate::codes::{CodeInfo, REPEATED, explain, refuses_order};

/// What the platform said about an order that was to be placed.
///
/// The outcome can be stored with serde, as `{"created": {"order_ids": [81], "message": null}}` and
/// so on, in JSON, CBOR, MessagePack, TOML and RON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlacedOrder {
    /// The order exists. If payment was requested, [`Client::order`] shows whether it is paid.
    ///
    /// [`Client::order`]: crate::Client::order
    Created {
        /// Ids of the orders that were created: at least one, and several if the goods come from
        /// several stores.
        order_ids: Vec<OrderId>,
        /// The platform's additional message, if any.
        #[serde(default)]
        message: Option<String>,
    },
    /// The order exists, but the requested payment failed. The order expires if it is not paid in
    /// time; [`Client::order`] shows the deadline.
    ///
    /// [`Client::order`]: crate::Client::order
    CreatedNotPaid {
        /// Ids of the orders that were created, at least one.
        order_ids: Vec<OrderId>,
        /// The platform's reason, unchanged.
        reason: String,
    },
    /// The platform has seen this `out_order_id` before: the order exists from an earlier request,
    /// and this one placed nothing.
    Duplicate {
        /// Ids of the earlier orders, if the platform returned them. If not, look for them in the
        /// account's list of orders on the platform's website, because no documented call lists
        /// them.
        order_ids: Vec<OrderId>,
    },
    /// The platform refused the order; none was placed.
    Refused(OrderRefusal),
}

/// Why an order was refused. Only code and message are stored; the rest is looked up again when it
/// is read back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredRefusal", into = "StoredRefusal")]
#[non_exhaustive]
pub struct OrderRefusal {
    /// The platform's code, such as `INVENTORY_HOLD_ERROR`.
    pub code: String,
    /// The platform's message, if it differs from the code. It may quote the request, including
    /// personal data.
    pub message: Option<String>,
    /// Meaning, cause and advice; `None` for a code that the platform's page does not list. A
    /// person should then look into it before the order is placed again, and that under the same
    /// `out_order_id`.
    pub info: Option<&'static CodeInfo>,
}

#[derive(Serialize, Deserialize)]
struct StoredRefusal {
    code: String,
    #[serde(default)]
    message: Option<String>,
}

impl From<StoredRefusal> for OrderRefusal {
    fn from(stored: StoredRefusal) -> Self {
        Self {
            info: explain(&stored.code),
            code: stored.code,
            message: stored.message,
        }
    }
}

impl From<OrderRefusal> for StoredRefusal {
    fn from(refusal: OrderRefusal) -> Self {
        Self {
            code: refusal.code,
            message: refusal.message,
        }
    }
}

impl PlacedOrder {
    /// Ids of the existing orders; empty after a refusal, and for a duplicate whose ids the
    /// platform did not return.
    pub fn order_ids(&self) -> &[OrderId] {
        match self {
            PlacedOrder::Created { order_ids, .. }
            | PlacedOrder::CreatedNotPaid { order_ids, .. }
            | PlacedOrder::Duplicate { order_ids } => order_ids,
            PlacedOrder::Refused(_) => &[],
        }
    }

    /// The texts that come from the platform.
    pub(crate) fn texts(&mut self) -> Vec<&mut String> {
        match self {
            PlacedOrder::Created { message, .. } => message.iter_mut().collect(),
            PlacedOrder::CreatedNotPaid { reason, .. } => vec![reason],
            PlacedOrder::Duplicate { .. } => Vec::new(),
            PlacedOrder::Refused(refusal) => {
                let message = refusal.message.iter_mut();
                // A documented code cannot quote the request.
                let is_documented = refusal.info.is_some_and(|info| info.code == refusal.code);
                let code = (!is_documented).then_some(&mut refusal.code);
                message.chain(code).collect()
            }
        }
    }

    /// Whether an order exists, created by this request or an earlier one.
    pub fn exists(&self) -> bool {
        !matches!(self, PlacedOrder::Refused(_))
    }
}

impl fmt::Display for OrderRefusal {
    /// Code and meaning.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.info {
            Some(info) => write!(f, "{}: {}", self.code, info.meaning),
            None => f.write_str(&self.code),
        }
    }
}

impl fmt::Debug for OrderRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderRefusal")
            .field("code", &self.code)
            .field("meaning", &self.info.map(|info| info.meaning))
            .finish_non_exhaustive()
    }
}

/// The evidence in the parts of an answer.
struct AnswerParts {
    success: Option<bool>,
    order_ids: Vec<OrderId>,
    code: Option<String>,
    message: Option<String>,
}

/// An answer that leaves open whether an order exists.
#[derive(Debug, PartialEq)]
pub(super) struct Undecided {
    /// What was found.
    pub(super) why: String,
    /// The order ids in it.
    pub(super) order_ids: Vec<OrderId>,
}

/// Classifies an answer. No single field decides, and if fields contradict each other, the outcome
/// stays open. Order ids outside of the result count like those inside.
pub(super) fn classify(
    result: Option<&OrderCreateResult>,
    elsewhere: impl IntoIterator<Item = OrderId>,
) -> Result<PlacedOrder, Undecided> {
    let parts = AnswerParts::of(result, elsewhere);
    if result.is_none() {
        return Err(Undecided {
            why: "found an answer without a result".to_owned(),
            order_ids: parts.order_ids,
        });
    }
    if parts.is_repeated() {
        return Ok(PlacedOrder::Duplicate {
            order_ids: parts.order_ids,
        });
    }
    match (parts.success, parts.order_ids.is_empty()) {
        // An order id together with the message that the order was created but not paid is
        // conclusive, regardless of `is_success`.
        (_, false) if parts.payment_failed().is_some() => Ok(parts.created_not_paid()),
        (Some(true), false) if parts.code.is_none() => Ok(parts.created()),
        (Some(false) | None, true) => parts.refused(),
        _ => Err(parts.undecided()),
    }
}

/// What a refusal of the call as a whole says about the order, if anything: if it mentions a
/// repeated order anywhere, an order exists.
pub(super) fn classify_refusal(error: &ApiError) -> Option<PlacedOrder> {
    let texts = [
        &error.code,
        &error.sub_code,
        &error.message,
        &error.sub_message,
    ];
    texts
        .into_iter()
        .any(says_repeated)
        .then_some(PlacedOrder::Duplicate {
            order_ids: Vec::new(),
        })
}

impl AnswerParts {
    fn of(
        result: Option<&OrderCreateResult>,
        elsewhere: impl IntoIterator<Item = OrderId>,
    ) -> Self {
        let text = |text: &Option<String>| {
            let text = text.as_deref().map(str::trim);
            text.filter(|text| !matches!(*text, "" | "0" | "null"))
                .map(str::to_owned)
        };
        let (code, message) = (
            result.and_then(|result| text(&result.error_code)),
            result.and_then(|result| text(&result.error_msg)),
        );
        // Some answers contain a documented code only as the message.
        let code = code.or_else(|| message.clone().filter(|text| is_code(text)));
        let inside = result.map_or(&[][..], |result| &result.order_list);
        let mut seen = HashSet::new();
        let order_ids = inside.iter().copied().chain(elsewhere);
        // Zero or a negative number means that there is no id.
        let order_ids = order_ids
            .filter(|id| id.0 > 0 && seen.insert(*id))
            .collect();
        Self {
            success: result.and_then(|result| result.is_success),
            order_ids,
            message: message.filter(|message| Some(message) != code.as_ref()),
            code,
        }
    }

    fn is_repeated(&self) -> bool {
        says_repeated(&self.code) || says_repeated(&self.message)
    }

    /// The message about a failed payment: `OrderCreated, autoPay fail:APIPayFail` is reported from
    /// live use.
    fn payment_failed(&self) -> Option<&str> {
        [&self.message, &self.code]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .find(|text| {
                let text = text.to_ascii_lowercase();
                text.contains("payfail") || text.contains("pay fail")
            })
    }

    fn created(self) -> PlacedOrder {
        PlacedOrder::Created {
            order_ids: self.order_ids,
            message: self.message,
        }
    }

    fn created_not_paid(self) -> PlacedOrder {
        let reason = self.payment_failed().unwrap_or_default().to_owned();
        PlacedOrder::CreatedNotPaid {
            order_ids: self.order_ids,
            reason,
        }
    }

    /// A refusal, if the code proves that no order was placed.
    fn refused(self) -> Result<PlacedOrder, Undecided> {
        match self.code.clone() {
            Some(code) if refuses_order(&code) && self.payment_failed().is_none() => {
                Ok(PlacedOrder::Refused(OrderRefusal {
                    info: explain(&code),
                    code,
                    message: self.message,
                }))
            }
            _ => Err(self.undecided()),
        }
    }

    fn undecided(self) -> Undecided {
        Undecided {
            why: self.contradiction(),
            order_ids: self.order_ids,
        }
    }

    fn contradiction(&self) -> String {
        let success = self
            .success
            .map_or("no is_success", |success| match success {
                true => "is_success true",
                false => "is_success false",
            });
        let code = match &self.code {
            Some(code) => format!("the code {code:?}"),
            None => "no code".to_owned(),
        };
        let count = self.order_ids.len();
        format!(
            "found {success}, {code} and {count} order ids; wanted them to agree on whether an order \
             exists"
        )
    }
}

/// Whether a text is or quotes the code of a repeated order, ignoring case.
fn says_repeated(text: &Option<String>) -> bool {
    let text = text.as_deref().map(str::to_ascii_uppercase);
    text.is_some_and(|text| text.contains(REPEATED))
}

/// Whether a text is exactly a known code.
fn is_code(text: &str) -> bool {
    !text.contains(char::is_whitespace) && explain(text).is_some()
}

#[cfg(test)]
mod tests {
    use aliexpress_models::Answer;
    use aliexpress_models::order_create::OrderCreateAnswer;

    use super::*;

    fn classified(
        success: Option<bool>,
        code: &str,
        message: &str,
        ids: &[i64],
    ) -> Result<PlacedOrder, Undecided> {
        let text = |text: &str| Some(text.to_owned()).filter(|text| text != "-");
        let mut result = OrderCreateResult::default();
        result.is_success = success;
        result.error_code = text(code);
        result.error_msg = text(message);
        result.order_list = ids.iter().copied().map(OrderId).collect();
        classify(Some(&result), [])
    }

    #[track_caller]
    fn check(
        success: Option<bool>,
        (code, message): (&str, &str),
        ids: &[i64],
        expected: fn(&PlacedOrder) -> bool,
    ) {
        let placed = classified(success, code, message, ids);
        assert!(placed.as_ref().is_ok_and(expected), "{placed:?}");
        let named: Vec<_> = ids
            .iter()
            .copied()
            .filter(|id| *id > 0)
            .map(OrderId)
            .collect();
        assert_eq!(placed.unwrap().order_ids(), named);
    }

    #[track_caller]
    fn check_open(success: Option<bool>, code: &str, message: &str, ids: &[i64]) {
        let classified = classified(success, code, message, ids);
        assert!(classified.is_err(), "{classified:?}");
    }

    const YES: Option<bool> = Some(true);
    const NO: Option<bool> = Some(false);

    #[test]
    fn an_order_id_that_nothing_contradicts_proves_that_the_order_exists() {
        let created = |placed: &PlacedOrder| matches!(placed, PlacedOrder::Created { .. });
        check(YES, ("-", "-"), &[7], created);
        check(YES, ("", ""), &[7, 8], created);
        check(YES, ("0", "ok"), &[7, 0], created);
    }

    #[test]
    fn an_order_id_with_a_failed_payment_is_an_unpaid_order() {
        let unpaid = |placed: &PlacedOrder| matches!(placed, PlacedOrder::CreatedNotPaid { reason, .. } if reason.contains("APIPayFail"));
        check(
            YES,
            ("-", "OrderCreated, autoPay fail:APIPayFail"),
            &[7],
            unpaid,
        );
        check(YES, ("APIPayFail", "-"), &[7], unpaid);
        check(
            NO,
            ("X", "OrderCreated, autoPay fail:APIPayFail"),
            &[7],
            unpaid,
        );
        check_open(YES, "-", "OrderCreated, autoPay fail:APIPayFail", &[]);
        check_open(NO, "APIPayFail", "-", &[]);
    }

    #[test]
    fn the_code_for_a_repeat_proves_that_the_order_exists() {
        let duplicate = |placed: &PlacedOrder| matches!(placed, PlacedOrder::Duplicate { .. });
        for success in [YES, NO, None] {
            check(success, (REPEATED, "-"), &[], duplicate);
            check(success, ("-", REPEATED), &[7], duplicate);
            check(success, ("F00", "isv.REPEATED_ORDER_ERROR"), &[], duplicate);
        }
    }

    #[test]
    fn the_code_for_a_repeat_is_recognised_anywhere_in_a_refusal_of_the_call() {
        let texts = [
            REPEATED,
            "isv.REPEATED_ORDER_ERROR",
            "isv.repeated_order_error",
        ];
        for text in texts.map(|text| Some(text.to_owned())) {
            let mut refusal = ApiError::default();
            (refusal.code, refusal.kind) = (Some("15".to_owned()), Some("ISV".to_owned()));
            refusal.sub_code = Some("isv.x".to_owned());
            assert_eq!(classify_refusal(&refusal), None);
            let places: [fn(&mut ApiError) -> &mut Option<String>; 4] = [
                |refusal| &mut refusal.code,
                |refusal| &mut refusal.sub_code,
                |refusal| &mut refusal.message,
                |refusal| &mut refusal.sub_message,
            ];
            for place in places {
                let mut refusal = refusal.clone();
                place(&mut refusal).clone_from(&text);
                assert!(classify_refusal(&refusal).is_some(), "{refusal:?}");
            }
        }
    }

    #[test]
    fn listed_codes_without_order_ids_are_refusals() {
        let refused = |placed: &PlacedOrder| matches!(placed, PlacedOrder::Refused(refusal) if refusal.info.is_some());
        for listed in OrderCreateAnswer::ERROR_CODES {
            if listed.code != REPEATED {
                check(NO, (listed.code, listed.code), &[], refused);
                check(None, (listed.code, "-"), &[], refused);
                check(NO, ("-", listed.code), &[], refused);
                check_open(YES, listed.code, "-", &[]);
                check_open(NO, listed.code, "-", &[7]);
            }
        }
    }

    #[test]
    fn unlisted_codes_leave_the_outcome_open() {
        let codes = "INTERNAL_ERROR INNER_ERROR NETWORK_ERROR RPC_ERROR HSF_EXCEPTION EXCEPTION DB_ERROR BUSY \
            java.lang.NullPointerException TRY_AGAIN_LATER RETRY ORDER_CREATING PROCESSING PENDING \
            ORDER_IN_PROGRESS REMOTE_CALL_FAILED CIRCUIT_BREAKER_OPEN UNAVAILABLE 500 502 504 -1 \
            F00-00-10015-010 DUPLICATE_ORDER ORDER_ALREADY_EXISTS OUT_ORDER_ID_EXIST REPEAT_SUBMIT \
            CONCURRENT_LOCK_FAILED PAY_FAILED PAYMENT_FAILED AUTOPAY_ERROR PAY_ERROR SYSTEM_ERROR \
            hsf.timeout UNKNOWN 15 50 27 isp.x ServiceUnavailable IllegalAccessToken REMOTE_CREATE_ORDER_RESULT_ERROR inventory_hold_error";
        for code in codes.split_whitespace() {
            for success in [YES, NO, None] {
                check_open(success, code, "-", &[]);
                check_open(success, "-", code, &[]);
                check_open(success, code, "INVENTORY_HOLD_ERROR", &[]);
            }
        }
        check(NO, ("isv.x", "-"), &[], |placed| !placed.exists());
        check_open(NO, "-", "isv. is what the code began with", &[]);
    }

    #[test]
    fn order_ids_outside_of_the_result_are_found() {
        let result = |success| {
            let mut result = OrderCreateResult::default();
            result.is_success = Some(success);
            result
        };
        let mut refused = result(false);
        refused.error_code = Some("INVENTORY_HOLD_ERROR".to_owned());
        assert!(classify(Some(&refused), [OrderId(0)]).is_ok_and(|placed| !placed.exists()));
        let open = classify(Some(&refused), [OrderId(81)]).unwrap_err();
        assert_eq!(open.order_ids, [OrderId(81)]);
        let mut made = result(true);
        made.order_list = vec![OrderId(1)];
        let made = classify(Some(&made), [OrderId(1), OrderId(2)]).unwrap();
        assert_eq!(made.order_ids(), [OrderId(1), OrderId(2)]);
    }

    #[test]
    fn contradictory_or_empty_answers_leave_the_outcome_open() {
        // The sample on the platform's page.
        check_open(YES, "PARM_ILLEGL", "PARM_ILLEGL", &[1_000_000_000]);
        check_open(YES, "-", "-", &[]);
        check_open(YES, "-", "-", &[0]);
        check_open(NO, "-", "-", &[]);
        check_open(NO, "-", "-", &[7]);
        check_open(None, "-", "-", &[]);
        check_open(None, "-", "-", &[7]);
        assert_eq!(
            classify(None, [OrderId(9)]),
            Err(Undecided {
                why: "found an answer without a result".to_owned(),
                order_ids: vec![OrderId(9)],
            })
        );
        assert_eq!(
            classified(YES, "PARM_ILLEGL", "-", &[7]),
            Err(Undecided {
                why: "found is_success true, the code \"PARM_ILLEGL\" and 1 order ids; wanted them to agree \
                      on whether an order exists"
                    .to_owned(),
                order_ids: vec![OrderId(7)],
            })
        );
    }
}
