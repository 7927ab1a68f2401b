//! The orders of the sandbox, and how their status changes.

mod details;
mod ledger;
mod progress;
mod tracking;

use std::time::SystemTime;

use aliexpress_models::order_create::LogisticsAddress;
pub(crate) use aliexpress_models::shared::OrderStatus;
use fastrand::Rng;
use serde::{Deserialize, Serialize};

pub use details::{OrderDetails, OrderLine};
pub(crate) use ledger::{
    Ledger, MOST_LINES, NewOrder, REMEMBERED, REMEMBERED_BYTES, SEEN_BY_BUYERS, SEEN_BY_SELLERS,
};
pub(crate) use progress::Event;
pub use tracking::TrackingEvent;

use crate::shop::{Store, by_number};

/// One article of an order.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    pub(crate) product_id: i64,
    /// The variant, as the order named it.
    pub(crate) sku: String,
    /// The catalogue's offer when it was ordered; `None` for an article of the caller's own, which the
    /// catalogue does not have.
    pub(crate) offer: Option<Offer>,
    pub(crate) count: i64,
    pub(crate) memo: Option<String>,
    pub(crate) logistics_service: Option<String>,
}

/// The catalogue's offer for an article. Amounts are in 1/100 of the order's currency.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offer {
    pub(crate) sku_id: i64,
    pub(crate) title: String,
    /// Its properties in readable form.
    pub(crate) properties: String,
    pub(crate) unit_price: i64,
    /// For all pieces together.
    pub(crate) shipping: i64,
    #[serde(with = "by_number::store")]
    pub(crate) store: &'static Store,
    /// The code of the service that ships it.
    pub(crate) service: String,
}

/// What was ordered, and the address.
#[derive(Clone, Debug)]
pub(crate) struct Purchase {
    pub(crate) items: Vec<Item>,
    pub(crate) currency: String,
    pub(crate) address: LogisticsAddress,
}

/// Amounts are in 1/100 of the currency; an amount that exceeds `i64` is `i64::MAX`.
impl Purchase {
    /// What the buyer pays, shipping included.
    pub(crate) fn total(&self) -> i64 {
        self.items
            .iter()
            .map(Item::total)
            .fold(0, i64::saturating_add)
    }

    pub(crate) fn shipping(&self) -> i64 {
        self.items
            .iter()
            .map(Item::shipping)
            .fold(0, i64::saturating_add)
    }

    /// The pieces that it takes from stock, by product and variant.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (i64, i64, i64)> {
        self.items.iter().filter_map(|item| {
            let offer = item.offer.as_ref()?;
            Some((item.product_id, offer.sku_id, item.count))
        })
    }

    /// Its approximate size in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        bytes_of(&self.items, &self.address)
    }

    /// The store that sells; `None` for articles of the caller's own.
    pub(crate) fn store(&self) -> Option<&'static Store> {
        let offers = self.items.iter().filter_map(|item| item.offer.as_ref());
        offers.map(|offer| offer.store).next()
    }

    /// The service of the first item that has one.
    pub(crate) fn logistics_service(&self) -> &str {
        let service = self.items.iter().find_map(Item::service);
        service.unwrap_or("CAINIAO_FULFILLMENT_STD")
    }
}

/// The approximate size of goods and an address in memory, in bytes.
pub(crate) fn bytes_of(items: &[Item], address: &LogisticsAddress) -> usize {
    let address = serde_json::to_vec(address).map_or(0, |json| json.len());
    address + items.iter().map(Item::bytes).sum::<usize>()
}

/// Amounts are in 1/100 of the currency. For an article of the caller's own they are invented, and always the same for
/// the same product.
impl Item {
    pub(crate) fn unit_price(&self) -> i64 {
        let offer = self.offer.as_ref();
        offer.map_or(99 + self.product_id % 5000, |offer| offer.unit_price)
    }

    fn bytes(&self) -> usize {
        let offer = self.offer.as_ref();
        let offer = offer.map_or(0, |offer| {
            offer.title.len() + offer.properties.len() + offer.service.len()
        });
        let texts = [&self.memo, &self.logistics_service].into_iter().flatten();
        let texts: usize = texts.map(String::len).sum();
        size_of::<Self>() + self.sku.len() + texts + offer
    }

    pub(crate) fn price(&self) -> i64 {
        self.unit_price().saturating_mul(self.count)
    }

    pub(crate) fn shipping(&self) -> i64 {
        self.offer.as_ref().map_or(93, |offer| offer.shipping)
    }

    /// The service that ships it: the one that the order named, or the one that was chosen for it.
    pub(crate) fn service(&self) -> Option<&str> {
        let named = self.logistics_service.as_deref();
        named.or_else(|| self.offer.as_ref().map(|offer| offer.service.as_str()))
    }

    pub(crate) fn total(&self) -> i64 {
        self.price().saturating_add(self.shipping())
    }

    pub(crate) fn name(&self) -> String {
        match &self.offer {
            Some(offer) => offer.title.clone(),
            None => format!("Product {}", self.product_id),
        }
    }

    /// A variant's id in the platform's format, the same for the same product and properties.
    pub(crate) fn sku_id(&self) -> String {
        if let Some(offer) = &self.offer {
            return offer.sku_id.to_string();
        }
        let seed = self
            .sku
            .bytes()
            .fold(self.product_id.unsigned_abs(), |seed, byte| {
                seed.wrapping_mul(31).wrapping_add(byte.into())
            });
        format!("12000{:011}", Rng::with_seed(seed).u64(..100_000_000_000))
    }
}

/// One order.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) id: i64,
    pub(crate) out_order_id: Option<String>,
    /// The user id of the account that placed it; `None` for an order that every account may see.
    pub(crate) owner: Option<String>,
    pub(crate) created: SystemTime,
    pub(crate) visible_from: SystemTime,
    pub(crate) status: OrderStatus,
    /// When it entered its status.
    pub(crate) since: SystemTime,
    pub(crate) paid: Option<SystemTime>,
    pub(crate) shipped: Option<SystemTime>,
    pub(crate) finished: Option<SystemTime>,
    pub(crate) cancelled: bool,
    /// The tracking number that the seller gave, if any.
    pub(crate) tracking_number: Option<String>,
    /// `None` for an order of the documentation's examples.
    pub(crate) purchase: Option<Purchase>,
    /// Its approximate size in memory, in bytes.
    pub(crate) bytes: usize,
    /// Each status and event with its time, oldest first; the newest [`MOST_HISTORY`].
    pub(crate) history: Vec<(SystemTime, String)>,
}

/// How many entries of an order's history are kept.
const MOST_HISTORY: usize = 30;

impl Order {
    /// Adds to the order's history, and drops its oldest entry when there are too many.
    pub(crate) fn note(&mut self, at: SystemTime, what: impl Into<String>) {
        let too_many = (self.history.len() + 1).saturating_sub(MOST_HISTORY);
        self.history.drain(..too_many);
        self.history.push((at, what.into()));
    }

    pub(crate) fn is_visible(&self, now: SystemTime) -> bool {
        self.visible_from <= now
    }

    pub(crate) fn is_paid(&self) -> bool {
        self.paid.is_some()
    }

    pub(crate) fn is_sample(&self) -> bool {
        self.purchase.is_none()
    }

    pub(crate) fn item_count(&self) -> usize {
        self.purchase
            .as_ref()
            .map_or(1, |purchase| purchase.items.len())
    }

    /// Whether `user_id` may see it.
    pub(crate) fn belongs_to(&self, user_id: &str) -> bool {
        self.owner.as_deref().is_none_or(|owner| owner == user_id)
    }

    /// The id of the line at `place`, counted from 1.
    pub(crate) fn line_id(&self, place: i64) -> i64 {
        self.id.saturating_add(place)
    }

    pub(crate) fn tracking_number(&self) -> String {
        let given = self.tracking_number.clone();
        given.unwrap_or_else(|| format!("LP{:014}", self.id % 100_000_000_000_000))
    }

    /// Whether it is in dispute, in the words of lists of orders.
    pub(crate) fn issue_status(&self) -> &'static str {
        match self.status {
            OrderStatus::InIssue => "IN_ISSUE",
            _ => "NO_ISSUE",
        }
    }

    /// The buyer's login name.
    pub(crate) fn buyer_login(&self) -> String {
        format!("buyer{}", self.owner.as_deref().unwrap_or_default())
    }

    pub(crate) fn record(&self, now: SystemTime) -> OrderRecord {
        OrderRecord {
            id: self.id,
            out_order_id: self.out_order_id.clone(),
            status: self.status.clone(),
            created: self.created,
            visible: self.is_visible(now),
            paid: self.is_paid(),
            sample: self.is_sample(),
        }
    }
}

/// An order in the sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OrderRecord {
    /// The platform's id of the order.
    pub id: i64,
    /// The shop's own id of the order.
    pub out_order_id: Option<String>,
    /// Its status.
    pub status: OrderStatus,
    /// When it was placed, by the sandbox's clock.
    pub created: SystemTime,
    /// Whether `aliexpress.trade.ds.order.get` already shows it.
    pub visible: bool,
    /// Whether it was paid.
    pub paid: bool,
    /// Whether it is one of the two example orders of the documentation, which exist from the
    /// start.
    pub sample: bool,
}
