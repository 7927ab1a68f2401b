//! The calls that read orders.

use std::fmt;
use std::time::{Duration, Instant};

use aliexpress_models::Request;
use aliexpress_models::order_get::{Order, OrderGet, OrderQuery};
use aliexpress_models::order_info::{OrderDetail, OrderDetailQuery, OrderInfoGet};
use aliexpress_models::shared::{ExtInfo, OrderId};
use backon::{BackoffBuilder, ExponentialBuilder};

use crate::call::CallOptions;
use crate::client::Client;
use crate::error::{Error, Finding, Kind};
use crate::reply::Reply;

/// The sub-code for an order that is not visible yet, or is somebody else's.
const HIDDEN: &str = "isv.insufficient-permission";

/// Between two looks for a new order: the first wait, and the longest.
const LOOKS: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(4));

/// The time that a look has at least.
const LAST_LOOK: Duration = Duration::from_secs(2);

impl Client {
    /// Reads one order as its buyer sees it: state, money, lines and parcels.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call). An order that was placed seconds ago may not show yet:
    /// [`wait_for_order`](Self::wait_for_order).
    pub fn order(&self, order_id: impl Into<OrderId>) -> Result<Reply<Order>, Error> {
        let request = OrderGet::new(OrderQuery::new(order_id.into()));
        let mut reply = self.call(&request)?;
        if let Some(refusal) = reply.business_refusal() {
            return Err(reply.said_no(OrderGet::API, refusal));
        }
        match reply.data.result.take() {
            Some(order) => Ok(reply.map(|_| order)),
            None => Err(nothing_in(OrderGet::API, reply, "an order")),
        }
    }

    /// Reads one order in every detail, as its seller sees it; `details` says what comes beside the order
    /// itself.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); a [`business_refusal`](Error::business_refusal) where the platform answers with a code
    /// instead of an order; and where the answer is of another order.
    pub fn order_info(
        &self,
        order_id: impl Into<OrderId>,
        details: ExtInfo,
    ) -> Result<Reply<OrderDetail>, Error> {
        let order_id = order_id.into();
        let mut query = OrderDetailQuery::new(order_id);
        query.ext_info_bit_flag = Some(details);
        let mut reply = self.call(&OrderInfoGet::new(query))?;
        let result = reply.data.result.take().unwrap_or_default();
        // An error code beside the data is no failure by itself: the platform's own sample has one.
        let Some(detail) = result.data else {
            return Err(match reply.business_refusal() {
                Some(refusal) => reply.said_no(OrderInfoGet::API, refusal),
                None => nothing_in(OrderInfoGet::API, reply, "an order"),
            });
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

    /// Reads a new order as soon as it shows, which takes some seconds after it was placed (the platform
    /// advises to wait ten).
    ///
    /// Looks at once and then ever more seldom, for as long as the platform refuses to show the order. An
    /// order of another account is refused in the same way and is waited for in vain. A deadline among the
    /// client's options is that of each look.
    ///
    /// # Errors
    ///
    /// [`order_not_visible`](Error::order_not_visible) where the order did not show within this time;
    /// otherwise as [`order`](Self::order), at once.
    pub fn wait_for_order(
        &self,
        order_id: impl Into<OrderId>,
        within: Duration,
    ) -> Result<Reply<Order>, Error> {
        let order_id = order_id.into();
        let started = Instant::now();
        let mut looks = ExponentialBuilder::new()
            .with_min_delay(LOOKS.0)
            .with_max_delay(LOOKS.1)
            .without_max_times()
            .build();
        loop {
            let left = within.saturating_sub(started.elapsed());
            // The last look, too, has the time that an answer takes.
            let longest = self
                .caller()
                .options()
                .deadline
                .unwrap_or(self.caller().app().deadline);
            let look = CallOptions::new().deadline(left.max(LAST_LOOK).min(longest));
            let last = match self.with(look).order(order_id) {
                Err(error) if is_hidden(&error) => error,
                found_or_failed => return found_or_failed,
            };
            let left = within.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(not_visible(order_id, started.elapsed(), last));
            }
            tracing::debug!(%order_id, "order does not show yet");
            std::thread::sleep(looks.next().unwrap_or(LOOKS.1).min(left));
        }
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
    let hidden = OrderNotVisible {
        order_id,
        waited,
        last,
    };
    let mut error = Error::new(OrderGet::API, Kind::NotVisible(hidden));
    let inner = error.inner_mut();
    (inner.answer, inner.request_id) = (answer, request_id);
    error
}

fn nothing_in<T>(api: &str, reply: Reply<T>, wanted: &str) -> Error {
    let finding = Finding::new(format!("read the answer to {api}"), "no result", wanted);
    of_reply(Error::new(api, Kind::Unreadable(finding)), reply)
}

fn of_reply<T>(mut error: Error, reply: Reply<T>) -> Error {
    error.inner_mut().request_id = reply.request_id;
    error.with_answer(200, reply.raw)
}

/// An order that did not show before the deadline.
///
/// A new order shows some seconds after it was placed. Until then, and for orders of somebody else,
/// the platform answers that permission is insufficient.
#[derive(Debug)]
#[non_exhaustive]
pub struct OrderNotVisible {
    /// The order that was waited for.
    pub order_id: OrderId,
    /// How long it was waited for.
    pub waited: Duration,
    pub(crate) last: Error,
}

impl fmt::Display for OrderNotVisible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot see order {}: found it hidden for {:.1?}; wanted it to show before the deadline",
            self.order_id, self.waited
        )
    }
}
