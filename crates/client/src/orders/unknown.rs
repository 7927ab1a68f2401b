//! Makes the error for an order whose outcome is unknown.

use std::time::SystemTime;

use aliexpress_models::Request;
use aliexpress_models::order_create::OrderCreate;
use aliexpress_models::shared::OrderId;

use super::new_order::NewOrder;
use crate::error::{Error, Kind, UnknownOutcome};

/// The unknown outcome as an error, with what its cause knows about the exchange.
pub(super) fn unknown(
    order: &NewOrder,
    sent_at: SystemTime,
    order_ids: Vec<OrderId>,
    why: String,
    mut cause: Option<Error>,
) -> Error {
    let (answer, request_id, tries, retry_after) = match cause.as_mut().map(Error::inner_mut) {
        Some(inner) => (
            inner.answer.take(),
            inner.request_id.clone(),
            inner.tries,
            inner.retry_after,
        ),
        None => (None, None, 1, None),
    };
    let outcome = UnknownOutcome {
        out_order_id: order.out_order_id().as_str().to_owned(),
        order_ids,
        sent_at,
        why,
        cause,
    };
    let mut error = Error::new(OrderCreate::API, Kind::UnknownOutcome(outcome));
    let inner = error.inner_mut();
    (inner.answer, inner.request_id) = (answer, request_id);
    (inner.tries, inner.retry_after) = (tries, retry_after);
    error
}
