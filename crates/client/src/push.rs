//! Push messages: what the platform tells the application's callback.
//!
//! The platform POSTs a JSON message when an order changes, a parcel moves, a product is deleted or a session is about
//! to end. Types, statuses and the signature are documented by the platform; how soon it wants an answer, and how often
//! it repeats, is reported for a sister platform on the same software and unconfirmed for AliExpress.
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
//! - Take the raw bytes of the body, and answer a message that [`receive`] refuses as forged with status
//!   401. What a message without a signature is worth is for the program to decide: [`PushError::is_unsigned`].
//! - Answer 200 within 500 ms, so put the message into an [`Inbox`] and work on it afterwards. Otherwise it is sent
//!   again, every 30 minutes, 12 times: it arrives **at least once**, and not always in order. The inbox drops repeats.
//! - The signature does not say when it was made, and whoever captured a message can send it again. Let
//!   handling one twice do no harm: take it as a hint that something changed, and read the order.
//!   [`Message::age`] tells old ones.

mod event;
mod inbox;
mod message;
mod types;

pub use aliexpress_signing::push::{sign, verify};
use aliexpress_signing::{AppKey, AppSecret};
pub use event::{
    Event, OrderStage, OrderStageChange, OrderStatusChange, ProductChange, PushedStatus,
};
#[cfg(any(test, feature = "conformance"))]
pub use inbox::conformance;
pub use inbox::{Arrival, Claimed, Inbox, InboxEntry, InboxLimits, MemoryInbox};
pub use message::Message;
pub use types::{PushType, types};

/// Checks a message's signature, then reads it.
///
/// `header` is the value of `Authorization`, `None` where the request has none; `body` the bytes as they came. The
/// signature is compared in constant time.
///
/// # Errors
///
/// When there is no signature, it is not that of the body, or the body is no message. The platform recommends to check
/// signatures and does not promise one for test messages: a program that takes messages without one reads them by
/// [`Message::read`], knowing that anybody can send them.
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

/// Why a message was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot receive a push message: {0}")]
pub struct PushError(Fault);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("found no signature; wanted that of the body, in the header Authorization")]
    Unsigned,
    #[error("found another signature; wanted the one for this body and the app secret")]
    Forged,
    #[error("found {0}; wanted a message of the platform")]
    Unreadable(&'static str),
}

/// What sort of failure a [`PushError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PushErrorKind {
    /// There was no signature, or a blank one.
    Unsigned,
    /// The signature was wrong.
    Forged,
    /// The signature was right and the body is no message of the platform.
    Unreadable,
}

impl PushError {
    /// What sort of failure this is.
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

    /// Whether the signature was wrong: the message is not from the platform, or the app key or secret is
    /// not the one that it was signed with.
    pub fn is_forged(&self) -> bool {
        self.0 == Fault::Forged
    }

    /// Whether there was no signature, or a blank one: it may come from anybody, a test of the platform included.
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
            "cannot receive a push message: found another signature; wanted the one for this body and the app secret"
        );
        let header = sign(&app_key, &secret, body);
        assert!(receive(&app_key, &secret, Some(&header), body).is_ok());
        let header = sign(&app_key, &secret, b"[]");
        let error = receive(&app_key, &secret, Some(&header), b"[]").unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot receive a push message: found no object; wanted a message of the platform"
        );
    }

    #[test]
    fn a_message_without_signature_is_for_the_caller_to_decide() {
        let (app_key, secret) = (AppKey::new("1"), AppSecret::new("s"));
        let body = br#"{"message_type":0}"#;
        for header in [None, Some(""), Some(" ")] {
            let error = receive(&app_key, &secret, header, body).unwrap_err();
            assert!(error.is_unsigned() && !error.is_forged());
            assert_eq!(
                error.to_string(),
                "cannot receive a push message: found no signature; wanted that of the body, in the header \
                 Authorization"
            );
        }
        assert_eq!(Message::read(body).unwrap().event, Event::Test);
    }
}
