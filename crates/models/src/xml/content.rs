//! What an element holds: a text, or elements with nothing but blanks between them.

use std::borrow::Cow;

use super::reference::resolve;
use super::scanner::{Scanner, Tag, Token, is_blank};
use crate::fault::Fault;

pub(super) enum Content<'de> {
    /// No child: its text, up to and with its end tag.
    Text(Cow<'de, str>),
    /// Elements, the first of which comes next.
    Children,
}

impl<'de> Scanner<'de> {
    /// The start tag of the document's root.
    pub(super) fn root(&mut self) -> Result<Tag<'de>, Fault> {
        loop {
            match self.token()? {
                Token::Start(tag) => return Ok(tag),
                Token::Aside | Token::DocType => {}
                Token::Text(text) if text.trim_matches(is_blank).is_empty() => {}
                _ => return Err(Fault::new("expected an element, found none".to_owned())),
            }
        }
    }

    /// Makes sure that nothing but comments and white space is left.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        loop {
            match self.token()? {
                Token::EndOfText => return Ok(()),
                Token::Aside => {}
                Token::Text(text) if text.trim_matches(is_blank).is_empty() => {}
                _ => {
                    return Err(Fault::new(
                        "expected the end of the document behind its root, found more".to_owned(),
                    ));
                }
            }
        }
    }

    /// Reads on from behind the start tag of `name` until it is known what the element holds.
    #[inline]
    pub(super) fn content(&mut self, name: &str) -> Result<Content<'de>, Fault> {
        let start = self.position();
        self.pass_blank();
        if let [b'<', next, ..] = self.rest()
            && !matches!(next, b'/' | b'!' | b'?')
        {
            return Ok(Content::Children);
        }
        // Blanks are part of a text, and carriage returns among them are not plain.
        self.return_to(start);
        self.pass_plain_text();
        let text = self.since(start);
        if self.takes_end(name) {
            return Ok(Content::Text(Cow::Borrowed(text)));
        }
        self.mixed_content(name, text)
    }

    /// The content behind `text` where comments, references, CDATA sections or carriage returns come into it.
    fn mixed_content(&mut self, name: &str, text: &'de str) -> Result<Content<'de>, Fault> {
        let mut text = Cow::Borrowed(text);
        loop {
            if self.at_start_tag() {
                if text.trim_matches(is_blank).is_empty() {
                    return Ok(Content::Children);
                }
                return Err(Fault::new(format!(
                    "expected text or elements in <{name}>, found both"
                )));
            }
            match self.token()? {
                Token::Text(part) | Token::CData(part) => join(&mut text, lines(part)),
                Token::Reference(reference) => text.to_mut().push(resolve(reference)?),
                Token::Aside => {}
                Token::End(found) => {
                    check_end(name, found)?;
                    return Ok(Content::Text(text));
                }
                token => return Err(misplaced(&token, name)),
            }
        }
    }

    fn at_start_tag(&self) -> bool {
        matches!(self.rest(), [b'<', next, ..] if !matches!(next, b'/' | b'!' | b'?'))
    }

    /// The start tag of the next child of `parent`, or none at its end tag.
    pub(super) fn child(&mut self, parent: &str) -> Result<Option<Tag<'de>>, Fault> {
        self.pass_blank();
        if self.takes_end(parent) {
            return Ok(None);
        }
        loop {
            match self.token()? {
                Token::Start(tag) => return Ok(Some(tag)),
                Token::End(found) => return check_end(parent, found).map(|()| None),
                Token::Aside => {}
                Token::Text(text) if text.trim_matches(is_blank).is_empty() => {}
                Token::Text(_) | Token::CData(_) | Token::Reference(_) => {
                    return Err(Fault::new(format!(
                        "expected only elements in <{parent}>, found text between them"
                    )));
                }
                token => return Err(misplaced(&token, parent)),
            }
        }
    }

    /// Passes over an element whose start tag has been read.
    pub(super) fn skip_element(&mut self, name: &'de str) -> Result<(), Fault> {
        let mut open = vec![name];
        while let Some(name) = open.last() {
            match self.token()? {
                Token::Start(tag) if !tag.closed => open.push(tag.name),
                Token::End(found) => {
                    check_end(name, found)?;
                    open.pop();
                }
                token @ (Token::EndOfText | Token::DocType) => return Err(misplaced(&token, name)),
                _ => {}
            }
        }
        Ok(())
    }
}

fn check_end(name: &str, found: &str) -> Result<(), Fault> {
    if name == found {
        return Ok(());
    }
    Err(Fault::new(format!(
        "expected `</{name}>`, found `</{found}>`"
    )))
}

#[cold]
fn misplaced(token: &Token<'_>, inside: &str) -> Fault {
    let found = match token {
        Token::DocType => "a document type definition",
        _ => "the end of the text",
    };
    Fault::new(format!("expected `</{inside}>`, found {found}"))
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
fn lines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}
