//! The error for an order that may or may not exist.

use std::time::SystemTime;

use aliexpress_models::shared::OrderId;
use serde::{Deserialize, Serialize};

use super::Error;

/// Details of an order that may or may not exist.
///
/// Do not place it again under another `out_order_id`: that would be a second order if the first
/// one exists. [`Client::recover_order`](crate::Client::recover_order) sends the request again
/// under the same one.
///
/// This value can be stored without its cause, in JSON, CBOR, MessagePack, TOML and RON; `sent_at`
/// as serde writes a [`SystemTime`], in seconds and nanoseconds since 1970.
#[derive(Debug, Serialize, Deserialize, thiserror::Error)]
#[error(
    "cannot tell whether order {out_order_id:?} was placed: {why}{}; find out before placing it under another id",
    named(.order_ids)
)]
#[non_exhaustive]
pub struct UnknownOutcome {
    /// The id under which the order was to be placed.
    pub out_order_id: String,
    /// Order ids found in the answer or in the part of it that arrived. They are hints: check them
    /// before relying on them.
    pub order_ids: Vec<OrderId>,
    /// When the request was first sent, by this machine's clock or the gateway's, whichever is
    /// earlier. The platform is reported to recognise a repeat for 24 hours.
    pub sent_at: SystemTime,
    /// What is contradictory or missing.
    pub why: String,
    #[serde(skip)]
    pub(crate) cause: Option<Error>,
}

impl UnknownOutcome {
    /// The error that left the outcome unknown, such as a time-out or an expired session. `None` if
    /// an answer arrived that contradicts itself, and after this value was stored and read back.
    /// The underlying error of the cause is the source of the error that carries this value.
    pub fn cause(&self) -> Option<&Error> {
        self.cause.as_ref()
    }
}

/// A message names no more ids than this.
const MOST_NAMED: usize = 20;

fn named(order_ids: &[OrderId]) -> String {
    if order_ids.is_empty() {
        return String::new();
    }
    let ids = order_ids.iter().take(MOST_NAMED);
    let ids: Vec<_> = ids.map(ToString::to_string).collect();
    let rest = match order_ids.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    format!("; possible order ids: {}{rest}", ids.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_lists_a_few_order_ids_and_counts_the_others() {
        let ids: Vec<_> = (1..=1_000_000).map(OrderId).collect();
        assert_eq!(named(&ids[..0]), "");
        assert_eq!(named(&ids[..2]), "; possible order ids: 1 2");
        assert!(named(&ids[..MOST_NAMED]).ends_with(" 19 20"));
        assert!(named(&ids).ends_with(" 19 20 and 999980 more"));
    }
}
