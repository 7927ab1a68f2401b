//! A JSON reader that loses no digit.
//!
//! It accepts what serde_json accepts, and hands over numbers that are no `i64` as their digits (through
//! `visit_bytes`), where serde_json would round them to floating point. It skips unknown values without
//! recursion. Only this crate's visitors run on it, and those recurse no deeper than the models nest.

use std::fmt;

use serde_core::de::{self, Deserializer, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};

/// Reads one JSON text.
pub(crate) struct Reader<'de> {
    text: &'de str,
    at: usize,
    /// Holds a string whose escapes had to be resolved.
    scratch: String,
}

/// What is wrong with the text, at which byte; or what a visitor said.
#[derive(Debug)]
pub(crate) struct Error {
    pub(crate) message: String,
    pub(crate) at: usize,
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            at: 0,
        }
    }
}

impl<'de> Reader<'de> {
    pub(crate) fn new(text: &'de str) -> Self {
        Self {
            text,
            at: 0,
            scratch: String::new(),
        }
    }

    /// The byte that the reader has come to.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Makes sure that nothing but white space is left.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error("expected the end of the text")),
        }
    }

    fn error(&self, wanted: &str) -> Error {
        let found = match self.text.as_bytes().get(self.at) {
            None => "the end of the text".to_owned(),
            Some(byte) if byte.is_ascii_graphic() => format!("`{}`", char::from(*byte)),
            Some(byte) => format!("byte 0x{byte:02x}"),
        };
        Error {
            message: format!("{wanted}, found {found}"),
            at: self.at,
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The next byte that is no white space, which stays to be read.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                other => return other,
            }
        }
    }

    fn expect(&mut self, byte: u8, wanted: &str) -> Result<(), Error> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(wanted))
    }

    fn word(&mut self, word: &'static str) -> Result<(), Error> {
        if self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            return Ok(());
        }
        Err(self.error("expected a value"))
    }

    /// The string whose opening quote has been read.
    #[inline]
    fn string(&mut self) -> Result<Text<'de, '_>, Error> {
        let start = self.at;
        self.at = plain_until(self.text.as_bytes(), start);
        if self.byte() == Some(b'"') {
            let text = &self.text[start..self.at];
            self.at += 1;
            return Ok(Text::Borrowed(text));
        }
        self.escaped_string(start)
    }

    #[cold]
    fn escaped_string(&mut self, mut start: usize) -> Result<Text<'de, '_>, Error> {
        self.scratch.clear();
        loop {
            self.scratch.push_str(&self.text[start..self.at]);
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Text::Copied(&self.scratch));
                }
                Some(b'\\') => {
                    self.at += 1;
                    let character = self.escape()?;
                    self.scratch.push(character);
                }
                Some(_) => return Err(self.error("expected control characters to be escaped")),
                None => return Err(self.error("expected the end of a string")),
            }
            start = self.at;
            self.at = plain_until(self.text.as_bytes(), start);
        }
    }

    /// The character behind a backslash that has been read.
    fn escape(&mut self) -> Result<char, Error> {
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
            _ => return Err(self.error("expected an escape")),
        };
        self.at += 1;
        Ok(character)
    }

    fn unicode_escape(&mut self) -> Result<char, Error> {
        const LONE: &str = "expected a surrogate pair";
        let first = self.four_hex_digits()?;
        let code = match first {
            0xD800..=0xDBFF => {
                if !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
                    return Err(self.error(LONE));
                }
                self.at += 2;
                let second = self.four_hex_digits()?;
                if !(0xDC00..=0xDFFF).contains(&second) {
                    return Err(self.error(LONE));
                }
                0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(|| self.error(LONE))
    }

    fn four_hex_digits(&mut self) -> Result<u32, Error> {
        let digits = self
            .text
            .as_bytes()
            .get(self.at..self.at + 4)
            .unwrap_or_default();
        let mut code = 0;
        for digit in digits {
            match char::from(*digit).to_digit(16) {
                Some(value) => code = code * 16 + value,
                None => return Err(self.error("expected four hexadecimal digits")),
            }
        }
        if digits.len() < 4 {
            return Err(self.error("expected four hexadecimal digits"));
        }
        self.at += 4;
        Ok(code)
    }

    /// The number that starts here, by its digits.
    fn number(&mut self) -> Result<&'de str, Error> {
        let start = self.at;
        if self.byte() == Some(b'-') {
            self.at += 1;
        }
        match self.byte() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.error("expected a digit")),
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

    fn some_digits(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.digits();
        if self.at == start {
            return Err(self.error("expected a digit"));
        }
        Ok(())
    }

    fn visit_number<'v, V: Visitor<'v>>(&mut self, visitor: V) -> Result<V::Value, Error> {
        let digits = self.number()?;
        // A negative zero is no integer's text: the sign would be lost.
        match digits.parse() {
            Ok(value) if digits != "-0" => visitor.visit_i64(value),
            _ => visitor.visit_bytes(digits.as_bytes()),
        }
    }

    /// Passes over one value, however deep, with the same care as if it were read.
    fn skip_value(&mut self) -> Result<(), Error> {
        let mut open = Vec::new();
        loop {
            match self.peek() {
                Some(b'{') => {
                    self.at += 1;
                    if self.peek() != Some(b'}') {
                        open.push(b'}');
                        self.skip_key()?;
                        continue;
                    }
                    self.at += 1;
                }
                Some(b'[') => {
                    self.at += 1;
                    if self.peek() != Some(b']') {
                        open.push(b']');
                        continue;
                    }
                    self.at += 1;
                }
                _ => self.skip_scalar()?,
            }
            if self.close(&mut open)? {
                return Ok(());
            }
        }
    }

    /// Reads what may stand behind a value inside objects and arrays; true when all are closed.
    fn close(&mut self, open: &mut Vec<u8>) -> Result<bool, Error> {
        while let Some(&end) = open.last() {
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    if end == b'}' {
                        self.skip_key()?;
                    }
                    return Ok(false);
                }
                Some(byte) if byte == end => {
                    self.at += 1;
                    open.pop();
                }
                _ => return Err(self.error("expected `,` or a closing bracket")),
            }
        }
        Ok(true)
    }

    fn skip_key(&mut self) -> Result<(), Error> {
        self.expect(b'"', "expected a key")?;
        self.skip_string()?;
        self.expect(b':', "expected `:`")
    }

    fn skip_scalar(&mut self) -> Result<(), Error> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.skip_string()
            }
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') => self.word("null"),
            _ => Err(self.error("expected a value")),
        }
    }

    fn skip_string(&mut self) -> Result<(), Error> {
        self.string().map(drop)
    }
}

enum Text<'de, 'scratch> {
    Borrowed(&'de str),
    Copied(&'scratch str),
}

/// Index of the next quote, backslash or control character, or of the end.
#[inline]
fn plain_until(bytes: &[u8], start: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    let rest = bytes.get(start..).unwrap_or_default();
    let (words, _) = rest.as_chunks::<8>();
    // Eight bytes at once: a byte's high bit is set where it equals the wanted one (or, for control
    // characters, lies below 0x20); later bytes may be marked wrongly, the first one never is.
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

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                match self.string()? {
                    Text::Borrowed(text) => visitor.visit_borrowed_str(text),
                    Text::Copied(text) => visitor.visit_str(text),
                }
            }
            Some(b'-' | b'0'..=b'9') => self.visit_number(visitor),
            Some(b'{') => {
                self.at += 1;
                visitor.visit_map(Members {
                    reader: self,
                    first: true,
                })
            }
            Some(b'[') => {
                self.at += 1;
                let mut elements = Elements {
                    reader: self,
                    first: true,
                };
                visitor.visit_seq(&mut elements)
            }
            Some(b't') => {
                self.word("true")?;
                visitor.visit_bool(true)
            }
            Some(b'f') => {
                self.word("false")?;
                visitor.visit_bool(false)
            }
            Some(b'n') => {
                self.word("null")?;
                visitor.visit_unit()
            }
            _ => Err(self.error("expected a value")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.skip_value()?;
        visitor.visit_unit()
    }

    serde_core::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
    }
}

struct Members<'r, 'de> {
    reader: &'r mut Reader<'de>,
    first: bool,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        match self.reader.peek() {
            Some(b'}') => {
                self.reader.at += 1;
                return Ok(None);
            }
            Some(b',') if !self.first => {
                self.reader.at += 1;
                self.reader.expect(b'"', "expected a key")?;
            }
            Some(b'"') if self.first => self.reader.at += 1,
            _ if self.first => return Err(self.reader.error("expected a key or `}`")),
            _ => return Err(self.reader.error("expected `,` or `}`")),
        }
        self.first = false;
        let key = match self.reader.string()? {
            Text::Borrowed(text) => seed.deserialize(de::value::BorrowedStrDeserializer::new(text)),
            Text::Copied(text) => seed.deserialize(text.into_deserializer()),
        };
        self.reader.expect(b':', "expected `:`")?;
        key.map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }
}

struct Elements<'r, 'de> {
    reader: &'r mut Reader<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        match self.reader.peek() {
            Some(b']') => {
                self.reader.at += 1;
                return Ok(None);
            }
            Some(b',') if !self.first => self.reader.at += 1,
            Some(_) if self.first => {}
            _ => return Err(self.reader.error("expected `,` or `]`")),
        }
        self.first = false;
        seed.deserialize(&mut *self.reader).map(Some)
    }
}
