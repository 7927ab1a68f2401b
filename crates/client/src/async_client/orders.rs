//! The async client's calls about orders. [`crate::orders`] interprets the answers for both
//! clients.

use std::time::{Duration, SystemTime};

use aliexpress_models::order_create::OrderCreateAnswer;
use aliexpress_models::order_get::Order;
use aliexpress_models::order_info::OrderDetail;
use aliexpress_models::shared::{ExtInfo, OrderId};

use super::AsyncClient;
use crate::call::Call;
use crate::caller::Caller;
use crate::error::Error;
use crate::journal::{Conclusion, JournaledOrder};
use crate::orders::place::{PlaceFailure, judge, settle};
use crate::orders::read::{Polls, detail_in, order_get, order_in, order_info_get};
use crate::orders::{
    FoundOrder, NewOrder, PlacedOrder, SettledOrder, Start, conclusion_of, conclusion_of_repeat,
};
use crate::prepared::Prepared;
use crate::read;
use crate::reply::Reply;

impl AsyncClient {
    /// Places an order, once; as [`Client::place_order`](crate::Client::place_order).
    ///
    /// If the future is dropped before it is ready, it is unknown whether the order was placed.
    /// With a journal, the order is then recorded as open, and
    /// [`settle_open_orders`](Self::settle_open_orders) settles it.
    ///
    /// # Errors
    ///
    /// With an [`unknown_outcome`](Error::unknown_outcome) if it is unknown whether an order
    /// exists: call [`recover_order`](Self::recover_order), and do not place it under another id.
    /// Any other error proves that no order was placed.
    pub async fn place_order(&self, order: &NewOrder) -> Result<Reply<PlacedOrder>, Error> {
        self.caller.check_order(order)?;
        let sent_at = self.caller.sending_time();
        let entry = order.clone();
        let known = self.journaling(move |caller| match caller.record()? {
            Some(record) => record.begin(&entry, sent_at).map(Some),
            None => Ok(None),
        });
        let attempt = match known.await?.flatten() {
            Some(Start::Send(attempt)) => Some(attempt),
            Some(Start::Known(placed)) => return Ok(placed),
            None => None,
        };
        let sent_at = attempt.map_or(sent_at, |attempt| attempt.first_sent);
        let placed = self.send_order(order).await;
        let placed = placed.map_err(|open| open.into_error(order, sent_at));
        if let Some(attempt) = attempt {
            let conclusion = conclusion_of(&placed, attempt, self.caller.gateway_now());
            self.conclude(order, conclusion).await;
        }
        placed
    }

    /// Settles an order whose outcome is unknown, by sending the same request again under the same
    /// `out_order_id`; as [`Client::recover_order`](crate::Client::recover_order).
    ///
    /// # Errors
    ///
    /// Always with an [`unknown_outcome`](Error::unknown_outcome), because the order is then still
    /// not settled.
    pub async fn recover_order(
        &self,
        order: &NewOrder,
        first_sent: SystemTime,
    ) -> Result<Reply<PlacedOrder>, Error> {
        let open = |error| PlaceFailure::Call(error).into_error(order, first_sent);
        self.caller.check_order(order).map_err(open)?;
        let entry = order.clone();
        let known = self.journaling(move |caller| {
            let record = caller.record()?;
            let again = record.map(|record| {
                let now = caller.gateway_now();
                record.begin_again(&entry, first_sent, now)
            });
            again.transpose()
        });
        // An order that the journal knows to exist is not sent again, regardless of its age.
        let attempt = match known.await.map_err(open)?.flatten() {
            Some(Start::Send(attempt)) => Some(attempt),
            Some(Start::Known(placed)) => return Ok(placed),
            None => None,
        };
        let first_sent = attempt.map_or(first_sent, |attempt| attempt.first_sent);
        let answer = match self.caller.check_window(first_sent) {
            Ok(()) => self.send_order(order).await,
            Err(error) => Err(PlaceFailure::Call(error)),
        };
        let settled = settle(answer, order, first_sent);
        if let Some(attempt) = attempt {
            let conclusion = conclusion_of_repeat(&settled, attempt, self.caller.gateway_now());
            self.conclude(order, conclusion).await;
        }
        settled
    }

    /// Signs an order for another HTTP client to send once; [`read_order`](crate::read_order) reads
    /// the answer.
    ///
    /// # Errors
    ///
    /// When a required field is blank, or the token store holds no session.
    pub async fn prepare_order(&self, order: &NewOrder) -> Result<Prepared, Error> {
        self.caller.check_order(order)?;
        self.prepare_call(&order.call(self.caller.options())?).await
    }

    /// Reads one order as its buyer sees it: state, money, lines and parcels.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), and with a [`business_refusal`](Error::business_refusal) if the
    /// platform answers with a code instead of an order. An order that was placed seconds ago may
    /// not be visible yet: see [`wait_for_order`](Self::wait_for_order).
    pub async fn order(&self, order_id: impl Into<OrderId>) -> Result<Reply<Order>, Error> {
        let request = order_get(order_id.into());
        let call = Call::typed(&request, self.caller.options())?.refusals_as_errors(true);
        order_in(self.run(call, read::typed).await?)
    }

    /// Reads one order in full detail, as its seller sees it. `details` selects what is returned
    /// besides the order itself.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call); with a [`business_refusal`](Error::business_refusal) if the
    /// platform answers with a code instead of an order; and when the answer is about another
    /// order.
    pub async fn order_info(
        &self,
        order_id: impl Into<OrderId>,
        details: ExtInfo,
    ) -> Result<Reply<OrderDetail>, Error> {
        let order_id = order_id.into();
        let request = order_info_get(order_id, details);
        let call = Call::typed(&request, self.caller.options())?.refusals_as_errors(true);
        detail_in(self.run(call, read::typed).await?, order_id)
    }

    /// Waits until a new order is visible, and reads it; as
    /// [`Client::wait_for_order`](crate::Client::wait_for_order).
    ///
    /// # Errors
    ///
    /// With [`order_not_visible`](Error::order_not_visible) if the order did not become visible in
    /// time; any other error as [`order`](Self::order), immediately.
    pub async fn wait_for_order(
        &self,
        order_id: impl Into<OrderId>,
        within: Duration,
    ) -> Result<Reply<Order>, Error> {
        let time = &self.carrier.time;
        let mut polls = Polls::new(
            order_id.into(),
            within,
            self.caller.longest_call(),
            time.now(),
        );
        loop {
            let poll = self.with(polls.options(time.now()));
            let seen = poll.order(polls.order_id).await;
            match polls.next(seen, time.now()) {
                Ok(wait) => time.sleep_until(time.now() + wait).await,
                Err(result) => return *result,
            }
        }
    }

    /// The open orders of the client's account according to its journal, oldest first.
    ///
    /// # Errors
    ///
    /// When the client has no journal, or it cannot be read.
    pub async fn open_orders(&self) -> Result<Vec<JournaledOrder>, Error> {
        self.blocking(Caller::open_orders).await
    }

    /// At most `most` orders of the client's account from its journal, newest first.
    ///
    /// # Errors
    ///
    /// When the client has no journal, or it cannot be read.
    pub async fn journaled_orders(&self, most: usize) -> Result<Vec<JournaledOrder>, Error> {
        self.blocking(move |caller| caller.journaled_orders(most))
            .await
    }

    /// Settles every order of the client's account that is open in its journal, one after the
    /// other; as [`Client::settle_open_orders`](crate::Client::settle_open_orders). Call it after
    /// every start.
    ///
    /// # Errors
    ///
    /// When the client has no journal, or it cannot be read. A failure to settle one order is in
    /// its [`outcome`](SettledOrder::outcome) and does not affect the others.
    pub async fn settle_open_orders(&self) -> Result<Vec<SettledOrder>, Error> {
        let mut settled = Vec::new();
        for entry in self.open_orders().await? {
            let outcome = match entry.order() {
                Ok(order) => self.recover_order(&order, entry.first_sent).await,
                Err(error) => Err(error),
            };
            settled.push(SettledOrder::new(entry, outcome));
        }
        Ok(settled)
    }

    /// Finds an order by the shop's own id, and places nothing; as
    /// [`Client::find_order`](crate::Client::find_order).
    ///
    /// # Errors
    ///
    /// When the client has no journal, it cannot be read, or the platform cannot be reached.
    pub async fn find_order(&self, out_order_id: &str) -> Result<FoundOrder, Error> {
        let id = out_order_id.to_owned();
        let found = self.blocking(move |caller| caller.found_in_journal(&id));
        let mut found = found.await?;
        for id in found.named() {
            found.add(id, self.order(id).await)?;
        }
        Ok(found)
    }

    /// Records in the journal what was found out about an order by other means; as
    /// [`Client::note_order`](crate::Client::note_order).
    ///
    /// # Errors
    ///
    /// When the client has no journal, the journal does not know the order, or it cannot be
    /// written.
    pub async fn note_order(&self, out_order_id: &str, order_ids: &[OrderId]) -> Result<(), Error> {
        let (id, order_ids) = (out_order_id.to_owned(), order_ids.to_vec());
        self.blocking(move |caller| caller.note_order(&id, &order_ids))
            .await
    }

    async fn send_order(&self, order: &NewOrder) -> Result<Reply<PlacedOrder>, PlaceFailure> {
        let options = self.caller.order_options();
        let answer = match order.call(&options) {
            Ok(call) => self.run(call, read::typed::<OrderCreateAnswer>).await,
            Err(error) => Err(error),
        };
        judge(answer, order, || self.caller.session_without_refresh())
    }

    /// Records the outcome of an order, if there is a journal.
    async fn conclude(&self, order: &NewOrder, conclusion: Conclusion) {
        let order = order.clone();
        let recorded = self.journaling(move |caller| {
            if let Some(record) = caller.record()? {
                record.conclude(&order, &conclusion);
            }
            Ok(())
        });
        if let Err(error) = recorded.await {
            tracing::error!(%error, "outcome of the order not recorded: it stays open in the journal");
        }
    }

    /// Runs work with the journal on the blocking pool; `None` if the client has no journal.
    async fn journaling<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Caller) -> Result<T, Error> + Send + 'static,
    ) -> Result<Option<T>, Error> {
        match self.caller.app().journaling {
            Some(_) => self.blocking(work).await.map(Some),
            None => Ok(None),
        }
    }
}
