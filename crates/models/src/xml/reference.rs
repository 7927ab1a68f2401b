//! References: predefined entities and characters by number.

use crate::fault::Fault;
use crate::text::quoted;

/// The character that `&reference;` stands for; a document's own entities are not expanded.
pub(super) fn resolve(reference: &str) -> Result<char, Fault> {
    let character = match reference {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => reference.strip_prefix('#').and_then(numbered),
    };
    character.ok_or_else(|| {
        let found = quoted(&format!("&{reference};"));
        Fault::new(format!(
            "expected a character or predefined entity, found {found}"
        ))
    })
}

/// A character other than NUL by its number in decimal, or in hexadecimal behind an `x`.
fn numbered(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // The standard library would take a sign.
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(code).filter(|character| *character != '\0')
}
