//! The calls that read orders.

use std::time::{Duration, Instant};

use aliexpress_models::Request;
use aliexpress_models::order_get::{Order, OrderGet, OrderGetAnswer, OrderQuery};
use aliexpress_models::order_info::{
    OrderDetail, OrderDetailQuery, OrderInfoGet, OrderInfoGetAnswer,
};
use aliexpress_models::shared::{ExtInfo, OrderId};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::call::CallOptions;
use crate::error::{Error, Finding, Kind, OrderNotVisible};
use crate::reply::Reply;

/// The sub-code for an order that is not visible yet or belongs to someone else.
const HIDDEN: &str = "isv.insufficient-permission";

/// Wait between two polls for a new order: the first and the longest.
const POLL_WAITS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(4));

/// The shortest time limit of one poll.
const LEAST_POLL: Duration = Duration::from_secs(2);

/// The polls for a new order.
pub(crate) struct Polls {
    pub(crate) order_id: OrderId,
    within: Duration,
    started: Instant,
    /// The longest time for one poll.
    longest: Duration,
    waits: ExponentialBackoff,
}

impl Polls {
    /// `longest` is the longest time of one call.
    pub(crate) fn new(
        order_id: OrderId,
        within: Duration,
        longest: Duration,
        now: Instant,
    ) -> Self {
        Self {
            order_id,
            within,
            started: now,
            longest,
            waits: ExponentialBuilder::new()
                .with_min_delay(POLL_WAITS.0)
                .with_max_delay(POLL_WAITS.1)
                .without_max_times()
                .build(),
        }
    }

    /// The options of the next poll. Even the last one gets enough time for an answer.
    pub(crate) fn options(&self, now: Instant) -> CallOptions {
        let left = self.left(now).max(LEAST_POLL);
        CallOptions::new().deadline(left.min(self.longest))
    }

    /// After one poll: how long until the next one, or the result of waiting.
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
        tracing::debug!(%order_id, "order is not visible yet");
        Ok(self.waits.next().unwrap_or(POLL_WAITS.1).min(left))
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

/// The order in a detailed answer, if it is the requested one.
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
