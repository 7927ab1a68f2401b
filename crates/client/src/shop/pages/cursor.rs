//! Places in lists.

use serde::{Deserialize, Serialize};

use super::List;
use crate::error::Error;
use aliexpress_models::Paged;
use sha2::{Digest, Sha256};

/// A place in a list, to be stored and to go on from; see [`Listing::cursor`](super::Listing::cursor).
///
/// It belongs to the list that it was taken from: the same question, for the same market. serde stores it. It holds a
/// hash of the question and nothing of what was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The API that is read.
    api: String,
    /// A hash of what was asked.
    question: String,
    /// The page that has the next item.
    place: Place,
    /// How many of that page's items were taken.
    taken: usize,
    /// How many items the pages before hold.
    #[serde(default)]
    earlier: u64,
}

/// How far a list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// The page in hand or, without one, the page to read.
    pub(super) place: Place,
    /// How many of its items were taken.
    pub(super) taken: usize,
    /// How many items the pages before hold.
    pub(super) earlier: u64,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    /// By its number, from 1 on.
    Number(i64),
    /// By a text that the page before named.
    Token(String),
    /// After the last one.
    End,
}

impl Place {
    /// The page's number; 1 for a list whose pages have none, because it is asked of no other.
    pub(crate) fn number(&self) -> i64 {
        match self {
            Place::Number(number) => *number,
            Place::Token(_) | Place::End => 1,
        }
    }
}

impl Cursor {
    pub(super) fn new(api: &str, question: &str, position: Position) -> Self {
        let (api, question) = (api.to_owned(), question.to_owned());
        Self {
            api,
            question,
            place: position.place,
            taken: position.taken,
            earlier: position.earlier,
        }
    }

    /// Whether the list was read to its end.
    pub fn is_at_end(&self) -> bool {
        self.place == Place::End
    }

    /// The place, if it is one of this list.
    ///
    /// # Errors
    ///
    /// When it is a place of another one.
    pub(super) fn position_in(&self, api: &str, question: &str) -> Result<Position, Error> {
        let unusable = |found: String, wanted: String| {
            Err(Error::unusable(
                format!("go on with a list of {api}"),
                found,
                wanted,
            ))
        };
        if self.api != api {
            let found: String = self.api.chars().take(80).collect();
            return unusable(
                format!("a cursor of {found:?}"),
                "one of the same list".to_owned(),
            );
        }
        if self.question != question {
            return unusable(
                "a cursor of another question".to_owned(),
                "one of the same words, filters and market".to_owned(),
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

/// A hash of what a list asks, the page left aside.
pub(super) fn question_hash<R: Paged + Clone, M>(list: &List<R, M>) -> String {
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
