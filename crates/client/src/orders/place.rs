//! The calls that place orders.

use std::cell::LazyCell;
use std::time::{Duration, SystemTime};

use aliexpress_models::Request;
use aliexpress_models::order_create::{OrderCreate, OrderCreateAnswer};
use aliexpress_models::shared::OrderId;

use super::journaled::{Start, conclusion_of, conclusion_of_repeat};
use super::new_order::NewOrder;
use super::outcome::{PlacedOrder, Undecided, classify, classify_refusal};
use crate::call::{Call, CallOptions, Effect};
use crate::caller::Caller;
use crate::client::Client;
use crate::error::{Error, Kind, UnknownOutcome};
use crate::partial_answer;
use crate::prepared::Prepared;
use crate::read::{self, CallReply as _};
use crate::redact::Redactor;
use crate::reply::Reply;
use crate::secrets::Session;

/// How long the platform recognises a repeated order, minus what clocks and calls may take. The 24
/// hours are reported from live use; no page of the platform states them.
const WINDOW: Duration = Duration::from_secs(24 * 3600).saturating_sub(CLOCKS);

/// How far two clocks may differ, or one clock before and after it was set: the platform accepts
/// timestamps that are 7200 s off in either direction.
const CLOCKS: Duration = Duration::from_secs(2 * 7200);

impl Client {
    /// Places an order, once.
    ///
    /// The request is sent on a new connection, and again only if it is certain that the first try
    /// reached no one: no connection could be made, or the gateway refused the session and the
    /// client has a new one.
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
    /// request was sent ([`UnknownOutcome::sent_at`], or the time that the shop stored). Use the
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
        // An order that the journal knows to exist is not sent again, however old it is.
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

    /// Signs an order for another HTTP client to send once; [`read_order`] reads the answer.
    ///
    /// # Errors
    ///
    /// When a required field is blank, or the token store holds no session.
    pub fn prepare_order(&self, order: &NewOrder) -> Result<Prepared, Error> {
        self.caller().check_order(order)?;
        let options = self.caller().options();
        self.prepare_call(&Call::order(order, options)?)
    }

    fn send_order(&self, order: &NewOrder) -> Result<Reply<PlacedOrder>, PlaceFailure> {
        let options = self.caller().order_options();
        let call = Call::order(order, &options);
        let answer = call.and_then(|call| self.run(call, read::typed::<OrderCreateAnswer>));
        judge(answer, order, || self.caller().session_without_refresh())
    }
}

impl Caller {
    /// The options for placing an order, whatever its API's name suggests. A refusal in its answer
    /// is interpreted together with the rest of the answer.
    pub(crate) fn order_options(&self) -> CallOptions {
        CallOptions {
            business_refusal_is_error: false,
            ..self.options().clone().effect(Effect::Write)
        }
    }

    /// Checks that the order is complete, and that its extra keys are not set elsewhere.
    pub(crate) fn check_order(&self, order: &NewOrder) -> Result<(), Error> {
        order.check()?;
        if self.options().extra.is_empty() {
            return Ok(());
        }
        Err(Error::unusable(
            "place an order",
            "extra keys among the client's options, which a journal would not keep",
            "NewOrder::extra",
        ))
    }

    pub(crate) fn check_window(&self, first_sent: SystemTime) -> Result<(), Error> {
        // The later of the two clocks: a request that is thought too old is merely not repeated.
        let now = self.gateway_now().max(self.now());
        let mut found = match now.duration_since(first_sent) {
            Ok(age) if age < WINDOW => return Ok(()),
            Ok(age) => format!("a request sent {} ago", rough(age)),
            Err(ahead) if ahead.duration() < CLOCKS => return Ok(()),
            Err(ahead) => format!(
                "a request that would be sent {} from now, so that a clock was wrong by as much",
                rough(ahead.duration())
            ),
        };
        if let Some(clock) = self.clock_off() {
            found = format!("{found}; {clock}");
        }
        Err(Error::unusable(
            "recover an order",
            found,
            "one of the last 20 hours: the platform recognises a repeat for 24, of which clocks may take 4",
        ))
    }
}

/// A time in its two largest units, such as `7 days 6 hours`.
fn rough(time: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let mut rest = time.as_secs();
    let mut parts = Vec::new();
    for (size, name) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 && parts.len() < 2 {
            let plural = if count == 1 { "" } else { "s" };
            parts.push(format!("{count} {name}{plural}"));
        }
    }
    match parts.is_empty() {
        true => "0 seconds".to_owned(),
        false => parts.join(" "),
    }
}

/// Reads the answer to an order that another HTTP client sent after [`Client::prepare_order`].
///
/// `sent_at` is when it was sent. If no complete answer arrived, there is nothing to read: the
/// outcome is unknown unless no connection was made.
///
/// # Errors
///
/// As [`Client::place_order`].
pub fn read_order(
    order: &NewOrder,
    sent_at: SystemTime,
    status: u16,
    body: impl Into<Vec<u8>>,
) -> Result<Reply<PlacedOrder>, Error> {
    let answer = read::typed::<OrderCreateAnswer>(OrderCreate::API, status, body.into());
    judge(answer, order, || None).map_err(|open| open.into_error(order, sent_at))
}

/// Reads the answer to the repeat of an order with unknown outcome, which another HTTP client sent
/// after signing it again with [`Client::prepare_order`].
///
/// `first_sent` is when it was sent the first time. The caller must check before the repeat that
/// this is less than 24 hours ago. Do not use [`read_order`] here: it would take a refusal of the
/// repeat for a refusal of the order.
///
/// # Errors
///
/// As [`Client::recover_order`].
pub fn read_recovered_order(
    order: &NewOrder,
    first_sent: SystemTime,
    status: u16,
    body: impl Into<Vec<u8>>,
) -> Result<Reply<PlacedOrder>, Error> {
    let answer = read::typed::<OrderCreateAnswer>(OrderCreate::API, status, body.into());
    settle(judge(answer, order, || None), order, first_sent)
}

/// What the answer to a repeat says about the first request: it is settled only if an order exists.
pub(crate) fn settle(
    repeat: Result<Reply<PlacedOrder>, PlaceFailure>,
    order: &NewOrder,
    first_sent: SystemTime,
) -> Result<Reply<PlacedOrder>, Error> {
    let open = match repeat {
        Ok(reply) if reply.exists() => return Ok(reply),
        Ok(reply) => PlaceFailure::Answer {
            why: refused_repeat(&reply),
            reply: Box::new(reply.map(|_| Vec::new())),
        },
        Err(PlaceFailure::NotPlaced(cause)) => PlaceFailure::Call(cause),
        Err(open) => open,
    };
    Err(open.into_error(order, first_sent))
}

/// Why there is no outcome.
pub(crate) enum PlaceFailure {
    /// It is certain that nothing was placed.
    NotPlaced(Error),
    /// The call failed, and whether an order exists is unknown.
    Call(Error),
    /// The answer leaves open whether an order exists.
    Answer {
        why: String,
        reply: Box<Reply<Vec<OrderId>>>,
    },
}

/// What an answer says about the order. Quotes of the order and of the session are removed from the
/// platform's texts.
pub(crate) fn judge(
    answer: Result<Reply<OrderCreateAnswer>, Error>,
    order: &NewOrder,
    session: impl FnOnce() -> Option<Session>,
) -> Result<Reply<PlacedOrder>, PlaceFailure> {
    let mut judged = classified(answer);
    let redactor = LazyCell::new(|| {
        // What cannot be sent was not sent, and is not in the answer.
        let params = order.params().unwrap_or_default();
        let mut redactor = Redactor::default();
        redactor.add_secrets(session().as_ref().map(Session::expose));
        redactor.add_params(params.iter().map(|(name, value)| (*name, &**value)));
        redactor
    });
    match &mut judged {
        Ok(reply) => {
            let texts = reply.data.texts();
            texts.into_iter().for_each(|text| redactor.text(text));
            reply.redact(&mut |id| redactor.id(id));
        }
        Err(PlaceFailure::Answer { why, reply }) => {
            redactor.text(why);
            reply.redact(&mut |id| redactor.id(id));
        }
        Err(PlaceFailure::Call(error) | PlaceFailure::NotPlaced(error)) => redactor.error(error),
    }
    judged
}

fn classified(
    answer: Result<Reply<OrderCreateAnswer>, Error>,
) -> Result<Reply<PlacedOrder>, PlaceFailure> {
    match answer {
        Ok(reply) => {
            // The ids in their documented place first, then those in any other `order_list`.
            let elsewhere = partial_answer::order_ids(reply.raw())
                .into_iter()
                .map(OrderId);
            match classify(reply.result.as_ref(), elsewhere) {
                Ok(placed) => Ok(reply.map(|_| placed)),
                Err(Undecided { why, order_ids }) => Err(PlaceFailure::Answer {
                    why,
                    reply: Box::new(reply.map(|_| order_ids)),
                }),
            }
        }
        Err(error) => match error.api_error().and_then(classify_refusal) {
            Some(placed) => Ok(reply_of(error, placed)),
            None if error.may_have_acted() => Err(PlaceFailure::Call(error)),
            None => Err(PlaceFailure::NotPlaced(error)),
        },
    }
}

/// A refusal that decides the outcome of the order, as a reply.
fn reply_of(mut error: Error, placed: PlacedOrder) -> Reply<PlacedOrder> {
    let order_ids = error.order_ids();
    let placed = match placed {
        PlacedOrder::Duplicate { .. } => PlacedOrder::Duplicate { order_ids },
        placed => placed,
    };
    let trace_id = error.api_error().and_then(|error| error.trace_id.clone());
    let inner = error.inner_mut();
    Reply {
        api: OrderCreate::API,
        data: placed,
        request_id: inner.request_id.take(),
        trace_id,
        raw: inner
            .answer
            .take()
            .map(|answer| answer.body)
            .unwrap_or_default(),
    }
}

fn refused_repeat(reply: &PlacedOrder) -> String {
    let code = match reply {
        PlacedOrder::Refused(refusal) => refusal.code.as_str(),
        _ => "no code",
    };
    format!(
        "found the repeat refused by {code}, which says nothing about the first request; wanted the \
         order or the platform's word that it knows it"
    )
}

impl PlaceFailure {
    pub(crate) fn into_error(self, order: &NewOrder, sent_at: SystemTime) -> Error {
        match self {
            PlaceFailure::NotPlaced(error) => error,
            PlaceFailure::Call(error) => {
                let order_ids = error.order_ids();
                unknown(order, sent_at, order_ids, error.to_string(), Some(error))
            }
            PlaceFailure::Answer { why, reply } => {
                let reply = *reply;
                let error = unknown(order, sent_at, reply.data, why, None);
                error.over_reply(reply.request_id, reply.raw)
            }
        }
    }
}

/// The unknown outcome as an error, with what its cause knows about the exchange.
pub(super) fn unknown(
    order: &NewOrder,
    sent_at: SystemTime,
    order_ids: Vec<OrderId>,
    why: String,
    mut cause: Option<Error>,
) -> Error {
    let (answer, request_id, tries, retry_after) = match cause.as_mut().map(Error::inner_mut) {
        Some(inner) => (
            inner.answer.take(),
            inner.request_id.clone(),
            inner.tries,
            inner.retry_after,
        ),
        None => (None, None, 1, None),
    };
    let outcome = UnknownOutcome {
        out_order_id: order.out_order_id().as_str().to_owned(),
        order_ids,
        sent_at,
        why,
        cause,
    };
    let mut error = Error::new(OrderCreate::API, Kind::UnknownOutcome(outcome));
    let inner = error.inner_mut();
    (inner.answer, inner.request_id) = (answer, request_id);
    (inner.tries, inner.retry_after) = (tries, retry_after);
    error
}
