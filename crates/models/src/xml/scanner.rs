//! Tokens of an XML document, as slices of its text.
//!
//! It takes and refuses what quick-xml's reader does with its default settings: tags end at the first `>`
//! outside quotes, names end at white space, attributes are not looked into. Beyond that, it refuses document
//! type definitions with declarations inside, for these are what entity attacks are made of.

use crate::fault::Fault;
use crate::text::quoted;

/// Reads tokens from a text.
pub(super) struct Scanner<'de> {
    text: &'de str,
    at: usize,
}

/// A start tag.
#[derive(Clone, Copy)]
pub(super) struct Tag<'de> {
    pub(super) name: &'de str,
    /// Whether it is `<name/>`, whose content is nothing.
    pub(super) closed: bool,
}

pub(super) enum Token<'de> {
    Start(Tag<'de>),
    /// The name in an end tag, which no one has compared yet.
    End(&'de str),
    Text(&'de str),
    /// What stands between `&` and `;`.
    Reference(&'de str),
    CData(&'de str),
    /// A comment, processing instruction or XML declaration.
    Aside,
    DocType,
    EndOfText,
}

impl<'de> Scanner<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    /// The byte that the scanner has come to.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn return_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The text from `start` to here.
    pub(super) fn since(&self, start: usize) -> &'de str {
        &self.text[start..self.at]
    }

    pub(super) fn rest(&self) -> &'de [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    pub(super) fn token(&mut self) -> Result<Token<'de>, Fault> {
        match self.rest() {
            [] => Ok(Token::EndOfText),
            [b'<', b'/', ..] => self.end_tag().map(Token::End),
            [b'<', b'?', ..] => self.instruction().map(|()| Token::Aside),
            [b'<', b'!', b'-', ..] => self.comment().map(|()| Token::Aside),
            [b'<', b'!', b'[', ..] => self.cdata().map(Token::CData),
            [b'<', b'!', ..] => self.doctype().map(|()| Token::DocType),
            [b'<', ..] => self.start_tag().map(Token::Start),
            [b'&', ..] => self.reference().map(Token::Reference),
            _ => {
                let start = self.at;
                self.pass_text();
                Ok(Token::Text(self.since(start)))
            }
        }
    }

    /// Passes over blanks, and over `<name>` if that stands behind them.
    #[inline]
    pub(super) fn takes_start(&mut self, name: &str) -> bool {
        self.pass_blank();
        let after = self.rest().strip_prefix(b"<");
        let after = after.and_then(|rest| rest.strip_prefix(name.as_bytes()));
        let found = after.is_some_and(|rest| rest.first() == Some(&b'>'));
        if found {
            self.at += name.len() + 2;
        }
        found
    }

    /// Passes over `</name>` if that stands here.
    #[inline]
    pub(super) fn takes_end(&mut self, name: &str) -> bool {
        let after = self.rest().strip_prefix(b"</");
        let after = after.and_then(|rest| rest.strip_prefix(name.as_bytes()));
        let found = after.is_some_and(|rest| rest.first() == Some(&b'>'));
        if found {
            self.at += name.len() + 3;
        }
        found
    }

    /// Passes over white space.
    #[inline]
    pub(super) fn pass_blank(&mut self) {
        self.at += blank_length(self.rest());
    }

    /// Passes over text up to the next markup or reference.
    fn pass_text(&mut self) {
        self.pass_plain_text();
        while let Some(b'\r') = self.rest().first() {
            self.at += 1;
            self.pass_plain_text();
        }
    }

    /// Passes over text up to the next markup, reference or carriage return.
    #[inline]
    pub(super) fn pass_plain_text(&mut self) {
        self.at = plain_until(self.text.as_bytes(), self.at);
    }

    /// The start tag that stands here.
    #[inline]
    fn start_tag(&mut self) -> Result<Tag<'de>, Fault> {
        let start = self.at + 1;
        let behind = self.text.as_bytes().get(start..).unwrap_or_default();
        let length = behind.iter().position(|byte| !is_plain_name(*byte));
        let length = length.unwrap_or(behind.len());
        let closed = match behind.get(length..) {
            Some([b'>', ..]) if length > 0 => false,
            Some([b'/', b'>', ..]) if length > 0 => true,
            _ => return self.odd_start_tag(),
        };
        let name = &self.text[start..start + length];
        self.at = start + length + 1 + usize::from(closed);
        Ok(Tag { name, closed })
    }

    /// A start tag with attributes, blanks or odd characters.
    fn odd_start_tag(&mut self) -> Result<Tag<'de>, Fault> {
        let tag = self.tag()?;
        let content = &tag[1..tag.len() - 1];
        let (content, closed) = match content.strip_suffix('/') {
            Some(content) => (content, true),
            None => (content, false),
        };
        let name = content.split(is_blank).next().unwrap_or_default();
        if name.is_empty() {
            return Err(Fault::new(format!(
                "expected a name in a tag, found {}",
                quoted(tag)
            )));
        }
        Ok(Tag { name, closed })
    }

    /// The name in the end tag that stands here. White space behind it is allowed.
    fn end_tag(&mut self) -> Result<&'de str, Fault> {
        let tag = self.tag()?;
        Ok(tag[2..tag.len() - 1].trim_end_matches(is_blank))
    }

    /// The tag that stands here, with its brackets; a `>` in quotes does not end it.
    fn tag(&mut self) -> Result<&'de str, Fault> {
        let start = self.at;
        let end = outside_quotes(self.rest()).find(|(_, byte)| *byte == b'>');
        let Some((index, _)) = end else {
            return Err(self.cut_off("the end of a tag"));
        };
        self.at += index + 1;
        Ok(self.since(start))
    }

    fn instruction(&mut self) -> Result<(), Fault> {
        let start = self.at;
        // The first `?` cannot be the last one, too.
        self.pass_through("?>", "the end of a processing instruction")?;
        match self.since(start) {
            "<?>" => Err(Fault::new(
                "expected a processing instruction, found \"<?>\"".to_owned(),
            )),
            _ => Ok(()),
        }
    }

    fn comment(&mut self) -> Result<(), Fault> {
        self.open("<!--", "a comment")?;
        self.pass_through("-->", "the end of a comment")
    }

    fn cdata(&mut self) -> Result<&'de str, Fault> {
        const END: &str = "]]>";
        self.open("<![CDATA[", "a CDATA section")?;
        let start = self.at;
        self.pass_through(END, "the end of a CDATA section")?;
        Ok(&self.text[start..self.at - END.len()])
    }

    /// A document type definition, of which only the outer part is allowed.
    fn doctype(&mut self) -> Result<(), Fault> {
        const START: &str = "<!DOCTYPE";
        let is_doctype = self
            .rest()
            .first_chunk::<{ START.len() }>()
            .is_some_and(|start| start.eq_ignore_ascii_case(START.as_bytes()));
        if !is_doctype {
            return Err(self.odd_markup("a tag"));
        }
        let definition = self.tag()?;
        if outside_quotes(definition.as_bytes()).any(|(_, byte)| byte == b'[') {
            return Err(Fault::new(
                "expected a document type definition without declarations, found some".to_owned(),
            ));
        }
        let name = &definition[START.len()..definition.len() - 1];
        if name.trim_matches(is_blank).is_empty() {
            return Err(Fault::new(
                "expected a name in the document type definition, found none".to_owned(),
            ));
        }
        Ok(())
    }

    /// What stands between `&` and `;`.
    fn reference(&mut self) -> Result<&'de str, Fault> {
        let start = self.at + 1;
        let end = self.text[start..]
            .find([';', '&', '<'])
            .map(|end| start + end);
        match end {
            Some(end) if self.text[end..].starts_with(';') => {
                self.at = end + 1;
                Ok(&self.text[start..end])
            }
            _ => Err(Fault::new(
                "expected `;` behind `&` and a name, found none".to_owned(),
            )),
        }
    }

    fn open(&mut self, start: &str, wanted: &str) -> Result<(), Fault> {
        if !self.rest().starts_with(start.as_bytes()) {
            return Err(self.odd_markup(wanted));
        }
        self.at += start.len();
        Ok(())
    }

    fn pass_through(&mut self, end: &str, wanted: &str) -> Result<(), Fault> {
        match self.text[self.at..].find(end) {
            Some(index) => {
                self.at += index + end.len();
                Ok(())
            }
            None => Err(self.cut_off(wanted)),
        }
    }

    fn odd_markup(&self, wanted: &str) -> Fault {
        let shown: String = self.text[self.at..].chars().take(12).collect();
        Fault::new(format!("expected {wanted}, found {shown:?}"))
    }

    /// The document ends where it should not.
    fn cut_off(&mut self, wanted: &str) -> Fault {
        self.at = self.text.len();
        Fault::new(format!("expected {wanted}, found the end of the text"))
    }
}

pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\n' | '\t' | '\r')
}

fn is_plain_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':') || !byte.is_ascii()
}

/// The bytes that stand outside quotes, with their indices; of the quotes themselves, none.
fn outside_quotes(bytes: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut quote = None;
    bytes
        .iter()
        .copied()
        .enumerate()
        .filter(move |(_, byte)| match quote {
            None if matches!(byte, b'"' | b'\'') => {
                quote = Some(*byte);
                false
            }
            None => true,
            Some(open) => {
                if open == *byte {
                    quote = None;
                }
                false
            }
        })
}

/// How many blanks `bytes` starts with.
#[inline]
fn blank_length(bytes: &[u8]) -> usize {
    const SPACES: u64 = u64::from_le_bytes(*b"        ");
    let mut length = 0;
    // Printed documents are indented deeply: eight spaces at once.
    while let Some(word) = bytes[length..].first_chunk::<8>() {
        let others = u64::from_le_bytes(*word) ^ SPACES;
        length += (others.trailing_zeros() / 8) as usize;
        match bytes.get(length) {
            Some(b'\n' | b'\t' | b'\r') => length += 1,
            _ if others == 0 => {}
            _ => return length,
        }
    }
    let tail = bytes[length..].iter();
    length + tail.take_while(|byte| is_blank(char::from(**byte))).count()
}

/// Index of the next `<`, `&` or carriage return, or of the end.
#[inline]
fn plain_until(bytes: &[u8], start: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let rest = bytes.get(start..).unwrap_or_default();
    let (words, tail) = rest.as_chunks::<8>();
    // Eight bytes at once: a byte's high bit is set where it equals the wanted one; later bytes may be marked
    // wrongly, the first one never is.
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let marked = [b'<', b'&', b'\r'].map(|wanted| {
            let same = word ^ (ONES * u64::from(wanted));
            same.wrapping_sub(ONES) & !same
        });
        let marked = (marked[0] | marked[1] | marked[2]) & HIGHS;
        if marked != 0 {
            return start + index * 8 + (marked.trailing_zeros() / 8) as usize;
        }
    }
    let special = tail
        .iter()
        .position(|byte| matches!(byte, b'<' | b'&' | b'\r'));
    start + words.len() * 8 + special.unwrap_or(tail.len())
}
