//! An order of which it is unknown whether it exists.

use std::time::SystemTime;

use aliexpress_models::shared::OrderId;
use serde::{Deserialize, Serialize};

use super::Error;

/// Details of an order that may or may not exist.
///
/// Do not place it again under another `out_order_id`: that would be a second order if the first
/// one exists. [`Client::recover_order`](crate::Client::recover_order) asks again under the same
/// one.
///
/// It can be stored without its cause, in JSON, CBOR, MessagePack, TOML and RON; `sent_at` as serde
/// writes a [`SystemTime`], in seconds and nanoseconds since 1970.
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

fn named(order_ids: &[OrderId]) -> String {
    if order_ids.is_empty() {
        return String::new();
    }
    let ids: Vec<_> = order_ids.iter().map(ToString::to_string).collect();
    format!("; it named order {}", ids.join(" "))
}
