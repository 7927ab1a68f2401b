//! The meanings of the platform's status codes.

use aliexpress_models::shared::{LogisticsStatus, OrderStatus};

/// Whether this is a final status.
pub(crate) fn is_over(status: &OrderStatus) -> bool {
    matches!(status, OrderStatus::Finish | OrderStatus::InCancel)
}

/// The code, with its meaning if it is known.
pub(crate) fn described(status: &OrderStatus) -> String {
    with_meaning(status.as_str(), meaning(status))
}

/// The same for the status of the goods.
pub(crate) fn goods_described(status: &LogisticsStatus) -> String {
    with_meaning(status.as_str(), goods_meaning(status))
}

fn with_meaning(code: &str, meaning: &str) -> String {
    match meaning {
        "" => code.to_owned(),
        meaning => format!("{code}: {meaning}"),
    }
}

/// The meaning in a few words; empty for an unknown code.
pub(crate) fn meaning(status: &OrderStatus) -> &'static str {
    match status {
        OrderStatus::PlaceOrderSuccess => "placed, waiting for payment",
        OrderStatus::PaymentProcessing => "payment under way",
        OrderStatus::InCancel => "cancelled, or being cancelled",
        OrderStatus::WaitSellerSendGoods => "paid, the seller has to ship",
        OrderStatus::SellerPartSendGoods => "shipped in part",
        OrderStatus::WaitBuyerAcceptGoods => "shipped",
        OrderStatus::FundProcessing => "money is being moved",
        OrderStatus::InIssue => "in dispute",
        OrderStatus::InFrozen => "frozen by the platform",
        OrderStatus::WaitSellerExamineMoney => "the seller has to confirm the amount",
        OrderStatus::RiskControl | OrderStatus::RiskControlHold => "held for a check for fraud",
        OrderStatus::Finish => "finished",
        OrderStatus::WaitGroup => "waiting for the group to be complete",
        OrderStatus::WaitCompleteAddress => "waiting for a complete address",
        _ => "",
    }
}

fn goods_meaning(status: &LogisticsStatus) -> &'static str {
    match status {
        LogisticsStatus::NoLogistics => "no shipment",
        LogisticsStatus::WaitSellerSendGoods => "the seller has to ship",
        LogisticsStatus::SellerSendPartGoods => "shipped in part",
        LogisticsStatus::SellerSendGoods => "shipped",
        LogisticsStatus::BuyerAcceptGoods => "received",
        _ => "",
    }
}
