//! Skips values that no model has a field for.

use super::Reader;
use crate::fault::Fault;
use crate::source::Piece;

impl Reader<'_> {
    /// Skips one value of any depth, with the same checks as if it were read.
    pub(super) fn skip_value(&mut self) -> Result<(), Fault> {
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

    /// Reads what may follow a value inside objects and arrays; true when all are closed.
    fn close(&mut self, open: &mut Vec<u8>) -> Result<bool, Fault> {
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
                _ => return Err(self.fault("expected `,` or a closing bracket")),
            }
        }
        Ok(true)
    }

    fn skip_key(&mut self) -> Result<(), Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.fault("expected a key"));
        }
        self.string()?;
        self.expect(b':', "expected `:`")
    }

    fn skip_scalar(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number_text().map(drop),
            Some(b't') => self.word("true", Piece::Null).map(drop),
            Some(b'f') => self.word("false", Piece::Null).map(drop),
            Some(b'n') => self.word("null", Piece::Null).map(drop),
            _ => Err(self.fault("expected a value")),
        }
    }
}
