//! Paged lists.

use crate::request::Request;

/// A request whose answers are pages of a list, such as `affiliate::product_query::ProductQuery`.
///
/// The implementations are generated from the names of the fields. In the crate `aliexpress`,
/// `client.list(request)` reads such a list to its end; this trait is for programs that make the
/// calls themselves.
pub trait Paged: Request {
    /// The type of the list's items.
    type Item;

    /// Whether pages are requested with a token from the previous page instead of a number.
    const BY_TOKEN: bool;

    /// Turns this into the request for a page. If it states no page size, the size that the
    /// platform is known to accept is set; if none is known, the platform chooses.
    fn turn_to(&mut self, page: PageRef<'_>);

    /// The requested number of items per page; `None` if the platform chooses.
    fn page_size(&self) -> Option<i64>;

    /// The page in an answer; `None` if the object that would contain the list is missing.
    fn into_page(answer: Self::Answer) -> Option<ListPage<Self::Item>>;
}

/// Identifies a page of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageRef<'a> {
    /// The first page of a list with page tokens.
    First,
    /// A page number, from 1.
    Number(i64),
    /// The token from the previous page.
    Token(&'a str),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ListPage<T> {
    /// Its items.
    pub items: Vec<T>,
    /// The total number of items on all pages; `None` if the answer does not say.
    pub total: Option<i64>,
    /// The number of pages; `None` if the answer does not say.
    pub pages: Option<i64>,
    /// Whether it is the last page; `None` if the answer does not say.
    pub is_last: Option<bool>,
    /// The token of the next page, in lists with page tokens.
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
    /// Sets the parameter for the page number.
    pub(crate) fn number(self, field: &mut impl Counted) {
        field.put(match self {
            PageRef::Number(number) => number,
            PageRef::First | PageRef::Token(_) => 1,
        });
    }

    /// Sets the parameter for the page token.
    pub(crate) fn token(self, field: &mut Option<String>) {
        *field = match self {
            PageRef::Token(token) => Some(token.to_owned()),
            PageRef::First | PageRef::Number(_) => None,
        };
    }
}

/// A numeric parameter for pages or their items.
pub(crate) trait Counted {
    fn put(&mut self, number: i64);

    /// Its value; `None` if it has none that the platform would accept.
    fn counted(&self) -> Option<i64>;

    /// Sets its value if it has none.
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
    fn a_page_size_is_kept_and_a_missing_one_is_set() {
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
    fn the_first_page_is_requested_without_a_token() {
        let mut token = Some("of an earlier page".to_owned());
        PageRef::First.token(&mut token);
        assert_eq!(token, None);
        PageRef::Token("next").token(&mut token);
        assert_eq!(token.as_deref(), Some("next"));
    }
}
