//! The key that is likely to come next.

use std::cell::Cell;

/// What a model tells a reader before it asks for a key: the key that follows in the page's order.
///
/// This crate's readers compare it with the text and, where it stands there, answer with a unit instead of a
/// text, so that the key is neither scanned nor looked up. Readers from elsewhere do not know of it; it then
/// stays where it is, by which the model tells their units from this crate's.
#[derive(Debug, Default)]
pub(crate) struct Hint(Cell<Option<&'static str>>);

impl Hint {
    pub(crate) fn offer(&self, key: Option<&'static str>) {
        self.0.set(key);
    }

    #[inline]
    pub(crate) fn take(&self) -> Option<&'static str> {
        self.0.take()
    }

    /// Whether a reader of this crate has looked at the key.
    pub(crate) fn is_taken(&self) -> bool {
        self.0.get().is_none()
    }
}
