//! All orders: placing them, finding them, changing their status by command or by time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, SystemTime};

use fastrand::Rng;

use super::{Event, Order, OrderStatus, Purchase};
use crate::clock::later;

/// The largest number of orders kept, and of bytes in the calls that placed them; the oldest are dropped first.
pub(crate) const REMEMBERED: usize = 50_000;
pub(crate) const REMEMBERED_BYTES: usize = 32 * 1024 * 1024;
/// The orders of the documentation's examples: of `aliexpress.trade.ds.order.get`, and of
/// `aliexpress.solution.order.info.get`.
pub(crate) const SEEN_BY_BUYERS: i64 = 10_000_001;
pub(crate) const SEEN_BY_SELLERS: i64 = 12_345_678;
/// How long a repeated `out_order_id` is recognised [third parties].
const REPEAT_WINDOW: Duration = Duration::from_secs(24 * 3600);
/// The difference between the ids of successive orders; the ids between them are for an order's lines.
const LINES: i64 = 1000;
/// How many lines an order may have. The platform's limit is not known.
pub(crate) const MOST_LINES: usize = LINES as usize - 1;

/// An order to be placed.
pub(crate) struct NewOrder {
    pub(crate) out_order_id: Option<String>,
    pub(crate) owner: String,
    pub(crate) purchase: Purchase,
    /// The approximate size of the call that placed it, in bytes.
    pub(crate) bytes: usize,
}

/// Orders by id.
pub(crate) struct Ledger {
    orders: BTreeMap<i64, Order>,
    /// Their total size in bytes.
    bytes: usize,
    /// The latest order of each `out_order_id`, by account and `out_order_id`.
    by_out_order_id: HashMap<(String, String), i64>,
    /// Orders whose status may still change with time.
    under_way: BTreeSet<i64>,
    next_id: i64,
    /// Counts each order that is placed, changed or dropped.
    changes: u64,
    visible_after: Duration,
    /// How long an order stays in each status; `None` if only commands change it.
    pace: Option<Duration>,
}

impl Ledger {
    pub(crate) fn new(visible_after: Duration, pace: Option<Duration>, rng: &mut Rng) -> Self {
        Self {
            orders: BTreeMap::new(),
            bytes: 0,
            by_out_order_id: HashMap::new(),
            under_way: BTreeSet::new(),
            // Sixteen digits, like the platform's ids.
            next_id: rng.i64(8_100_000_000_000_000..8_200_000_000_000_000),
            changes: 0,
            visible_after,
            pace: pace.filter(|pace| !pace.is_zero()),
        }
    }

    /// Changes whenever an order is placed, changed or dropped.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    /// The id of the next order.
    pub(crate) fn next_id(&self) -> i64 {
        self.next_id
    }

    /// Restores the orders of an earlier run, and continues with its next id.
    pub(crate) fn restore(&mut self, next_id: i64, orders: impl Iterator<Item = Order>) {
        self.next_id = next_id;
        for order in orders {
            self.bytes += order.bytes;
            if let (Some(owner), Some(number)) = (&order.owner, &order.out_order_id) {
                let key = (owner.clone(), number.clone());
                self.by_out_order_id.insert(key, order.id);
            }
            if self.pace.is_some() && order.next_status().is_some() {
                self.under_way.insert(order.id);
            }
            self.orders.insert(order.id, order);
        }
    }

    /// Whether orders change their status without a command.
    pub(crate) fn move_by_time(&self) -> bool {
        self.pace.is_some()
    }

    /// Adds the orders of the documentation's examples, which every account may see.
    pub(crate) fn add_samples(&mut self, now: SystemTime) {
        self.add_sample(SEEN_BY_BUYERS, OrderStatus::Finish, now);
        self.add_sample(SEEN_BY_SELLERS, OrderStatus::PlaceOrderSuccess, now);
    }

    fn add_sample(&mut self, id: i64, status: OrderStatus, now: SystemTime) {
        let order = Order {
            id,
            out_order_id: None,
            owner: None,
            created: now,
            visible_from: SystemTime::UNIX_EPOCH,
            paid: (status != OrderStatus::PlaceOrderSuccess).then_some(now),
            shipped: None,
            finished: (status == OrderStatus::Finish).then_some(now),
            history: vec![(now, status.as_str().to_owned())],
            status,
            since: now,
            cancelled: false,
            tracking_number: None,
            purchase: None,
            bytes: 0,
        };
        self.orders.insert(id, order);
    }

    /// The order that `owner` placed under this `out_order_id`, if it is recent enough.
    pub(crate) fn placed_under(
        &self,
        owner: &str,
        out_order_id: &str,
        now: SystemTime,
    ) -> Option<&Order> {
        let id = self
            .by_out_order_id
            .get(&(owner.to_owned(), out_order_id.to_owned()))?;
        self.orders
            .get(id)
            .filter(|order| now < later(order.created, REPEAT_WINDOW))
    }

    /// Adds a new order and returns its id.
    pub(crate) fn place(&mut self, new: NewOrder, now: SystemTime) -> i64 {
        self.changes += 1;
        // The catalogue's data adds to the size of the call.
        let bytes = new.bytes.max(new.purchase.bytes());
        self.bytes += bytes;
        while (self.orders.len() >= REMEMBERED || self.bytes > REMEMBERED_BYTES)
            && self.forget_the_oldest()
        {}
        let id = self.next_id;
        // The ids of lines are between those of two orders.
        self.next_id += LINES;
        if let Some(out_order_id) = &new.out_order_id {
            self.by_out_order_id
                .insert((new.owner.clone(), out_order_id.clone()), id);
        }
        let order = Order {
            id,
            out_order_id: new.out_order_id,
            owner: Some(new.owner),
            created: now,
            visible_from: later(now, self.visible_after),
            status: OrderStatus::PlaceOrderSuccess,
            since: now,
            paid: None,
            shipped: None,
            finished: None,
            cancelled: false,
            tracking_number: None,
            purchase: Some(new.purchase),
            bytes,
            history: vec![
                (now, OrderStatus::PlaceOrderSuccess.as_str().to_owned()),
                (now, Event::Created.name().to_owned()),
            ],
        };
        self.orders.insert(id, order);
        if self.pace.is_some() {
            self.under_way.insert(id);
        }
        id
    }

    /// Stores the tracking number of an order's parcel.
    pub(crate) fn set_tracking_number(&mut self, id: i64, number: String) {
        self.changes += 1;
        if let Some(order) = self.orders.get_mut(&id) {
            // An order's size is not reduced: an upper bound is enough.
            self.bytes += number.len();
            order.bytes += number.len();
            order.tracking_number = Some(number).filter(|number| !number.is_empty());
        }
        while self.bytes > REMEMBERED_BYTES && self.forget_the_oldest() {}
    }

    /// Records that the payment of an order failed.
    pub(crate) fn fail_payment(&mut self, id: i64, now: SystemTime) {
        self.changes += 1;
        if let Some(order) = self.orders.get_mut(&id) {
            order.note(now, Event::PaymentFailed.name());
        }
    }

    pub(crate) fn get(&self, id: i64) -> Option<&Order> {
        self.orders.get(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Order> {
        self.orders.values()
    }

    /// Changes the status of an order.
    pub(crate) fn enter(
        &mut self,
        id: i64,
        status: OrderStatus,
        now: SystemTime,
    ) -> Option<Vec<Event>> {
        self.changes += 1;
        let order = self.orders.get_mut(&id)?;
        let events = order.enter(status, now);
        if self.pace.is_some() && order.next_status().is_some() {
            self.under_way.insert(id);
        }
        Some(events)
    }

    /// Advances each order whose time in its status is over, and returns the events by order.
    pub(crate) fn run_due_events(&mut self, now: SystemTime) -> Vec<(i64, Event)> {
        let Some(pace) = self.pace else {
            return Vec::new();
        };
        let mut happened = Vec::new();
        let mut done = Vec::new();
        for id in &self.under_way {
            let Some(order) = self.orders.get_mut(id) else {
                done.push(*id);
                continue;
            };
            while later(order.since, pace) <= now {
                let Some(next) = order.next_status() else {
                    break;
                };
                let when = later(order.since, pace);
                self.changes += 1;
                happened.extend(
                    order
                        .enter(next, when)
                        .into_iter()
                        .map(|event| (*id, event)),
                );
            }
            if order.next_status().is_none() {
                done.push(*id);
            }
        }
        done.iter().for_each(|id| {
            self.under_way.remove(id);
        });
        happened
    }

    /// Drops the oldest order; false if only the example orders are left.
    fn forget_the_oldest(&mut self) -> bool {
        let oldest = self
            .orders
            .values()
            .find(|order| !order.is_sample())
            .map(|order| order.id);
        let Some(order) = oldest.and_then(|id| self.orders.remove(&id)) else {
            return false;
        };
        self.bytes -= order.bytes;
        self.under_way.remove(&order.id);
        if let (Some(owner), Some(out_order_id)) = (order.owner, order.out_order_id) {
            let key = (owner, out_order_id);
            // The `out_order_id` may have been used again for a later order.
            if self.by_out_order_id.get(&key) == Some(&order.id) {
                self.by_out_order_id.remove(&key);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(number: usize) -> NewOrder {
        NewOrder {
            out_order_id: Some(number.to_string()),
            owner: "a".to_owned(),
            purchase: Purchase {
                items: Vec::new(),
                currency: String::new(),
                address: Default::default(),
            },
            bytes: 1,
        }
    }

    #[test]
    fn large_orders_push_out_others() {
        let (now, mut rng) = (SystemTime::now(), Rng::with_seed(1));
        let mut ledger = Ledger::new(Duration::ZERO, None, &mut rng);
        ledger.place(new(1), now);
        for number in 2..12 {
            let bytes = REMEMBERED_BYTES / 4;
            ledger.place(
                NewOrder {
                    bytes,
                    ..new(number)
                },
                now,
            );
        }
        assert_eq!(ledger.iter().count(), 4);
        let bytes = REMEMBERED_BYTES + 1;
        ledger.place(NewOrder { bytes, ..new(12) }, now);
        assert_eq!(ledger.iter().count(), 1, "the newest one stays");
    }

    #[test]
    fn the_oldest_order_is_forgotten_and_the_examples_are_not() {
        let (now, mut rng) = (SystemTime::now(), Rng::with_seed(1));
        let mut ledger = Ledger::new(Duration::ZERO, None, &mut rng);
        ledger.add_sample(1, OrderStatus::Finish, now);
        (0..REMEMBERED).for_each(|number| {
            ledger.place(new(number), now);
        });
        assert_eq!(ledger.iter().count(), REMEMBERED);
        assert!(ledger.get(1).is_some());
        assert!(ledger.placed_under("a", "0", now).is_none());
        assert!(ledger.placed_under("a", "1", now).is_some());
        assert!(ledger.placed_under("b", "1", now).is_none());
        assert!(
            ledger
                .placed_under("a", "1", later(now, REPEAT_WINDOW))
                .is_none()
        );
    }
}
