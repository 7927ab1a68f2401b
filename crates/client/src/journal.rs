//! What is known of every order that was ever placed, kept where a crash does not reach it.
//!
//! A client [with a journal](crate::ClientBuilder::journal) records each order **before** the first byte of its request
//! leaves, and the outcome after. An order whose outcome is unknown is thereby found again after a restart
//! ([`Client::open_orders`](crate::Client::open_orders)) and settled
//! ([`Client::settle_open_orders`](crate::Client::settle_open_orders)); and an order that the journal knows as placed or
//! open is never sent again by [`place_order`](crate::Client::place_order), not even weeks later, when the platform has
//! forgotten its id.
//!
//! The crate `aliexpress-stores` has journals on SQLite and PostgreSQL. [`MemoryJournal`] is for tests. A journal of
//! your own implements [`OrderJournal`]; [`JournaledOrder`] has the rules by which an entry changes, so that every
//! journal keeps to the same ones, and the feature `conformance` has the checks that its tests can run.
//!
//! The request holds the recipient's name, address and phone number. A journal that keeps it can settle the order by
//! itself; [`ClientBuilder::journal_without_requests`](crate::ClientBuilder::journal_without_requests) keeps only a
//! fingerprint, and then whoever settles brings the order.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod entry;
mod memory;

use std::error::Error as StdError;
use std::time::SystemTime;

use crate::tokens::{StoreError, StoreErrorKind};

pub use entry::{Conclusion, JournaledOrder, OrderState};
pub use memory::MemoryJournal;

/// Keeps what is known of orders. Clones of a client, and several programs, may use one journal at once.
///
/// Every method returns only when what it wrote is durable: a crash or a power cut right after must not undo it.
pub trait OrderJournal: Send + Sync {
    /// Records that an order is about to be sent, in one step with looking whether it may be: of several programs that
    /// begin the same order at once, one records it.
    ///
    /// Orders are distinguished by account and `out_order_id` together. The entry recorded is that of
    /// [`JournaledOrder::after`].
    ///
    /// # Errors
    ///
    /// When the entry cannot be made durable. The order is not sent then.
    fn begin(&self, order: &JournaledOrder) -> Result<Begun, JournalError>;

    /// Records that an open order is about to be sent again, by [`JournaledOrder::repeat`] and in one step with looking
    /// whether it is open: [`Begun::Known`] where it is not.
    ///
    /// # Errors
    ///
    /// When there is no such entry, or the change cannot be made durable. The order is not sent then.
    fn repeat(
        &self,
        account: &str,
        out_order_id: &str,
        at: SystemTime,
    ) -> Result<Begun, JournalError>;

    /// Changes the entry of an order by [`JournaledOrder::apply`], in one step with reading it.
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

    /// The entry of one order; `None` where there is none.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    fn find(
        &self,
        account: &str,
        out_order_id: &str,
    ) -> Result<Option<JournaledOrder>, JournalError>;

    /// The orders of an account whose outcome is open, by the time of their first request, then by the bytes of
    /// `out_order_id`.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    fn open(&self, account: &str) -> Result<Vec<JournaledOrder>, JournalError>;

    /// The orders of an account in the reverse of that order, the newest first, this many at most.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    fn latest(&self, account: &str, most: usize) -> Result<Vec<JournaledOrder>, JournalError>;
}

/// What [`OrderJournal::begin`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The order is recorded and may be sent.
    Recorded {
        /// The number of this attempt, which its [`Conclusion`] names.
        attempt: u32,
    },
    /// What the journal knows already forbids to send the order.
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

/// Why a journal could not be read or written. The message must hold nothing of an order's request.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct JournalError(StoreError);

impl JournalError {
    /// An error with a message of the form `cannot X: found Y; wanted Z`.
    pub fn new(message: impl Into<String>) -> Self {
        Self(StoreError::new(message))
    }

    /// Adds the error of the system or the library beneath.
    #[must_use]
    pub fn because(self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(self.0.because(cause))
    }

    /// Says what sort of failure it is; [`StoreErrorKind::Failed`] by default.
    #[must_use]
    pub fn of_kind(self, kind: StoreErrorKind) -> Self {
        Self(self.0.of_kind(kind))
    }

    /// What sort of failure it is.
    pub fn kind(&self) -> StoreErrorKind {
        self.0.kind()
    }

    pub(crate) fn take_source(&mut self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.0.take_source()
    }

    /// There is no entry to change.
    pub fn unknown_order(out_order_id: &str) -> Self {
        Self::new(format!(
            "cannot record the outcome of order {out_order_id:?}: found no entry in the journal; wanted the one that \
             was made before it was sent"
        ))
    }
}

/// A database that keeps both tells its trouble once.
impl From<StoreError> for JournalError {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}
