//! A push message.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aliexpress_models::raw::{self, Value};
use sha2::{Digest, Sha256};

use super::PushError;
use super::event::{Event, text};

/// Larger timestamps are in milliseconds: in seconds, this is the year 5138.
const LAST_SECONDS: u64 = 100_000_000_000;

/// A message from the platform.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The platform's number for the type of message ([`types`](super::types)); `None` if it is
    /// missing or not a number.
    pub message_type: Option<i64>,
    /// What happened.
    pub event: Event,
    /// The account that the message is about.
    pub seller_id: Option<String>,
    /// The site, such as `ae_global`.
    pub site: Option<String>,
    /// When the message was created, by the platform's clock since 1970, unchanged: in seconds, or
    /// in milliseconds above 10^11. [`made_at`](Self::made_at) reads both.
    pub timestamp: Option<i64>,
    /// The complete message as received. It identifies accounts; `Debug` does not show it.
    pub raw: Value,
}

impl Message {
    /// Reads a message without checking its signature; [`receive`](super::receive) does both.
    ///
    /// # Errors
    ///
    /// When the body is not a JSON object with a message type or data.
    pub fn read(body: &[u8]) -> Result<Self, PushError> {
        let is_json = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
        let raw = raw::parse(body).map_err(|_| PushError::unreadable("a body that is not JSON"))?;
        if !is_json {
            return Err(PushError::unreadable("a body that is not JSON"));
        }
        if raw.members().is_none() {
            return Err(PushError::unreadable("JSON that is not an object"));
        }
        if raw.get("message_type").is_none() && raw.get("data").is_none() {
            return Err(PushError::unreadable("neither message_type nor data"));
        }
        let message_type = number(&raw, "message_type");
        Ok(Self {
            message_type,
            event: Event::of(message_type, data(&raw)),
            seller_id: member(&raw, "seller_id").filter(|id| id != "null"),
            site: member(&raw, "site"),
            timestamp: number(&raw, "timestamp"),
            raw,
        })
    }

    /// The message's `data`, unchanged; [`Value::Null`] if it has none.
    pub fn data(&self) -> &Value {
        data(&self.raw)
    }

    /// When the message was created, by the platform's clock; `None` if it has no timestamp.
    pub fn made_at(&self) -> Option<SystemTime> {
        let made = u64::try_from(self.timestamp?).ok()?;
        let made = if made > LAST_SECONDS {
            Duration::from_millis(made)
        } else {
            Duration::from_secs(made)
        };
        UNIX_EPOCH.checked_add(made)
    }

    /// How long before `now` the message was created; `None` if it has no timestamp, or one in the
    /// future.
    pub fn age(&self, now: SystemTime) -> Option<Duration> {
        now.duration_since(self.made_at()?).ok()
    }

    /// A SHA-256 hash of the whole message in hexadecimal, which identifies it. Neither the order
    /// of members, nor text instead of numbers, nor milliseconds instead of seconds change the
    /// fingerprint.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let mut members: Vec<_> = self.raw.members().unwrap_or_default().iter().collect();
        members.sort_by(|one, other| one.0.cmp(&other.0));
        for (key, value) in members {
            part(&mut hash, b'm', key);
            match (&**key, self.made_at()) {
                ("timestamp", Some(made)) => {
                    let made = made.duration_since(UNIX_EPOCH).unwrap_or_default();
                    part(&mut hash, b's', &made.as_millis().to_string());
                }
                _ => digest(&mut hash, value),
            }
        }
        base16ct::lower::encode_string(&hash.finalize())
    }
}

fn digest(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Null => part(hash, b'0', ""),
        Value::List(elements) => {
            part(hash, b'l', &elements.len().to_string());
            for element in elements {
                digest(hash, element);
            }
        }
        Value::Object(members) => {
            part(hash, b'o', &members.len().to_string());
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|one, other| one.0.cmp(&other.0));
            for (key, value) in members {
                part(hash, b'm', key);
                digest(hash, value);
            }
        }
        scalar => part(hash, b's', &scalar.scalar().unwrap_or_default()),
    }
}

/// Hashes a part with its kind and length, so that different lists of parts never give the same
/// bytes.
fn part(hash: &mut Sha256, kind: u8, text: &str) {
    hash.update([kind]);
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

fn data(raw: &Value) -> &Value {
    raw.get("data").unwrap_or(&Value::Null)
}

fn member(raw: &Value, key: &str) -> Option<String> {
    text(raw.get(key)?)
}

fn number(raw: &Value, key: &str) -> Option<i64> {
    member(raw, key)?.trim().parse().ok()
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
    use aliexpress_models::shared::OrderId;

    use super::super::event::{OrderStatusChange, PushedStatus};
    use super::super::types::OrderStage;
    use super::*;

    #[track_caller]
    fn read(body: &str) -> Message {
        Message::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn a_message_of_a_known_type_becomes_its_event() {
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
    }

    #[test]
    fn every_type_in_the_table_becomes_its_own_event() {
        for known in super::super::types() {
            let number = known.number;
            let body = format!(r#"{{"message_type":{number},"data":{{"a":1}}}}"#);
            assert_ne!(read(&body).event, Event::Other, "{number}");
        }
        let body = r#"{"seller_id":"1","message_type":10,"data":{"orderId":8190000000000001,"orderStatus":"x"},
            "timestamp":1730455911,"site":"ae_global"}"#;
        let Event::OrderStage(change) = read(body).event else {
            panic!("{:?}", read(body));
        };
        assert_eq!(change.stage, OrderStage::WaitingForReceipt);
        assert_eq!(change.order_id, Some(OrderId(8_190_000_000_000_001)));
        assert_eq!(change.status, Some(PushedStatus::Other("x".to_owned())));
    }

    #[test]
    fn the_shape_of_the_data_takes_precedence_over_the_type_number() {
        for number in ["0", "10", "15", "77", "\"order\"", "null"] {
            for data in [
                r#"{"orderId":7,"orderStatus":"OrderShipped"}"#,
                r#""{\"order_id\":\"7\",\"orderStatus\":\"OrderShipped\"}""#,
            ] {
                let message = read(&format!(r#"{{"message_type":{number},"data":{data}}}"#));
                let shipped = Event::OrderStatus(OrderStatusChange {
                    order_id: Some(OrderId(7)),
                    status: Some(PushedStatus::Shipped),
                });
                assert_eq!(message.event, shipped, "{number} {data}");
            }
        }
        // A sister platform's orders have type 0 and their own statuses.
        let body = r#"{"message_type":0,"data":{"trade_order_id":"7","order_status":"unpaid"}}"#;
        assert!(matches!(read(body).event, Event::OrderStatus(_)));
        assert_eq!(read(r#"{"data":{}}"#).event, Event::Other);
    }

    #[test]
    fn a_repeated_message_has_the_same_fingerprint() {
        let fingerprint = |body: &str| read(body).fingerprint();
        let message =
            fingerprint(r#"{"message_type":53,"timestamp":1719389200,"data":{"a":1,"b":[2]}}"#);
        for same in [
            r#"{"data":{"b":["2"],"a":1},"timestamp":"1719389200","message_type":53}"#,
            r#"{"data":{"b":[2],"a":1},"timestamp":1719389200000,"message_type":"53"}"#,
        ] {
            assert_eq!(fingerprint(same), message, "{same}");
        }
        for other in [
            r#"{"message_type":53,"timestamp":1719389201,"data":{"a":1,"b":[2]}}"#,
            r#"{"message_type":53,"timestamp":1719389200,"data":{"a":1,"b":2}}"#,
            r#"{"message_type":53,"timestamp":1719389200,"data":{"a":12,"b":[]}}"#,
            r#"{"message_type":53,"timestamp":1719389200,"data":{"a":1,"b":[2]},"site":"ae"}"#,
            r#"{"message_type":53,"data":{"a":1,"b":[2]}}"#,
        ] {
            assert_ne!(fingerprint(other), message, "{other}");
        }
    }

    #[test]
    fn unknown_types_and_statuses_are_kept() {
        let message = read(r#"{"message_type":99,"data":{"a":[1]}}"#);
        assert_eq!(
            (message.message_type, &message.event),
            (Some(99), &Event::Other)
        );
        assert_eq!(message.data().to_json(), r#"{"a":[1]}"#);
        let message = read(r#"{"message_type":53,"data":{"orderStatus":"New"}}"#);
        let expected = OrderStatusChange {
            order_id: None,
            status: Some(PushedStatus::Other("New".to_owned())),
        };
        assert_eq!(message.event, Event::OrderStatus(expected));
    }

    #[test]
    fn orders_are_recognised_by_the_shape_of_the_data_and_in_snake_case() {
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
            read(r#"{"message_type":77,"data":{"orderId":7}}"#).event,
            Event::Other
        );
    }

    #[test]
    fn timestamps_in_milliseconds_and_the_seller_id_null_are_read() {
        let message = read(r#"{"message_type":0,"seller_id":"null","timestamp":1719389200500}"#);
        let later = UNIX_EPOCH + Duration::from_millis(1_719_389_260_500);
        assert_eq!(message.age(later), Some(Duration::from_secs(60)));
        assert_eq!(message.seller_id, None);
    }

    #[test]
    fn a_body_that_is_not_a_message_is_refused_and_not_shown() {
        for (body, found) in [
            ("canary", "a body that is not JSON"),
            ("[]", "JSON that is not an object"),
            ("{}", "neither message_type nor data"),
        ] {
            let error = Message::read(body.as_bytes()).unwrap_err();
            assert_eq!(error, PushError::unreadable(found));
        }
        let message = read(r#"{"message_type":53,"data":{"buyerId":"canary"}}"#);
        assert!(!format!("{message:?}").contains("canary"));
    }
}
