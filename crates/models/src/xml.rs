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
    document: &'t str,
    /// The name in the start tag that was read last.
    name: &'t str,
    /// Whether it is `<name/>`, whose content is nothing.
    is_empty: bool,
    /// Whether it is that of an element's first child, whose key is still to come.
    is_ahead: bool,
    /// Names of the elements around.
    open: Vec<&'t str>,
    /// Whether the root has begun.
    has_root: bool,
    /// Holds a text that is made of several parts.
    text: String,
    /// Whether carriage returns have to be made line feeds.
    has_returns: bool,
}

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            events: Events::from_str(text),
            document: text,
            name: "",
            is_empty: false,
            is_ahead: false,
            open: Vec::new(),
            has_root: false,
            text: String::new(),
            has_returns: has_returns(text),
        }
    }

    /// The byte that the reader has come to.
    pub(crate) fn position(&self) -> usize {
        usize::try_from(self.events.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Makes sure that nothing but comments and white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.next_tag()? {
            false => Ok(()),
            true => Err(fault(
                "expected the end of the document after its root, found more",
            )),
        }
    }

    #[inline]
    fn event(&mut self, blanks: Blanks) -> Result<Event<'t>, Fault> {
        self.events.config_mut().trim_text_start = blanks == Blanks::Dropped;
        self.events.read_event().map_err(malformed)
    }

    /// Whether there is another start tag among elements, which then is read; none at the end of what is around them.
    #[inline(always)]
    fn next_tag(&mut self) -> Result<bool, Fault> {
        loop {
            match self.event(Blanks::Dropped)? {
                Event::Start(start) => self.begin(&start, false),
                Event::Empty(start) => self.begin(&start, true),
                Event::End(_) => return Ok(false),
                Event::Eof if self.open.is_empty() => return Ok(false),
                event => {
                    self.pass_aside(&event)?;
                    continue;
                }
            }
            return Ok(true);
        }
    }

    /// Keeps the name of a start tag that has just been read. It is taken from the document, because an event lends
    /// names for as long as itself.
    #[inline(always)]
    fn begin(&mut self, start: &BytesStart<'_>, is_empty: bool) {
        let behind = start.len() + 1 + usize::from(is_empty);
        let at = self.position().wrapping_sub(behind);
        let name = at..at.wrapping_add(start.name().into_inner().len());
        self.name = self.document.get(name).unwrap_or_default();
        self.is_empty = is_empty;
    }

    /// Passes over what says nothing between elements, and refuses what does.
    #[cold]
    fn pass_aside(&self, event: &Event<'_>) -> Result<(), Fault> {
        match (event, self.open.last()) {
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
    #[inline(always)]
    fn descend(&mut self, child: &BytesStart<'_>, is_empty: bool) -> Piece<'static> {
        self.open.push(self.name);
        self.begin(child, is_empty);
        self.is_ahead = true;
        Piece::Object
    }

    /// A value of which this text and this event have been read already.
    #[inline(never)]
    fn mixed_value(
        &mut self,
        mut text: Cow<'t, str>,
        mut event: Event<'t>,
    ) -> Result<Piece<'_>, Fault> {
        loop {
            let (child, is_empty) = match event {
                Event::Text(part) => {
                    join(&mut text, self.lines(part));
                    event = self.event(Blanks::Kept)?;
                    continue;
                }
                Event::CData(part) => {
                    join(&mut text, part.xml10_content());
                    event = self.event(Blanks::Kept)?;
                    continue;
                }
                Event::GeneralRef(reference) => {
                    text.to_mut().push(resolve(&reference)?);
                    event = self.event(Blanks::Kept)?;
                    continue;
                }
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {
                    event = self.event(Blanks::Kept)?;
                    continue;
                }
                Event::End(_) => break,
                Event::Start(start) => (start, false),
                Event::Empty(start) => (start, true),
                event => return Err(misplaced(&event, self.name)),
            };
            if !is_blank(&text) {
                return Err(fault(&format!(
                    "expected text or elements in <{}>, found both",
                    shown(self.name)
                )));
            }
            return Ok(self.descend(&child, is_empty));
        }
        Ok(Piece::Text(match text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => {
                self.text = text;
                &self.text
            }
        }))
    }

    /// A text with the line ends that XML means.
    #[inline]
    fn lines(&self, text: BytesText<'t>) -> Cow<'t, str> {
        match self.has_returns {
            true => text.xml10_content(),
            false => text.into_inner(),
        }
    }
}

/// What becomes of white space before text and tags.
#[derive(Clone, Copy, PartialEq)]
enum Blanks {
    /// In an element that may hold a text.
    Kept,
    /// Among elements.
    Dropped,
}

impl Source for Reader<'_> {
    #[inline(always)]
    fn value(&mut self) -> Result<Piece<'_>, Fault> {
        if !self.has_root {
            return Ok(Piece::Object);
        }
        if self.is_empty {
            return Ok(Piece::Text(""));
        }
        let part = match self.event(Blanks::Kept)? {
            Event::Text(part) if !self.has_returns => part,
            Event::End(_) => return Ok(Piece::Text("")),
            Event::Start(child) => return Ok(self.descend(&child, false)),
            event => return self.mixed_value(Cow::Borrowed(""), event),
        };
        match (part.into_inner(), self.event(Blanks::Kept)?) {
            (Cow::Borrowed(text), Event::End(_)) => Ok(Piece::Text(text)),
            (text, Event::Start(child)) if is_blank(&text) => Ok(self.descend(&child, false)),
            (text, event) => self.mixed_value(text, event),
        }
    }

    #[inline(always)]
    fn key(&mut self, likely: Option<&str>) -> Result<Key<'_>, Fault> {
        if !std::mem::take(&mut self.is_ahead) {
            if self.has_root && self.open.is_empty() {
                // A document has one root only.
                return Ok(Key::End);
            }
            if !self.next_tag()? {
                if !self.has_root {
                    return Err(fault("expected an element, found none"));
                }
                self.open.pop();
                return Ok(Key::End);
            }
            self.has_root = true;
        }
        match likely {
            Some(likely) if likely == self.name => Ok(Key::Likely),
            _ if self.name.is_empty() => Err(nameless()),
            _ => Ok(Key::Other(self.name)),
        }
    }

    /// XML has no lists: it repeats elements.
    fn element(&mut self) -> Result<bool, Fault> {
        Ok(false)
    }

    fn skip(&mut self) -> Result<(), Fault> {
        let mut depth = usize::from(!self.is_empty);
        while depth > 0 {
            match self.event(Blanks::Dropped)? {
                Event::Start(start) | Event::Empty(start)
                    if start.name().into_inner().is_empty() =>
                {
                    return Err(nameless());
                }
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                event @ (Event::Eof | Event::DocType(_)) => {
                    return Err(misplaced(&event, self.name));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// Whether carriage returns are anywhere in a text.
fn has_returns(text: &str) -> bool {
    // Without a way out early, many bytes are looked at in one instruction.
    let bytes = text.as_bytes();
    bytes
        .iter()
        .fold(false, |found, byte| found | (*byte == b'\r'))
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
fn nameless() -> Fault {
    fault("expected a name in a tag, found none")
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
