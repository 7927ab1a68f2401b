//! Texts of answers as they are shown: escaped, and shortened if they are long.

use std::fmt::Write as _;

/// How many characters of a text are shown.
const SHOWN: usize = 200;

/// A text from an answer in an error message: quoted, escaped, and cut to 200 characters.
///
/// Control characters, including those of C1, and characters that change the direction of writing
/// are escaped, so that a text can neither break the line nor reverse it.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", shown(text))
}

/// The same without the quotation marks, for digits and codes.
pub(crate) fn shown(text: &str) -> String {
    let mut output = String::new();
    let end = text.char_indices().nth(SHOWN).map(|(end, _)| end);
    for character in text[..end.unwrap_or(text.len())].chars() {
        match character {
            '"' | '\\' => output.extend(['\\', character]),
            character if is_unprintable(character) => output.extend(character.escape_default()),
            character => output.push(character),
        }
    }
    if end.is_some() {
        // Writing to a String cannot fail.
        let _ = write!(output, "… ({} bytes)", text.len());
    }
    output
}

/// Whether a character changes how the text around it is shown: control characters (including C1), line separators and
/// marks of direction.
pub(crate) fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        )
}

/// Writes a JSON string without characters that change how the text around it is shown.
#[cfg(feature = "reading")]
pub(crate) fn escape_json(output: &mut String, text: &str) {
    output.push('"');
    for character in text.chars() {
        match character {
            '"' => output.push_str("\\\""),
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            character if is_unprintable(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(output, "\\u{unit:04x}");
                }
            }
            character => output.push(character),
        }
    }
    output.push('"');
}

/// Writes text content of XML. Characters that XML cannot represent are left out.
#[cfg(any(feature = "xml", feature = "encode"))]
pub(crate) fn escape_xml(output: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => output.push_str("&lt;"),
            '>' => output.push_str("&gt;"),
            '&' => output.push_str("&amp;"),
            '"' => output.push_str("&quot;"),
            '\'' => output.push_str("&apos;"),
            // An unescaped carriage return would be read as a line feed.
            '\r' => output.push_str("&#13;"),
            '\t' | '\n' => output.push(character),
            '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            _ => output.push(character),
        }
    }
}
