//! Why an answer could not be decoded, and where.

use std::fmt;

use crate::fault::{Fault, Report};

/// Why an answer could not be decoded. Errors are equal if they say the same about the same place.
///
/// It prints the API, the path of the field, what was found and what was wanted. It does not
/// contain the answer, which the caller still has.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodeError {
    inner: Box<Inner>,
}

#[derive(Clone, Debug, PartialEq)]
struct Inner {
    api: &'static str,
    path: String,
    expected: Option<String>,
    found: Option<String>,
    message: String,
    line: usize,
    column: usize,
}

impl DecodeError {
    /// The fault, at the byte of `text` where reading stopped.
    pub(super) fn new(api: &'static str, text: &str, at: usize, fault: Fault) -> Self {
        let read = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
        let line_start = read
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |index| index + 1);
        let Report {
            path,
            message,
            mismatch,
        } = fault.report();
        let (expected, found) = mismatch.unzip();
        Self {
            inner: Box::new(Inner {
                api,
                path,
                expected,
                found,
                message,
                line: read.iter().filter(|byte| **byte == b'\n').count() + 1,
                column: read.len() - line_start + 1,
            }),
        }
    }

    /// The same error, for this line of a longer text that contains the answer.
    #[cfg(feature = "lines")]
    pub(crate) fn in_line(mut self, line: usize) -> Self {
        self.inner.line = line;
        self
    }

    /// Changes the texts that may come from the answer, for example to redact personal data.
    pub fn change_texts(&mut self, mut change: impl FnMut(&mut String)) {
        let Inner {
            path,
            found,
            message,
            ..
        } = &mut *self.inner;
        [path, message]
            .into_iter()
            .chain(found)
            .for_each(&mut change);
    }

    /// The API whose answer was expected.
    pub fn api(&self) -> &'static str {
        self.inner.api
    }

    /// The path of the field, such as `result.child_order_list[3].product_count`, with indices from
    /// 0; empty for the answer as a whole.
    pub fn path(&self) -> &str {
        &self.inner.path
    }

    /// What the model expected; `None` if the answer is neither JSON nor XML.
    pub fn expected(&self) -> Option<&str> {
        self.inner.expected.as_deref()
    }

    /// What the answer contains; `None` if it is neither JSON nor XML.
    pub fn found(&self) -> Option<&str> {
        self.inner.found.as_deref()
    }

    /// The line, from 1, where reading stopped.
    pub fn line(&self) -> usize {
        self.inner.line
    }

    /// The column in bytes, from 1, where reading stopped.
    pub fn column(&self) -> usize {
        self.inner.column
    }

    /// Path, expectation and finding, without the API and the position in the text: the same for
    /// JSON and XML.
    pub fn problem(&self) -> String {
        match self.inner.path.as_str() {
            "" => self.inner.message.clone(),
            path => format!("{path}: {}", self.inner.message),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("cannot decode the answer")?;
        if !self.inner.api.is_empty() {
            write!(formatter, " to {}", self.inner.api)?;
        }
        write!(
            formatter,
            " at line {} column {}: {}",
            self.inner.line,
            self.inner.column,
            self.problem()
        )
    }
}

impl std::error::Error for DecodeError {}
