//! Many items in several calls, with an outcome for each.

use aliexpress_models::Request;

use super::operation::{Operation, ReplyTo};
use crate::error::Error;
use crate::reply::Reply;

/// The outcome of many items that were sent in several calls.
///
/// The first call that fails ends the batch, and no later one is made: [`stopped`](Self::stopped)
/// says why, and the items already done stay done. [`remaining`](Self::remaining) returns the items to try
/// again.
#[derive(Debug)]
#[must_use]
#[non_exhaustive]
pub struct Batch<I, T> {
    /// Each item with its outcome, in the order given.
    pub items: Vec<(I, ItemOutcome<T>)>,
    /// The error that ended the batch early.
    pub stopped: Option<Error>,
}

/// The outcome of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ItemOutcome<T> {
    /// The item was done.
    Done(T),
    /// The platform refused the item.
    Refused {
        /// The platform's code, if any.
        code: Option<String>,
        /// The platform's message, if any.
        message: Option<String>,
    },
    /// Unknown: its call failed after it was sent, or the answer does not mention it.
    Open,
    /// The item was not sent, or certainly nothing was done about it.
    NotTried,
}

impl<T> ItemOutcome<T> {
    /// The result, if it was done.
    pub fn done(&self) -> Option<&T> {
        match self {
            ItemOutcome::Done(done) => Some(done),
            _ => None,
        }
    }
}

impl<I, T> Batch<I, T> {
    /// Whether every item was done.
    pub fn is_complete(&self) -> bool {
        self.items
            .iter()
            .all(|(_, outcome)| outcome.done().is_some())
    }

    /// The items whose outcome is unknown and those that were not tried. They can be sent again
    /// without harm, because all batches here set values or make links.
    pub fn remaining(&self) -> impl Iterator<Item = &I> {
        let open =
            |outcome: &ItemOutcome<T>| matches!(outcome, ItemOutcome::Open | ItemOutcome::NotTried);
        let left = self.items.iter().filter(move |(_, outcome)| open(outcome));
        left.map(|(item, _)| item)
    }
}

/// How items are divided into calls.
pub(crate) trait BatchOperation: Sync {
    type Item: Clone;
    type Output;
    type Request: Request<Answer: Send> + Clone + Send + Sync;
    /// As [`Operation::REFUSAL_IS_ERROR`].
    const REFUSAL_IS_ERROR: bool;

    /// Whether another item fits into the same call.
    fn fits(&self, items: &[Self::Item], next: &Self::Item) -> bool;

    /// The request for these items.
    ///
    /// # Errors
    ///
    /// When the items are invalid.
    fn request(&self, items: &[Self::Item]) -> Result<Self::Request, Error>;

    /// The outcome of each item in the answer.
    fn outcomes(
        &self,
        items: &[Self::Item],
        answer: <Self::Request as Request>::Answer,
    ) -> Vec<ItemOutcome<Self::Output>>;
}

/// A batch in progress.
pub(crate) struct Batches<W: BatchOperation> {
    work: W,
    items: Vec<W::Item>,
    outcomes: Vec<ItemOutcome<W::Output>>,
    stopped: Option<Error>,
}

impl<W: BatchOperation> Batches<W> {
    pub(crate) fn new(work: W, items: Vec<W::Item>) -> Self {
        let outcomes = Vec::with_capacity(items.len());
        let stopped = None;
        Self {
            work,
            items,
            outcomes,
            stopped,
        }
    }

    /// The items of the next call; empty after the last one, and after an error.
    fn next_items(&self) -> &[W::Item] {
        let rest = &self.items[self.outcomes.len()..];
        if self.stopped.is_some() {
            return &[];
        }
        let mut count = rest.len().min(1);
        while count < rest.len() && self.work.fits(&rest[..count], &rest[count]) {
            count += 1;
        }
        &rest[..count]
    }

    /// The next call.
    pub(crate) fn next(&mut self) -> Option<OneBatch<W>> {
        match self.next_items() {
            [] => None,
            items => match self.work.request(items) {
                Ok(request) => Some(OneBatch(request)),
                Err(error) => {
                    self.stopped = Some(error);
                    None
                }
            },
        }
    }

    /// Records the result of the call.
    pub(crate) fn record(&mut self, replied: Result<Reply<AnswerOf<W>>, Error>) {
        let items = self.next_items();
        let outcomes = match replied {
            Ok(reply) => {
                let mut outcomes = self.work.outcomes(items, reply.into_data());
                outcomes.resize_with(items.len(), || ItemOutcome::Open);
                outcomes
            }
            Err(error) => {
                let open = error.may_have_acted();
                let outcome = || {
                    if open {
                        ItemOutcome::Open
                    } else {
                        ItemOutcome::NotTried
                    }
                };
                let outcomes = items.iter().map(|_| outcome()).collect();
                self.stopped = Some(error);
                outcomes
            }
        };
        self.outcomes.extend(outcomes);
    }

    pub(crate) fn finish(self) -> Batch<W::Item, W::Output> {
        let rest = std::iter::repeat_with(|| ItemOutcome::NotTried);
        let outcomes = self.outcomes.into_iter().chain(rest);
        Batch {
            items: self.items.into_iter().zip(outcomes).collect(),
            stopped: self.stopped,
        }
    }
}

type AnswerOf<W> = <<W as BatchOperation>::Request as Request>::Answer;

/// The operation of one call.
pub(crate) struct OneBatch<W: BatchOperation>(W::Request);

impl<W: BatchOperation> Operation for OneBatch<W> {
    type Request = W::Request;
    type Output = AnswerOf<W>;
    const REFUSAL_IS_ERROR: bool = W::REFUSAL_IS_ERROR;

    fn request(&self) -> Result<W::Request, Error> {
        Ok(self.0.clone())
    }

    fn read(&self, reply: ReplyTo<Self>) -> Result<Reply<AnswerOf<W>>, Error> {
        Ok(reply)
    }
}
