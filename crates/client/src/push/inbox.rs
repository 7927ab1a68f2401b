//! Where messages wait until they are worked on.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod memory;

use std::fmt;
use std::time::{Duration, SystemTime};

use super::{Message, PushError};
use crate::tokens::StoreError;

pub use memory::MemoryInbox;

/// Keeps messages from their receipt until they are worked on, and drops repeats.
///
/// The handler of the callback [puts](Self::put) each message in and answers 200; a worker [claims](Self::claim) one after
/// the other and reports it [done](Self::done). A message whose worker was killed is claimed again when its lease has
/// ended: each is worked on at least once. Several handlers and workers may use one inbox.
///
/// The crate `aliexpress-stores` has inboxes on SQLite and PostgreSQL; [`MemoryInbox`] is gone with the program. All
/// block as long as their store does: an async handler calls them on its runtime's blocking pool.
pub trait Inbox: Send + Sync {
    /// Keeps a message, unless it is known. What it keeps is durable when it returns.
    ///
    /// Messages are distinguished by [`Message::fingerprint`], and are known while they wait, and afterwards for as long as
    /// the inbox's [limits](InboxLimits) say.
    ///
    /// # Errors
    ///
    /// When it cannot be kept, or too many wait: answer with status 503, and the platform sends it again.
    fn put(&self, message: &Message, now: SystemTime) -> Result<Arrival, StoreError>;

    /// The message that waits longest, for this worker alone until the lease ends; `None` where none waits.
    ///
    /// # Errors
    ///
    /// When the inbox cannot be read or written.
    fn claim(&self, now: SystemTime, lease: Duration) -> Result<Option<Claimed>, StoreError>;

    /// Reports that a message was worked on. Its content is forgotten, its fingerprint is not yet.
    ///
    /// # Errors
    ///
    /// When the inbox cannot be written.
    fn done(&self, fingerprint: &str) -> Result<(), StoreError>;

    /// How many messages wait, claimed ones included.
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

    fn claim(&self, now: SystemTime, lease: Duration) -> Result<Option<Claimed>, StoreError> {
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
    /// The message is new, and waits now.
    New,
    /// It came before: there is nothing to do. Answer 200 all the same.
    Repeated,
}

/// A message to work on.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Claimed {
    /// The name that [`Inbox::done`] takes.
    pub fingerprint: String,
    /// The message.
    pub message: Message,
    /// When it was put in.
    pub received: SystemTime,
    /// How often it was claimed, this time included. A message that fails again and again is for a person to look at.
    pub claims: u32,
}

/// How much an inbox keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxLimits {
    /// Most messages that wait, and most fingerprints that are remembered together with them. 100,000 by default.
    pub messages: usize,
    /// How long a message is known after it came. The platform repeats for 6 hours, as third parties report; 24 hours
    /// by default.
    pub remembered: Duration,
}

impl Default for InboxLimits {
    fn default() -> Self {
        Self {
            messages: 100_000,
            remembered: Duration::from_secs(24 * 60 * 60),
        }
    }
}

impl InboxLimits {
    /// Most messages that wait, and most fingerprints that are remembered; 1 at least.
    #[must_use]
    pub fn messages(mut self, most: usize) -> Self {
        self.messages = most.max(1);
        self
    }

    /// How long a message is known after it came.
    #[must_use]
    pub fn remembered(mut self, time: Duration) -> Self {
        self.remembered = time;
        self
    }

    /// The error of an inbox in which as many wait as may.
    pub fn full(&self) -> StoreError {
        let most = self.messages;
        StoreError::new(format!(
            "cannot keep a push message: found {most} that wait already; wanted fewer than {most}"
        ))
    }
}

/// A row of an inbox, as stores keep it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxEntry {
    /// [`Message::fingerprint`].
    pub fingerprint: String,
    /// The message as JSON.
    pub body: String,
    /// When it was put in.
    pub received: SystemTime,
    /// How often it was claimed.
    pub claims: u32,
}

impl InboxEntry {
    /// A message that is put in.
    pub fn new(message: &Message, received: SystemTime) -> Self {
        Self {
            fingerprint: message.fingerprint(),
            body: message.raw.to_json(),
            received,
            claims: 0,
        }
    }

    /// The same from a store's columns.
    pub fn kept(fingerprint: String, body: String, received: SystemTime, claims: u32) -> Self {
        Self {
            fingerprint,
            body,
            received,
            claims,
        }
    }

    /// The message to work on.
    ///
    /// # Errors
    ///
    /// When another hand has changed the body so that it is no message.
    pub fn claimed(self) -> Result<Claimed, StoreError> {
        let message = Message::read(self.body.as_bytes()).map_err(|error: PushError| {
            StoreError::new(
                "cannot read the inbox: found no message in an entry; wanted what was put in",
            )
            .because(error)
        })?;
        Ok(Claimed {
            fingerprint: self.fingerprint,
            message,
            received: self.received,
            claims: self.claims,
        })
    }
}

impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed")
            .field("message", &self.message)
            .field("received", &self.received)
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for InboxEntry {
    /// Without the message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxEntry")
            .field("fingerprint", &self.fingerprint)
            .field("received", &self.received)
            .field("claims", &self.claims)
            .finish_non_exhaustive()
    }
}
