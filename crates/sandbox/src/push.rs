//! Push messages about orders, posted to the app's callback until it answers with 200.
//!
//! Form, signature and number of retries are those of the sister platform that runs the same software; this
//! platform does not document them.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use aliexpress_signing::{AppKey, AppSecret, push};
use serde_json::{Value, json};

use crate::callback::Callback;
use crate::clock::milliseconds;
use crate::credentials::Credentials;

pub(crate) const LOGISTICS: i64 = 18;
pub(crate) const PAYMENT: i64 = 51;
pub(crate) const ORDER_STATUS: i64 = 53;
pub(crate) const TOKEN_EXPIRING: i64 = 65;

/// The types of push messages that can be sent automatically for events.
pub const PUSH_TYPES: [i64; 4] = [LOGISTICS, PAYMENT, ORDER_STATUS, TOKEN_EXPIRING];

/// How many messages are kept, and how many bytes of them.
const REMEMBERED: usize = 500;
const REMEMBERED_BYTES: usize = 8 * 1024 * 1024;
/// How often a message is sent again after the first try.
const RETRIES: u32 = 12;

/// A push message and the state of its delivery.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PushMessage {
    /// The number of the message, counted from 1.
    pub number: u64,
    /// Its type: 53 an order's status, 18 a parcel, 51 a payment, 65 a token that is about to
    /// expire, 0 a test.
    pub message_type: i64,
    /// The JSON that is posted.
    pub body: String,
    /// When it was created, by the sandbox's clock.
    pub at: SystemTime,
    /// How often it was sent.
    pub tries: u32,
    /// The state of its delivery.
    pub state: PushState,
}

/// The state of a push message's delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushState {
    /// To be sent, for the first time or again; with the result of the last try.
    Waiting(Option<String>),
    /// Answered with status 200 in time.
    Delivered,
    /// Sent as often as allowed, without success; with the result of the last try.
    GivenUp(String),
    /// No callback was set when it was made.
    NoCallback,
}

/// A message to be sent now.
pub(crate) struct Outgoing {
    pub(crate) number: u64,
    pub(crate) callback: Callback,
    pub(crate) body: String,
    pub(crate) authorization: String,
}

/// The pending messages and the earlier ones.
pub(crate) struct Outbox {
    callback: Option<Callback>,
    messages: VecDeque<PushMessage>,
    /// The total size of their bodies.
    bytes: usize,
    count: u64,
    pub(crate) retry_after: Duration,
}

impl Outbox {
    pub(crate) fn new(callback: Option<Callback>, retry_after: Duration) -> Self {
        Self {
            callback,
            messages: VecDeque::new(),
            bytes: 0,
            count: 0,
            retry_after,
        }
    }

    pub(crate) fn set_callback(&mut self, callback: Option<Callback>) {
        self.callback = callback;
    }

    pub(crate) fn callback(&self) -> Option<&Callback> {
        self.callback.as_ref()
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = &PushMessage> {
        self.messages.iter()
    }

    /// Adds a message of this type about a seller's account.
    pub(crate) fn add(&mut self, message_type: i64, seller_id: &str, data: Value, now: SystemTime) {
        let body = json!({
            "data": data,
            "message_type": message_type,
            "seller_id": seller_id,
            "site": "ae_global",
            "timestamp": milliseconds(now) / 1000,
        });
        let body = body.to_string();
        self.count += 1;
        self.bytes += body.len();
        while self.messages.len() == REMEMBERED || self.bytes > REMEMBERED_BYTES {
            let Some(oldest) = self.messages.pop_front() else {
                break;
            };
            self.bytes -= oldest.body.len();
        }
        let state = match self.callback {
            Some(_) => PushState::Waiting(None),
            None => PushState::NoCallback,
        };
        self.messages.push_back(PushMessage {
            number: self.count,
            message_type,
            body,
            at: now,
            tries: 0,
            state,
        });
    }

    /// Takes the messages that have not been sent yet, in the order of their creation.
    pub(crate) fn take_new(&mut self, credentials: &Credentials) -> Vec<Outgoing> {
        let fresh = |message: &&mut PushMessage| {
            message.tries == 0 && message.state == PushState::Waiting(None)
        };
        let Some(callback) = &self.callback else {
            return Vec::new();
        };
        self.messages
            .iter_mut()
            .filter(fresh)
            .map(|message| {
                message.tries = 1;
                outgoing(message, callback, credentials)
            })
            .collect()
    }

    /// The same message again, to the current callback; `None` if it needs no further try.
    pub(crate) fn take_again(
        &mut self,
        number: u64,
        credentials: &Credentials,
    ) -> Option<Outgoing> {
        let callback = self.callback.as_ref()?;
        let message = self
            .messages
            .iter_mut()
            .find(|message| message.number == number)?;
        if !matches!(message.state, PushState::Waiting(_)) {
            return None;
        }
        message.tries += 1;
        Some(outgoing(message, callback, credentials))
    }

    /// Records the result of a try; true if the message is to be sent again.
    pub(crate) fn note(&mut self, number: u64, outcome: Result<(), String>) -> bool {
        let Some(message) = self
            .messages
            .iter_mut()
            .find(|message| message.number == number)
        else {
            return false;
        };
        message.state = match outcome {
            Ok(()) => PushState::Delivered,
            Err(reason) if message.tries > RETRIES => PushState::GivenUp(reason),
            Err(reason) => PushState::Waiting(Some(reason)),
        };
        matches!(message.state, PushState::Waiting(_))
    }
}

fn outgoing(message: &PushMessage, callback: &Callback, credentials: &Credentials) -> Outgoing {
    let app_key = AppKey::new(credentials.app_key.as_str());
    let secret = AppSecret::new(credentials.app_secret.as_str());
    Outgoing {
        number: message.number,
        callback: callback.clone(),
        body: message.body.clone(),
        authorization: push::sign(&app_key, &secret, message.body.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_messages_make_room() {
        let mut outbox = Outbox::new(None, Duration::ZERO);
        let now = SystemTime::UNIX_EPOCH;
        for _ in 0..2 * REMEMBERED {
            outbox.add(0, "1", Value::Null, now);
        }
        assert_eq!(outbox.messages.len(), REMEMBERED);
        for _ in 0..20 {
            outbox.add(0, "1", Value::from("a".repeat(1024 * 1024)), now);
        }
        let bytes = outbox.messages.iter().map(|message| message.body.len());
        assert_eq!(outbox.bytes, bytes.sum::<usize>());
        assert!(outbox.bytes <= REMEMBERED_BYTES && outbox.messages.len() == 7);
        assert_eq!(
            outbox.messages.back().unwrap().number,
            2 * REMEMBERED as u64 + 20
        );
    }
}
