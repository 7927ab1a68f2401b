//! A list together with its client.

use std::fmt;
use std::sync::Arc;

use aliexpress_models::Paged;
use serde::Serialize;

use super::cursor::{Cursor, query_hash};
use super::progress::Progress;
use super::{List, Place};
use crate::error::Error;

/// A list whose items are returned one by one, and whose pages are read as needed.
///
/// With [`Client`](crate::Client) it is an iterator, with [`AsyncClient`](crate::Client#calls) a stream. Each page
/// is one call, within the call limits and with retries. Nothing is read before the first item is
/// requested.
///
/// **An error ends it**, so that a loop over a list never runs forever. [`resume`](Self::resume)
/// continues where it stopped, without losing or repeating items. So does [`resume_from`](Self::resume_from) with a
/// stored [`cursor`](Self::cursor).
///
/// A list can change while it is read. Because the platform numbers pages and not items, an item
/// that moves to another page meanwhile is returned twice or not at all; this cannot be detected.
pub struct Listing<C: ReadsLists, T> {
    pub(crate) client: C,
    pub(crate) list: Arc<dyn AnyList<C, T>>,
    /// A hash of the request; an error if the request is invalid.
    pub(crate) query: Result<String, Option<Error>>,
    pub(crate) progress: Progress<T>,
    /// The page that is being read.
    #[cfg(feature = "async")]
    pub(crate) pending: Option<C::Reading<T>>,
}

/// A client that reads lists.
pub trait ReadsLists {
    /// What reading a page gives: the page, or the future of one.
    type Reading<T>;
}

/// A list of any request, for this client.
pub(crate) trait AnyList<C: ReadsLists, T>: Send + Sync {
    fn api(&self) -> &'static str;

    fn read(self: Arc<Self>, client: &C, place: Place) -> C::Reading<T>;
}

impl<C: ReadsLists, T> Listing<C, T> {
    /// The list of this request, with a conversion for each item.
    pub(crate) fn new<R, M>(client: C, request: Result<R, Error>, keep: M) -> Self
    where
        R: Paged<Answer: Send, Item: Serialize> + Clone + Default + Send + Sync + 'static,
        M: Fn(R::Item) -> T + Send + Sync + 'static,
        List<R, M>: AnyList<C, T> + 'static,
    {
        let (request, unusable) = match request {
            Ok(request) => (request, None),
            Err(error) => (R::default(), Some(error)),
        };
        let list = List { request, keep };
        let query = match unusable {
            None => Ok(query_hash(&list)),
            Some(error) => Err(Some(error)),
        };
        Self {
            client,
            progress: Progress::new(R::API),
            query,
            list: Arc::new(list),
            #[cfg(feature = "async")]
            pending: None,
        }
    }

    /// The position of the next item, to be stored and passed to [`resume_from`](Self::resume_from).
    ///
    /// If the platform uses page tokens instead of page numbers, the position may be valid only for
    /// a short time; the methods for such lists say so.
    pub fn cursor(&self) -> Cursor {
        let query = self.query.as_deref().unwrap_or_default();
        Cursor::new(self.list.api(), query, self.progress.position())
    }

    /// The same list from this position.
    ///
    /// # Errors
    ///
    /// When the cursor belongs to another list.
    pub fn resume_from(mut self, cursor: &Cursor) -> Result<Self, Error> {
        if let Ok(query) = &self.query {
            let position = cursor.position_in(self.list.api(), query)?;
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
    pub(crate) fn take_unusable(&mut self) -> Option<Error> {
        self.query.as_mut().err()?.take()
    }
}

/// Nothing in it is pinned in place: the page that is being read is in a box.
impl<C: ReadsLists, T> Unpin for Listing<C, T> {}

impl<C: ReadsLists, T> fmt::Debug for Listing<C, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing")
            .field("cursor", &self.cursor())
            .field("total", &self.total())
            .finish_non_exhaustive()
    }
}
