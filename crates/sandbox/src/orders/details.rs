//! All details of an order, for the user of the sandbox.

use std::time::SystemTime;

use aliexpress_models::order_create::LogisticsAddress;

use super::{Item, Order, OrderRecord, TrackingEvent};
use crate::shop::amount;

/// All details of an order. Amounts are text such as `8.34`, in the order's currency.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OrderDetails {
    /// The summary of the order.
    pub record: OrderRecord,
    /// The currency of all amounts, a code of ISO 4217; empty for an example order of the
    /// documentation.
    pub currency: String,
    /// The order lines; empty for an example order of the documentation.
    pub lines: Vec<OrderLine>,
    /// The price of all goods, without shipping.
    pub goods_amount: String,
    /// What shipping costs.
    pub shipping_amount: String,
    /// What the buyer pays.
    pub total_amount: String,
    /// The address as received. It is shown in full except by `Debug`.
    pub address: Option<LogisticsAddress>,
    /// The carrier; `None` before shipment.
    pub carrier: Option<String>,
    /// The tracking number; `None` before shipment.
    pub tracking_number: Option<String>,
    /// The tracking events, newest first.
    pub tracking: Vec<TrackingEvent>,
    /// The history of the order, oldest first: each status, such as `RISK_CONTROL`, and each event
    /// that is reported to apps, such as `OrderShipped`. The last 30 are kept.
    pub history: Vec<(SystemTime, String)>,
}

/// A line of an order. Amounts are text such as `8.34`, in the order's currency.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderLine {
    /// The product.
    pub product_id: i64,
    /// Its title.
    pub title: String,
    /// The id of the variant.
    pub sku_id: String,
    /// The variant as named in the order, such as `14:193#Black`.
    pub sku_attr: String,
    /// The variant in readable form, such as `Color:Black`; empty for a product that is not in the
    /// catalogue.
    pub properties: String,
    /// The number of pieces.
    pub count: i64,
    /// The price of one piece.
    pub unit_price: String,
    /// What shipping the line costs.
    pub shipping: String,
    /// The delivery service that the order named or that was chosen for it.
    pub logistics_service: Option<String>,
    /// The note to the seller.
    pub memo: Option<String>,
}

impl Order {
    pub(crate) fn details(&self, now: SystemTime) -> OrderDetails {
        let purchase = self.purchase.as_ref();
        let items = purchase.map_or(&[][..], |purchase| &purchase.items);
        let (shipping, total) =
            purchase.map_or((0, 0), |purchase| (purchase.shipping(), purchase.total()));
        let shipped = purchase.filter(|_| self.shipped.is_some());
        OrderDetails {
            record: self.record(now),
            currency: purchase.map_or(String::new(), |purchase| purchase.currency.clone()),
            lines: items.iter().map(line).collect(),
            goods_amount: amount(total.saturating_sub(shipping)),
            shipping_amount: amount(shipping),
            total_amount: amount(total),
            address: purchase.map(|purchase| purchase.address.clone()),
            carrier: shipped.map(|purchase| purchase.logistics_service().to_owned()),
            tracking_number: shipped.map(|_| self.tracking_number()),
            tracking: match shipped {
                Some(_) => self.tracking_events(now),
                None => Vec::new(),
            },
            history: self.history.clone(),
        }
    }
}

fn line(item: &Item) -> OrderLine {
    OrderLine {
        product_id: item.product_id,
        title: item.name(),
        sku_id: item.sku_id(),
        sku_attr: item.sku.clone(),
        properties: item
            .offer
            .as_ref()
            .map_or(String::new(), |offer| offer.properties.clone()),
        count: item.count,
        unit_price: amount(item.unit_price()),
        shipping: amount(item.shipping()),
        logistics_service: item.service().map(str::to_owned),
        memo: item.memo.clone(),
    }
}
