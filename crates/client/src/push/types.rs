//! The platform's table of message types, from `data/push_types.json`, which names the sources.

use std::sync::LazyLock;

use serde::Deserialize;

/// A type of push message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct PushType {
    /// The platform's number, `message_type` on the wire.
    pub number: i64,
    /// What such a message reports.
    pub meaning: &'static str,
    /// The source of this entry.
    pub source: &'static str,
    #[serde(flatten)]
    pub(super) subject: Subject,
}

/// The subject of a message type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Subject {
    Test,
    OrderStatus,
    OrderStage { stage: OrderStage },
    ProductDeleted,
    Parcel,
    Reverse,
    Video,
    DisputeInsurance,
    Payment,
    TokenExpiring,
}

/// Stages of an order. Each has its own message type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OrderStage {
    /// 1: placed.
    Placed,
    /// 2: held for 24 hours for a risk check.
    RiskHold,
    /// 3: waits for the seller's check.
    #[serde(rename = "seller_check")]
    WaitingForSellerCheck,
    /// 4: waits until its group of buyers is complete.
    #[serde(rename = "group")]
    WaitingForGroup,
    /// 5: is being cancelled.
    Cancelling,
    /// 6: waits for shipment.
    #[serde(rename = "shipment")]
    WaitingForShipment,
    /// 8: partly shipped.
    PartlyShipped,
    /// 10: waits for confirmation of receipt.
    #[serde(rename = "receipt")]
    WaitingForReceipt,
    /// 12: finished.
    Done,
    /// 41: paid.
    Paid,
    /// 42: a purchase order was cancelled.
    PurchaseCancelled,
}

/// Every known type, sorted by number.
pub fn types() -> &'static [PushType] {
    static TYPES: LazyLock<Vec<PushType>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../data/push_types.json"))
            .expect("a test reads the table")
    });
    &TYPES
}

pub(super) fn subject(number: Option<i64>) -> Option<Subject> {
    let number = number?;
    let found = types().iter().find(|known| known.number == number);
    found.map(|known| known.subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_types_is_valid_and_sorted() {
        assert!(types().is_sorted_by(|one, next| one.number < next.number));
        assert_eq!(
            subject(Some(10)),
            Some(Subject::OrderStage {
                stage: OrderStage::WaitingForReceipt
            })
        );
        assert_eq!(subject(Some(33)), None);
    }
}
