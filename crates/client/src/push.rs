//! Push messages, which the platform sends to the application's callback.
//!
//! The platform POSTs a JSON message when an order changes, a parcel moves, a product is deleted or
//! a session is about to expire. Types, statuses and the signature are documented by the platform.
//! How soon it expects an answer and how often it repeats a message are reported for a sister
//! platform on the same software, and unconfirmed for AliExpress.
//!
//! ```
//! use aliexpress::push::{self, Event};
//! use aliexpress::{AppKey, AppSecret};
//!
//! let (app_key, secret) = (AppKey::new("12345678"), AppSecret::new("helloworld"));
//! let body = br#"{"data":{"buyerId":1861703697,"orderId":1105933950463697,"orderStatus":"paymentFailedEvent"},"message_type":53,"seller_id":"1234","site":"ae_global","timestamp":1719389200}"#;
//! let authorization = "dea21ab43d2342828d8a222acf7fce499189aa3fc530c02f524580be1d91a1f8";
//!
//! let message = push::receive(&app_key, &secret, Some(authorization), body)?;
//! if let Event::OrderStatus(change) = &message.event {
//!     assert_eq!(change.order_id.map(|id| id.0), Some(1_105_933_950_463_697));
//! }
//! # Ok::<(), push::PushError>(())
//! ```
//!
//! # Answering
//!
//! - Pass the raw bytes of the body. If [`receive`] refuses a message as forged, answer with status
//!   401. Your program decides what to do with a message without a signature:
//!   [`PushError::is_unsigned`].
//! - Answer 200 within 500 ms: put the message into an [`Inbox`] and process it afterwards.
//!   Otherwise it is sent again, 12 times, every 30 minutes. Messages arrive **at least once**, and
//!   not always in order. The inbox drops repeats.
//! - The signature contains no time, so anyone who captured a message can send it again. Make
//!   handling a message twice harmless: treat it as a hint that something changed, and read the
//!   order. [`Message::age`] reveals old messages.

mod event;
mod inbox;
mod message;
mod types;

pub use aliexpress_signing::push::{sign, verify};
use aliexpress_signing::{AppKey, AppSecret};
pub use event::{Event, OrderStageChange, OrderStatusChange, ProductChange, PushedStatus};
#[cfg(any(test, feature = "conformance"))]
pub use inbox::conformance;
pub use inbox::{Arrival, ClaimedMessage, Inbox, InboxEntry, InboxLimits, MemoryInbox};
pub use message::Message;
pub use types::{OrderStage, PushType, types};

/// Checks a message's signature, then reads it.
///
/// `header` is the value of `Authorization`, `None` if the request has none; `body` is the raw
/// bytes. The signature is compared in constant time.
///
/// # Errors
///
/// When there is no signature, it does not match the body, or the body is not a message. The
/// platform recommends checking signatures but does not promise one on test messages. A program
/// that accepts messages without a signature reads them with [`Message::read`], knowing that anyone
/// can send them.
pub fn receive(
    app_key: &AppKey,
    secret: &AppSecret,
    header: Option<&str>,
    body: &[u8],
) -> Result<Message, PushError> {
    let Some(header) = header.map(str::trim).filter(|header| !header.is_empty()) else {
        return Err(PushError(Fault::Unsigned));
    };
    if !verify(app_key, secret, header, body) {
        return Err(PushError(Fault::Forged));
    }
    Message::read(body)
}

/// Why a message was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot receive a push message: {0}")]
pub struct PushError(Fault);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("found no signature; wanted the signature of the body, in the header Authorization")]
    Unsigned,
    #[error("found a wrong signature; wanted the one for this body and the app secret")]
    Forged,
    #[error("found {0}; wanted a message of the platform")]
    Unreadable(&'static str),
}

/// The kind of failure of a [`PushError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PushErrorKind {
    /// There was no signature, or a blank one.
    Unsigned,
    /// The signature was wrong.
    Forged,
    /// The signature was right, but the body is not a message of the platform.
    Unreadable,
}

impl PushError {
    /// The kind of failure.
    pub fn kind(&self) -> PushErrorKind {
        match self.0 {
            Fault::Unsigned => PushErrorKind::Unsigned,
            Fault::Forged => PushErrorKind::Forged,
            Fault::Unreadable(_) => PushErrorKind::Unreadable,
        }
    }

    fn unreadable(found: &'static str) -> Self {
        Self(Fault::Unreadable(found))
    }

    /// Whether the signature was wrong: the message does not come from the platform, or it was
    /// signed for another app key or with another secret.
    pub fn is_forged(&self) -> bool {
        self.0 == Fault::Forged
    }

    /// Whether the signature was missing or blank. Such a message may come from anyone, or be a
    /// test by the platform.
    pub fn is_unsigned(&self) -> bool {
        self.0 == Fault::Unsigned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_message_is_not_read() {
        let (app_key, secret) = (AppKey::new("1"), AppSecret::new("s"));
        let body = br#"{"message_type":0}"#;
        let error = receive(&app_key, &secret, Some(&"0".repeat(64)), body).unwrap_err();
        assert!(error.is_forged());
        assert_eq!(
            error.to_string(),
            "cannot receive a push message: found a wrong signature; wanted the one for this body and the app secret"
        );
        let header = sign(&app_key, &secret, body);
        assert!(receive(&app_key, &secret, Some(&header), body).is_ok());
        let header = sign(&app_key, &secret, b"[]");
        let error = receive(&app_key, &secret, Some(&header), b"[]").unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot receive a push message: found JSON that is not an object; wanted a message of the platform"
        );
    }

    #[test]
    fn the_caller_decides_about_messages_without_a_signature() {
        let (app_key, secret) = (AppKey::new("1"), AppSecret::new("s"));
        let body = br#"{"message_type":0}"#;
        for header in [None, Some(""), Some(" ")] {
            let error = receive(&app_key, &secret, header, body).unwrap_err();
            assert!(error.is_unsigned() && !error.is_forged());
            assert_eq!(
                error.to_string(),
                "cannot receive a push message: found no signature; wanted the signature of the body, in the header Authorization"
            );
        }
        assert_eq!(Message::read(body).unwrap().event, Event::Test);
    }
}
