//! The sequence of an order's statuses.

use std::time::SystemTime;

use aliexpress_models::shared::{FundStatus, LogisticsStatus};

use super::{Order, OrderStatus};

/// An event that a change of status reports to the app, in the platform's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Created,
    PaymentFailed,
    PaymentAuthorized,
    Shipped,
    Confirmed,
    Closed,
}

impl Event {
    /// The `orderStatus` of the push message.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Event::Created => "OrderCreated",
            Event::PaymentFailed => "paymentFailedEvent",
            Event::PaymentAuthorized => "PaymentAuthorized",
            Event::Shipped => "OrderShipped",
            Event::Confirmed => "OrderConfirmed",
            Event::Closed => "OrderClosed",
        }
    }
}

impl Order {
    /// The next status of an order; `None` if the order is at its end, or its status is not documented by the
    /// platform.
    pub(crate) fn next_status(&self) -> Option<OrderStatus> {
        match self.status {
            OrderStatus::PlaceOrderSuccess => Some(OrderStatus::PaymentProcessing),
            OrderStatus::PaymentProcessing => Some(OrderStatus::RiskControl),
            OrderStatus::RiskControl
            | OrderStatus::RiskControlHold
            | OrderStatus::WaitSellerExamineMoney
            | OrderStatus::WaitGroup
            | OrderStatus::WaitCompleteAddress => Some(OrderStatus::WaitSellerSendGoods),
            OrderStatus::WaitSellerSendGoods if self.item_count() > 1 => {
                Some(OrderStatus::SellerPartSendGoods)
            }
            OrderStatus::WaitSellerSendGoods | OrderStatus::SellerPartSendGoods => {
                Some(OrderStatus::WaitBuyerAcceptGoods)
            }
            OrderStatus::WaitBuyerAcceptGoods | OrderStatus::InCancel => Some(OrderStatus::Finish),
            _ => None,
        }
    }

    /// Changes to `status` and returns the events to report to the app.
    pub(crate) fn enter(&mut self, status: OrderStatus, now: SystemTime) -> Vec<Event> {
        let mut events = Vec::new();
        if self.paid.is_none() && is_after_payment(&status) && !self.cancelled {
            self.paid = Some(now);
            events.push(Event::PaymentAuthorized);
        }
        match status {
            OrderStatus::SellerPartSendGoods => self.shipped = self.shipped.or(Some(now)),
            OrderStatus::WaitBuyerAcceptGoods => {
                self.shipped = self.shipped.or(Some(now));
                events.push(Event::Shipped);
            }
            OrderStatus::InCancel => self.cancelled = true,
            OrderStatus::Finish if self.finished.is_none() => {
                self.finished = Some(now);
                events.push(if self.cancelled {
                    Event::Closed
                } else {
                    Event::Confirmed
                });
            }
            _ => {}
        }
        self.note(now, status.as_str());
        events.iter().for_each(|event| self.note(now, event.name()));
        self.status = status;
        self.since = now;
        events
    }

    /// The payment status in the seller's answers.
    pub(crate) fn fund_status(&self) -> FundStatus {
        match self.is_paid() {
            true => FundStatus::PaySuccess,
            false => FundStatus::NotPay,
        }
    }

    /// The shipping status in the seller's answers.
    pub(crate) fn logistics_status(&self) -> LogisticsStatus {
        match self.status {
            OrderStatus::SellerPartSendGoods => LogisticsStatus::SellerSendPartGoods,
            OrderStatus::WaitBuyerAcceptGoods => LogisticsStatus::SellerSendGoods,
            OrderStatus::Finish if !self.cancelled => LogisticsStatus::BuyerAcceptGoods,
            _ if self.shipped.is_some() => LogisticsStatus::SellerSendGoods,
            _ if self.is_paid() && !self.cancelled => LogisticsStatus::WaitSellerSendGoods,
            _ => LogisticsStatus::NoLogistics,
        }
    }
}

fn is_after_payment(status: &OrderStatus) -> bool {
    matches!(
        status,
        OrderStatus::RiskControl
            | OrderStatus::RiskControlHold
            | OrderStatus::WaitSellerSendGoods
            | OrderStatus::SellerPartSendGoods
            | OrderStatus::WaitBuyerAcceptGoods
            | OrderStatus::Finish
    )
}
