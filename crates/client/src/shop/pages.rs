//! Paged lists, read item by item.
//!
//! [`Paged`] in the models says which calls return such lists and how to request their pages.

mod cursor;
mod listing;
mod progress;

use std::hash::{DefaultHasher, Hasher};
use std::marker::PhantomData;

use aliexpress_models::{BusinessRefusal, ListPage, PageRef, Paged};
use serde::Serialize;

use super::operation::{Operation, ReplyTo, filled, lacking, says_empty};
use crate::error::Error;
use crate::reply::Reply;

pub use cursor::Cursor;
pub(crate) use cursor::Place;
pub use listing::Listing;
pub(crate) use listing::{AnyList, ReadsLists};
pub(crate) use progress::Next;

/// The content of one page.
pub struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Where the list continues.
    pub(crate) next: Place,
    /// The number of items on all pages together, if the platform states it.
    pub(crate) total: Option<i64>,
    /// Whether it states the number of pages.
    pub(crate) counts_pages: bool,
    /// A hash of each item, to recognise a repeated page.
    pub(crate) hashes: Vec<u64>,
}

impl<T> Page<T> {
    /// An empty page, after which the list ends.
    fn empty() -> Self {
        Self {
            items: Vec::new(),
            next: Place::End,
            total: Some(0),
            counts_pages: false,
            hashes: Vec::new(),
        }
    }
}

/// A list: the request for any of its pages, and the conversion of each item.
pub(crate) struct List<R, M> {
    pub(crate) request: R,
    pub(crate) keep: M,
}

impl<R: Paged + Clone, M> List<R, M> {
    /// The request for a page.
    pub(crate) fn at(&self, place: &Place) -> R {
        let mut request = self.request.clone();
        request.turn_to(match place {
            Place::Number(1) | Place::End if R::BY_TOKEN => PageRef::First,
            Place::Number(number) => PageRef::Number(*number),
            Place::Token(token) => PageRef::Token(token),
            Place::End => PageRef::First,
        });
        request
    }
}

/// The request for one page.
pub(crate) struct PageAt<'a, R, M, T> {
    list: &'a List<R, M>,
    place: &'a Place,
    items: PhantomData<fn() -> T>,
}

impl<'a, R, M, T> PageAt<'a, R, M, T> {
    pub(crate) fn new(list: &'a List<R, M>, place: &'a Place) -> Self {
        let items = PhantomData;
        Self { list, place, items }
    }
}

impl<R, M, T> Operation for PageAt<'_, R, M, T>
where
    R: Paged<Answer: Send, Item: Serialize> + Clone + Send + Sync,
    M: Fn(R::Item) -> T + Send + Sync,
    T: Send,
{
    type Request = R;
    type Output = Page<T>;

    fn request(&self) -> Result<R, Error> {
        Ok(self.list.at(self.place))
    }

    fn output_of_refusal(&self, refusal: &BusinessRefusal) -> Option<Page<T>> {
        says_empty(refusal).then(Page::empty)
    }

    fn read(&self, mut reply: ReplyTo<Self>) -> Result<Reply<Page<T>>, Error> {
        let Some(page) = R::into_page(std::mem::take(&mut reply.data)) else {
            return Err(lacking::<R>(reply, "a page of a list"));
        };
        let next = next::<R>(self.place, &page);
        let (total, pages) = (page.total, page.pages);
        let hashes = page.items.iter().map(item_hash).collect();
        let items = page.items.into_iter().map(&self.list.keep).collect();
        let page = Page {
            items,
            next,
            total,
            counts_pages: pages.is_some(),
            hashes,
        };
        // Only the page matters for a list; callers who need the body call the API itself.
        Ok(Reply::made(R::API, page))
    }
}

/// The position after a page, if the page states it. If not, the list ends with the first empty
/// page.
fn next<R: Paged>(place: &Place, page: &ListPage<R::Item>) -> Place {
    if page.items.is_empty() || page.is_last == Some(true) {
        return Place::End;
    }
    if R::BY_TOKEN {
        let next = filled(page.next.as_deref());
        return next.map_or(Place::End, |token| Place::Token(token.to_owned()));
    }
    let number = place.number();
    match page.pages.is_some_and(|pages| pages > 0 && number >= pages) {
        true => Place::End,
        false => Place::Number(number.saturating_add(1)),
    }
}

/// A hash of all fields of an item.
fn item_hash(item: &impl Serialize) -> u64 {
    struct Hashed(DefaultHasher);
    impl std::io::Write for Hashed {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut hashed = Hashed(DefaultHasher::new());
    // Models always serialise to JSON, and hashing cannot fail.
    let _ = serde_json::to_writer(&mut hashed, item);
    hashed.0.finish()
}
