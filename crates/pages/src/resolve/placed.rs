//! Where each row was placed, and why; its kind comes later.

use super::sample::ShapeId;
use super::section::View;
use crate::tree::Rule;

/// A node without its kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    /// Its row; `None` for the top and for levels that only the sample shows.
    pub row: Option<usize>,
    /// The node above; the top is its own.
    pub parent: usize,
    /// What the sample shows of it.
    pub shape: Option<ShapeId>,
    /// How that is to be read.
    pub view: View,
    /// Why it stands here; `None` where nothing else was possible.
    pub why: Option<Why>,
}

/// Why a row stands where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Why {
    /// The rule that decided.
    pub rule: Rule,
    /// The node that marks or order proposed, where it is another.
    pub proposed: Option<usize>,
}

/// The node that stands for the section itself.
pub(crate) const TOP: usize = 0;
