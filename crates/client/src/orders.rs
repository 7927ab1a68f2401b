//! Orders: placed once, read, and waited for until they show.
//!
//! # Placing an order
//!
//! [`Client::place_order`](crate::Client::place_order) distinguishes three outcomes, because money depends on them:
//!
//! 1. What the platform said about the order is a [`PlacedOrder`]: created, created but not paid,
//!    there already, or refused.
//! 2. An error whose [`unknown_outcome`](crate::Error::unknown_outcome) is there leaves open whether an
//!    order exists: the connection broke after the request had begun to leave, the answer was no answer,
//!    or it contradicts itself.
//! 3. Any other error proves that no order was placed: nothing left this machine, or the gateway refused
//!    the call before it reached the order service.
//!
//! A request is resent automatically only in the third case, where no connection could be made or a new
//! session was needed.
//!
//! Every order has an `out_order_id` that the caller chooses, by which the platform is reported to recognise a
//! repeated request for 24 hours. Store it before placing the order. After an unknown outcome,
//! [`Client::recover_order`](crate::Client::recover_order) sends the same request under the same id
//! within that time, and finds the order or places it. **Never place it under another id** before the
//! first is settled.

mod currency;
mod journaled;
mod new_order;
mod outcome;
pub(crate) mod place;
pub(crate) mod read;

pub use currency::CurrencyCode;
pub(crate) use journaled::Journaling;
pub use journaled::{FoundOrder, SettledOrder};
#[cfg(feature = "async")]
pub(crate) use journaled::{Start, conclusion_of, conclusion_of_repeat};
pub use new_order::NewOrder;
pub use outcome::{OrderRefusal, PlacedOrder};
pub use place::{read_order, read_recovered_order};
pub use read::OrderNotVisible;
