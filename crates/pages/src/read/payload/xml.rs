//! Finds the end of samples in XML, and repairs what typesetting damaged.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::super::page::{Line, ReadError};
use super::{DEEPEST, Payload};
use crate::table::Format;

/// How many lines are searched first if a text begins like XML; also the maximum number of lines before the first
/// element and between two elements, so that the search is proportional to what is found.
const FIRST_LINES: usize = 64;

/// XML from `lines[start]` on: one element, or several one after the other if the page printed no single root.
///
/// A page may continue for long below it, so more and more lines are searched until it ends among them.
pub(super) fn read(lines: &[Line<'_>], start: usize) -> Result<Option<Payload>, ReadError> {
    let rest = &lines[start..];
    let mut count = FIRST_LINES.min(rest.len());
    loop {
        let text = mend(&rest[..count]);
        let is_whole = count == rest.len();
        match extent_of(&text) {
            Ok(extent) if is_whole || extent.ends_within(&text, count) => {
                let text = text.get(..extent.end).unwrap_or(&text).trim_end();
                return Ok((extent.end > 0).then(|| Payload {
                    format: Format::Xml,
                    line: lines[start].number,
                    end: start + 1 + text.matches('\n').count(),
                    text: text.to_owned(),
                }));
            }
            Err(error) if is_whole || error.is_before_all => {
                let line = lines[start].number + error.line;
                return Err(ReadError::new(line, error.found, "well-formed XML"));
            }
            _ => count = (2 * count).min(rest.len()),
        }
    }
}

/// Removes Markdown's escapes, which are not part of XML, and escapes `&`, which pages print for `&amp;`.
fn mend(lines: &[Line<'_>]) -> String {
    let mut out = String::new();
    for line in lines {
        let mut chars = line.text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if matches!(chars.peek(), Some((_, '_' | '<' | '>' | '[' | ']' | '*'))) => {}
                '&' if !is_reference(&line.text[at + 1..]) => out.push_str("&amp;"),
                '\u{a0}' => out.push(' '),
                // A byte order mark that was pasted with the sample. The XML reader would not count it in positions.
                '\u{feff}' => {}
                c => out.push(c),
            }
        }
        out.push('\n');
    }
    out
}

/// Whether the text after a `&` makes it a reference to a character.
fn is_reference(rest: &str) -> bool {
    let name = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
    let length = name.take(12).count();
    length > 0 && rest.as_bytes().get(length) == Some(&b';')
}

/// Where elements end.
struct Extent {
    /// The byte after the last element.
    end: usize,
    /// Whether something else follows the last element, so that more text would not add to it.
    is_bounded: bool,
}

impl Extent {
    /// Whether more than the first `count` lines of `text` would not add to the elements.
    fn ends_within(&self, text: &str, count: usize) -> bool {
        self.is_bounded || lines_before(text, self.end) + FIRST_LINES <= count
    }
}

struct XmlError {
    /// Lines below the first.
    line: usize,
    found: String,
    /// Whether no element has begun before it.
    is_before_all: bool,
}

/// Where the elements at the beginning of `text` end.
fn extent_of(text: &str) -> Result<Extent, XmlError> {
    let extent = |is_bounded| move |end| Extent { end, is_bounded };
    let (bounded, open) = (extent(true), extent(false));
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    let mut end = 0;
    let mut roots = 0;
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event();
        let after = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match event {
            Ok(Event::Start(tag)) => {
                let is_refusal = tag.name().as_ref() == "error_response";
                if depth == 0 && roots > 0 && is_refusal {
                    return Ok(bounded(end));
                }
                depth += 1;
                if depth > DEEPEST {
                    let line = lines_before(text, before);
                    let found = format!("an XML sample nested deeper than {DEEPEST} levels");
                    return Err(XmlError {
                        line,
                        found,
                        is_before_all: false,
                    });
                }
            }
            Ok(Event::End(_)) => {
                depth -= 1;
                if depth == 0 {
                    roots += 1;
                    end = after;
                }
            }
            Ok(Event::Empty(_)) if depth == 0 => {
                roots += 1;
                end = after;
            }
            Ok(Event::Text(content)) if depth == 0 && !content.trim().is_empty() => {
                return Ok(bounded(end));
            }
            Ok(Event::Eof) if depth == 0 => return Ok(open(end)),
            Ok(Event::Eof) => {
                return Err(XmlError {
                    line: 0,
                    found: "an XML sample whose elements are not closed".to_owned(),
                    is_before_all: false,
                });
            }
            Ok(_) => {}
            // After a whole element, a stray `<` belongs to the next part of the page; or its tag continues on the next
            // line.
            Err(_) if depth == 0 && roots > 0 => return Ok(open(end)),
            Err(error) => {
                return Err(XmlError {
                    line: lines_before(text, before),
                    found: format!("an XML sample that cannot be read ({error})"),
                    is_before_all: depth == 0,
                });
            }
        }
    }
}

/// The number of lines that end before the byte at `position`.
fn lines_before(text: &str, position: usize) -> usize {
    let before = text.bytes().take(position);
    before.filter(|byte| *byte == b'\n').count()
}
