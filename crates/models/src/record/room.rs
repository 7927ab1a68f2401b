//! Limits the memory of a decoded answer to a multiple of its size, because `{}` has two bytes in
//! an answer and a thousand in a model.

/// Bytes of list elements for each byte of the answer, and a constant in addition. A growing list briefly takes up to
/// three times as much. The documented samples take 3 bytes for each byte, with all their texts.
#[cfg(any(feature = "json", feature = "xml"))]
const SPREAD: usize = 3;
#[cfg(any(feature = "json", feature = "xml"))]
const FREE: usize = 12 << 20;

/// How many more bytes the elements of lists may take.
#[derive(Debug)]
pub struct Room {
    left: usize,
    /// How many more bytes the nodes of trees may take, which hold values until their layout is known.
    pub(crate) nodes: crate::tree::Nodes,
}

impl Room {
    /// For an answer of this many bytes.
    #[cfg(any(feature = "json", feature = "xml"))]
    pub(crate) fn of(answer: usize) -> Self {
        Self {
            left: answer.saturating_mul(SPREAD).saturating_add(FREE),
            nodes: crate::tree::Nodes::of(answer),
        }
    }

    /// For a tree that is in memory already.
    pub(crate) fn unbounded() -> Self {
        Self {
            left: usize::MAX,
            nodes: crate::tree::Nodes::unbounded(),
        }
    }

    /// Reserves this many bytes for an element, if there are enough.
    #[inline]
    pub(super) fn takes(&mut self, element: usize) -> bool {
        let rest = self.left.checked_sub(element);
        self.left = rest.unwrap_or_default();
        rest.is_some()
    }
}
