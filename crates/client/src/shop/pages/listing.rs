//! A list together with its client.

use std::fmt;
use std::sync::Arc;
#[cfg(feature = "async")]
use std::{future::Future, pin::Pin, task};

use aliexpress_models::Paged;
use serde::Serialize;

use super::cursor::{Cursor, question_hash};
use super::progress::{Next, Progress};
use super::{List, Page, PageAt, Place};
use crate::client::Client;
use crate::error::Error;

/// A list whose items are returned one by one, and whose pages are read as needed.
///
/// With [`Client`] it is an iterator, with [`AsyncClient`](crate::Client#calls) a stream. Each page
/// is one call, within the call limits and with retries. Nothing is read before the first item is
/// requested.
///
/// **An error ends it**, so that a loop over a list never runs forever. [`resume`](Self::resume)
/// continues where it stopped, without losing or repeating items. So does [`at`](Self::at) with a
/// stored [`cursor`](Self::cursor).
///
/// A list can change while it is read. Because the platform numbers pages and not items, an item
/// that moves to another page meanwhile is returned twice or not at all; this cannot be detected.
pub struct Listing<C, T> {
    client: C,
    list: Arc<dyn AnyList<T>>,
    /// A hash of the request; an error if the request is invalid.
    question: Result<String, Option<Error>>,
    progress: Progress<T>,
    /// The page that is being read.
    #[cfg(feature = "async")]
    pending: Option<Pending<T>>,
}

#[cfg(feature = "async")]
type Pending<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

/// A list of any request.
trait AnyList<T>: Send + Sync {
    fn api(&self) -> &'static str;

    fn read(&self, client: &Client, place: &Place) -> Result<Page<T>, Error>;

    #[cfg(feature = "async")]
    fn read_async(self: Arc<Self>, client: crate::AsyncClient, place: Place) -> Pending<T>;
}

impl<R, M, T> AnyList<T> for List<R, M>
where
    R: Paged<Answer: Send, Item: Serialize> + Clone + Send + Sync + 'static,
    M: Fn(R::Item) -> T + Send + Sync + 'static,
    T: Send + 'static,
{
    fn api(&self) -> &'static str {
        R::API
    }

    fn read(&self, client: &Client, place: &Place) -> Result<Page<T>, Error> {
        let page = client.ask(&PageAt::new(self, place))?;
        Ok(page.into_data())
    }

    #[cfg(feature = "async")]
    fn read_async(self: Arc<Self>, client: crate::AsyncClient, place: Place) -> Pending<T> {
        Box::pin(async move {
            let page = client.ask(&PageAt::new(&*self, &place)).await?;
            Ok(page.into_data())
        })
    }
}

impl<C, T> Listing<C, T> {
    /// The list of this request, with a conversion for each item.
    pub(crate) fn new<R, M>(client: C, request: Result<R, Error>, keep: M) -> Self
    where
        R: Paged<Answer: Send, Item: Serialize> + Clone + Default + Send + Sync + 'static,
        M: Fn(R::Item) -> T + Send + Sync + 'static,
        T: Send + 'static,
    {
        let (request, unusable) = match request {
            Ok(request) => (request, None),
            Err(error) => (R::default(), Some(error)),
        };
        let list = List { request, keep };
        let question = match unusable {
            None => Ok(question_hash(&list)),
            Some(error) => Err(Some(error)),
        };
        Self {
            client,
            progress: Progress::new(R::API),
            question,
            list: Arc::new(list),
            #[cfg(feature = "async")]
            pending: None,
        }
    }

    /// The position of the next item, to be stored and passed to [`at`](Self::at).
    ///
    /// If the platform uses page tokens instead of page numbers, the position may be valid only for
    /// a short time; the methods for such lists say so.
    pub fn cursor(&self) -> Cursor {
        let question = self.question.as_deref().unwrap_or_default();
        Cursor::new(self.list.api(), question, self.progress.position())
    }

    /// The same list from this position.
    ///
    /// # Errors
    ///
    /// When the cursor belongs to another list.
    pub fn at(mut self, cursor: &Cursor) -> Result<Self, Error> {
        if let Ok(question) = &self.question {
            let position = cursor.position_in(self.list.api(), question)?;
            self.progress.go_to(position);
        }
        Ok(self)
    }

    /// Continues the list after an error, with the page that failed.
    pub fn resume(&mut self) {
        self.progress.resume();
    }

    /// The total number of items that the platform last stated; `None` before the first page, or if
    /// it states none.
    pub fn total(&self) -> Option<i64> {
        self.progress.total()
    }

    /// Why the request is invalid; reported once.
    fn take_unusable(&mut self) -> Option<Error> {
        self.question.as_mut().err()?.take()
    }
}

impl<T> Iterator for Listing<Client, T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.question.is_err() {
            return self.take_unusable().map(Err);
        }
        loop {
            match self.progress.next() {
                Next::Item(item) => return Some(Ok(item)),
                Next::End => return None,
                Next::Read(place) => {
                    let page = self.list.read(&self.client, &place);
                    if let Err(error) = self.progress.took(page) {
                        return Some(Err(error));
                    }
                }
            }
        }
    }
}

#[cfg(feature = "async")]
impl<T> Listing<crate::AsyncClient, T> {
    /// The next item. Dropping the future loses nothing: the call continues.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut task::Context<'_>) -> task::Poll<Option<Result<T, Error>>> {
        if self.question.is_err() {
            return task::Poll::Ready(self.take_unusable().map(Err));
        }
        loop {
            if let Some(pending) = &mut self.pending {
                let page = task::ready!(pending.as_mut().poll(context));
                self.pending = None;
                if let Err(error) = self.progress.took(page) {
                    return task::Poll::Ready(Some(Err(error)));
                }
            }
            match self.progress.next() {
                Next::Item(item) => return task::Poll::Ready(Some(Ok(item))),
                Next::End => return task::Poll::Ready(None),
                Next::Read(place) => {
                    let (list, client) = (Arc::clone(&self.list), self.client.clone());
                    self.pending = Some(list.read_async(client, place));
                }
            }
        }
    }
}

#[cfg(feature = "async")]
impl<T> futures_core::Stream for Listing<crate::AsyncClient, T> {
    type Item = Result<T, Error>;

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> task::Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

/// Nothing in it is pinned in place: the page that is being read is in a box.
impl<C, T> Unpin for Listing<C, T> {}

impl<C, T> fmt::Debug for Listing<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("cursor", &self.cursor())
            .field("total", &self.total())
            .finish_non_exhaustive()
    }
}
