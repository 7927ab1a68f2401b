//! Pieces of XML markup and text, each read separately.

use std::borrow::Cow;

use memchr::memchr2;
use quick_xml::events::BytesRef;

use super::errors::fault;
use crate::fault::Fault;
use crate::text::quoted;

/// Whether a text contains carriage returns.
pub(super) fn has_returns(text: &str) -> bool {
    // Without an early exit, many bytes are compared in one instruction.
    let bytes = text.as_bytes();
    bytes
        .iter()
        .fold(false, |found, byte| found | (*byte == b'\r'))
}

/// The text after the tag `<name>`, or `</name>`, without attributes.
#[inline(always)]
pub(super) fn after_tag<'t>(text: &'t str, start: &str, name: &str) -> Option<&'t str> {
    text.strip_prefix(start)?
        .strip_prefix(name)?
        .strip_prefix('>')
}

/// The text before the next tag, and the rest from that tag on; `None` if a reference comes first.
#[inline(always)]
pub(super) fn split_text(text: &str) -> Option<(&str, &str)> {
    let end = memchr2(b'<', b'&', text.as_bytes())?;
    let split = text.split_at_checked(end)?;
    split.1.starts_with('<').then_some(split)
}

/// Whether this text begins with a start tag.
#[inline(always)]
pub(super) fn is_start(tag: &str) -> bool {
    !matches!(tag.as_bytes().get(1), Some(b'/' | b'!' | b'?') | None)
}

/// How many bytes of white space come first. Documents are indented by spaces, usually four.
#[inline]
pub(super) fn count_blanks(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    loop {
        rest = match rest {
            [b' ', b' ', b' ', b' ', rest @ ..] | [b' ' | b'\n' | b'\t' | b'\r', rest @ ..] => rest,
            _ => return bytes.len() - rest.len(),
        };
    }
}

/// Whether a text is only white space.
#[inline]
pub(super) fn is_blank(text: &str) -> bool {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
    let bytes = text.as_bytes();
    // Without an early exit, many bytes are compared in one instruction.
    bytes.last().is_none_or(blank) && bytes.iter().fold(true, |blanks, byte| blanks & blank(byte))
}

#[inline]
pub(super) fn join<'t>(text: &mut Cow<'t, str>, part: Cow<'t, str>) {
    if text.is_empty() {
        *text = part;
    } else {
        text.to_mut().push_str(&part);
    }
}

/// The character that `&reference;` means; a document's own entities are not expanded.
pub(super) fn resolve(reference: &BytesRef<'_>) -> Result<char, Fault> {
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
pub(super) fn check_definition(definition: &str) -> Result<(), Fault> {
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
