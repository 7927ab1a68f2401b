//! The error for an order that did not become visible before the deadline.

use std::time::Duration;

use aliexpress_models::shared::OrderId;

/// An order that did not become visible before the deadline.
///
/// A new order becomes visible some seconds after it was placed. Until then, and for orders of
/// other accounts, the platform answers that permission is insufficient.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot read order {order_id}: found that the platform did not show the order even after {waited:.1?}; wanted the order \
     to become visible before that"
)]
#[non_exhaustive]
pub struct OrderNotVisible {
    /// The id of the order.
    pub order_id: OrderId,
    /// How long the client polled for the order.
    pub waited: Duration,
}
