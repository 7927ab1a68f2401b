//! XML as a [`Source`] over quick-xml's reader: an element with children is an object, any other is its text.
//!
//! Attributes are passed over, because the platform's say nothing (`list="true"`). Beyond what quick-xml refuses, it
//! refuses text beside elements, a second root, and declarations inside a document type definition, which entity attacks
//! are made of.

use std::borrow::Cow;

use quick_xml::Reader as Events;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesRef, BytesStart, BytesText, Event};

use crate::fault::Fault;
use crate::source::{Key, Piece, Source};
use crate::text::{quoted, shown};

/// Reads one XML document: an object with one member, its root.
pub(crate) struct Reader<'t> {
    events: Events<&'t [u8]>,
    /// The start tag that was read last.
    tag: Tag<'t>,
    /// Whether it is that of an element's first child, whose key is still to come.
    is_ahead: bool,
    /// Start tags of the elements around.
    open: Vec<BytesStart<'t>>,
    /// Whether the root has begun.
    has_root: bool,
    /// Holds a text that is made of several parts.
    text: String,
    /// Whether carriage returns have to be made line feeds.
    has_returns: bool,
}

struct Tag<'t> {
    start: BytesStart<'t>,
    /// Whether it is `<name/>`, whose content is nothing.
    is_empty: bool,
}

impl<'t> Tag<'t> {
    #[inline]
    fn new(start: BytesStart<'t>, is_empty: bool) -> Result<Self, Fault> {
        match start.name().into_inner().is_empty() {
            false => Ok(Self { start, is_empty }),
            true => Err(fault("expected a name in a tag, found none")),
        }
    }

    #[inline]
    fn name(&self) -> &str {
        self.start.name().into_inner()
    }
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            events: Events::from_str(text),
            tag: Tag {
                start: BytesStart::new(""),
                is_empty: true,
            },
            is_ahead: false,
            open: Vec::new(),
            has_root: false,
            text: String::new(),
            has_returns: text.contains('\r'),
        }
    }

    /// The byte that the reader has come to.
    pub(crate) fn position(&self) -> usize {
        usize::try_from(self.events.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Makes sure that nothing but comments and white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.next_tag()? {
            None => Ok(()),
            Some(_) => Err(fault(
                "expected the end of the document after its root, found more",
            )),
        }
    }

    #[inline]
    fn event(&mut self) -> Result<Event<'t>, Fault> {
        self.events.read_event().map_err(malformed)
    }

    /// The next start tag among elements; `None` at the end of what is around them.
    #[inline]
    fn next_tag(&mut self) -> Result<Option<Tag<'t>>, Fault> {
        loop {
            match self.event()? {
                Event::Start(start) => return Tag::new(start, false).map(Some),
                Event::Empty(start) => return Tag::new(start, true).map(Some),
                Event::End(_) => return Ok(None),
                Event::Text(text) if is_blank(&text) => {}
                Event::Eof if self.open.is_empty() => return Ok(None),
                event => self.pass_aside(&event)?,
            }
        }
    }

    /// Passes over what says nothing between elements, and refuses what does.
    fn pass_aside(&self, event: &Event<'_>) -> Result<(), Fault> {
        let around = self.open.last().map(|start| start.name().into_inner());
        match (event, around) {
            (Event::Comment(_) | Event::PI(_) | Event::Decl(_), _) => Ok(()),
            (Event::DocType(definition), None) if !self.has_root => check_definition(definition),
            (Event::Eof | Event::DocType(_), Some(around)) => Err(misplaced(event, around)),
            (_, Some(around)) => Err(fault(&format!(
                "expected only elements in <{}>, found text between them",
                shown(around)
            ))),
            (_, None) => Err(fault("expected only the root in the document, found more")),
        }
    }

    /// Begins an object of which this is the first child.
    #[inline]
    fn descend(&mut self, child: Tag<'t>) -> Piece<'static> {
        let parent = std::mem::replace(&mut self.tag, child);
        self.open.push(parent.start);
        self.is_ahead = true;
        Piece::Object
    }

    #[inline]
    fn lines(&self, text: BytesText<'t>) -> Cow<'t, str> {
        match self.has_returns {
            true => text.xml10_content(),
            false => text.into_inner(),
        }
    }
}

impl Source for Reader<'_> {
    #[inline]
    fn value(&mut self) -> Result<Piece<'_>, Fault> {
        if !self.has_root {
            return Ok(Piece::Object);
        }
        if self.tag.is_empty {
            return Ok(Piece::Text(""));
        }
        let mut text = Cow::Borrowed("");
        loop {
            let child = match self.event()? {
                Event::Text(part) => {
                    join(&mut text, self.lines(part));
                    continue;
                }
                Event::End(_) => break,
                Event::Start(start) => Tag::new(start, false)?,
                Event::Empty(start) => Tag::new(start, true)?,
                Event::CData(part) => {
                    join(&mut text, part.xml10_content());
                    continue;
                }
                Event::GeneralRef(reference) => {
                    text.to_mut().push(resolve(&reference)?);
                    continue;
                }
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
                event => return Err(misplaced(&event, self.tag.name())),
            };
            if !is_blank(&text) {
                return Err(fault(&format!(
                    "expected text or elements in <{}>, found both",
                    shown(self.tag.name())
                )));
            }
            return Ok(self.descend(child));
        }
        Ok(Piece::Text(match text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => {
                self.text = text;
                &self.text
            }
        }))
    }

    #[inline]
    fn key(&mut self, likely: Option<&str>) -> Result<Key<'_>, Fault> {
        if !std::mem::take(&mut self.is_ahead) {
            if self.has_root && self.open.is_empty() {
                // A document has one root only.
                return Ok(Key::End);
            }
            match self.next_tag()? {
                Some(tag) => self.tag = tag,
                None if !self.has_root => return Err(fault("expected an element, found none")),
                None => {
                    self.open.pop();
                    return Ok(Key::End);
                }
            }
            self.has_root = true;
        }
        let name = self.tag.name();
        Ok(match likely == Some(name) {
            true => Key::Likely,
            false => Key::Other(name),
        })
    }

    /// XML has no lists: it repeats elements.
    fn element(&mut self) -> Result<bool, Fault> {
        Ok(false)
    }

    fn skip(&mut self) -> Result<(), Fault> {
        let mut depth = usize::from(!self.tag.is_empty);
        while depth > 0 {
            match self.event()? {
                Event::Start(start) => {
                    Tag::new(start, false)?;
                    depth += 1;
                }
                Event::Empty(start) => {
                    Tag::new(start, true)?;
                }
                Event::End(_) => depth -= 1,
                event @ (Event::Eof | Event::DocType(_)) => {
                    return Err(misplaced(&event, self.tag.name()));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether a text is nothing but white space.
#[inline]
fn is_blank(text: &str) -> bool {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
    let bytes = text.as_bytes();
    // Without a way out early, many bytes are looked at in one instruction.
    bytes.last().is_none_or(blank) && bytes.iter().fold(true, |blanks, byte| blanks & blank(byte))
}

#[inline]
fn join<'t>(text: &mut Cow<'t, str>, part: Cow<'t, str>) {
    if text.is_empty() {
        *text = part;
    } else {
        text.to_mut().push_str(&part);
    }
}

/// The character that `&reference;` stands for; a document's own entities are not expanded.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Fault> {
    let character = match &**reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => reference.resolve_char_ref().ok().flatten(),
    };
    character.ok_or_else(|| {
        let found = quoted(&format!("&{};", &**reference));
        fault(&format!(
            "expected a character or predefined entity, found {found}"
        ))
    })
}

/// Refuses declarations inside a document type definition.
fn check_definition(definition: &str) -> Result<(), Fault> {
    let mut quote = None;
    for character in definition.chars() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (None, '[') => {
                return Err(fault(
                    "expected a document type definition without declarations, found some",
                ));
            }
            (Some(open), character) if open == character => quote = None,
            _ => {}
        }
    }
    Ok(())
}

#[cold]
fn fault(message: &str) -> Fault {
    Fault::malformed(message.to_owned())
}

#[cold]
fn misplaced(event: &Event<'_>, inside: &str) -> Fault {
    let found = match event {
        Event::DocType(_) => "a document type definition",
        _ => "the end of the text",
    };
    fault(&format!("expected `</{}>`, found {found}", shown(inside)))
}

/// What quick-xml refuses, in the words of this crate's errors.
#[cold]
fn malformed(error: Error) -> Fault {
    let message = match error {
        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            format!(
                "expected `</{}>`, found `</{}>`",
                shown(&expected),
                shown(&found)
            )
        }
        Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
            format!("expected an element, found `</{}>`", shown(&found))
        }
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            "expected `;` after `&` and a name, found none".to_owned()
        }
        Error::Syntax(error) => format!("expected well-formed markup, found a {error}"),
        error => format!(
            "expected well-formed XML, found an error: {}",
            shown(&error.to_string())
        ),
    };
    Fault::malformed(message)
}
