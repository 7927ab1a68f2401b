//! Strings, numbers and words of JSON.

use super::Reader;
use crate::fault::Fault;
use crate::source::Piece;

/// A string: a slice of the text, or in `scratch` with its escapes resolved.
pub(super) enum Text<'t> {
    Borrowed(&'t str),
    Copied,
}

/// A number: an integer of 64 bits, or the digits as they are in the text.
pub(super) enum Number<'t> {
    Integer(i64),
    Digits(&'t str),
}

impl<'t> Reader<'t> {
    #[cold]
    pub(super) fn fault(&self, wanted: &str) -> Fault {
        let found = match self.byte() {
            None => "the end of the text".to_owned(),
            Some(byte) if byte.is_ascii_graphic() => format!("`{}`", char::from(byte)),
            Some(byte) => format!("byte 0x{byte:02x}"),
        };
        Fault::malformed(format!("{wanted}, found {found}"))
    }

    #[inline]
    pub(super) fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The next byte that is not white space, without consuming it.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    pub(super) fn expect(&mut self, byte: u8, wanted: &str) -> Result<(), Fault> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.fault(wanted))
    }

    pub(super) fn word(
        &mut self,
        word: &str,
        piece: Piece<'static>,
    ) -> Result<Piece<'static>, Fault> {
        if self.rest().starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(piece);
        }
        Err(self.fault("expected a value"))
    }

    /// Consumes a comma if a key follows at once.
    #[inline]
    pub(super) fn consume_comma_before_key(&mut self) -> bool {
        let found = self.rest().starts_with(b",\"");
        self.at += usize::from(found);
        found
    }

    /// Consumes `"key":` if this comes next.
    #[inline]
    pub(super) fn consume_key(&mut self, key: &str) -> bool {
        let end = self.at + 1 + key.len();
        let bytes = self.text.as_bytes();
        // Another key usually has another length, which these two bytes detect.
        let found = bytes.get(end..end + 2) == Some(b"\":")
            && bytes.get(self.at + 1..end) == Some(key.as_bytes());
        if found {
            self.at = end + 2;
        }
        found
    }

    /// Reads the string whose opening quote comes next.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<Text<'t>, Fault> {
        let start = self.at + 1;
        self.at = plain_until(self.text.as_bytes(), start);
        if self.byte() == Some(b'"') {
            let text = &self.text[start..self.at];
            self.at += 1;
            return Ok(Text::Borrowed(text));
        }
        self.escaped_string(start).map(|()| Text::Copied)
    }

    #[inline(never)]
    fn escaped_string(&mut self, mut start: usize) -> Result<(), Fault> {
        self.scratch.clear();
        loop {
            self.scratch.push_str(&self.text[start..self.at]);
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    let character = self.escape()?;
                    self.scratch.push(character);
                }
                Some(_) => return Err(self.fault("expected control characters to be escaped")),
                None => return Err(self.fault("expected the end of a string")),
            }
            start = self.at;
            self.at = plain_until(self.text.as_bytes(), start);
        }
    }

    /// Reads the rest of an escape, after its backslash.
    fn escape(&mut self) -> Result<char, Fault> {
        let character = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.fault("expected an escape")),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, Fault> {
        const LONE: &str = "expected a surrogate pair";
        let first = self.four_hex_digits()?;
        let code = match first {
            0xD800..=0xDBFF => {
                if !self.rest().starts_with(b"\\u") {
                    return Err(self.fault(LONE));
                }
                self.at += 2;
                let second = self.four_hex_digits()?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(self.fault(LONE));
                }
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.fault(LONE))
    }

    fn four_hex_digits(&mut self) -> Result<u32, Fault> {
        let digits = self.rest().first_chunk::<4>();
        let code = digits.and_then(|digits| {
            digits.iter().try_fold(0, |code, digit| {
                Some(code * 16 + char::from(*digit).to_digit(16)?)
            })
        });
        let code = code.ok_or_else(|| self.fault("expected four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }

    /// Reads the number that begins here.
    #[inline]
    pub(super) fn number(&mut self) -> Result<Number<'t>, Fault> {
        if let Some((value, length)) = short_integer(self.rest()) {
            self.at += length;
            return Ok(Number::Integer(value));
        }
        self.long_number()
    }

    fn long_number(&mut self) -> Result<Number<'t>, Fault> {
        let digits = self.number_text()?;
        Ok(match digits.parse() {
            // A negative zero is not read as an integer, because its sign would be lost.
            Ok(value) if digits != "-0" => Number::Integer(value),
            _ => Number::Digits(digits),
        })
    }

    pub(super) fn number_text(&mut self) -> Result<&'t str, Fault> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.fault("expected a digit")),
        }
        if self.byte() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.byte() {
            self.at += 1;
        }
    }

    fn some_digits(&mut self) -> Result<(), Fault> {
        let start = self.at;
        self.digits();
        if self.at == start {
            return Err(self.fault("expected a digit"));
        }
        Ok(())
    }
}

/// A plain integer at the start of `bytes`, too short to overflow, with its length; `None` for any other number, which
/// the slower function reads.
#[inline]
fn short_integer(bytes: &[u8]) -> Option<(i64, usize)> {
    const SAFE_DIGITS: usize = 18;
    let (sign, digits) = match bytes {
        [b'-', digits @ ..] => (-1, digits),
        digits => (1, digits),
    };
    let mut value = 0_i64;
    let mut length = 0;
    for byte in digits.iter().take(SAFE_DIGITS) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = value * 10 + i64::from(digit);
        length += 1;
    }
    let starts_well =
        matches!(digits.first(), Some(b'1'..=b'9')) || (value, sign, length) == (0, 1, 1);
    let ends_here = !matches!(digits.get(length), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
    (starts_well && ends_here).then_some((sign * value, length + usize::from(sign < 0)))
}

/// Index of the next quote, backslash or control character, or of the end.
#[inline(always)]
fn plain_until(bytes: &[u8], start: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let rest = bytes.get(start..).unwrap_or_default();
    let (words, _) = rest.as_chunks::<8>();
    // Eight bytes at once: a byte's high bit is set if it equals the wanted one (or, for control characters, is below
    // 0x20); later bytes may be marked wrongly, the first one never is.
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = word ^ (ONES * u64::from(b'"'));
        let backslash = word ^ (ONES * u64::from(b'\\'));
        let marked = (quote.wrapping_sub(ONES) & !quote)
            | (backslash.wrapping_sub(ONES) & !backslash)
            | (word.wrapping_sub(ONES * 0x20) & !word);
        let marked = marked & HIGHS;
        if marked != 0 {
            return start + index * 8 + (marked.trailing_zeros() / 8) as usize;
        }
    }
    let tail = start + words.len() * 8;
    let rest = bytes.get(tail..).unwrap_or_default();
    let special = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F));
    tail + special.unwrap_or(rest.len())
}
