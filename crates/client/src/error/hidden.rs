//! The error for an order that did not become visible before the deadline.

use std::time::Duration;

use aliexpress_models::shared::OrderId;

/// An order that did not become visible before the deadline.
///
/// A new order becomes visible some seconds after it was placed. Until then, and for orders of
/// other accounts, the platform answers that permission is insufficient.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot see order {order_id}: found it invisible after {waited:.1?}; wanted it to become visible before the deadline"
)]
#[non_exhaustive]
pub struct OrderNotVisible {
    /// The id that was polled for.
    pub order_id: OrderId,
    /// How long it was polled for.
    pub waited: Duration,
}
