//! Finds the payloads printed in a part of a page, with fences or without, and repairs what typesetting damaged.

mod json;
mod xml;

pub(crate) use json::mended as mended_json;

use super::page::{Line, ReadError, is_blank};
use crate::table::Format;

/// The maximum depth of a payload. Deeper ones are refused, because no answer is that deep and recursive functions must
/// not overflow the stack.
const DEEPEST: usize = 100;

/// A payload that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    /// How it is written.
    pub format: Format,
    /// Line of the page where it begins.
    pub line: usize,
    /// Index, among the lines searched, of the first line after it.
    pub end: usize,
    /// Its text, repaired.
    pub text: String,
}

/// Whether a payload may begin on `line`.
pub(crate) fn begins(line: Line<'_>) -> bool {
    let text = opening(line);
    begins_json(text) || begins_xml(text)
}

/// The payload that begins on `lines[start]`, if there is one.
///
/// # Errors
///
/// When it is truncated, or too malformed to repair.
pub(crate) fn at(lines: &[Line<'_>], start: usize) -> Result<Option<Payload>, ReadError> {
    let text = lines.get(start).map_or("", |line| opening(*line));
    if begins_json(text) {
        return json::read(lines, start).map(Some);
    }
    if begins_xml(text) {
        return xml::read(lines, start);
    }
    Ok(None)
}

/// A line's text without characters that typesetting put before it.
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

/// The names of the fields in a payload's text: texts in quotes before a colon, or start tags of XML.
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
    fn a_byte_order_mark_before_xml_does_not_shift_positions() {
        let text = "\u{feff}<a><b>须</b>\n</c></a>";
        let error = xml::read(&lines(text), 0).err().unwrap();
        assert_eq!(error.line, 2);
        let whole = xml::read(&lines("\u{feff}<a>须</a>\nwords"), 0).unwrap();
        assert_eq!(whole.unwrap().text, "<a>须</a>");
    }

    #[track_caller]
    fn check(text: &str, mended: &str) {
        let payload = at(&lines(text), 0).expect("readable").expect("a payload");
        assert_eq!(payload.text, mended);
    }

    #[test]
    fn characters_changed_by_typesetting_are_repaired() {
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
    fn several_elements_without_a_root_are_one_payload() {
        check("<a>1</a>\n\n<b/>\nwords", "<a>1</a>\n\n<b/>");
        check("<a>1</a>\n<error_response></error_response>", "<a>1</a>");
    }
}
