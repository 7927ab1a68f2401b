//! Why an answer could not be decoded, and at which path.

use std::fmt::{self, Write as _};

/// A decoding error. Boxed, because it is in the result of reading every field.
#[derive(Debug)]
pub(crate) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    problem: Problem,
    /// The path from the value outwards: each level adds its step while the error propagates.
    inside_out: Vec<Segment>,
}

#[derive(Debug)]
enum Problem {
    /// The text is neither JSON nor XML.
    #[cfg(any(feature = "json", feature = "xml"))]
    Malformed(String),
    /// The text contains something other than the model wants.
    Unexpected { wanted: String, found: String },
}

#[derive(Clone, Copy, Debug)]
enum Segment {
    Key(&'static str),
    Index(usize),
}

/// The content of an error.
#[cfg(any(feature = "json", feature = "xml"))]
pub(crate) struct Report {
    pub(crate) path: String,
    pub(crate) message: String,
    /// What was wanted and what was found, unless the text is malformed.
    pub(crate) mismatch: Option<(String, String)>,
}

impl Fault {
    #[cold]
    fn of(problem: Problem) -> Self {
        Self(Box::new(Inner {
            problem,
            inside_out: Vec::new(),
        }))
    }

    /// The text is neither JSON nor XML.
    #[cfg(any(feature = "json", feature = "xml"))]
    #[cold]
    pub(crate) fn malformed(message: String) -> Self {
        Self::of(Problem::Malformed(message))
    }

    /// Something other than the expected was found. `found` must not quote personal data.
    #[cold]
    pub(crate) fn unexpected(wanted: impl Into<String>, found: impl Into<String>) -> Self {
        Self::of(Problem::Unexpected {
            wanted: wanted.into(),
            found: found.into(),
        })
    }

    /// The same error without the found value, which is personal.
    #[cold]
    pub(crate) fn hidden(mut self) -> Self {
        if let Problem::Unexpected { found, .. } = &mut self.0.problem
            && shows_value(found)
        {
            *found = "a personal value that is not shown".to_owned();
        }
        self
    }

    /// The same error, in the value of the field with this key.
    #[cold]
    pub(crate) fn under(mut self, key: &'static str) -> Self {
        self.0.inside_out.push(Segment::Key(key));
        self
    }

    /// The same error, in the element with this index.
    #[cold]
    pub(crate) fn at(mut self, index: usize) -> Self {
        self.0.inside_out.push(Segment::Index(index));
        self
    }

    /// The path from the root, such as `result.order_list[3].id`; empty at the root itself.
    fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.0.inside_out.iter().rev() {
            match segment {
                Segment::Key(key) if path.is_empty() => path.push_str(key),
                Segment::Key(key) => {
                    path.push('.');
                    path.push_str(key);
                }
                Segment::Index(index) => {
                    // Writing to a String cannot fail.
                    let _ = write!(path, "[{index}]");
                }
            }
        }
        path
    }

    #[cfg(any(feature = "json", feature = "xml"))]
    pub(crate) fn report(self) -> Report {
        let path = self.path();
        match self.0.problem {
            Problem::Malformed(message) => Report {
                path,
                message,
                mismatch: None,
            },
            Problem::Unexpected { wanted, found } => Report {
                path,
                message: format!("expected {wanted}, found {found}"),
                mismatch: Some((wanted, found)),
            },
        }
    }
}

/// Whether the description of what was found contains a value, and not only its kind, such as `an
/// object` or `another one`.
fn shows_value(found: &str) -> bool {
    let is_of_value = |c: char| matches!(c, '"' | '`') || c.is_ascii_digit();
    !found.starts_with('a') || found.contains(is_of_value)
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if !path.is_empty() {
            write!(formatter, "{path}: ")?;
        }
        match &self.0.problem {
            #[cfg(any(feature = "json", feature = "xml"))]
            Problem::Malformed(message) => formatter.write_str(message),
            Problem::Unexpected { wanted, found } => {
                write!(formatter, "expected {wanted}, found {found}")
            }
        }
    }
}
