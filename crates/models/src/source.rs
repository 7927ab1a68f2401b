//! The interface through which an answer is read piece by piece, in any format.

use crate::fault::Fault;

/// Returns the pieces of an answer in their order. Implemented by the JSON reader, the XML reader and the tree.
///
/// After [`Piece::Object`], call `key` until [`Key::End`], and read or skip one value after each other key. After
/// [`Piece::List`], call `element` until it returns `false`, and read one value after each `true`.
pub(crate) trait Source {
    /// The next value, or its beginning.
    fn value(&mut self) -> Result<Piece<'_>, Fault>;

    /// The next key of an object. `likely` is the key that is likely to come, which is recognised without a search.
    fn key(&mut self, likely: Option<&str>) -> Result<Key<'_>, Fault>;

    /// Whether the list has another element.
    fn element(&mut self) -> Result<bool, Fault>;

    /// Skips the next value.
    fn skip(&mut self) -> Result<(), Fault>;
}

/// The character before the digits of a number that another serde deserializer has rounded.
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
    /// Whether this means that there is no value: null, or a blank text, such as that of an element without content.
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
