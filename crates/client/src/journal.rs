//! A durable record of every order that was ever sent, which survives a crash.
//!
//! A client [with a journal](crate::ClientBuilder::journal) records each order **before** the first
//! byte of its request is sent, and the outcome afterwards. After a restart,
//! [`Client::open_orders`](crate::Client::open_orders) lists the orders whose outcome is unknown
//! and [`Client::settle_open_orders`](crate::Client::settle_open_orders) settles them.
//! [`place_order`](crate::Client::place_order) never sends an order again that the journal records
//! as placed or open, not even weeks later, when the platform no longer recognises its id.
//!
//! ```
//! use aliexpress::{Client, journal::MemoryJournal};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = aliexpress_sandbox::Sandbox::start()?;
//! # let (app_key, app_secret, session) = (sandbox.app_key(), sandbox.app_secret(), sandbox.session());
//! let client = Client::builder(app_key, app_secret)
//!     .session(session)
//! #   .gateway(sandbox.url())
//!     .journal(MemoryJournal::new())
//!     .build()?;
//! // After every start:
//! for settled in client.settle_open_orders()? {
//!     println!("{}: {:?}", settled.out_order_id, settled.outcome);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! The crate `aliexpress-stores` has journals on SQLite and PostgreSQL. [`MemoryJournal`] is for
//! tests. To write your own, implement [`OrderJournal`]: [`JournaledOrder`] contains the rules by
//! which an entry changes, so that all journals behave in the same way, and the feature
//! `conformance` has checks for your tests.
//!
//! A request contains the recipient's name, address and phone number. A journal that stores
//! requests can settle orders without further input. With
//! [`ClientBuilder::journal_without_requests`](crate::ClientBuilder::journal_without_requests) it
//! stores only a fingerprint, and the order itself must be supplied to settle it.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod entry;
mod memory;

use std::error::Error as StdError;
use std::time::SystemTime;

use crate::store_error::{StoreError, StoreErrorKind};

pub use entry::{Conclusion, JournaledOrder, OrderState};
pub use memory::MemoryJournal;

/// A durable store of orders. Clones of a client, and several programs, may use one journal at the
/// same time.
///
/// Every method returns only once its changes are durable: a crash or a power failure right
/// afterwards must not undo them.
pub trait OrderJournal: Send + Sync {
    /// Checks whether an order may be sent and, if so, records that it is about to be, in one
    /// atomic step: if several programs begin the same order at once, only one of them gets
    /// [`Begun::Recorded`].
    ///
    /// An order is identified by its account and `out_order_id` together. The entry to record is
    /// that of [`JournaledOrder::after`].
    ///
    /// # Errors
    ///
    /// When the entry cannot be made durable. The order is then not sent.
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError>;

    /// Records that an open order is about to be sent again, by [`JournaledOrder::repeat`], in one
    /// atomic step with checking that it is open; if it is not, returns [`Begun::Known`].
    ///
    /// # Errors
    ///
    /// When there is no such entry, or the change cannot be made durable. The order is then not
    /// sent.
    fn repeat(
        &self,
        account: &str,
        out_order_id: &str,
        at: SystemTime,
    ) -> Result<Begun, JournalError>;

    /// Changes the entry of an order by [`JournaledOrder::apply`], in one atomic step with reading
    /// it.
    ///
    /// # Errors
    ///
    /// When there is no such entry, or the change cannot be made durable.
    fn conclude(
        &self,
        account: &str,
        out_order_id: &str,
        conclusion: &Conclusion,
    ) -> Result<(), JournalError>;

    /// The entry of one order; `None` if there is none.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    fn find(
        &self,
        account: &str,
        out_order_id: &str,
    ) -> Result<Option<JournaledOrder>, JournalError>;

    /// The open orders of an account, sorted by the time of their first request, then by the bytes
    /// of `out_order_id`.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError>;

    /// At most `most` orders of an account, the newest first: the reverse of the order of
    /// [`open`](Self::open).
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError>;
}

/// What [`OrderJournal::begin`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The order was recorded and may be sent.
    Recorded {
        /// The number of this attempt, which its [`Conclusion`] names.
        attempt: u32,
    },
    /// The order must not be sent, because of what this entry says.
    Known(JournaledOrder),
}

/// A journal that several clients use.
impl<J: OrderJournal + ?Sized> OrderJournal for std::sync::Arc<J> {
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError> {
        (**self).begin(order)
    }

    fn repeat(
        &self,
        account: &str,
        out_order_id: &str,
        at: SystemTime,
    ) -> Result<Begun, JournalError> {
        (**self).repeat(account, out_order_id, at)
    }

    fn conclude(
        &self,
        account: &str,
        out_order_id: &str,
        conclusion: &Conclusion,
    ) -> Result<(), JournalError> {
        (**self).conclude(account, out_order_id, conclusion)
    }

    fn find(
        &self,
        account: &str,
        out_order_id: &str,
    ) -> Result<Option<JournaledOrder>, JournalError> {
        (**self).find(account, out_order_id)
    }

    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError> {
        (**self).open(account)
    }

    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError> {
        (**self).latest(account, most)
    }
}

/// Why a journal could not be read or written. The message must not contain anything from an
/// order's request.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct JournalError(StoreError);

impl JournalError {
    /// An error with a message of the form `cannot X: found Y; wanted Z`.
    pub fn new(message: impl Into<String>) -> Self {
        Self(StoreError::new(message))
    }

    /// Adds the underlying error of the system or a library.
    #[must_use]
    pub fn with_source(self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(self.0.with_source(cause))
    }

    /// Sets the kind of failure; [`StoreErrorKind::Failed`] by default.
    #[must_use]
    pub fn with_kind(self, kind: StoreErrorKind) -> Self {
        Self(self.0.with_kind(kind))
    }

    /// The kind of failure.
    pub fn kind(&self) -> StoreErrorKind {
        self.0.kind()
    }

    pub(crate) fn take_source(&mut self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.0.take_source()
    }

    /// The error for an order that has no entry.
    pub fn unknown_order(out_order_id: &str) -> Self {
        Self::new(format!(
            "cannot record the outcome of order {out_order_id:?}: found no entry in the journal; wanted the one \
             recorded before it was sent"
        ))
    }
}

impl From<StoreError> for JournalError {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}
