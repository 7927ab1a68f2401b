//! The calls that read orders.

use std::time::{Duration, Instant};

use aliexpress_models::Request;
use aliexpress_models::order_get::{Order, OrderGet, OrderGetAnswer, OrderQuery};
use aliexpress_models::order_info::{
    OrderDetail, OrderDetailQuery, OrderInfoGet, OrderInfoGetAnswer,
};
use aliexpress_models::shared::{ExtInfo, OrderId};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::call::{Call, CallOptions};
use crate::caller::Caller;
use crate::client::Client;
use crate::error::{Error, Finding, Kind};
use crate::read;
use crate::reply::Reply;

/// The sub-code for an order that is not visible yet or belongs to someone else.
const HIDDEN: &str = "isv.insufficient-permission";

/// Wait between two polls for a new order: the first and the longest.
const LOOKS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(4));

/// The least time for one poll.
const LAST_LOOK: Duration = Duration::from_secs(2);

impl Client {
    /// Reads one order as its buyer sees it: state, money, lines and parcels.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), and with a [`business_refusal`](Error::business_refusal) if the
    /// platform answers with a code instead of an order. An order that was placed seconds ago may
    /// not be visible yet: see [`wait_for_order`](Self::wait_for_order).
    pub fn order(&self, order_id: impl Into<OrderId>) -> Result<Reply<Order>, Error> {
        let request = order_get(order_id.into());
        let call = Call::typed(&request, self.caller().options())?.hearing(true);
        order_in(self.run(call, read::typed)?)
    }

    /// Reads one order in full detail, as its seller sees it. `details` selects what is returned
    /// besides the order itself.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); with a [`business_refusal`](Error::business_refusal) if the
    /// platform answers with a code instead of an order; and when the answer is about another
    /// order.
    pub fn order_info(
        &self,
        order_id: impl Into<OrderId>,
        details: ExtInfo,
    ) -> Result<Reply<OrderDetail>, Error> {
        let order_id = order_id.into();
        let request = order_info_get(order_id, details);
        let call = Call::typed(&request, self.caller().options())?.hearing(true);
        detail_in(self.run(call, read::typed)?, order_id)
    }

    /// Waits until a new order is visible, and reads it. That takes some seconds after it was
    /// placed (the platform advises waiting ten).
    ///
    /// Polls immediately, then with increasing delays, for as long as the platform refuses to show
    /// the order. An order of another account is refused in the same way and never becomes visible.
    /// A deadline in the client's options applies to each poll.
    ///
    /// # Errors
    ///
    /// With [`order_not_visible`](Error::order_not_visible) if the order did not become visible in
    /// time; any other error as [`order`](Self::order), immediately.
    pub fn wait_for_order(
        &self,
        order_id: impl Into<OrderId>,
        within: Duration,
    ) -> Result<Reply<Order>, Error> {
        let now = || self.time().now();
        let mut looks = Looks::new(self.caller(), order_id.into(), within, now());
        loop {
            let look = self.with(looks.options(now()));
            match looks.next(look.order(looks.order_id), now()) {
                Ok(wait) => self.time().sleep_until(now() + wait),
                Err(result) => return *result,
            }
        }
    }
}

/// The polls for a new order.
pub(crate) struct Looks {
    pub(crate) order_id: OrderId,
    within: Duration,
    started: Instant,
    /// The longest time for one poll.
    longest: Duration,
    waits: ExponentialBackoff,
}

impl Looks {
    pub(crate) fn new(caller: &Caller, order_id: OrderId, within: Duration, now: Instant) -> Self {
        Self {
            order_id,
            within,
            started: now,
            longest: caller.options().deadline.unwrap_or(caller.app().deadline),
            waits: ExponentialBuilder::new()
                .with_min_delay(LOOKS.0)
                .with_max_delay(LOOKS.1)
                .without_max_times()
                .build(),
        }
    }

    /// The options of the next poll. Even the last one gets enough time for an answer.
    pub(crate) fn options(&self, now: Instant) -> CallOptions {
        let left = self.left(now).max(LAST_LOOK);
        CallOptions::new().deadline(left.min(self.longest))
    }

    /// After one poll: how long until the next, or how the waiting ends.
    pub(crate) fn next(
        &mut self,
        seen: Result<Reply<Order>, Error>,
        now: Instant,
    ) -> Result<Duration, Box<Result<Reply<Order>, Error>>> {
        let last = match seen {
            Err(error) if is_hidden(&error) => error,
            found_or_failed => return Err(Box::new(found_or_failed)),
        };
        let (order_id, left) = (self.order_id, self.left(now));
        if left.is_zero() {
            let waited = now.saturating_duration_since(self.started);
            return Err(Box::new(Err(not_visible(order_id, waited, last))));
        }
        tracing::debug!(%order_id, "order does not show yet");
        Ok(self.waits.next().unwrap_or(LOOKS.1).min(left))
    }

    fn left(&self, now: Instant) -> Duration {
        let passed = now.saturating_duration_since(self.started);
        self.within.saturating_sub(passed)
    }
}

pub(crate) fn order_get(order_id: OrderId) -> OrderGet {
    OrderGet::new(OrderQuery::new(order_id))
}

/// The order in an answer.
pub(crate) fn order_in(mut reply: Reply<OrderGetAnswer>) -> Result<Reply<Order>, Error> {
    match reply.data.result.take() {
        Some(order) => Ok(reply.map(|_| order)),
        None => Err(nothing_in(OrderGet::API, reply, "an order")),
    }
}

pub(crate) fn order_info_get(order_id: OrderId, details: ExtInfo) -> OrderInfoGet {
    let mut query = OrderDetailQuery::new(order_id);
    query.ext_info_bit_flag = Some(details);
    OrderInfoGet::new(query)
}

/// The order in a detailed answer, if it is the one asked for.
pub(crate) fn detail_in(
    mut reply: Reply<OrderInfoGetAnswer>,
    order_id: OrderId,
) -> Result<Reply<OrderDetail>, Error> {
    let result = reply.data.result.take().unwrap_or_default();
    let Some(detail) = result.data else {
        return Err(nothing_in(OrderInfoGet::API, reply, "an order"));
    };
    match detail.id {
        Some(found) if found != order_id => {
            let finding = Finding::new(
                format!("read the answer to {}", OrderInfoGet::API),
                format!("order {found}"),
                format!("order {order_id}"),
            );
            let error = Error::new(OrderInfoGet::API, Kind::Unreadable(finding));
            Err(of_reply(error, reply))
        }
        _ => Ok(reply.map(|_| detail)),
    }
}

pub(super) fn is_hidden(error: &Error) -> bool {
    error
        .api_error()
        .and_then(|error| error.sub_code.as_deref())
        .is_some_and(|code| code.trim() == HIDDEN)
}

fn not_visible(order_id: OrderId, waited: Duration, mut last: Error) -> Error {
    let inner = last.inner_mut();
    let (answer, request_id) = (inner.answer.take(), inner.request_id.clone());
    let hidden = OrderNotVisible { order_id, waited };
    let mut error = Error::new(OrderGet::API, Kind::NotVisible(hidden));
    let inner = error.inner_mut();
    (inner.answer, inner.request_id) = (answer, request_id);
    inner.cause = Some(Box::new(last));
    error
}

fn nothing_in<T>(api: &str, reply: Reply<T>, wanted: &str) -> Error {
    let finding = Finding::new(format!("read the answer to {api}"), "no result", wanted);
    of_reply(Error::new(api, Kind::Unreadable(finding)), reply)
}

fn of_reply<T>(error: Error, reply: Reply<T>) -> Error {
    error.over_reply(reply.request_id, reply.raw)
}

/// An order that did not become visible before the deadline.
///
/// A new order becomes visible some seconds after it was placed. Until then, and for orders of
/// other accounts, the platform answers that permission is insufficient.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot see order {order_id}: found it hidden for {waited:.1?}; wanted it to show before the deadline"
)]
#[non_exhaustive]
pub struct OrderNotVisible {
    /// The id that was polled for.
    pub order_id: OrderId,
    /// How long it was polled for.
    pub waited: Duration,
}
