//! A serde deserializer over quick-xml's pull reader.
//!
//! quick-xml's own serde layer gives text as a field named `$text` and attributes as fields, and costs
//! three times its reader. Here an element with children is a map, any other is its text (an empty one an
//! empty text), and attributes are passed over. Unknown elements are skipped without recursion; only this
//! crate's visitors run on it, and those recurse no deeper than the models nest.

use std::borrow::Cow;
use std::fmt;

use quick_xml::events::{BytesRef, BytesStart, Event};
use serde_core::de::{self, Deserializer, IntoDeserializer as _, MapAccess, Visitor};

/// Reads one XML document.
pub(crate) struct Reader<'de> {
    events: quick_xml::Reader<&'de [u8]>,
}

/// What is wrong with the document, at which byte; or what a visitor said.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
        }
    }
}

fn ended(name: &str) -> Error {
    Error {
        message: format!("expected `</{name}>`, found the end of the text"),
    }
}

/// What an element holds.
enum Content<'de> {
    /// No child: its text, up to and with its end tag.
    Text(Cow<'de, str>),
    /// The start tag of its first child.
    Child(Tag<'de>),
}

/// A start tag that has been read.
struct Tag<'de> {
    start: BytesStart<'de>,
    /// Whether it is `<name/>`, whose content is nothing.
    closed: bool,
}

impl<'de> Reader<'de> {
    pub(crate) fn new(text: &'de str) -> Self {
        Self {
            events: quick_xml::Reader::from_str(text),
        }
    }

    /// The byte that the reader has come to.
    pub(crate) fn position(&self) -> usize {
        usize::try_from(self.events.buffer_position()).unwrap_or(usize::MAX)
    }

    fn event(&mut self) -> Result<Event<'de>, Error> {
        self.events.read_event().map_err(|error| Error {
            message: error.to_string(),
        })
    }

    /// The start tag of the document's root.
    fn root(&mut self) -> Result<Tag<'de>, Error> {
        loop {
            match self.event()? {
                Event::Start(start) => {
                    return Ok(Tag {
                        start,
                        closed: false,
                    });
                }
                Event::Empty(start) => {
                    return Ok(Tag {
                        start,
                        closed: true,
                    });
                }
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
                Event::Text(text) if is_blank(&text) => {}
                _ => {
                    return Err(Error {
                        message: "expected an element, found none".to_owned(),
                    });
                }
            }
        }
    }

    /// Makes sure that nothing but comments and white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        loop {
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::PI(_) | Event::Comment(_) => {}
                Event::Text(text) if is_blank(&text) => {}
                _ => {
                    return Err(Error {
                        message: "expected the end of the document behind its root, found more"
                            .to_owned(),
                    });
                }
            }
        }
    }

    /// Reads on from behind a start tag until it is known what the element holds.
    fn content(&mut self, name: &str) -> Result<Content<'de>, Error> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.event()? {
                Event::Text(part) => join(&mut text, lines(part.into_inner())),
                Event::End(_) => return Ok(Content::Text(text)),
                Event::Start(start) if is_blank(&text) => {
                    return Ok(Content::Child(Tag {
                        start,
                        closed: false,
                    }));
                }
                Event::Empty(start) if is_blank(&text) => {
                    return Ok(Content::Child(Tag {
                        start,
                        closed: true,
                    }));
                }
                Event::GeneralRef(reference) => text.to_mut().push(resolve(&reference)?),
                Event::CData(part) => join(&mut text, lines(part.into_inner())),
                Event::Start(start) | Event::Empty(start) => {
                    return Err(Error {
                        message: format!(
                            "expected text or elements in <{name}>, found text before <{}>",
                            start.name().0
                        ),
                    });
                }
                Event::Eof => return Err(ended(name)),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
            }
        }
    }

    /// The next child, or none at the end tag.
    fn sibling(&mut self, parent: &str) -> Result<Option<Tag<'de>>, Error> {
        loop {
            match self.event()? {
                Event::Start(start) => {
                    return Ok(Some(Tag {
                        start,
                        closed: false,
                    }));
                }
                Event::Empty(start) => {
                    return Ok(Some(Tag {
                        start,
                        closed: true,
                    }));
                }
                Event::End(_) => return Ok(None),
                Event::Text(text) if is_blank(&text) => {}
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {}
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                    return Err(Error {
                        message: format!(
                            "expected only elements in <{parent}>, found text between them"
                        ),
                    });
                }
                Event::Eof => return Err(ended(parent)),
            }
        }
    }

    /// Passes over an element whose start tag has been read.
    fn skip_element(&mut self, name: &str) -> Result<(), Error> {
        let mut open = 1_u64;
        while open > 0 {
            match self.event()? {
                Event::Start(_) => open += 1,
                Event::End(_) => open -= 1,
                Event::Eof => return Err(ended(name)),
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

fn join<'de>(text: &mut Cow<'de, str>, part: Cow<'de, str>) {
    if text.is_empty() {
        *text = part;
    } else {
        text.to_mut().push_str(&part);
    }
}

/// Line ends as XML has them: a carriage return counts as a line feed.
/// Source: <https://www.w3.org/TR/xml/#sec-line-ends>.
fn lines(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        text
    }
}

/// The character of a reference; a document's own entities are not expanded.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Error> {
    let character = match &**reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => reference.resolve_char_ref().map_err(|error| Error {
            message: error.to_string(),
        })?,
    };
    character.ok_or_else(|| Error {
        message: format!(
            "expected a character or predefined entity, found {}",
            crate::record::quoted(&format!("&{};", &**reference))
        ),
    })
}

/// The document is a map with one entry: its root.
impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let root = self.root()?;
        visitor.visit_map(Children {
            reader: self,
            parent: None,
            next: Some(root),
        })
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The children of an element, or the root of a document.
struct Children<'r, 'de> {
    reader: &'r mut Reader<'de>,
    /// The element; none for a document.
    parent: Option<&'r str>,
    /// The child whose start tag has been read.
    next: Option<Tag<'de>>,
}

impl<'de> MapAccess<'de> for Children<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if self.next.is_none()
            && let Some(parent) = self.parent
        {
            self.next = self.reader.sibling(parent)?;
        }
        match &self.next {
            Some(tag) => seed
                .deserialize(tag.start.name().0.into_deserializer())
                .map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let tag = self
            .next
            .take()
            .ok_or_else(|| de::Error::custom("a value was read before its key"))?;
        seed.deserialize(Element {
            reader: self.reader,
            tag: &tag,
        })
    }
}

/// An element whose start tag has been read.
struct Element<'r, 'de> {
    reader: &'r mut Reader<'de>,
    tag: &'r Tag<'de>,
}

impl<'de> Deserializer<'de> for Element<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.tag.closed {
            return visitor.visit_borrowed_str("");
        }
        let name = self.tag.start.name().0;
        match self.reader.content(name)? {
            Content::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Content::Text(Cow::Owned(text)) => visitor.visit_str(&text),
            Content::Child(child) => visitor.visit_map(Children {
                reader: self.reader,
                parent: Some(name),
                next: Some(child),
            }),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if !self.tag.closed {
            self.reader.skip_element(self.tag.start.name().0)?;
        }
        visitor.visit_unit()
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}
