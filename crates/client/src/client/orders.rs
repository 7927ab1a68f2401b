//! Orders over the blocking client.

use std::time::{Duration, SystemTime};

use aliexpress_models::order_create::OrderCreateAnswer;
use aliexpress_models::order_get::Order;
use aliexpress_models::order_info::OrderDetail;
use aliexpress_models::shared::{ExtInfo, OrderId};

use super::Client;
use crate::call::Call;
use crate::error::Error;
use crate::journal::JournaledOrder;
use crate::orders::place::{PlaceFailure, judge, settle};
use crate::orders::read::{Polls, detail_in, order_get, order_in, order_info_get};
use crate::orders::{
    FoundOrder, NewOrder, PlacedOrder, SettledOrder, Start, conclusion_of, conclusion_of_repeat,
};
use crate::prepared::Prepared;
use crate::read;
use crate::reply::Reply;

impl Client {
    /// Places an order, once.
    ///
    /// The request is sent on a new connection, and again only if it is certain that the first try
    /// placed nothing: no connection could be made, or the gateway refused the session and the
    /// client has a new one.
    ///
    /// ```
    /// # use aliexpress::{Client, NewOrder, PlacedOrder};
    /// # fn example(client: &Client, order: &NewOrder) {
    /// match client.place_order(order) {
    ///     Ok(reply) => match reply.data() {
    ///         PlacedOrder::Created { order_ids, .. } => println!("placed: {order_ids:?}"),
    ///         PlacedOrder::CreatedNotPaid { order_ids, reason, .. } => {
    ///             println!("placed, not paid: {order_ids:?}: {reason}");
    ///         }
    ///         PlacedOrder::Duplicate { order_ids, .. } => println!("placed earlier: {order_ids:?}"),
    ///         PlacedOrder::Refused(refusal) => println!("refused: {refusal}"),
    ///         other => println!("{other:?}"),
    ///     },
    ///     Err(error) => match error.unknown_outcome() {
    ///         Some(unknown) => println!("recover it, sent at {:?}: {error}", unknown.sent_at),
    ///         None => println!("certainly not placed: {error}"),
    ///     },
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// With an [`unknown_outcome`](Error::unknown_outcome) if it is unknown whether an order
    /// exists: call [`recover_order`](Self::recover_order), and do not place it under another id.
    /// Any other error proves that no order was placed.
    pub fn place_order(&self, order: &NewOrder) -> Result<Reply<PlacedOrder>, Error> {
        self.caller().check_order(order)?;
        let record = self.caller().record()?;
        let sent_at = self.caller().sending_time();
        let attempt = match &record {
            None => None,
            Some(record) => match record.begin(order, sent_at)? {
                Start::Send(attempt) => Some((record, attempt)),
                Start::Known(placed) => return Ok(placed),
            },
        };
        let sent_at = attempt.map_or(sent_at, |(_, attempt)| attempt.first_sent);
        let placed = self
            .send_order(order)
            .map_err(|open| open.into_error(order, sent_at));
        if let Some((record, attempt)) = attempt {
            let conclusion = conclusion_of(&placed, attempt, self.caller().gateway_now());
            record.conclude(order, &conclusion);
        }
        placed
    }

    /// Settles an order whose outcome is unknown, by sending the same request again under the same
    /// `out_order_id`.
    ///
    /// If the first request created an order, the platform recognises the repeat and the answer is
    /// [`PlacedOrder::Duplicate`]; if not, the order is placed now. `first_sent` is when the first
    /// request was sent ([`UnknownOutcome::sent_at`](crate::UnknownOutcome::sent_at), or the time that the shop stored). Use the
    /// same session: for another account, the repeat would be a new order.
    ///
    /// The platform is reported to recognise repeats for 24 hours. This method refuses to send
    /// after 20 hours, because the platform accepts clocks that are two hours off in either
    /// direction. If an answer stated the gateway's time, that clock is used.
    ///
    /// # Errors
    ///
    /// Always with an [`unknown_outcome`](Error::unknown_outcome), because the order is then still
    /// not settled: a refusal may concern the repeat alone, and a repeat that was not sent, for
    /// example after those 20 hours, says nothing about the first request.
    pub fn recover_order(
        &self,
        order: &NewOrder,
        first_sent: SystemTime,
    ) -> Result<Reply<PlacedOrder>, Error> {
        let open = |error| PlaceFailure::Call(error).into_error(order, first_sent);
        let checked = self.caller().check_order(order);
        let record = checked.and_then(|()| self.caller().record());
        let record = record.map_err(open)?;
        // An order that the journal knows to exist is not sent again, regardless of its age.
        let attempt = match &record {
            None => None,
            Some(record) => {
                let now = self.caller().gateway_now();
                match record.begin_again(order, first_sent, now).map_err(open)? {
                    Start::Send(attempt) => Some((record, attempt)),
                    Start::Known(placed) => return Ok(placed),
                }
            }
        };
        let first_sent = attempt.map_or(first_sent, |(_, attempt)| attempt.first_sent);
        let answer = self
            .caller()
            .check_window(first_sent)
            .map_err(PlaceFailure::Call)
            .and_then(|()| self.send_order(order));
        let settled = settle(answer, order, first_sent);
        if let Some((record, attempt)) = attempt {
            let conclusion = conclusion_of_repeat(&settled, attempt, self.caller().gateway_now());
            record.conclude(order, &conclusion);
        }
        settled
    }

    /// Signs an order for another HTTP client to send once; [`read_order`](crate::read_order) reads the answer.
    ///
    /// # Errors
    ///
    /// When a required field is blank, or the token store holds no session.
    pub fn prepare_order(&self, order: &NewOrder) -> Result<Prepared, Error> {
        self.caller().check_order(order)?;
        let options = self.caller().options();
        self.prepare_call(&order.call(options)?)
    }

    fn send_order(&self, order: &NewOrder) -> Result<Reply<PlacedOrder>, PlaceFailure> {
        let options = self.caller().order_options();
        let call = order.call(&options);
        let answer = call.and_then(|call| self.run(call, read::typed::<OrderCreateAnswer>));
        judge(answer, order, || self.caller().session_without_refresh())
    }

    /// The open orders of the client's account according to its journal, oldest first.
    ///
    /// # Errors
    ///
    /// When the client has no journal, or it cannot be read.
    pub fn open_orders(&self) -> Result<Vec<JournaledOrder>, Error> {
        self.caller().open_orders()
    }

    /// At most `most` orders of the client's account from its journal, newest first.
    ///
    /// # Errors
    ///
    /// When the client has no journal, or it cannot be read.
    pub fn journaled_orders(&self, most: usize) -> Result<Vec<JournaledOrder>, Error> {
        self.caller().journaled_orders(most)
    }

    /// Settles every order of the client's account that is open in its journal, as
    /// [`recover_order`](Self::recover_order) does: each is sent again under its `out_order_id` as
    /// long as the platform recognises a repeat. Call it after every start.
    ///
    /// # Errors
    ///
    /// When the client has no journal, or it cannot be read. A failure to settle one order is in
    /// its [`outcome`](SettledOrder::outcome) and does not affect the others.
    pub fn settle_open_orders(&self) -> Result<Vec<SettledOrder>, Error> {
        let open = self.open_orders()?;
        let settled = open.into_iter().map(|entry| {
            let order = entry.order();
            let outcome = order.and_then(|order| self.recover_order(&order, entry.first_sent));
            SettledOrder::new(entry, outcome)
        });
        Ok(settled.collect())
    }

    /// Finds an order by the shop's own id, and places nothing: returns the journal's entry, and
    /// what the platform shows for the order ids in it.
    ///
    /// The platform has no call that finds an order by its `out_order_id`. If the journal has no
    /// order id, use [`recover_order`](Self::recover_order) within its time limit, a push message
    /// of type 53, or the list of the account's orders on the platform's website, because no
    /// documented call lists them.
    ///
    /// # Errors
    ///
    /// When the client has no journal, it cannot be read, or the platform cannot be reached.
    pub fn find_order(&self, out_order_id: &str) -> Result<FoundOrder, Error> {
        let mut found = self.caller().found_in_journal(out_order_id)?;
        for id in found.named() {
            found.add(id, self.order(id))?;
        }
        Ok(found)
    }

    /// Records what was found out about an order by other means, such as a push message or the
    /// account's list of orders: the ids of the orders that exist under this `out_order_id`, or an
    /// empty list if there are none. An order that the journal knows to exist stays recorded as
    /// existing.
    ///
    /// Pass an empty list only when it is certain that no order exists, because the order can then
    /// be placed again.
    ///
    /// # Errors
    ///
    /// When the client has no journal, the journal does not know the order, or it cannot be
    /// written.
    pub fn note_order(&self, out_order_id: &str, order_ids: &[OrderId]) -> Result<(), Error> {
        self.caller().note_order(out_order_id, order_ids)
    }

    /// Reads one order as its buyer sees it: state, money, lines and parcels.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), and with a [`business_refusal`](Error::business_refusal) if the
    /// platform answers with a code instead of an order. An order that was placed seconds ago may
    /// not be visible yet: see [`wait_for_order`](Self::wait_for_order).
    pub fn order(&self, order_id: impl Into<OrderId>) -> Result<Reply<Order>, Error> {
        let request = order_get(order_id.into());
        let call = Call::typed(&request, self.caller().options())?.refusals_as_errors(true);
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
        let call = Call::typed(&request, self.caller().options())?.refusals_as_errors(true);
        detail_in(self.run(call, read::typed)?, order_id)
    }

    /// Waits until a new order is visible, and reads it. An order becomes visible some seconds
    /// after it was placed; the platform advises waiting ten.
    ///
    /// Polls immediately, then with increasing delays, for as long as the platform refuses to show
    /// the order. An order of another account is refused in the same way and never becomes visible.
    /// A deadline in the client's options applies to each poll.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use aliexpress::Client;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = aliexpress_sandbox::Sandbox::start()?;
    /// # let client = Client::builder(sandbox.app_key(), sandbox.app_secret())
    /// #     .session(sandbox.session()).gateway(sandbox.url()).build()?;
    /// let order = client.wait_for_order(10_000_001, Duration::from_secs(30))?;
    /// println!("{:?}", order.order_status);
    /// # Ok(())
    /// # }
    /// ```
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
        let mut polls = Polls::new(order_id.into(), within, self.caller().longest_call(), now());
        loop {
            let poll = self.with(polls.options(now()));
            match polls.next(poll.order(polls.order_id), now()) {
                Ok(wait) => self.time().sleep_until(now() + wait),
                Err(result) => return *result,
            }
        }
    }
}
