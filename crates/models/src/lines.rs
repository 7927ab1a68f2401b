//! Stored answers, one per line, as in logs and dumps.

use std::fmt;
use std::io::{self, BufRead};
use std::marker::PhantomData;

use crate::decode::{DecodeError, decode};
use crate::envelope::{Answer, Envelope};

/// Decodes answers in the format of one per line, in any mixture of forms. Blank lines are ignored.
///
/// Each line is decoded separately, so a broken one does not affect the others. Only one line at a
/// time is in memory; the length of a line is not limited.
///
/// ```
/// use aliexpress_models::decode_lines;
/// use aliexpress_models::order_get::OrderGetAnswer;
///
/// let stored = b"{\"result\":{\"order_status\":\"FINISH\"}}\n\n{\"result\":\n" as &[u8];
/// let mut answers = decode_lines::<OrderGetAnswer, _>(stored);
/// assert!(answers.next().unwrap().is_ok());
/// let error = answers.next().unwrap().unwrap_err();
/// assert_eq!(error.line(), 3);
/// assert!(answers.next().is_none());
/// ```
pub fn decode_lines<T: Answer, R: BufRead>(reader: R) -> Lines<T, R> {
    Lines {
        reader: Some(reader),
        line: 0,
        text: Vec::new(),
        answer: PhantomData,
    }
}

/// An iterator over the answers of [`decode_lines`].
#[derive(Debug)]
pub struct Lines<T, R> {
    /// `None` once a line could not be read.
    reader: Option<R>,
    line: usize,
    text: Vec<u8>,
    answer: PhantomData<fn() -> T>,
}

impl<T, R> Lines<T, R> {
    /// The line number, from 1, of the last answer; 0 before the first one.
    pub fn line(&self) -> usize {
        self.line
    }
}

impl<T: Answer, R: BufRead> Lines<T, R> {
    /// Reads the next line that is not blank into `text`; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(reader) = &mut self.reader else {
            return Ok(false);
        };
        loop {
            self.text.clear();
            if reader.read_until(b'\n', &mut self.text)? == 0 {
                return Ok(false);
            }
            self.line += 1;
            if !self.text.trim_ascii().is_empty() {
                return Ok(true);
            }
        }
    }
}

impl<T: Answer, R: BufRead> Iterator for Lines<T, R> {
    type Item = Result<Envelope<T>, LineError>;

    /// After an error of the reader itself there are no more answers.
    fn next(&mut self) -> Option<Self::Item> {
        let cause = match self.advance() {
            Ok(false) => return None,
            Ok(true) => match decode(self.text.trim_ascii_end()) {
                Ok(envelope) => return Some(Ok(envelope)),
                Err(error) => Cause::Decode(error.in_line(self.line)),
            },
            Err(error) => {
                self.reader = None;
                self.line += 1;
                Cause::Read(error)
            }
        };
        Some(Err(LineError {
            line: self.line,
            cause,
        }))
    }
}

/// The line that could not be decoded; its [`source`](std::error::Error::source) says why.
#[derive(Debug)]
pub struct LineError {
    line: usize,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    Read(io::Error),
    Decode(DecodeError),
}

impl LineError {
    /// The line number, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is wrong with the answer; `None` if the line itself could not be read.
    pub fn decode_error(&self) -> Option<&DecodeError> {
        match &self.cause {
            Cause::Decode(error) => Some(error),
            Cause::Read(_) => None,
        }
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "cannot read the answer in line {}", self.line)
    }
}

impl std::error::Error for LineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Read(error) => Some(error),
            Cause::Decode(error) => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io::{BufReader, Read};

    use super::*;
    use crate::order_get::OrderGetAnswer;

    const GOOD: &str = r#"{"result":{"order_status":"FINISH"},"request_id":"r"}"#;

    #[cfg(all(feature = "json", feature = "xml"))]
    #[test]
    fn a_broken_line_does_not_affect_the_others() {
        let xml = "<error_response><code>15</code></error_response>";
        let stored = format!("{GOOD}\r\n \n{{\"result\":[}}\n{xml}\n{GOOD}");
        let mut lines = decode_lines::<OrderGetAnswer, _>(stored.as_bytes());
        assert_eq!(lines.line(), 0);
        assert!(lines.next().unwrap().unwrap().outcome.is_ok());
        let error = lines.next().unwrap().unwrap_err();
        assert_eq!(error.to_string(), "cannot read the answer in line 3");
        assert_eq!(
            error.source().unwrap().to_string(),
            "cannot decode the answer to aliexpress.trade.ds.order.get at line 3 column 12: \
             result: expected a value, found `}`"
        );
        assert!(lines.next().unwrap().unwrap().outcome.is_err());
        assert!(lines.next().unwrap().unwrap().outcome.is_ok());
        assert_eq!(lines.line(), 5);
        assert!(lines.next().is_none());
    }

    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is missing"))
        }
    }

    #[cfg(feature = "json")]
    #[test]
    fn an_error_of_the_reader_ends_the_iteration() {
        let stored = format!("{GOOD}\n");
        let reader = BufReader::new(stored.as_bytes().chain(Broken));
        let mut lines = decode_lines::<OrderGetAnswer, _>(reader);
        assert!(lines.next().unwrap().is_ok());
        let error = lines.next().unwrap().unwrap_err();
        assert_eq!((error.line(), error.decode_error()), (2, None));
        assert_eq!(error.source().unwrap().to_string(), "the disk is missing");
        assert!(lines.next().is_none());
    }
}
