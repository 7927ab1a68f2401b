//! Where each row was placed, and why; its kind comes later.

use std::collections::HashMap;

use super::sample::ShapeId;
use super::shown::View;
use crate::tree::Rule;

/// An object, or what will be a field of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NodeId {
    /// The section itself.
    Top,
    /// What a row documents.
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

/// A row without its kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    /// The node above.
    pub parent: NodeId,
    /// What the sample shows of it.
    pub shape: Option<ShapeId>,
    /// How that is to be read.
    pub view: View,
    /// Why it is here; `None` if nothing else was possible, or no evidence is against it.
    pub why: Option<Why>,
}

/// Why a row is where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Why {
    /// The rule that decided.
    pub rule: Rule,
    /// The node that marks or order proposed, where it is another.
    pub proposed: Option<NodeId>,
    /// How sure that is.
    pub certainty: Certainty,
    /// The cheapest tree that has the row elsewhere; `None` if it can be nowhere else.
    pub runner_up: Option<RunnerUp>,
}

/// How sure a place is, the surest first, by what the runner-up costs more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Certainty {
    /// Any other tree is out of the question, or the overlay says it.
    Proven,
    /// Another tree would be a surprise.
    Likely,
    /// Another tree is hardly worse.
    Unproven,
}

/// A tree next to the cheapest one, where it differs from that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunnerUp {
    /// The object that has the row.
    pub object: NodeId,
    /// What the cheapest tree costs, and what this one does.
    pub cost: i64,
    pub other: i64,
    /// The terms that differ, with what they cost more in this one.
    pub terms: Vec<(usize, i64)>,
}

/// How much work it was to place rows, as counts that are the same on every machine.
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

/// All rows that are placed, with the levels that only the sample shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Nodes {
    /// The rows, in page order.
    pub rows: Vec<Placed>,
    /// The node above each level.
    pub levels: HashMap<ShapeId, NodeId>,
    /// How much work they were.
    pub effort: Effort,
}

impl Nodes {
    /// Why `node` is where it does, if that is to be reported.
    pub(crate) fn why(&self, node: NodeId) -> Option<&Why> {
        match node {
            NodeId::Top => None,
            NodeId::Row(at) => self.rows[at].why.as_ref(),
            NodeId::Level(_) => self.why(self.parent(node)),
        }
    }

    /// The node above `node`; the top is its own.
    pub(crate) fn parent(&self, node: NodeId) -> NodeId {
        match node {
            NodeId::Top => NodeId::Top,
            NodeId::Row(at) => self.rows[at].parent,
            NodeId::Level(id) => self.levels.get(&id).copied().unwrap_or(NodeId::Top),
        }
    }
}
