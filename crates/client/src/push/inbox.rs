//! A queue of messages between their receipt and their processing.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod memory;

use std::fmt;
use std::time::{Duration, SystemTime};

use super::{Message, PushError};
use crate::store_error::StoreError;

pub use memory::MemoryInbox;

/// Stores messages from their receipt until they are processed, and drops repeats.
///
/// The callback handler [puts](Self::put) each message in and answers 200. A worker
/// [claims](Self::claim) one message after the other and reports it [done](Self::done). If a worker
/// is killed, its message can be claimed again when the lease has expired, so each message is
/// processed at least once. Several handlers and workers may share one inbox.
///
/// The crate `aliexpress-stores` has inboxes on SQLite and PostgreSQL; [`MemoryInbox`] loses its
/// messages when the program ends. All methods block as long as their store does: async handlers
/// must call them on their runtime's blocking pool.
pub trait Inbox: Send + Sync {
    /// Stores a message, unless it is known. The message is durable once this method returns.
    ///
    /// Messages are identified by [`Message::fingerprint`]. They are known while they wait, and
    /// afterwards for as long as the inbox's [limits](InboxLimits) say.
    ///
    /// # Errors
    ///
    /// When the message cannot be stored, or too many messages are waiting: answer with status 503,
    /// and the platform sends the message again.
    fn put(&self, message: &Message, now: SystemTime) -> Result<Arrival, StoreError>;

    /// Claims the message that has waited longest, until the lease expires; `None` if none is
    /// waiting.
    ///
    /// # Errors
    ///
    /// When the inbox cannot be read or written.
    fn claim(&self, now: SystemTime, lease: Duration)
    -> Result<Option<ClaimedMessage>, StoreError>;

    /// Reports that a message was processed. Its content is deleted, its fingerprint is kept for a
    /// while.
    ///
    /// # Errors
    ///
    /// When the inbox cannot be written.
    fn done(&self, fingerprint: &str) -> Result<(), StoreError>;

    /// The number of messages that are not yet done, claimed ones included.
    ///
    /// # Errors
    ///
    /// When the inbox cannot be read.
    fn waiting(&self) -> Result<usize, StoreError>;
}

/// An inbox that several threads use.
impl<I: Inbox + ?Sized> Inbox for std::sync::Arc<I> {
    fn put(&self, message: &Message, now: SystemTime) -> Result<Arrival, StoreError> {
        (**self).put(message, now)
    }

    fn claim(
        &self,
        now: SystemTime,
        lease: Duration,
    ) -> Result<Option<ClaimedMessage>, StoreError> {
        (**self).claim(now, lease)
    }

    fn done(&self, fingerprint: &str) -> Result<(), StoreError> {
        (**self).done(fingerprint)
    }

    fn waiting(&self) -> Result<usize, StoreError> {
        (**self).waiting()
    }
}

/// What [`Inbox::put`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The message is new and now waits.
    New,
    /// The message came before. There is nothing to do; answer 200.
    Repeated,
}

/// A message to process.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ClaimedMessage {
    /// The message's fingerprint, for [`Inbox::done`].
    pub fingerprint: String,
    /// The message.
    pub message: Message,
    /// When it was put into the inbox.
    pub received: SystemTime,
    /// How often it was claimed, including this time. A person should look at a message that fails
    /// again and again.
    pub claims: u32,
}

/// How much an inbox stores, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxLimits {
    /// Most messages that may wait, and most fingerprints that are remembered, waiting messages
    /// included. 100,000 by default.
    pub messages: usize,
    /// How long a message is recognised after its arrival. 24 hours by default; third parties
    /// report that the platform repeats for 6 hours.
    pub remember_for: Duration,
}

impl Default for InboxLimits {
    fn default() -> Self {
        Self {
            messages: 100_000,
            remember_for: Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl InboxLimits {
    /// Most messages that may wait, and most fingerprints that are remembered; at least 1.
    #[must_use]
    pub fn messages(mut self, most: usize) -> Self {
        self.messages = most.max(1);
        self
    }

    /// How long a message is recognised after its arrival.
    #[must_use]
    pub fn remember_for(mut self, time: Duration) -> Self {
        self.remember_for = time;
        self
    }

    /// The error for a full inbox.
    pub fn full(&self) -> StoreError {
        let most = self.messages;
        StoreError::new(format!(
            "cannot keep a push message: found {most} waiting messages; wanted fewer than {most}"
        ))
    }
}

/// A row of an inbox in a store.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxEntry {
    /// The message's fingerprint, see [`Message::fingerprint`].
    pub fingerprint: String,
    /// The message as JSON.
    pub body: String,
    /// When it was put into the inbox.
    pub received: SystemTime,
    /// How often it was claimed.
    pub claims: u32,
}

impl InboxEntry {
    /// The row for a new message.
    pub fn new(message: &Message, received: SystemTime) -> Self {
        Self {
            fingerprint: message.fingerprint(),
            body: message.raw.to_json(),
            received,
            claims: 0,
        }
    }

    /// A row read from a store's columns.
    pub fn kept(fingerprint: String, body: String, received: SystemTime, claims: u32) -> Self {
        Self {
            fingerprint,
            body,
            received,
            claims,
        }
    }

    /// The message to process.
    ///
    /// # Errors
    ///
    /// When the body was changed outside of the inbox and is no longer a message.
    pub fn claimed(self) -> Result<ClaimedMessage, StoreError> {
        let message = Message::read(self.body.as_bytes()).map_err(|error: PushError| {
            StoreError::new(
                "cannot read the inbox: found an entry that is not a message; wanted the message that was put in",
            )
            .with_source(error)
        })?;
        Ok(ClaimedMessage {
            fingerprint: self.fingerprint,
            message,
            received: self.received,
            claims: self.claims,
        })
    }
}

impl fmt::Debug for ClaimedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClaimedMessage")
            .field("message", &self.message)
            .field("received", &self.received)
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for InboxEntry {
    /// Leaves out the message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxEntry")
            .field("fingerprint", &self.fingerprint)
            .field("received", &self.received)
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}
