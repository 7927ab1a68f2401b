//! The style of a word that can be an error code. A table writes all its codes in one style.

use crate::read::words;

/// A style of writing codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Style {
    /// `ORDER_NOT_FOUND`, `REJECTED`.
    Shouted,
    /// `isv.order-not-found`, `F00-00-10007-019`, `order_not_found`.
    Joined,
    /// `OrderNotFound`.
    Humped,
    /// `15`, `-3`.
    Number,
    /// `CPF`, which also occurs in sentences.
    Acronym,
    /// `Timeout`, which may also be the first word of a sentence.
    Capital,
    /// `timeout`, which may be any word.
    Small,
}

/// From this number of capital letters on, a word is more than an abbreviation.
const SHORTEST_SHOUT: usize = 5;

impl Style {
    /// The style of `text`; `None` if it is not a single word that can be a code.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let of = |test: fn(char) -> bool| text.chars().any(test);
        let is_token = text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/'));
        if !is_token
            || !of(|c| c.is_ascii_alphanumeric())
            || text.ends_with(['.', ':'])
            || words::is_nothing(text)
        {
            return None;
        }
        let (small, capital) = (
            of(|c| c.is_ascii_lowercase()),
            of(|c| c.is_ascii_uppercase()),
        );
        let digits = text.strip_prefix('-').unwrap_or(text);
        let has_humps = || text.chars().skip(1).any(|c| c.is_ascii_uppercase());
        Some(match small {
            _ if digits.chars().all(|c| c.is_ascii_digit()) => Self::Number,
            _ if of(|c| matches!(c, '.' | '-' | ':' | '/')) => Self::Joined,
            false if text.contains('_') || text.len() >= SHORTEST_SHOUT => Self::Shouted,
            false => Self::Acronym,
            true if of(|c| !c.is_ascii_alphabetic()) => Self::Joined,
            true if !capital => Self::Small,
            true if has_humps() => Self::Humped,
            true => Self::Capital,
        })
    }

    /// Whether hardly anything except a code has this style.
    pub(crate) fn is_distinctive(self) -> bool {
        matches!(
            self,
            Self::Shouted | Self::Joined | Self::Humped | Self::Number
        )
    }
}
