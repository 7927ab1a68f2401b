//! Lists that the platform gives page by page, read item by item.

mod cursor;
mod listing;
mod progress;

use aliexpress_models::{BusinessRefusal, Request};

use super::question::{AnswerTo, Question};
use crate::error::Error;
use crate::reply::Reply;

pub use cursor::Cursor;
pub(crate) use cursor::Place;
pub use listing::Listing;

/// As many as the platform gives on one page, as far as known [third parties].
pub(crate) const PAGE_SIZE: i64 = 50;

/// How to turn the pages of one list.
pub(crate) trait List: Send + Sync + 'static {
    type Asks: Request<Answer: Send> + Send + Sync;
    type Item: Send + 'static;

    /// The request for a page.
    ///
    /// # Errors
    ///
    /// When it cannot be made of what was given.
    fn page(&self, place: &Place) -> Result<Self::Asks, Error>;

    /// What stands on a page.
    ///
    /// # Errors
    ///
    /// When it says nothing.
    fn read(
        &self,
        place: &Place,
        reply: Reply<<Self::Asks as Request>::Answer>,
    ) -> Result<Page<Self::Item>, Error>;

    /// What a refusal says, where it says that there is nothing.
    fn says_empty(&self, _refusal: &BusinessRefusal) -> bool {
        false
    }
}

/// What stands on one page.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Where the list goes on.
    pub(crate) next: Place,
    /// How many items the platform says there are on all pages together.
    pub(crate) total: Option<i64>,
    /// What tells this page from others: the ids on it.
    pub(crate) ids: Vec<String>,
}

impl<T> Page<T> {
    /// A page at whose end the list goes on with the next number, as far as what the answer says of the whole list.
    pub(crate) fn numbered(
        items: Vec<T>,
        place: &Place,
        whole: Whole,
        id: impl Fn(&T) -> String,
    ) -> Self {
        let number = place.number();
        let is_last = items.is_empty()
            || whole.is_finished == Some(true)
            || whole
                .pages
                .is_some_and(|pages| pages > 0 && number >= pages)
            || whole.total.is_some_and(|total| {
                total > 0 && whole.size > 0 && number.saturating_mul(whole.size) >= total
            });
        Self {
            ids: items.iter().map(id).collect(),
            items,
            next: match is_last {
                true => Place::End,
                false => Place::Number(number.saturating_add(1)),
            },
            total: whole.total,
        }
    }

    /// A page of nothing, after which there is no other.
    fn empty() -> Self {
        Self {
            items: Vec::new(),
            next: Place::End,
            total: Some(0),
            ids: Vec::new(),
        }
    }
}

/// What an answer says of the whole list. Where it says nothing, the list ends with the first page that is empty.
#[derive(Clone, Copy, Default)]
pub(crate) struct Whole {
    /// How many items were asked for on a page.
    pub(crate) size: i64,
    pub(crate) total: Option<i64>,
    pub(crate) pages: Option<i64>,
    pub(crate) is_finished: Option<bool>,
}

/// The question for one page.
pub(crate) struct PageAt<'a, L> {
    pub(crate) list: &'a L,
    pub(crate) place: &'a Place,
}

impl<L: List> Question for PageAt<'_, L> {
    type Asks = L::Asks;
    type Says = Page<L::Item>;

    fn request(&self) -> Result<L::Asks, Error> {
        self.list.page(self.place)
    }

    fn heard(&self, refusal: &BusinessRefusal) -> Option<Page<L::Item>> {
        self.list.says_empty(refusal).then(Page::empty)
    }

    fn read(&self, reply: AnswerTo<Self>) -> Result<Reply<Page<L::Item>>, Error> {
        // The page is what matters of a list; who needs the body reads the API itself.
        self.list
            .read(self.place, reply)
            .map(|page| Reply::made(L::Asks::API, page))
    }
}
