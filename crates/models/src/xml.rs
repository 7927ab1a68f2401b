//! XML as a serde data format: an element with children is a map, any other is its text.
//!
//! Attributes are passed over, for the platform's say nothing (`list="true"`). Unknown elements are skipped
//! without recursion; only this crate's visitors run on this reader, and those recurse no deeper than the
//! models nest. The tokens come from a scanner of our own: it hands out slices of the text, checks each end
//! tag against the name at hand, and meets expected names with one comparison.

mod content;
mod reference;
mod scanner;

use std::borrow::Cow;

use serde_core::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer as _, MapAccess, Visitor,
};

use self::content::Content;
use self::scanner::{Scanner, Tag};
use crate::fault::Fault;
use crate::record::Hint;

/// Reads one XML document.
pub(crate) struct Reader<'de, 'h> {
    scanner: Scanner<'de>,
    hint: &'h Hint,
}

impl<'de, 'h> Reader<'de, 'h> {
    pub(crate) fn new(text: &'de str, hint: &'h Hint) -> Self {
        Self {
            scanner: Scanner::new(text),
            hint,
        }
    }

    /// The byte that the reader has come to.
    pub(crate) fn position(&self) -> usize {
        self.scanner.position()
    }

    /// Makes sure that nothing but comments and white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        self.scanner.end()
    }
}

/// The document is a map with one entry: its root.
impl<'de> Deserializer<'de> for &mut Reader<'de, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_map(Children {
            reader: self,
            parent: None,
            tag: None,
        })
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The children of an element, or the root of a document.
struct Children<'r, 'de, 'h> {
    reader: &'r mut Reader<'de, 'h>,
    /// The element; none for a document.
    parent: Option<&'de str>,
    /// The child whose start tag was read last.
    tag: Option<Tag<'de>>,
}

impl<'de> Children<'_, 'de, '_> {
    fn advance(&mut self) -> Result<Option<Tag<'de>>, Fault> {
        match (self.parent, self.tag) {
            (Some(parent), _) => self.reader.scanner.child(parent),
            (None, None) => self.reader.scanner.root().map(Some),
            // A document has one root only.
            (None, Some(_)) => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for Children<'_, 'de, '_> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        if let Some(name) = self.reader.hint.take()
            && self.parent.is_some()
            && self.reader.scanner.takes_start(name)
        {
            self.tag = Some(Tag {
                name,
                closed: false,
            });
            return seed.deserialize(().into_deserializer()).map(Some);
        }
        let Some(tag) = self.advance()? else {
            return Ok(None);
        };
        self.tag = Some(tag);
        seed.deserialize(tag.name.into_deserializer()).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let tag = self
            .tag
            .ok_or_else(|| Fault::custom("a value was read before its key"))?;
        seed.deserialize(Element {
            reader: self.reader,
            tag,
        })
    }
}

/// An element whose start tag has been read.
struct Element<'r, 'de, 'h> {
    reader: &'r mut Reader<'de, 'h>,
    tag: Tag<'de>,
}

impl<'de> Deserializer<'de> for Element<'_, 'de, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.tag.closed {
            return visitor.visit_borrowed_str("");
        }
        match self.reader.scanner.content(self.tag.name)? {
            Content::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Content::Text(Cow::Owned(text)) => visitor.visit_str(&text),
            Content::Children => visitor.visit_map(Children {
                reader: self.reader,
                parent: Some(self.tag.name),
                tag: None,
            }),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if !self.tag.closed {
            self.reader.scanner.skip_element(self.tag.name)?;
        }
        visitor.visit_unit()
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}
