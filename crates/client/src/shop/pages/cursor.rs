//! Positions in lists.

use serde::{Deserialize, Serialize};

use super::List;
use crate::error::Error;
use aliexpress_models::Paged;
use sha2::{Digest, Sha256};

/// A position in a list, to be stored and resumed from; see
/// [`Listing::cursor`](super::Listing::cursor).
///
/// A cursor is valid only for the same request and the same market. It can be stored with serde,
/// and contains a hash of the request and nothing that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The API that is read.
    api: String,
    /// A hash of the request.
    query: String,
    /// The page with the next item.
    place: Place,
    /// How many items of that page were returned.
    taken: usize,
    /// How many items the earlier pages had.
    #[serde(default)]
    earlier: u64,
}

/// How far a list has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// The current page or, if there is none, the page to read.
    pub(super) place: Place,
    /// How many of its items were returned.
    pub(super) taken: usize,
    /// How many items the earlier pages had.
    pub(super) earlier: u64,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// By number, from 1.
    Number(i64),
    /// By a token from the previous page.
    Token(String),
    /// After the last page.
    End,
}

impl Place {
    /// The page's number; 1 for a list with page tokens, because no other number is requested.
    pub(crate) fn number(&self) -> i64 {
        match self {
            Place::Number(number) => *number,
            Place::Token(_) | Place::End => 1,
        }
    }
}

impl Cursor {
    pub(super) fn new(api: &str, query: &str, position: Position) -> Self {
        let (api, query) = (api.to_owned(), query.to_owned());
        Self {
            api,
            query,
            place: position.place,
            taken: position.taken,
            earlier: position.earlier,
        }
    }

    /// Whether the list was read to its end.
    pub fn is_at_end(&self) -> bool {
        self.place == Place::End
    }

    /// The position, if it belongs to this list.
    ///
    /// # Errors
    ///
    /// When it belongs to another list.
    pub(super) fn position_in(&self, api: &str, query: &str) -> Result<Position, Error> {
        let unusable = |found: String, wanted: String| {
            Err(Error::unusable(
                format!("continue a list of {api}"),
                found,
                wanted,
            ))
        };
        if self.api != api {
            let found: String = self.api.chars().take(80).collect();
            return unusable(
                format!("a cursor of {found:?}"),
                "a cursor of the same list".to_owned(),
            );
        }
        if self.query != query {
            return unusable(
                "a cursor of another query".to_owned(),
                "a cursor of a query with the same words, filters and market".to_owned(),
            );
        }
        match &self.place {
            Place::Number(number) if *number < 1 => {
                unusable(format!("page {number}"), "1 or more".to_owned())
            }
            place => Ok(Position {
                place: place.clone(),
                taken: self.taken,
                earlier: self.earlier,
            }),
        }
    }
}

/// A hash of a list's request without its page.
pub(super) fn query_hash<R: Paged + Clone, M>(list: &List<R, M>) -> String {
    let mut hash = Sha256::new();
    for (name, value) in list.at(&Place::Number(1)).params() {
        for text in [name, value.as_str()] {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        }
    }
    let hash = hash.finalize();
    base16ct::lower::encode_string(&hash[..8])
}
