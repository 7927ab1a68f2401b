//! Orders: placed once, and waited for until they show.

use std::fmt;
use std::time::Duration;

use crate::error::Error;

pub(crate) type OrderId = i64;

/// An order that did not show before the deadline.
///
/// A new order shows some seconds after it was placed. Until then, and for orders of somebody else,
/// the platform answers that permission is insufficient.
#[derive(Debug)]
#[non_exhaustive]
pub struct OrderNotVisible {
    /// The order that was waited for.
    pub order_id: OrderId,
    /// How long it was waited for.
    pub waited: Duration,
    pub(crate) last: Error,
}

impl fmt::Display for OrderNotVisible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot see order {}: found it hidden for {:.1?}; wanted it to show before the deadline",
            self.order_id, self.waited
        )
    }
}
