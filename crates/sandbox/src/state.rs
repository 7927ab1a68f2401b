//! The sandbox's state: clock, credentials, orders, shop, log.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aliexpress_signing::{AppSecret, Signer};
use fastrand::Rng;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::answers::Answers;
use crate::builder::Builder;
use crate::clock::{Clock, milliseconds};
use crate::credentials::{Credentials, made_up_app_key, made_up_app_secret, made_up_token};
use crate::diagnosis::SignatureCount;
use crate::fault_plan::FaultPlan;
use crate::fragments::Fragments;
use crate::log::Log;
use crate::orders::{Event, Ledger, OrderStatus};
use crate::push::{self, Outbox, Outgoing};
use crate::shop::{Jobs, Shop};
use crate::tokens::Tokens;

/// How long an order stays invisible if the sandbox behaves as live.
const LATE: Duration = Duration::from_secs(3);

/// The state, which one request at a time uses.
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) clock_check: bool,
    pub(crate) credentials: Credentials,
    pub(crate) signer: Signer,
    pub(crate) signatures: SignatureCount,
    pub(crate) rng: Rng,
    pub(crate) tokens: Tokens,
    pub(crate) faults: FaultPlan,
    /// When the ban of an API ends.
    pub(crate) bans: HashMap<String, SystemTime>,
    pub(crate) log: Log,
    /// Answers set by the user, by API; they replace the sandbox's own.
    pub(crate) answers: Answers,
    pub(crate) orders: Ledger,
    pub(crate) shop: Shop,
    /// Products in the written form of answers to searches.
    pub(crate) found: Fragments,
    /// The batch jobs of sellers.
    pub(crate) jobs: Jobs,
    /// The base URL, such as `http://127.0.0.1:4711`; blank before the sandbox listens.
    pub(crate) base: String,
    /// Whether the sandbox behaves as live.
    pub(crate) as_live: bool,
    /// Why the last attempt to save the state failed; `None` if it did not.
    pub(crate) state_error: Option<String>,
    pub(crate) outbox: Outbox,
    /// The types of push messages that are sent for events.
    push_types: Vec<i64>,
    news: Arc<Notify>,
    requests: u64,
}

impl State {
    /// The state of a new sandbox with these settings.
    pub(crate) fn new(builder: &Builder) -> Self {
        let mut rng = builder.seed.map_or_else(Rng::new, Rng::with_seed);
        let given = |value: &Option<String>, make: fn(&mut Rng) -> String, rng: &mut Rng| {
            // Drawn even if it is not needed, so that the later random values of a seed are the same.
            let made_up = make(rng);
            value.clone().unwrap_or(made_up)
        };
        let credentials = Credentials {
            app_key: given(&builder.app_key, made_up_app_key, &mut rng),
            app_secret: given(&builder.app_secret, made_up_app_secret, &mut rng),
            session: given(&builder.session, made_up_token, &mut rng),
        };
        let now = builder.clock.now();
        let visible_after = builder.visible_after.unwrap_or(match builder.as_live {
            true => LATE,
            false => Duration::ZERO,
        });
        let mut orders = Ledger::new(visible_after, builder.pace, &mut rng);
        orders.add_samples(now);
        let shop = Shop::new(rng.u64(..));
        Self {
            clock: builder.clock,
            clock_check: builder.clock_check,
            signer: Signer::new(&AppSecret::new(credentials.app_secret.as_str())),
            signatures: SignatureCount::default(),
            tokens: Tokens::new(
                credentials.session.clone(),
                builder.lifetimes,
                now,
                &mut rng,
            ),
            credentials,
            rng,
            faults: FaultPlan::default(),
            bans: HashMap::new(),
            log: Log::new(builder.log_size),
            answers: Answers::default(),
            orders,
            shop,
            found: Fragments::default(),
            jobs: Jobs::default(),
            base: String::new(),
            as_live: builder.as_live,
            state_error: None,
            outbox: Outbox::new(builder.callback.clone(), builder.push_retry),
            push_types: builder.push_types.clone(),
            news: Arc::new(Notify::new()),
            requests: 0,
        }
    }

    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// Changes whenever something that is saved changes.
    pub(crate) fn revision(&self) -> (u64, u64) {
        (self.orders.changes(), self.shop.changes())
    }

    /// Advances the orders that are due at `now`.
    pub(crate) fn move_orders(&mut self, now: SystemTime) {
        for (id, event) in self.orders.run_due_events(now) {
            self.report(id, event, now);
        }
    }

    /// Whether events are scheduled that no request triggers.
    pub(crate) fn moves_by_time(&self) -> bool {
        self.orders.move_by_time() || self.wants(push::TOKEN_EXPIRING)
    }

    fn wants(&self, message_type: i64) -> bool {
        self.push_types.contains(&message_type)
    }

    /// Moves an order to its next status, and returns that.
    pub(crate) fn advance(&mut self, id: i64, now: SystemTime) -> Option<OrderStatus> {
        let next = self.orders.get(id)?.next_status()?;
        self.set_order_status(id, next, now)
    }

    /// Starts the cancellation of an order that is not finished.
    pub(crate) fn cancel(&mut self, id: i64, now: SystemTime) -> Option<OrderStatus> {
        self.orders.get(id)?.next_status()?;
        self.set_order_status(id, OrderStatus::InCancel, now)
    }

    /// Moves an order to any status.
    pub(crate) fn set_order_status(
        &mut self,
        id: i64,
        status: OrderStatus,
        now: SystemTime,
    ) -> Option<OrderStatus> {
        let events = self.orders.enter(id, status.clone(), now)?;
        events
            .into_iter()
            .for_each(|event| self.report(id, event, now));
        Some(status)
    }

    /// Handles an order's events: puts the pieces of an order that was cancelled before it was shipped back into stock,
    /// and creates push messages.
    pub(crate) fn report(&mut self, id: i64, event: Event, now: SystemTime) {
        if event == Event::Closed
            && let Some(order) = self.orders.get(id).filter(|order| order.shipped.is_none())
            && let Some(purchase) = &order.purchase
        {
            self.shop.put_back(purchase.pieces());
        }
        let owner = self.orders.get(id).and_then(|order| order.owner.clone());
        let seller = owner.unwrap_or_else(|| self.tokens.owner().user_id.clone());
        if self.wants(push::ORDER_STATUS) {
            let data = json!({
                "buyerId": seller.parse::<i64>().unwrap_or_default(),
                "orderId": id,
                "orderStatus": event.name(),
            });
            self.push(push::ORDER_STATUS, &seller, data, now);
        }
        let other = match event {
            Event::PaymentAuthorized | Event::PaymentFailed => push::PAYMENT,
            Event::Shipped => push::LOGISTICS,
            Event::Created | Event::Confirmed | Event::Closed => return,
        };
        if self.wants(other) {
            self.push(other, &seller, json!({ "orderId": id }), now);
        }
    }

    /// Creates a push message about each token that expires soon, once, if such messages are enabled.
    pub(crate) fn warn_of_expiry(&mut self, now: SystemTime) {
        if !self.wants(push::TOKEN_EXPIRING) {
            return;
        }
        for (seller, expires) in self.tokens.expiring(now) {
            let data = json!({ "userId": seller, "expireTime": milliseconds(expires) });
            self.push(push::TOKEN_EXPIRING, &seller, data, now);
        }
    }

    /// Creates a push message and wakes the task that posts it.
    pub(crate) fn push(&mut self, message_type: i64, seller: &str, data: Value, now: SystemTime) {
        self.outbox.add(message_type, seller, data, now);
        self.news.notify_one();
    }

    /// Wakes the task that posts push messages.
    pub(crate) fn news(&self) -> Arc<Notify> {
        Arc::clone(&self.news)
    }

    /// The push messages that have not been sent yet.
    pub(crate) fn new_messages(&mut self) -> Vec<Outgoing> {
        self.outbox.take_new(&self.credentials)
    }

    /// The same push message, to be sent again.
    pub(crate) fn message_again(&mut self, number: u64) -> Option<Outgoing> {
        self.outbox.take_again(number, &self.credentials)
    }

    /// A request id in the platform's format: 25 digits, from the time and a count.
    pub(crate) fn next_request_id(&mut self, now: SystemTime) -> String {
        self.requests += 1;
        format!(
            "2102{:013}{:08}",
            milliseconds(now),
            self.requests % 100_000_000
        )
    }
}
