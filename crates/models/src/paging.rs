//! Lists that the platform gives page by page.

use crate::request::Request;

/// A request whose answers are pages of one list, such as `affiliate::product_query::ProductQuery`.
///
/// Which calls these are, and which fields turn the pages, follows from the names of their fields. The client of the
/// crate `aliexpress` reads such a list to its end with `client.list(request)`; here is what a page is, for programs
/// that make the calls themselves.
pub trait Paged: Request {
    /// What is on a page.
    type Item;

    /// Whether pages are turned by a mark that the page before names, and not by their number.
    const BY_MARK: bool;

    /// Makes this the request for a page. Where the request states no size of a page, the one that the platform is
    /// known to take is filled in; where none is known, the platform chooses.
    fn turn_to(&mut self, page: PageRef<'_>);

    /// How many items a page is asked to hold; `None` where the platform chooses.
    fn page_size(&self) -> Option<i64>;

    /// The page that an answer is; `None` where the answer lacks the object that would hold the list.
    fn into_page(answer: Self::Answer) -> Option<ListPage<Self::Item>>;
}

/// Which page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRef<'a> {
    /// The first one of a list whose pages are turned by a mark.
    First,
    /// By its number, from 1.
    Number(i64),
    /// By the mark that the page before named.
    Mark(&'a str),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ListPage<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// How many items all pages hold together; `None` where the answer does not say.
    pub total: Option<i64>,
    /// How many pages there are; `None` where the answer does not say.
    pub pages: Option<i64>,
    /// Whether it is the last page; `None` where the answer does not say.
    pub is_last: Option<bool>,
    /// The mark of the next page, where pages are turned by one.
    pub next: Option<String>,
}

impl<T> ListPage<T> {
    pub(crate) fn new(items: Vec<T>) -> Self {
        Self {
            items,
            total: None,
            pages: None,
            is_last: None,
            next: None,
        }
    }
}

impl PageRef<'_> {
    /// Puts the page's number into the parameter for it.
    pub(crate) fn number(self, field: &mut impl Counted) {
        field.put(match self {
            PageRef::Number(number) => number,
            PageRef::First | PageRef::Mark(_) => 1,
        });
    }

    /// Puts the page's mark into the parameter for it.
    pub(crate) fn mark(self, field: &mut Option<String>) {
        *field = match self {
            PageRef::Mark(mark) => Some(mark.to_owned()),
            PageRef::First | PageRef::Number(_) => None,
        };
    }
}

/// A parameter that counts pages or their items.
pub(crate) trait Counted {
    fn put(&mut self, number: i64);

    /// Its value; `None` where it has none that the platform could take.
    fn counted(&self) -> Option<i64>;

    /// Gives it a value where it has none.
    fn put_if_unset(&mut self, number: i64) {
        if self.counted().is_none() {
            self.put(number);
        }
    }
}

impl Counted for i64 {
    fn put(&mut self, number: i64) {
        *self = number;
    }

    fn counted(&self) -> Option<i64> {
        Some(*self).filter(|number| *number > 0)
    }
}

impl Counted for String {
    fn put(&mut self, number: i64) {
        *self = number.to_string();
    }

    fn counted(&self) -> Option<i64> {
        self.trim().parse().ok().filter(|number| *number > 0)
    }
}

impl<T: Counted + Default> Counted for Option<T> {
    fn put(&mut self, number: i64) {
        self.get_or_insert_default().put(number);
    }

    fn counted(&self) -> Option<i64> {
        self.as_ref()?.counted()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_kept_and_a_blank_one_filled_in() {
        let mut number = 0;
        number.put_if_unset(20);
        number.put_if_unset(30);
        let mut text = Some("7".to_owned());
        text.put_if_unset(20);
        let mut unset: Option<String> = None;
        PageRef::Number(3).number(&mut unset);
        assert_eq!(
            (number, text.counted(), unset.as_deref()),
            (20, Some(7), Some("3"))
        );
    }

    #[test]
    fn the_first_page_has_no_mark() {
        let mut mark = Some("of an earlier page".to_owned());
        PageRef::First.mark(&mut mark);
        assert_eq!(mark, None);
        PageRef::Mark("next").mark(&mut mark);
        assert_eq!(mark.as_deref(), Some("next"));
    }
}
