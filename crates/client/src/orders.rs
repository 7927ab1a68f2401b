//! Placing orders, reading them, and waiting until a new order becomes visible.
//!
//! # Placing an order
//!
//! [`Client::place_order`](crate::Client::place_order) distinguishes three outcomes, because money
//! depends on them:
//!
//! 1. An `Ok` with a [`PlacedOrder`] is what the platform said about the order: created, created
//!    but not paid, placed earlier, or refused.
//! 2. An error with an [`unknown_outcome`](crate::Error::unknown_outcome) leaves open whether an
//!    order exists: the connection broke after sending had begun, the answer could not be read, or
//!    it contradicts itself.
//! 3. Any other error proves that no order was placed: nothing was sent, or the gateway refused the
//!    call before it reached the order service.
//!
//! A request is resent automatically only in the third case, if no connection could be made or a
//! new session was needed.
//!
//! The caller gives every order an `out_order_id`, by which the platform is reported to recognise a
//! repeated request for 24 hours. Store it before placing the order. After an unknown outcome,
//! [`Client::recover_order`](crate::Client::recover_order) sends the same request under the same id
//! within that time, and finds the order or places it. **Never place it under another id** before
//! the first outcome is known.

mod currency;
mod journaled;
mod new_order;
mod outcome;
pub(crate) mod place;
pub(crate) mod read;
mod unknown;

pub use crate::error::OrderNotVisible;
pub use currency::CurrencyCode;
pub use journaled::{FoundOrder, SettledOrder};
pub(crate) use journaled::{
    Journaling, Record, Start, conclusion_of, conclusion_of_repeat, of_journal,
};
pub use new_order::NewOrder;
pub use outcome::{OrderRefusal, PlacedOrder};
pub use place::{read_order, read_recovered_order};
