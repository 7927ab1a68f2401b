//! Why a store failed.

use std::error::Error as StdError;

/// Why a store could not load or save. The message must not contain a token.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct StoreError {
    message: String,
    kind: StoreErrorKind,
    #[source]
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of failure of a [`StoreError`] or a [`JournalError`](crate::journal::JournalError).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store cannot be reached or is in use elsewhere: a retry may succeed.
    Unavailable,
    /// The store contains something that this version cannot read: another program's data, a newer
    /// schema, a changed row.
    Unreadable,
    /// The settings, permissions or location of the store are wrong.
    Unusable,
    /// Anything else; the source may say more.
    #[default]
    Failed,
}

impl StoreError {
    /// An error with a message such as `cannot save tokens to /var/lib/shop/tokens.json`.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            kind: StoreErrorKind::default(),
            cause: None,
        }
    }

    /// Adds the underlying error, which the message does not repeat.
    #[must_use]
    pub fn with_source(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Sets the kind of failure; [`StoreErrorKind::Failed`] by default.
    #[must_use]
    pub fn with_kind(mut self, kind: StoreErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// The kind of failure.
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }

    pub(crate) fn take_source(&mut self) -> Option<Box<dyn StdError + Send + Sync>> {
        self.cause.take()
    }
}
