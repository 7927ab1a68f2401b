//! Where each row was placed, and why. The kind of the row is decided later, in [`build`](super::build).

use std::collections::HashMap;

use super::sample::ShapeId;
use super::shown::View;
use crate::tree::Rule;

/// An object, or what will be a field of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NodeId {
    /// The section itself.
    Top,
    /// The field that a row documents.
    Row(usize),
    /// A level that only the sample shows.
    Level(ShapeId),
}

impl NodeId {
    pub(crate) fn hash(self) -> u64 {
        match self {
            Self::Top => 0,
            Self::Row(at) => at as u64 * 2 + 1,
            Self::Level(id) => id as u64 * 2 + 2,
        }
    }
}

/// A row at its place. Its kind is not yet decided.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    /// The node above.
    pub parent: NodeId,
    /// The sample's shape for the row, if it shows one.
    pub shape: Option<ShapeId>,
    /// How that shape is read.
    pub view: View,
    /// Why it is here. `None` if no other place was possible, or if no evidence is against this one.
    pub why: Option<Why>,
}

/// Why a row has its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Why {
    /// The rule that decided.
    pub rule: Rule,
    /// The node that marks or order proposed, if it differs.
    pub proposed: Option<NodeId>,
    /// How certain the place is.
    pub certainty: Certainty,
    /// The cheapest tree that has the row elsewhere. `None` if no other place is possible.
    pub runner_up: Option<RunnerUp>,
}

/// How certain a place is, by the extra cost of the runner-up. The most certain comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// Every other tree costs far more, or the overlay decides the place.
    Proven,
    /// Every other tree costs clearly more.
    Likely,
    /// Some other tree costs hardly more.
    Unproven,
}

/// The difference between a runner-up and the cheapest tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunnerUp {
    /// The object that has the row.
    pub object: NodeId,
    /// The cost of the cheapest tree, and the cost of this one.
    pub cost: i64,
    pub other: i64,
    /// The terms that differ, with their extra cost in this tree.
    pub terms: Vec<(usize, i64)>,
    /// If the search dropped this tree, how much less its later rows may cost than those of the cheapest tree: zero or
    /// below.
    pub unsearched: Option<i64>,
}

/// The work of placing rows, as counts that are the same on every machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// States from which places were tried, summed over all rows.
    pub states: usize,
    /// Places that were tried.
    pub places: usize,
    /// Objects that were open when places were tried.
    pub open: usize,
    /// Rows in which a runner-up was compared with the cheapest tree.
    pub compared: usize,
}

impl std::ops::AddAssign for Effort {
    fn add_assign(&mut self, other: Self) {
        self.states += other.states;
        self.places += other.places;
        self.open += other.open;
        self.compared += other.compared;
    }
}

/// All placed rows, with the levels that only the sample shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Nodes {
    /// The rows, in page order.
    pub rows: Vec<Placed>,
    /// The node above each level.
    pub levels: HashMap<ShapeId, NodeId>,
    /// The work of placing them.
    pub effort: Effort,
}

impl Nodes {
    /// Why `node` has its place, if that is to be reported.
    pub(crate) fn why(&self, node: NodeId) -> Option<&Why> {
        match node {
            NodeId::Top => None,
            NodeId::Row(at) => self.rows[at].why.as_ref(),
            NodeId::Level(_) => self.why(self.parent(node)),
        }
    }

    /// `node` and the objects above it, up to the top.
    pub(crate) fn up_from(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(Some(node), |&node| {
            (node != NodeId::Top).then(|| self.parent(node))
        })
    }

    /// The parent of `node`. The parent of the top is the top itself.
    pub(crate) fn parent(&self, node: NodeId) -> NodeId {
        match node {
            NodeId::Top => NodeId::Top,
            NodeId::Row(at) => self.rows[at].parent,
            NodeId::Level(id) => self.levels.get(&id).copied().unwrap_or(NodeId::Top),
        }
    }
}
