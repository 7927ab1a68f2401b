//! The graph that a search has explored: for each row, the edges from state to state.

use super::chain::Place;
use super::placed::NodeId;
use super::shown::View;
use super::weights::Counts;

/// A row's place, as an edge from one state to the next.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// The state above, and the one below, which is `None` if it was dropped.
    pub from: usize,
    pub to: Option<usize>,
    /// The cost of the edge.
    pub cost: i64,
    /// The count of each term.
    pub counts: Counts,
    /// The object.
    pub parent: NodeId,
    pub place: Place,
    pub view: View,
}

impl Edge {
    /// The object that holds the row.
    pub(crate) fn object(&self) -> NodeId {
        let level = self.place.between.last();
        level.map_or(self.parent, |&id| NodeId::Level(id))
    }
}

/// The facts about a row in the state above it.
#[derive(Debug)]
pub(crate) struct Above {
    /// The cost of the state.
    pub cost: i64,
    /// The node that marks or order propose.
    pub proposed: NodeId,
    /// Whether that node already has a row with this name.
    pub is_repeated: bool,
}

/// A row with all its edges.
#[derive(Debug)]
pub(crate) struct Layer {
    /// The states above the row.
    pub above: Vec<Above>,
    /// The edges, in order of the cost of the tree with each.
    pub edges: Vec<Edge>,
    /// Whether marks or indentation show the row's depth.
    pub is_marked: bool,
}
