//! XML as a [`Source`] over quick-xml's reader: an element with children is an object, any other element is its text.
//!
//! quick-xml reads everything that needs more than a comparison. A leaf with the key that is likely to come,
//! `<key>text</key>` without references, is compared as a whole instead; most elements of an answer are such leaves.
//!
//! Attributes are ignored, because the platform's attributes contain no data (`list="true"`). In addition to what
//! quick-xml refuses, it refuses text beside elements, a second root, and declarations inside a document type
//! definition, which entity attacks need.

mod errors;
mod markup;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::io::BufRead as _;

use quick_xml::Reader as Events;
use quick_xml::events::{BytesStart, BytesText, Event};

use self::errors::{fault, malformed, misplaced, nameless};
use self::markup::{
    after_tag, check_definition, count_blanks, has_returns, is_blank, is_start, join, resolve,
    split_text,
};
use crate::fault::Fault;
use crate::source::{Key, Piece, Source};
use crate::text::shown;

/// Reads one XML document: an object with one member, its root.
pub(crate) struct Reader<'t> {
    events: Events<&'t [u8]>,
    document: &'t str,
    /// The name in the last start tag that was read.
    name: &'t str,
    /// Whether that tag is `<name/>`, which has no content.
    is_empty: bool,
    /// Whether that tag was read ahead, and its key is still to be returned.
    is_ahead: bool,
    /// The text of the element whose key was read last, if the element was read as a whole.
    leaf: Option<&'t str>,
    /// Names of the open elements, the outermost first.
    open: Vec<&'t str>,
    /// Whether the root was read.
    has_root: bool,
    /// A text that consists of several parts.
    text: String,
    /// Whether carriage returns must be converted to line feeds.
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
            leaf: None,
            open: Vec::new(),
            has_root: false,
            text: String::new(),
            has_returns: has_returns(text),
        }
    }

    /// The byte offset of the reader.
    pub(crate) fn position(&self) -> usize {
        self.document.len() - self.events.get_ref().len()
    }

    /// Checks that only comments and white space are left.
    pub(crate) fn end(&mut self) -> Result<(), Fault> {
        match self.next_tag()? {
            false => Ok(()),
            true => Err(fault(
                "expected the end of the document after its root, found more",
            )),
        }
    }

    #[inline]
    fn event(&mut self) -> Result<Event<'t>, Fault> {
        self.events.read_event().map_err(malformed)
    }

    /// Skips this many bytes of text, without reading an event. The text must need no unescaping.
    #[inline]
    fn skip_text(&mut self, bytes: usize) {
        self.events.stream().consume(bytes);
    }

    #[inline(always)]
    fn skip_blanks(&mut self) {
        self.skip_text(count_blanks(self.events.get_ref()));
    }

    /// The rest of the document.
    #[inline(always)]
    fn rest(&self) -> &'t str {
        self.document.get(self.position()..).unwrap_or_default()
    }

    /// Reads `<name>text</name>` as a whole, if it comes next and its text needs no unescaping. This saves three
    /// events.
    #[inline(always)]
    fn read_leaf(&mut self, name: &str) -> bool {
        let rest = self.rest();
        let leaf = after_tag(rest, "<", name).and_then(|content| {
            let (text, end) = split_text(content)?;
            Some((text, after_tag(end, "</", name)?))
        });
        match leaf {
            Some((text, after)) if !self.has_returns && !self.open.is_empty() => {
                self.skip_text(rest.len() - after.len());
                self.leaf = Some(text);
                true
            }
            _ => false,
        }
    }

    /// Reads the next start tag among elements; false at the end of the element or document around them.
    #[inline(always)]
    fn next_tag(&mut self) -> Result<bool, Fault> {
        loop {
            self.skip_blanks();
            match self.event()? {
                Event::Start(start) => self.begin(&start, false),
                Event::Empty(start) => self.begin(&start, true),
                Event::End(_) => return Ok(false),
                Event::Eof if self.open.is_empty() => return Ok(false),
                event => {
                    self.check_between(&event)?;
                    continue;
                }
            }
            return Ok(true);
        }
    }

    /// Stores the name of a start tag that was just read. It is a slice of the document, because the names in an event
    /// live only as long as the event.
    #[inline(always)]
    fn begin(&mut self, start: &BytesStart<'_>, is_empty: bool) {
        let behind = start.len() + 1 + usize::from(is_empty);
        let at = self.position().wrapping_sub(behind);
        let name = at..at.wrapping_add(start.name().into_inner().len());
        self.name = self.document.get(name).unwrap_or_default();
        self.is_empty = is_empty;
    }

    /// Accepts what may be between elements and has no meaning there; refuses everything else.
    #[cold]
    fn check_between(&self, event: &Event<'_>) -> Result<(), Fault> {
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

    /// Begins an object whose first child this is.
    #[inline(always)]
    fn descend(&mut self, child: &BytesStart<'_>, is_empty: bool) -> Piece<'static> {
        self.open.push(self.name);
        self.begin(child, is_empty);
        self.is_ahead = true;
        Piece::Object
    }

    /// The value of an element whose start tag has been read.
    #[inline(never)]
    fn content(&mut self) -> Result<Piece<'_>, Fault> {
        if self.is_empty {
            return Ok(Piece::Text(""));
        }
        let text = match split_text(self.rest()) {
            Some((text, tag)) if !self.has_returns => {
                self.skip_text(text.len());
                if is_start(tag) && is_blank(text) {
                    self.open.push(self.name);
                    return Ok(Piece::Object);
                }
                text
            }
            _ => "",
        };
        match self.event()? {
            Event::End(_) => Ok(Piece::Text(text)),
            event => self.mixed_value(Cow::Borrowed(text), event),
        }
    }

    /// Reads a value of which this text and this event have already been read.
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
                    event = self.event()?;
                    continue;
                }
                Event::CData(part) => {
                    join(&mut text, part.xml10_content());
                    event = self.event()?;
                    continue;
                }
                Event::GeneralRef(reference) => {
                    text.to_mut().push(resolve(&reference)?);
                    event = self.event()?;
                    continue;
                }
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {
                    event = self.event()?;
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

    /// A text with its line ends normalised, as XML requires.
    #[inline]
    fn lines(&self, text: BytesText<'t>) -> Cow<'t, str> {
        match self.has_returns {
            true => text.xml10_content(),
            false => text.into_inner(),
        }
    }
}

impl Source for Reader<'_> {
    #[inline(always)]
    fn value(&mut self) -> Result<Piece<'_>, Fault> {
        if !self.has_root {
            return Ok(Piece::Object);
        }
        if let Some(text) = self.leaf.take() {
            return Ok(Piece::Text(text));
        }
        self.content()
    }

    // Not inlined, because it is long and called in many places.
    #[inline(never)]
    fn key(&mut self, likely: Option<&str>) -> Result<Key<'_>, Fault> {
        if !std::mem::take(&mut self.is_ahead) {
            self.skip_blanks();
            if likely.is_some_and(|likely| self.read_leaf(likely)) {
                return Ok(Key::Likely);
            }
            if self.has_root && self.open.is_empty() {
                // A document has only one root.
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
        if self.leaf.take().is_some() {
            return Ok(());
        }
        let mut depth = usize::from(!self.is_empty);
        while depth > 0 {
            match self.event()? {
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
