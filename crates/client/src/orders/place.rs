//! The calls that place orders.

use std::cell::LazyCell;
use std::time::SystemTime;

use aliexpress_models::Request;
use aliexpress_models::order_create::{OrderCreate, OrderCreateAnswer};
use aliexpress_models::shared::OrderId;

use super::new_order::NewOrder;
use super::outcome::{PlacedOrder, Undecided, classify, classify_refusal};
use super::unknown::unknown;
use crate::error::Error;
use crate::partial_answer;
use crate::read::{self, CallReply as _};
use crate::redact::Redactor;
use crate::reply::Reply;
use crate::secrets::Session;

/// Reads the answer to an order that another HTTP client sent after [`Client::prepare_order`](crate::Client::prepare_order).
///
/// `sent_at` is when it was sent. If no complete answer arrived, there is nothing to read: the
/// outcome is unknown unless no connection was made.
///
/// # Errors
///
/// As [`Client::place_order`](crate::Client::place_order).
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
/// after signing it again with [`Client::prepare_order`](crate::Client::prepare_order).
///
/// `first_sent` is when it was sent the first time. The caller must check before the repeat that
/// this is less than 24 hours ago. Do not use [`read_order`] here: it would mistake a refusal of
/// the repeat for a refusal of the order.
///
/// # Errors
///
/// As [`Client::recover_order`](crate::Client::recover_order).
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

/// What an answer says about the order. Quotes of the order and of the session are redacted in the
/// platform's texts.
pub(crate) fn judge(
    answer: Result<Reply<OrderCreateAnswer>, Error>,
    order: &NewOrder,
    session: impl FnOnce() -> Option<Session>,
) -> Result<Reply<PlacedOrder>, PlaceFailure> {
    let mut judged = classified(answer);
    let redactor = LazyCell::new(|| {
        // Parameters that cannot be built were never sent, so no answer can quote them.
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
        "found that the repeat was refused with {code}, which says nothing about the first request; \
         wanted the order, or an answer that the order exists"
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
