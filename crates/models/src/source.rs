//! What an answer is read from, piece by piece, whatever it is written in.

use crate::fault::Fault;

/// Hands out an answer in the order in which it is written. Implemented by the JSON reader, the XML reader and the tree.
///
/// After [`Piece::Object`], the reader asks for keys until [`Key::End`], and reads or skips one value after each other
/// key. After [`Piece::List`], it asks for elements until there is none, and reads one value after each `true`.
pub(crate) trait Source {
    /// The next value, or the start of it.
    fn value(&mut self) -> Result<Piece<'_>, Fault>;

    /// The next key of an object. `likely` is the key that is likely to come, which is met without a search.
    fn key(&mut self, likely: Option<&str>) -> Result<Key<'_>, Fault>;

    /// Whether the list has another element.
    fn element(&mut self) -> Result<bool, Fault>;

    /// Passes over the next value.
    fn skip(&mut self) -> Result<(), Fault>;
}

/// What the digits of a number begin with that a serde reader from elsewhere has rounded.
pub(crate) const ROUNDED: char = '≈';

/// A scalar, or the start of an object or of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Piece<'s> {
    Null,
    Boolean(bool),
    /// An integer of 64 bits.
    Integer(i64),
    /// Any other number, as its digits.
    Digits(&'s str),
    Text(&'s str),
    Object,
    List,
}

impl Piece<'_> {
    /// Whether this says nothing: null, or a blank text, which an element without content is.
    #[inline]
    pub(crate) fn is_nothing(self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim_ascii().is_empty(),
            _ => false,
        }
    }
}

/// What follows inside an object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Key<'s> {
    /// The key that was likely to come.
    Likely,
    /// Any key.
    Other(&'s str),
    /// The end of the object.
    End,
}
