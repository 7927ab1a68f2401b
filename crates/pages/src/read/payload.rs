//! Finds the payloads printed in a stretch of a page, in fences or without, and repairs what typesetting broke.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::page::{Line, ReadError, is_blank, quoted};
use crate::table::Format;

/// Deeper payloads are refused: no answer is, and what walks them later must not run out of stack.
const DEEPEST: usize = 100;
/// How many lines of what begins like XML are looked at first; and how many may be before its first element, or
/// between one and the next, so that looking costs in proportion to what is found.
const FIRST_LINES: usize = 64;

/// A payload as found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    /// How it is written.
    pub format: Format,
    /// Line of the page where it begins.
    pub line: usize,
    /// Index, in the lines searched, of the first line after it.
    pub end: usize,
    /// Its text, mended.
    pub text: String,
}

/// Whether a payload may begin on `line`.
pub(crate) fn begins(line: Line<'_>) -> bool {
    let text = opening(line);
    begins_json(text) || begins_xml(text)
}

/// The payload that begins on `lines[start]`, if one does.
///
/// # Errors
///
/// When one begins there and is cut short or malformed beyond mending.
pub(crate) fn at(lines: &[Line<'_>], start: usize) -> Result<Option<Payload>, ReadError> {
    let text = lines.get(start).map_or("", |line| opening(*line));
    if begins_json(text) {
        return json(lines, start).map(Some);
    }
    if begins_xml(text) {
        return xml(lines, start);
    }
    Ok(None)
}

/// A line's text without what typesetting put before it.
fn opening(line: Line<'_>) -> &str {
    let text = line.text.trim_start_matches(is_blank);
    text.strip_prefix('\\').unwrap_or(text)
}

fn begins_json(text: &str) -> bool {
    text.starts_with('{') || opens_array(text)
}

fn begins_xml(text: &str) -> bool {
    let tag = text.strip_prefix('<').and_then(|rest| rest.chars().next());
    tag.is_some_and(|c| c.is_alphabetic() || c == '_' || c == '?')
}

/// Whether `text` begins a JSON array rather than a Markdown link.
fn opens_array(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('[') else {
        return false;
    };
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with(['{', '['])
}

fn json(lines: &[Line<'_>], start: usize) -> Result<Payload, ReadError> {
    let mut mender = Mender::default();
    for (index, line) in lines.iter().enumerate().skip(start) {
        if line.text.contains('"') {
            mender.line(line.text);
        } else {
            // Some pages hold samples as HTML, quotes and all.
            mender.line(&line.text.replace("&quot;", "\""));
        }
        if mender.deepest > DEEPEST {
            let found = format!("a JSON sample nested deeper than {DEEPEST} levels");
            return Err(ReadError::new(
                line.number,
                found,
                "an answer of the platform",
            ));
        }
        if mender.is_done() {
            let text = mender.out;
            serde_json::from_str::<serde::de::IgnoredAny>(&text).map_err(|error| {
                let number = lines[start].number + error.line().saturating_sub(1);
                let found = text.lines().nth(error.line().saturating_sub(1));
                ReadError::new(
                    number,
                    format!(
                        "{} in a JSON sample ({error})",
                        quoted(found.unwrap_or_default())
                    ),
                    "well-formed JSON",
                )
            })?;
            return Ok(Payload {
                format: Format::Json,
                line: lines[start].number,
                end: index + 1,
                text,
            });
        }
    }
    Err(ReadError::new(
        lines[start].number,
        format!(
            "a JSON sample, from {}, that is not closed",
            quoted(lines[start].text)
        ),
        "a closing bracket for each opening one",
    ))
}

/// `text` as JSON with what typesetting broke mended, when it then is JSON.
pub(crate) fn mended_json(text: &str) -> Option<String> {
    let mut mender = Mender::default();
    for line in text.lines() {
        mender.line(line);
    }
    let whole =
        mender.is_done() && serde_json::from_str::<serde::de::IgnoredAny>(&mender.out).is_ok();
    whole.then_some(mender.out)
}

/// Copies JSON up to its end, leaving out what is no JSON: Markdown's escapes, comments, commas before a closing
/// bracket, ellipses, blanks of other kinds; curly quotes become straight.
#[derive(Default)]
struct Mender {
    out: String,
    depth: usize,
    deepest: usize,
    began: bool,
    in_text: bool,
    in_comment: bool,
}

impl Mender {
    fn is_done(&self) -> bool {
        self.began && self.depth == 0
    }

    fn line(&mut self, line: &str) {
        if !self.out.is_empty() {
            self.out.push_str(if self.in_text { "\\n" } else { "\n" });
        }
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            if self.in_comment {
                if c == '*' && next == Some('/') {
                    chars.next();
                    self.in_comment = false;
                }
            } else if self.in_text {
                self.in_text(c, &mut chars);
            } else if c == '/' && next == Some('/') {
                break;
            } else if c == '/' && next == Some('*') {
                self.in_comment = true;
            } else if self.is_done() {
                // Whatever follows the closing bracket on its line is no part of the payload.
                break;
            } else {
                self.between_texts(c);
            }
        }
        let kept = self.out.trim_end_matches([' ', '\t', '\r']).len();
        if !self.in_text {
            self.out.truncate(kept);
        }
    }

    fn in_text(&mut self, c: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
        match c {
            '\\' => match chars.next() {
                Some(escape @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                    self.out.push('\\');
                    self.out.push(escape);
                }
                Some(other) => self.out.push(other),
                None => {}
            },
            '"' => {
                self.in_text = false;
                self.out.push('"');
            }
            '”' if matches!(next_visible(chars), Some(',' | ':' | '}' | ']') | None) => {
                self.in_text = false;
                self.out.push('"');
            }
            '\t' => self.out.push_str("\\t"),
            c if c.is_control() => {}
            c => self.out.push(c),
        }
    }

    fn between_texts(&mut self, c: char) {
        match c {
            '"' | '“' | '”' => {
                self.in_text = true;
                self.add_missing_comma();
                self.out.push('"');
            }
            '{' | '[' => {
                self.began = true;
                self.depth += 1;
                self.deepest = self.deepest.max(self.depth);
                self.add_missing_comma();
                self.out.push(c);
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                self.drop_last_comma();
                self.out.push(c);
            }
            '\\' | '…' => {}
            '，' => self.out.push(','),
            '：' => self.out.push(':'),
            // Three dots stand for what was left out; a dot in a number has a digit before it.
            '.' if !self.out.ends_with(|c: char| c.is_ascii_digit()) => {}
            c if is_blank(c) => self.out.push(if c == '\t' { '\t' } else { ' ' }),
            c => self.out.push(c),
        }
    }

    fn add_missing_comma(&mut self) {
        let before = self.out.trim_end();
        if before.ends_with(['"', '}', ']']) {
            let at = before.len();
            self.out.insert(at, ',');
        }
    }

    fn drop_last_comma(&mut self) {
        let before = self.out.trim_end();
        if before.ends_with(',') {
            let at = before.len() - 1;
            self.out.remove(at);
        }
    }
}

fn next_visible(chars: &std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    chars.clone().find(|&c| !is_blank(c))
}

/// XML from `lines[start]`: one element, or several one after the other where the page printed no single root.
///
/// A page may go on for long below it, so more and more lines are looked at until it ends among them.
fn xml(lines: &[Line<'_>], start: usize) -> Result<Option<Payload>, ReadError> {
    let rest = &lines[start..];
    let mut count = FIRST_LINES.min(rest.len());
    loop {
        let text = mend_xml(&rest[..count]);
        let is_whole = count == rest.len();
        match xml_extent(&text) {
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

/// Markdown's escapes are no part of XML, and pages print `&` for `&amp;`.
fn mend_xml(lines: &[Line<'_>]) -> String {
    let mut out = String::new();
    for line in lines {
        let mut chars = line.text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if matches!(chars.peek(), Some((_, '_' | '<' | '>' | '[' | ']' | '*'))) => {}
                '&' if !is_reference(&line.text[at + 1..]) => out.push_str("&amp;"),
                '\u{a0}' => out.push(' '),
                // A byte order mark that was pasted with the sample; the XML reader would not count it.
                '\u{feff}' => {}
                c => out.push(c),
            }
        }
        out.push('\n');
    }
    out
}

/// Whether what follows a `&` makes it a reference to a character.
fn is_reference(rest: &str) -> bool {
    let name = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
    let length = name.take(12).count();
    length > 0 && rest.as_bytes().get(length) == Some(&b';')
}

/// How far elements reach.
struct Extent {
    /// The byte after the last one.
    end: usize,
    /// Whether something else follows it, so that more text would not add to it.
    is_bounded: bool,
}

impl Extent {
    /// Whether more lines than the `count` of `text` would not add to the elements.
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

/// How far `text` holds elements, one after the other.
fn xml_extent(text: &str) -> Result<Extent, XmlError> {
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
            // After a whole element, a stray `<` belongs to what comes next on the page; or its tag goes on below.
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

/// Lines that end before the byte at `position`.
fn lines_before(text: &str, position: usize) -> usize {
    let before = text.bytes().take(position);
    before.filter(|byte| *byte == b'\n').count()
}

/// The names of the fields in a payload's text: what is in quotes before a colon, or in XML's start tags.
pub(crate) fn names(text: &str) -> Box<dyn Iterator<Item = &str> + '_> {
    if text.trim_start().starts_with('<') {
        let tag =
            |part: &'_ str| -> usize { part.find(['>', ' ', '/', '\n']).unwrap_or(part.len()) };
        let names = text.split('<').map(move |part| &part[..tag(part)]);
        return Box::new(names.filter(|name| !name.is_empty()));
    }
    let texts = text.split('"').zip(text.split('"').skip(1));
    Box::new(texts.filter_map(|(key, after)| after.trim_start().starts_with(':').then_some(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Line<'_>> {
        let numbered = text.lines().enumerate();
        numbered
            .map(|(index, text)| Line {
                number: index + 1,
                text,
            })
            .collect()
    }

    #[test]
    fn a_byte_order_mark_before_xml_shifts_no_position() {
        let text = "\u{feff}<a><b>须</b>\n</c></a>";
        let error = super::xml(&lines(text), 0).err().unwrap();
        assert_eq!(error.line, 2);
        let whole = super::xml(&lines("\u{feff}<a>须</a>\nwords"), 0).unwrap();
        assert_eq!(whole.unwrap().text, "<a>须</a>");
    }

    #[track_caller]
    fn check(text: &str, mended: &str) {
        let payload = at(&lines(text), 0).expect("readable").expect("a payload");
        assert_eq!(payload.text, mended);
    }

    #[test]
    fn typeset_characters_are_repaired() {
        check("{\"a\\_b\": \"c\\_d\\\"\",}", "{\"a_b\": \"c_d\\\"\"}");
        check(
            "{ // first\n\"a\": 1, /* more */ \"b\": [1, ...]\n}",
            "{\n\"a\": 1,  \"b\": [1 ]\n}",
        );
        check("{“a”: “b”}", "{\"a\": \"b\"}");
        check(
            "{\n\n\"a\": \"c\"\n\n\"b\": 2}",
            "{\n\n\"a\": \"c\",\n\n\"b\": 2}",
        );
    }

    #[test]
    fn a_forest_of_elements_is_one_payload() {
        check("<a>1</a>\n\n<b/>\nwords", "<a>1</a>\n\n<b/>");
        check("<a>1</a>\n<error_response></error_response>", "<a>1</a>");
    }
}
