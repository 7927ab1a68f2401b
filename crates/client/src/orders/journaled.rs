//! How orders use the journal: what is recorded when.

use std::time::SystemTime;

use aliexpress_models::Request;
use aliexpress_models::order_create::OrderCreate;
use aliexpress_models::order_get::Order;
use aliexpress_models::shared::OrderId;
use sha2::{Digest, Sha256};

use super::new_order::NewOrder;
use super::outcome::PlacedOrder;
use super::unknown::unknown;
use crate::error::{Error, Kind, cause};
use crate::journal::{Begun, Conclusion, JournalError, JournaledOrder, OrderJournal, OrderState};
use crate::reply::Reply;

/// The journal of a client, and how it is used.
pub(crate) struct Journaling {
    pub(crate) journal: Box<dyn OrderJournal>,
    pub(crate) account: String,
    pub(crate) keeps_requests: bool,
}

/// The journal as one call uses it.
pub(crate) struct Record<'a> {
    pub(crate) journaling: &'a Journaling,
    pub(crate) account: String,
}

/// What the journal says about an order that is to be sent.
pub(crate) enum Start {
    /// The order was recorded and may be sent.
    Send(Attempt),
    /// The order exists and must not be sent; this reply is returned instead.
    Known(Reply<PlacedOrder>),
}

/// One request of an order, as the journal has recorded it.
#[derive(Clone, Copy)]
pub(crate) struct Attempt {
    /// The number under which its outcome is recorded.
    pub(crate) number: u32,
    /// The time from which the order's age is counted.
    pub(crate) first_sent: SystemTime,
}

/// An order that [`Client::settle_open_orders`](crate::Client::settle_open_orders) tried to settle.
#[derive(Debug)]
#[non_exhaustive]
pub struct SettledOrder {
    /// The shop's own id of the order.
    pub out_order_id: String,
    /// When it was first sent.
    pub first_sent: SystemTime,
    /// The result of [`recover_order`](crate::Client::recover_order): the order that exists, or an
    /// error with an [`unknown_outcome`](Error::unknown_outcome) if that is still unknown.
    pub outcome: Result<Reply<PlacedOrder>, Error>,
}

/// What the journal and the platform say about an order; to find out, nothing is placed.
#[derive(Debug)]
#[non_exhaustive]
pub struct FoundOrder {
    /// The journal's entry; `None` if it has none.
    pub journal: Option<JournaledOrder>,
    /// The orders whose ids are in the journal and that the platform shows.
    pub orders: Vec<(OrderId, Order)>,
    /// Order ids in the journal that the platform does not show, because the order is too new or
    /// belongs to another account.
    pub hidden: Vec<OrderId>,
}

impl Record<'_> {
    pub(crate) fn journal(&self) -> &dyn OrderJournal {
        &*self.journaling.journal
    }

    /// Records that an order is about to be sent.
    pub(crate) fn begin(&self, order: &NewOrder, sent_at: SystemTime) -> Result<Start, Error> {
        let entry = self.entry(order, sent_at)?;
        match self.journal().begin(&entry).map_err(of_journal)? {
            Begun::Recorded { attempt } => Ok(Start::Send(Attempt {
                number: attempt,
                first_sent: entry.first_sent,
            })),
            Begun::Known(known) => known_already(order, &entry, &known).map(Start::Known),
        }
    }

    /// Records that an order is about to be sent again, or for the first time if the journal has no
    /// open entry for it.
    pub(crate) fn begin_again(
        &self,
        order: &NewOrder,
        first_sent: SystemTime,
        now: SystemTime,
    ) -> Result<Start, Error> {
        let entry = self.entry(order, first_sent)?;
        let first_sent = entry.first_sent;
        let id = entry.out_order_id.as_str();
        loop {
            let (number, first_sent) = match self.journal().begin(&entry).map_err(of_journal)? {
                Begun::Recorded { attempt } => (attempt, first_sent),
                Begun::Known(known) if known.fingerprint != entry.fingerprint => {
                    return Err(another_order(id));
                }
                Begun::Known(known) if known.exists() => {
                    return Ok(Start::Known(placed_before(&known)));
                }
                Begun::Known(known) => {
                    let again = self.journal().repeat(&self.account, id, now);
                    match again.map_err(of_journal)? {
                        Begun::Recorded { attempt } => (attempt, first_sent.min(known.first_sent)),
                        // Another thread or program settled it between the two steps.
                        Begun::Known(_) => continue,
                    }
                }
            };
            return Ok(Start::Send(Attempt { number, first_sent }));
        }
    }

    /// Records the outcome of an order. If the journal fails, the order stays open in it, which is
    /// safe; the outcome itself must still be returned.
    pub(crate) fn conclude(&self, order: &NewOrder, conclusion: &Conclusion) {
        let id = order.out_order_id().as_str();
        if let Err(error) = self.journal().conclude(&self.account, id, conclusion) {
            tracing::error!(out_order_id = id, %error, cause = cause(&error), "outcome of the order not recorded: it stays open in the journal");
        }
    }

    fn entry(&self, order: &NewOrder, sent_at: SystemTime) -> Result<JournaledOrder, Error> {
        let json = serde_json::to_string(order).map_err(|error| {
            let cause =
                JournalError::new("cannot write the order for the journal").with_source(error);
            of_journal(cause)
        })?;
        let fingerprint = base16ct::lower::encode_string(&Sha256::digest(json.as_bytes()));
        let id = order.out_order_id().as_str();
        let mut entry = JournaledOrder::new(self.account.as_str(), id, fingerprint, sent_at);
        entry.request = self.journaling.keeps_requests.then_some(json);
        Ok(entry)
    }
}

impl SettledOrder {
    pub(crate) fn new(entry: JournaledOrder, outcome: Result<Reply<PlacedOrder>, Error>) -> Self {
        Self {
            out_order_id: entry.out_order_id,
            first_sent: entry.first_sent,
            outcome,
        }
    }
}

impl FoundOrder {
    /// The order ids in the journal.
    pub(crate) fn named(&self) -> Vec<OrderId> {
        let entry = self.journal.as_ref();
        entry.map_or_else(Vec::new, |entry| entry.order_ids.clone())
    }

    /// Adds what the platform answered about one of them.
    pub(crate) fn add(
        &mut self,
        id: OrderId,
        said: Result<Reply<Order>, Error>,
    ) -> Result<(), Error> {
        match said {
            Ok(order) => self.orders.push((id, order.into_data())),
            Err(error) if super::read::is_hidden(&error) => self.hidden.push(id),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl JournaledOrder {
    /// The stored order, to be settled.
    ///
    /// # Errors
    ///
    /// When the journal stores no requests, or what it stored is not an order.
    pub fn order(&self) -> Result<NewOrder, Error> {
        let doing = || format!("read order {:?} from the journal", self.out_order_id);
        let wanted = "the request that was sent";
        let Some(request) = &self.request else {
            return Err(Error::unusable(doing(), "no request", wanted));
        };
        // serde's message could quote a value of the request.
        serde_json::from_str(request)
            .map_err(|_| Error::unusable(doing(), "a text that is not an order", wanted))
    }
}

/// What the journal records about the answer to a first request.
pub(crate) fn conclusion_of(
    placed: &Result<Reply<PlacedOrder>, Error>,
    attempt: Attempt,
    at: SystemTime,
) -> Conclusion {
    match placed {
        Ok(reply) => {
            let (state, note) = match reply.data() {
                PlacedOrder::Created { .. } | PlacedOrder::Duplicate { .. } => {
                    (OrderState::Placed, "")
                }
                PlacedOrder::CreatedNotPaid { .. } => (OrderState::NotPaid, "payment failed"),
                PlacedOrder::Refused(refusal) => (OrderState::NotPlaced, refusal.code.as_str()),
            };
            let conclusion =
                Conclusion::new(attempt.number, state, at).order_ids(reply.order_ids());
            conclusion.note(shortened(note))
        }
        Err(error) => {
            let code = error.api_error().and_then(|error| error.code.as_deref());
            let code = shortened(code.unwrap_or_default());
            match error.unknown_outcome() {
                Some(open) => Conclusion::new(attempt.number, OrderState::Open, at)
                    .order_ids(open.order_ids.as_slice())
                    .note(code),
                None => Conclusion::new(attempt.number, OrderState::NotPlaced, at).note(code),
            }
        }
    }
}

/// What the journal records about the answer to a repeat: only an existing order settles it.
pub(crate) fn conclusion_of_repeat(
    settled: &Result<Reply<PlacedOrder>, Error>,
    attempt: Attempt,
    at: SystemTime,
) -> Conclusion {
    let mut conclusion = conclusion_of(settled, attempt, at);
    if conclusion.state == OrderState::NotPlaced {
        conclusion.state = OrderState::Open;
    }
    conclusion
}

/// Codes are short; anything longer is cut.
fn shortened(code: &str) -> String {
    code.chars().filter(|c| !c.is_control()).take(80).collect()
}

fn known_already(
    order: &NewOrder,
    entry: &JournaledOrder,
    known: &JournaledOrder,
) -> Result<Reply<PlacedOrder>, Error> {
    if known.fingerprint != entry.fingerprint {
        return Err(another_order(&known.out_order_id));
    }
    if known.state != OrderState::Open {
        return Ok(placed_before(known));
    }
    let times = match known.attempts {
        1 => "once".to_owned(),
        more => format!("{more} times"),
    };
    let why = format!(
        "found an open entry in the journal for an order that was sent {times} before, and sent nothing now; wanted the \
         order to be settled first"
    );
    let ids = known.order_ids.clone();
    let mut error = unknown(order, known.first_sent, ids, why, None);
    error.inner_mut().tries = 0;
    Err(error)
}

fn placed_before(known: &JournaledOrder) -> Reply<PlacedOrder> {
    Reply::made(
        OrderCreate::API,
        PlacedOrder::Duplicate {
            order_ids: known.order_ids.clone(),
        },
    )
}

fn another_order(out_order_id: &str) -> Error {
    Error::unusable(
        format!("place an order under out_order_id {out_order_id:?}"),
        "another order in the journal, placed or open under the same id",
        "a different id for every order, and the same order for the same id",
    )
}

pub(crate) fn of_journal(error: JournalError) -> Error {
    Error::new("", Kind::Journal(error))
}

#[cfg(test)]
mod tests;
