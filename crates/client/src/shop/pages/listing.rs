//! A list with its client.

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

/// A list that is read item by item, and from the platform page by page as it is needed.
///
/// With [`Client`] it is an iterator, with [`AsyncClient`](crate::Client#calls) a stream. Each page is a call: within the
/// call limits, tried again where that may help. Nothing is read before the first item is asked for.
///
/// **An error ends it**, so that a loop over a list never runs forever. [`resume`](Self::resume) lets it go on where it
/// stood: no item is lost, none comes twice. The same holds for [`cursor`](Self::cursor), which can be stored, and
/// [`at`](Self::at).
///
/// A list can change while it is read. The platform numbers pages, not items, so that an item which moves from one
/// page to another in the meantime comes twice or not at all; nothing here can know that.
pub struct Listing<C, T> {
    client: C,
    list: Arc<dyn AnyList<T>>,
    /// A hash of what is asked; an error where nothing can be.
    question: Result<String, Option<Error>>,
    progress: Progress<T>,
    /// The page on its way.
    #[cfg(feature = "async")]
    pending: Option<Pending<T>>,
}

#[cfg(feature = "async")]
type Pending<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;

/// A list, whatever it asks.
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
    /// The list of this request, with what becomes of each item.
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

    /// The place of the next item, to be stored and given to [`at`](Self::at).
    ///
    /// Where the platform turns pages by its own mark instead of a number, the mark may hold for a short time only;
    /// the methods that give such lists say so.
    pub fn cursor(&self) -> Cursor {
        let question = self.question.as_deref().unwrap_or_default();
        Cursor::new(self.list.api(), question, self.progress.position())
    }

    /// The same list from this place on.
    ///
    /// # Errors
    ///
    /// When the place is one of another list.
    pub fn at(mut self, cursor: &Cursor) -> Result<Self, Error> {
        if let Ok(question) = &self.question {
            let position = cursor.position_in(self.list.api(), question)?;
            self.progress.go_to(position);
        }
        Ok(self)
    }

    /// Lets the list go on after an error, with the page that failed.
    pub fn resume(&mut self) {
        self.progress.resume();
    }

    /// How many items there are in all, as the platform last said; `None` before the first page, and where it says
    /// nothing.
    pub fn total(&self) -> Option<i64> {
        self.progress.total()
    }

    /// Why nothing can be asked; reported once.
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
    /// The next item. What was asked for goes on where the future is dropped: nothing is lost by it.
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

/// Nothing in it is ever pinned in place: the page on its way is in a box.
impl<C, T> Unpin for Listing<C, T> {}

impl<C, T> fmt::Debug for Listing<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("cursor", &self.cursor())
            .field("total", &self.total())
            .finish_non_exhaustive()
    }
}
