//! How far a list is read, without the calls that read it.

use std::collections::VecDeque;

use super::{Page, Place};
use crate::error::{Error, Finding, Kind};

/// A list on its way.
pub(super) struct Progress<T> {
    api: &'static str,
    /// The page in hand or, without one, the page to read.
    place: Place,
    /// How many of its items were taken.
    taken: usize,
    /// The rest of the page in hand, and where the list goes on.
    page: Option<(VecDeque<T>, Place)>,
    /// What stood on the last page.
    last_ids: Vec<String>,
    total: Option<i64>,
    /// Whether the last try failed and no one said to go on.
    has_failed: bool,
}

/// What comes next in a list.
pub(super) enum Next<T> {
    Item(T),
    /// This page is to be read.
    Read(Place),
    /// There is nothing more, or the last try failed.
    End,
}

impl<T> Progress<T> {
    pub(super) fn new(api: &'static str) -> Self {
        Self {
            api,
            place: Place::Number(1),
            taken: 0,
            page: None,
            last_ids: Vec::new(),
            total: None,
            has_failed: false,
        }
    }

    pub(super) fn go_to(&mut self, place: Place, taken: usize) {
        *self = Self {
            place,
            taken,
            ..Self::new(self.api)
        };
    }

    pub(super) fn place(&self) -> (&Place, usize) {
        match &self.page {
            Some((rest, next)) if rest.is_empty() => (next, 0),
            _ => (&self.place, self.taken),
        }
    }

    pub(super) fn total(&self) -> Option<i64> {
        self.total
    }

    /// Lets the list go on after a failure.
    pub(super) fn resume(&mut self) {
        self.has_failed = false;
    }

    pub(super) fn next(&mut self) -> Next<T> {
        if self.has_failed {
            return Next::End;
        }
        if let Some((rest, next)) = &mut self.page {
            if let Some(item) = rest.pop_front() {
                self.taken += 1;
                return Next::Item(item);
            }
            self.place = std::mem::replace(next, Place::End);
            self.taken = 0;
            self.page = None;
        }
        match &self.place {
            Place::End => Next::End,
            place => Next::Read(place.clone()),
        }
    }

    /// Takes the page that was to be read.
    ///
    /// # Errors
    ///
    /// Its error. The list stands where it stood, so that nothing is lost and nothing comes twice.
    pub(super) fn took(&mut self, page: Result<Page<T>, Error>) -> Result<(), Error> {
        let page = page.and_then(|page| self.check_new(page));
        let page = page.inspect_err(|_| self.has_failed = true)?;
        self.total = page.total.or(self.total);
        self.last_ids = page.ids;
        let mut rest = VecDeque::from(page.items);
        rest.drain(..self.taken.min(rest.len()));
        self.page = Some((rest, page.next));
        Ok(())
    }

    /// A list whose pages cannot be turned would never end.
    fn check_new(&self, page: Page<T>) -> Result<Page<T>, Error> {
        let is_same = !page.ids.is_empty() && page.ids == self.last_ids;
        if !is_same && (page.next != self.place || page.next == Place::End) {
            return Ok(page);
        }
        let finding = Finding::new(
            format!("turn the pages of {}", self.api),
            "the same page again",
            "another one",
        );
        Err(Error::new(self.api, Kind::Unreadable(finding)))
    }
}
