//! What push messages report.

use aliexpress_models::raw::{self, Value};
use aliexpress_models::shared::{OrderId, ProductId};

use super::types::{OrderStage, Subject, subject};

/// What a message reports, determined by its type and by the shape of its data.
///
/// Data with an order id and one of the [statuses](PushedStatus) of a dropshipper's order is an
/// [`OrderStatus`](Self::OrderStatus) regardless of the type, because the platform warns that the
/// number may change. Otherwise the type decides, and for a type unknown to this crate the shape.
/// The data of the other types is undocumented: their fields are `None` if the data lacks such a
/// key, and all of it is in [`Message::data`](super::Message::data).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// 0: a test of the callback.
    Test,
    /// 53, 57, or data of that shape: a dropshipper's order has a new status.
    OrderStatus(OrderStatusChange),
    /// 1 to 12, 41, 42: an order reached one of the platform's own stages.
    OrderStage(OrderStageChange),
    /// 15: a product was deleted.
    ProductDeleted(ProductChange),
    /// 18: the waybill of a parcel changed.
    Parcel(OrderStatusChange),
    /// 20, 25: a return or refund has a new status.
    Reverse(OrderStatusChange),
    /// 22, 40: a video changed.
    Video(ProductChange),
    /// 31, 32, 34 to 39: the insurance of a dispute changed.
    DisputeInsurance(OrderStatusChange),
    /// 51: news about a payment.
    Payment(OrderStatusChange),
    /// 65: a session is about to expire.
    TokenExpiring,
    /// A type and shape that this crate does not know; see [`Message::data`](super::Message::data).
    Other,
}

/// An order, and the status in the message's data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderStatusChange {
    /// The order.
    pub order_id: Option<OrderId>,
    /// The new status of the order.
    pub status: Option<PushedStatus>,
}

/// An order that reached a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderStageChange {
    /// The stage, from the message's type.
    pub stage: OrderStage,
    /// The order.
    pub order_id: Option<OrderId>,
    /// The status in the message's data.
    pub status: Option<PushedStatus>,
}

/// A product that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProductChange {
    /// The product.
    pub product_id: Option<ProductId>,
}

/// Statuses in messages, which differ from the statuses that reading an order returns.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PushedStatus {
    /// `OrderCreated`: placed.
    Created,
    /// `OrderClosed`: ended without delivery.
    Closed,
    /// `PaymentAuthorized`: paid.
    PaymentAuthorized,
    /// `OrderShipped`: shipped.
    Shipped,
    /// `OrderConfirmed`: the buyer confirmed the delivery.
    Confirmed,
    /// `paymentFailedEvent`: the payment failed.
    PaymentFailed,
    /// A status that this crate does not know, unchanged.
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

impl Event {
    pub(super) fn of(message_type: Option<i64>, data: &Value) -> Self {
        // Some messages contain the object as JSON text.
        let parsed = match data {
            Value::Text(text) => raw::parse(text.as_bytes()).ok(),
            _ => None,
        };
        let data = parsed.as_ref().unwrap_or(data);
        let order = OrderStatusChange::of(data);
        if order.is_of_a_dropshipper() {
            return Event::OrderStatus(order);
        }
        match subject(message_type) {
            // A sister platform uses 0 for orders.
            Some(Subject::Test) if order.order_id.is_none() => Event::Test,
            Some(Subject::OrderStatus) => Event::OrderStatus(order),
            Some(Subject::OrderStage { stage }) => Event::OrderStage(OrderStageChange {
                stage,
                order_id: order.order_id,
                status: order.status,
            }),
            Some(Subject::ProductDeleted) => Event::ProductDeleted(ProductChange::of(data)),
            Some(Subject::Parcel) => Event::Parcel(order),
            Some(Subject::Reverse) => Event::Reverse(order),
            Some(Subject::Video) => Event::Video(ProductChange::of(data)),
            Some(Subject::DisputeInsurance) => Event::DisputeInsurance(order),
            Some(Subject::Payment) => Event::Payment(order),
            Some(Subject::TokenExpiring) => Event::TokenExpiring,
            Some(Subject::Test) | None => match order {
                order if order.is_whole() => Event::OrderStatus(order),
                _ => Event::Other,
            },
        }
    }
}

impl OrderStatusChange {
    fn of(data: &Value) -> Self {
        let status = find(data, &["orderstatus", "tradeorderstatus"]);
        let status = status.filter(|status| !status.trim().is_empty());
        let order_id = find_number(data, &["orderid", "tradeorderid"]);
        Self {
            order_id: order_id.map(OrderId),
            status: status.map(|status| PushedStatus::from(status.as_str())),
        }
    }

    fn is_whole(&self) -> bool {
        self.order_id.is_some() && self.status.is_some()
    }

    fn is_of_a_dropshipper(&self) -> bool {
        self.is_whole() && !matches!(self.status, Some(PushedStatus::Other(_)))
    }
}

impl ProductChange {
    fn of(data: &Value) -> Self {
        let id = find_number(data, &["productid", "itemid"]);
        Self {
            product_id: id.map(ProductId),
        }
    }
}

/// The value of the first of these keys that is present, in camel case, snake case or any other.
fn find(data: &Value, keys: &[&str]) -> Option<String> {
    let members = data.members()?;
    keys.iter().find_map(|wanted| {
        let mut members = members.iter();
        members.find_map(|(key, value)| {
            let letters = key.chars().filter(|letter| *letter != '_');
            let same = letters
                .map(|letter| letter.to_ascii_lowercase())
                .eq(wanted.chars());
            same.then(|| text(value)).flatten()
        })
    })
}

fn find_number(data: &Value, keys: &[&str]) -> Option<i64> {
    find(data, keys)?.trim().parse().ok()
}

/// Ids arrive as numbers or as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Boolean(_) => None,
        scalar => Some(scalar.scalar()?.into_owned()),
    }
}
