//! JSON as a [`Source`] that loses no digit.
//!
//! It accepts what serde_json accepts, and returns numbers that are not an `i64` as their digits, which serde_json
//! would round to floating point. It skips unknown values without recursion.

mod lexer;
mod skip;

use self::lexer::{Number, Text};
use crate::fault::Fault;
use crate::source::{Key, Piece, Source};
use crate::tree::{Depth, Nodes, Value, read_value};

/// Reads a whole JSON text as a tree.
pub(crate) fn parse(text: &str) -> Result<Value, Fault> {
    let mut reader = Reader::new(text);
    let value = read_value(&mut reader, Depth::default(), &mut Nodes::of(text.len()))?;
    reader.end().map(|()| value)
}

/// Reads one JSON text.
pub(crate) struct Reader<'t> {
    text: &'t str,
    at: usize,
    /// Whether an object or a list has just begun, so that no comma precedes the next member or element.
    first: bool,
    /// A string whose escapes had to be resolved.
    scratch: String,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            first: false,
            scratch: String::new(),
        }
    }

    /// The byte offset of the reader.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Checks that only white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.fault("expected the end of the text")),
        }
    }

    /// Whether another member follows; moves to its key.
    #[inline]
    fn at_key(&mut self) -> Result<bool, Fault> {
        let first = std::mem::take(&mut self.first);
        match self.byte() {
            Some(b'"') if first => Ok(true),
            Some(b',') if !first && self.consume_comma_before_key() => Ok(true),
            Some(b'}') => {
                self.at += 1;
                Ok(false)
            }
            _ => self.at_key_after_blanks(first),
        }
    }

    #[inline(never)]
    fn at_key_after_blanks(&mut self, first: bool) -> Result<bool, Fault> {
        match self.peek() {
            Some(b',') if !first => self.at += 1,
            Some(b'}') => {
                self.at += 1;
                return Ok(false);
            }
            Some(b'"') if first => {}
            _ if first => return Err(self.fault("expected a key or `}`")),
            _ => return Err(self.fault("expected `,` or `}`")),
        }
        match self.peek() {
            Some(b'"') => Ok(true),
            _ => Err(self.fault("expected a key")),
        }
    }

    /// Reads a key that is not the likely one, has escapes, or is followed by white space.
    #[inline(never)]
    fn any_key(&mut self, likely: Option<&str>) -> Result<Key<'_>, Fault> {
        let key = self.string()?;
        self.expect(b':', "expected `:`")?;
        let key = match key {
            Text::Borrowed(key) => key,
            Text::Copied => &self.scratch,
        };
        Ok(match likely == Some(key) {
            true => Key::Likely,
            false => Key::Other(key),
        })
    }

    /// Reads any value except a string.
    #[inline(never)]
    fn other_value(&mut self) -> Result<Piece<'_>, Fault> {
        Ok(match self.peek() {
            Some(b'-' | b'0'..=b'9') => match self.number()? {
                Number::Integer(value) => Piece::Integer(value),
                Number::Digits(digits) => Piece::Digits(digits),
            },
            Some(b'{') => self.open(Piece::Object),
            Some(b'[') => self.open(Piece::List),
            Some(b't') => self.word("true", Piece::Boolean(true))?,
            Some(b'f') => self.word("false", Piece::Boolean(false))?,
            Some(b'n') => self.word("null", Piece::Null)?,
            _ => return Err(self.fault("expected a value")),
        })
    }

    /// Begins an object or a list.
    fn open(&mut self, piece: Piece<'static>) -> Piece<'static> {
        self.at += 1;
        self.first = true;
        piece
    }
}

impl Source for Reader<'_> {
    // Always inlined, as is the next function: saving and restoring registers around a call would cost as much as the
    // work itself.
    #[inline(always)]
    fn value(&mut self) -> Result<Piece<'_>, Fault> {
        if self.peek() != Some(b'"') {
            return self.other_value();
        }
        Ok(match self.string()? {
            Text::Borrowed(text) => Piece::Text(text),
            Text::Copied => Piece::Text(&self.scratch),
        })
    }

    #[inline(always)]
    fn key(&mut self, likely: Option<&str>) -> Result<Key<'_>, Fault> {
        if !self.at_key()? {
            return Ok(Key::End);
        }
        match likely {
            Some(likely) if self.consume_key(likely) => Ok(Key::Likely),
            likely => self.any_key(likely),
        }
    }

    fn element(&mut self) -> Result<bool, Fault> {
        let first = std::mem::take(&mut self.first);
        match self.peek() {
            Some(b']') => {
                self.at += 1;
                return Ok(false);
            }
            Some(b',') if !first => self.at += 1,
            Some(_) if first => {}
            _ => return Err(self.fault("expected `,` or `]`")),
        }
        Ok(true)
    }

    fn skip(&mut self) -> Result<(), Fault> {
        self.skip_value()
    }
}
