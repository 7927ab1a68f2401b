//! The messages themselves.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aliexpress_models::raw::{self, Value};
use aliexpress_models::shared::OrderId;

use super::PushError;

/// Timestamps above this are milliseconds: as seconds it is the year 5138.
const LAST_SECONDS: u64 = 100_000_000_000;

/// A message from the platform.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The platform's number for the kind of message.
    pub message_type: i64,
    /// What happened.
    pub event: Event,
    /// The account it is about.
    pub seller_id: Option<String>,
    /// The site, such as `ae_global`.
    pub site: Option<String>,
    /// When it was made, by the platform's clock since 1970, as it came: in seconds, or above 10^11 in milliseconds.
    /// [`age`](Self::age) reads both.
    pub timestamp: Option<i64>,
    /// The message's `data` as it came, which may hold more than [`event`](Self::event). It names
    /// accounts; `Debug` does not show it.
    pub data: Value,
}

/// What a message tells, by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// 0: a test of the callback.
    Test,
    /// 18: a parcel moved.
    Logistics,
    /// 51: something about a payment.
    Payment,
    /// 53, or data of that shape under a number that is not known here: an order came to another status.
    OrderStatus(OrderStatusChange),
    /// 65: a session is about to end.
    TokenExpiring,
    /// A type that is not known here; its number is in [`Message::message_type`].
    Other,
}

/// An order that came to another status.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderStatusChange {
    /// The order.
    pub order_id: Option<OrderId>,
    /// The status it came to.
    pub status: Option<PushedStatus>,
}

/// Statuses as messages name them, which are others than those of orders.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PushedStatus {
    /// `OrderCreated`: placed.
    Created,
    /// `OrderClosed`: over without delivery.
    Closed,
    /// `PaymentAuthorized`: paid.
    PaymentAuthorized,
    /// `OrderShipped`: on its way.
    Shipped,
    /// `OrderConfirmed`: delivered, as the buyer confirmed.
    Confirmed,
    /// `paymentFailedEvent`: the payment failed.
    PaymentFailed,
    /// A status that is not known here, as it came.
    Other(String),
}

impl From<&str> for PushedStatus {
    fn from(text: &str) -> Self {
        match text {
            "OrderCreated" => PushedStatus::Created,
            "OrderClosed" => PushedStatus::Closed,
            "PaymentAuthorized" => PushedStatus::PaymentAuthorized,
            "OrderShipped" => PushedStatus::Shipped,
            "OrderConfirmed" => PushedStatus::Confirmed,
            "paymentFailedEvent" => PushedStatus::PaymentFailed,
            other => PushedStatus::Other(other.to_owned()),
        }
    }
}

impl Message {
    /// Reads a message whose signature was checked before; [`receive`](super::receive) does both.
    ///
    /// # Errors
    ///
    /// When the body is no JSON object with a message type.
    pub fn read(body: &[u8]) -> Result<Self, PushError> {
        let is_json = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
        let fields = raw::parse(body).map_err(|_| PushError::unreadable("no JSON"))?;
        if !is_json {
            return Err(PushError::unreadable("no JSON"));
        }
        if fields.members().is_none() {
            return Err(PushError::unreadable("no object"));
        }
        let Some(message_type) = number(&fields, "message_type") else {
            return Err(PushError::unreadable("no message_type"));
        };
        let data = fields.get("data").cloned().unwrap_or(Value::Null);
        Ok(Self {
            message_type,
            event: Event::of(message_type, &data),
            seller_id: text(&fields, "seller_id").filter(|id| id != "null"),
            site: text(&fields, "site"),
            timestamp: number(&fields, "timestamp"),
            data,
        })
    }

    /// How long ago the message was made, as seen at `now`; none where it does not say when, or by its word
    /// is yet to be made.
    pub fn age(&self, now: SystemTime) -> Option<Duration> {
        let made = u64::try_from(self.timestamp?).ok()?;
        let made = if made > LAST_SECONDS {
            Duration::from_millis(made)
        } else {
            Duration::from_secs(made)
        };
        let made = UNIX_EPOCH.checked_add(made)?;
        now.duration_since(made).ok()
    }
}

impl Event {
    fn of(message_type: i64, data: &Value) -> Self {
        match message_type {
            0 => Event::Test,
            18 => Event::Logistics,
            51 => Event::Payment,
            53 => Event::OrderStatus(OrderStatusChange::of(data)),
            65 => Event::TokenExpiring,
            // The platform's page warns that the number of order messages may change.
            _ => match OrderStatusChange::of(data) {
                change if change.is_whole() => Event::OrderStatus(change),
                _ => Event::Other,
            },
        }
    }
}

impl OrderStatusChange {
    fn of(data: &Value) -> Self {
        let status = text(data, "orderStatus").or_else(|| text(data, "order_status"));
        let order_id = number(data, "orderId").or_else(|| number(data, "trade_order_id"));
        Self {
            order_id: order_id.map(OrderId),
            status: status.map(|status| PushedStatus::from(status.as_str())),
        }
    }

    fn is_whole(&self) -> bool {
        self.order_id.is_some() && self.status.is_some()
    }
}

/// Ids come as numbers and as texts.
fn text(fields: &Value, key: &str) -> Option<String> {
    match fields.get(key)? {
        Value::Boolean(_) => None,
        scalar => Some(scalar.scalar()?.into_owned()),
    }
}

fn number(fields: &Value, key: &str) -> Option<i64> {
    text(fields, key)?.trim().parse().ok()
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("message_type", &self.message_type)
            .field("event", &self.event)
            .field("seller_id", &self.seller_id)
            .field("site", &self.site)
            .field("timestamp", &self.timestamp)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read(body: &str) -> Message {
        Message::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn known_types_are_typed() {
        let message = read(
            r#"{"data":{"buyerId":7,"orderId":"1105933950463697","orderStatus":"OrderShipped"},
                "message_type":"53","seller_id":1234,"timestamp":1719389200}"#,
        );
        let expected = OrderStatusChange {
            order_id: Some(OrderId(1_105_933_950_463_697)),
            status: Some(PushedStatus::Shipped),
        };
        assert_eq!(message.event, Event::OrderStatus(expected));
        assert_eq!(message.seller_id.as_deref(), Some("1234"));
        let later = UNIX_EPOCH + Duration::from_secs(1_719_389_260);
        assert_eq!(message.age(later), Some(Duration::from_secs(60)));
        assert_eq!(message.age(UNIX_EPOCH), None);
        for (number, event) in [
            (0, Event::Test),
            (18, Event::Logistics),
            (51, Event::Payment),
        ] {
            assert_eq!(
                read(&format!(r#"{{"message_type":{number}}}"#)).event,
                event
            );
        }
    }

    #[test]
    fn unknown_types_and_statuses_are_kept() {
        let message = read(r#"{"message_type":99,"data":{"a":[1]}}"#);
        assert_eq!((message.message_type, &message.event), (99, &Event::Other));
        assert_eq!(message.data.to_json(), r#"{"a":[1]}"#);
        let message = read(r#"{"message_type":53,"data":{"orderStatus":"New"}}"#);
        let expected = OrderStatusChange {
            order_id: None,
            status: Some(PushedStatus::Other("New".to_owned())),
        };
        assert_eq!(message.event, Event::OrderStatus(expected));
    }

    #[test]
    fn orders_are_known_by_their_shape_and_in_snake_case() {
        let expected = Event::OrderStatus(OrderStatusChange {
            order_id: Some(OrderId(7)),
            status: Some(PushedStatus::Shipped),
        });
        for data in [
            r#"{"orderId":7,"orderStatus":"OrderShipped"}"#,
            r#"{"trade_order_id":"7","order_status":"OrderShipped"}"#,
        ] {
            for number in [53, 57] {
                let body = format!(r#"{{"message_type":{number},"data":{data}}}"#);
                assert_eq!(read(&body).event, expected, "{body}");
            }
        }
        assert_eq!(
            read(r#"{"message_type":57,"data":{"orderId":7}}"#).event,
            Event::Other
        );
    }

    #[test]
    fn milliseconds_and_sellers_of_the_text_null_are_read() {
        let message = read(r#"{"message_type":0,"seller_id":"null","timestamp":1719389200500}"#);
        let later = UNIX_EPOCH + Duration::from_millis(1_719_389_260_500);
        assert_eq!(message.age(later), Some(Duration::from_secs(60)));
        assert_eq!(message.seller_id, None);
    }

    #[test]
    fn other_bodies_are_refused_without_being_shown() {
        for (body, found) in [
            ("canary", "no JSON"),
            ("[]", "no object"),
            ("{}", "no message_type"),
        ] {
            let error = Message::read(body.as_bytes()).unwrap_err();
            assert_eq!(error, PushError::unreadable(found));
        }
        let message = read(r#"{"message_type":53,"data":{"buyerId":"canary"}}"#);
        assert!(!format!("{message:?}").contains("canary"));
    }
}
