//! Where in an answer a reading failed, and over what.

use std::fmt::Write as _;

use super::Hint;
use crate::raw::Nodes;

/// Bytes of list elements for each byte of the answer. The documented samples take 3 at most, with all their texts.
const SPREAD: usize = 32;
/// Bytes of list elements that any answer may have.
const FREE: usize = 1 << 20;

/// Filled from the inside out while an error travels up; costs next to nothing while all goes well.
#[derive(Debug)]
pub(crate) struct Trail<'h> {
    /// Shared with the reader.
    pub(crate) hint: &'h Hint,
    inside_out: Vec<Segment>,
    pub(crate) mismatch: Option<Mismatch>,
    /// Bytes that elements of lists may still take: `{}` has two bytes in an answer and a thousand in a model.
    room: usize,
    /// What objects may still take that have to be kept until it is known what they are.
    pub(crate) nodes: Nodes,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Segment {
    Key(&'static str),
    Index(usize),
}

/// What the model wants beside what the answer holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mismatch {
    pub(crate) expected: String,
    pub(crate) found: String,
}

impl<'h> Trail<'h> {
    #[inline]
    /// For an answer of this many bytes.
    pub(crate) fn of(answer: usize, hint: &'h Hint) -> Self {
        Self {
            room: answer.saturating_mul(SPREAD).saturating_add(FREE),
            nodes: Nodes::of(answer),
            ..Self::new(hint)
        }
    }

    /// For a reader from elsewhere, of whose text nothing is known.
    pub(crate) fn new(hint: &'h Hint) -> Self {
        Self {
            hint,
            inside_out: Vec::new(),
            mismatch: None,
            room: usize::MAX,
            nodes: Nodes::unbounded(),
        }
    }

    #[inline]
    /// Whether there is room for an element of this many bytes, which it then takes.
    pub(super) fn takes(&mut self, element: usize) -> bool {
        let rest = self.room.checked_sub(element);
        self.room = rest.unwrap_or_default();
        rest.is_some()
    }

    pub(crate) fn push(&mut self, segment: Segment) {
        self.inside_out.push(segment);
    }

    /// Whether the outermost step so far is an index.
    #[inline]
    pub(crate) fn at_index(&self) -> bool {
        matches!(self.inside_out.last(), Some(Segment::Index(_)))
    }

    /// The path from the root, such as `result.order_list[3].id`; empty at the root itself.
    #[inline]
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.inside_out.iter().rev() {
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

    /// Notes what was wanted and found, and gives the same as the reader's own error.
    pub(crate) fn mismatch<E: serde_core::de::Error>(
        &mut self,
        expected: &str,
        found: String,
    ) -> E {
        let error = E::custom(format_args!("expected {expected}, found {found}"));
        self.mismatch = Some(Mismatch {
            expected: expected.to_owned(),
            found,
        });
        error
    }
}
