//! A JSON reader that loses no digit.
//!
//! It accepts what serde_json accepts, and hands over numbers that are no `i64` as their digits (through
//! `visit_bytes`), where serde_json would round them to floating point. It skips unknown values without
//! recursion. Only this crate's visitors run on it, and those recurse no deeper than the models nest.

mod lexer;
mod skip;
pub(crate) mod writer;

use serde_core::de::value::BorrowedStrDeserializer;
use serde_core::de::{
    DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, SeqAccess, Visitor,
};

use self::lexer::{Number, Text};
use crate::fault::Fault;
use crate::record::Hint;

/// Reads one JSON text.
pub(crate) struct Reader<'de, 'h> {
    text: &'de str,
    at: usize,
    /// Holds a string whose escapes had to be resolved.
    scratch: String,
    hint: &'h Hint,
}

impl<'de, 'h> Reader<'de, 'h> {
    pub(crate) fn new(text: &'de str, hint: &'h Hint) -> Self {
        Self {
            text,
            at: 0,
            scratch: String::new(),
            hint,
        }
    }

    /// The byte that the reader has come to.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Makes sure that nothing but white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.fault("expected the end of the text")),
        }
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.peek() {
            Some(b'"') => match self.string()? {
                Text::Borrowed(text) => visitor.visit_borrowed_str(text),
                Text::Copied(text) => visitor.visit_str(text),
            },
            Some(b'-' | b'0'..=b'9') => match self.number()? {
                Number::Integer(value) => visitor.visit_i64(value),
                Number::Digits(digits) => visitor.visit_bytes(digits.as_bytes()),
            },
            Some(b'{') => {
                self.at += 1;
                visitor.visit_map(Members {
                    reader: self,
                    first: true,
                })
            }
            Some(b'[') => {
                self.at += 1;
                visitor.visit_seq(Elements {
                    reader: self,
                    first: true,
                })
            }
            Some(b't') => {
                self.word("true")?;
                visitor.visit_bool(true)
            }
            Some(b'f') => {
                self.word("false")?;
                visitor.visit_bool(false)
            }
            Some(b'n') => {
                self.word("null")?;
                visitor.visit_unit()
            }
            _ => Err(self.fault("expected a value")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.skip_value()?;
        visitor.visit_unit()
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

struct Members<'r, 'de, 'h> {
    reader: &'r mut Reader<'de, 'h>,
    first: bool,
}

impl Members<'_, '_, '_> {
    /// Whether another member follows, read up to its key.
    #[inline]
    fn advance(&mut self) -> Result<bool, Fault> {
        let first = std::mem::take(&mut self.first);
        let is_at_key = match first {
            true => self.reader.is_at_quote(),
            false => self.reader.takes_comma_before_key(),
        };
        if is_at_key {
            return Ok(true);
        }
        self.advance_over_blanks(first)
    }

    fn advance_over_blanks(&mut self, first: bool) -> Result<bool, Fault> {
        match self.reader.peek() {
            Some(b',') if !first => self.reader.at += 1,
            Some(b'}') => {
                self.reader.at += 1;
                return Ok(false);
            }
            Some(b'"') if first => {}
            _ if first => return Err(self.reader.fault("expected a key or `}`")),
            _ => return Err(self.reader.fault("expected `,` or `}`")),
        }
        match self.reader.peek() {
            Some(b'"') => Ok(true),
            _ => Err(self.reader.fault("expected a key")),
        }
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de, '_> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let hint = self.reader.hint.take();
        if !self.advance()? {
            return Ok(None);
        }
        if let Some(key) = hint
            && self.reader.takes_key(key)
        {
            return seed.deserialize(().into_deserializer()).map(Some);
        }
        let key = match self.reader.string()? {
            Text::Borrowed(text) => seed.deserialize(BorrowedStrDeserializer::new(text)),
            Text::Copied(text) => seed.deserialize(text.into_deserializer()),
        };
        self.reader.expect(b':', "expected `:`")?;
        key.map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        seed.deserialize(&mut *self.reader)
    }
}

struct Elements<'r, 'de, 'h> {
    reader: &'r mut Reader<'de, 'h>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let first = std::mem::take(&mut self.first);
        match self.reader.peek() {
            Some(b']') => {
                self.reader.at += 1;
                return Ok(None);
            }
            Some(b',') if !first => self.reader.at += 1,
            Some(_) if first => {}
            _ => return Err(self.reader.fault("expected `,` or `]`")),
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}
