//! How far a list has been read, separated from the calls that read it.

use std::collections::{HashSet, VecDeque};

use super::cursor::Position;
use super::{Page, Place};
use crate::error::{Error, Finding, Kind};

/// The progress in a list.
pub(crate) struct Progress<T> {
    api: &'static str,
    position: Position,
    /// The current page.
    page: Option<CurrentPage<T>>,
    /// Hashes of the previous page's items.
    last: Vec<u64>,
    total: Option<i64>,
    /// Whether the last call failed and `resume` was not called since.
    has_failed: bool,
}

/// A page whose items are being returned.
struct CurrentPage<T> {
    rest: VecDeque<T>,
    /// How many items it had.
    count: usize,
    /// The position of the next page.
    next: Place,
}

/// What to do for the next item.
pub(crate) enum Next<T> {
    Item(T),
    /// Read this page.
    Read(Place),
    /// The list has ended, or the last call failed.
    End,
}

impl<T> Progress<T> {
    pub(crate) fn new(api: &'static str) -> Self {
        Self {
            api,
            position: Position {
                place: Place::Number(1),
                taken: 0,
                earlier: 0,
            },
            page: None,
            last: Vec::new(),
            total: None,
            has_failed: false,
        }
    }

    pub(super) fn go_to(&mut self, position: Position) {
        *self = Self {
            position,
            ..Self::new(self.api)
        };
    }

    /// The position of the next item.
    pub(super) fn position(&self) -> Position {
        match &self.page {
            Some(page) if page.rest.is_empty() => after(&self.position, page),
            _ => self.position.clone(),
        }
    }

    pub(crate) fn total(&self) -> Option<i64> {
        self.total
    }

    /// Continues the list after a failure.
    pub(crate) fn resume(&mut self) {
        self.has_failed = false;
    }

    pub(crate) fn next(&mut self) -> Next<T> {
        if self.has_failed {
            return Next::End;
        }
        if let Some(page) = &mut self.page {
            if let Some(item) = page.rest.pop_front() {
                self.position.taken += 1;
                return Next::Item(item);
            }
            self.position = after(&self.position, page);
            self.page = None;
        }
        match &self.position.place {
            Place::End => Next::End,
            place => Next::Read(place.clone()),
        }
    }

    /// Takes the page that was read.
    ///
    /// # Errors
    ///
    /// The error of reading it. The position stays, so that no item is lost or repeated.
    pub(crate) fn take(&mut self, page: Result<Page<T>, Error>) -> Result<(), Error> {
        let page = page.and_then(|page| self.check_new(page));
        let page = page.inspect_err(|_| self.has_failed = true)?;
        self.total = page.total.or(self.total);
        self.last = page.hashes;
        let count = page.items.len();
        let read = self.position.earlier.saturating_add(count as u64);
        // The number of pages outweighs the number of items, which may include items that are never
        // shown.
        let is_last = !page.counts_pages
            && matches!(page.next, Place::Number(_))
            && page
                .total
                .is_some_and(|total| total > 0 && read >= total.unsigned_abs());
        let mut rest = VecDeque::from(page.items);
        rest.drain(..self.position.taken.min(count));
        let next = if is_last { Place::End } else { page.next };
        self.page = Some(CurrentPage { rest, count, next });
        Ok(())
    }

    /// A list that returned the same page forever would never end. With page tokens no item is
    /// repeated, so a page that shares an item with the previous one is an error.
    fn check_new(&self, page: Page<T>) -> Result<Page<T>, Error> {
        let is_same = match &self.position.place {
            Place::Token(_) => {
                let last: HashSet<_> = self.last.iter().collect();
                page.hashes.iter().any(|hash| last.contains(hash))
            }
            _ => !page.hashes.is_empty() && page.hashes == self.last,
        };
        if !is_same && (page.next != self.position.place || page.next == Place::End) {
            return Ok(page);
        }
        let finding = Finding::new(
            format!("read the next page of {}", self.api),
            "items of the previous page again",
            "new items",
        );
        Err(Error::new(self.api, Kind::Unreadable(finding)))
    }
}

/// The position after a page.
fn after<T>(position: &Position, page: &CurrentPage<T>) -> Position {
    Position {
        place: page.next.clone(),
        taken: 0,
        earlier: position.earlier.saturating_add(page.count as u64),
    }
}
