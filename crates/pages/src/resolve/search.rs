//! Finds the tree that costs the least.
//!
//! Rows are taken in page order. What is open after each of them is a state; a place for the next row is an edge to
//! another state, with the row's cost. States that go on alike are one. The cheapest tree is the cheapest path, and
//! the cheapest path through any other edge of a row is the runner-up that [`explain`](super::explain) tells of. At most
//! [`MOST_STATES`] states are kept after a row, and none that costs [`MARGIN`] more than the cheapest; where a single one
//! is left, everything above it is settled, so that time and memory grow in proportion to the rows.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use anyhow::bail;

use super::catalogue::Catalogue;
use super::chain::{Chain, Place, Settled};
use super::explain;
use super::overlay::{self, Places};
use super::page::Page;
use super::placed::{Certainty, NodeId, Nodes, Placed, Why};
use super::sample::ShapeId;
use super::sections::Input;
use super::shown::View;
use super::terms::Step;
use super::weights::{self, Counts, Weights};
use crate::tree::Rule;

/// How many states are kept after a row.
const MOST_STATES: usize = 48;
/// A state that costs so much more than the cheapest is given up.
const MARGIN: i64 = 300;
/// After how many rows the cheapest state is settled, though others are left.
const LONGEST: usize = 256;

/// Places every row of `input`.
///
/// # Errors
///
/// When an entry of the overlay changes nothing or names no object.
pub(crate) fn place_all(
    input: &Input<'_>,
    places: &Places<'_>,
    weights: &Weights,
    catalogue: &Catalogue,
) -> anyhow::Result<Nodes> {
    let page = Page::new(input, catalogue);
    let mut search = Search::new(&page, weights);
    for at in 0..input.rows.len() {
        match places.of_row(at) {
            Some(place) => search.force(at, place)?,
            None => search.advance(at, None),
        }
    }
    search.settle();
    Ok(search.nodes)
}

/// A row's place on the way from one state to the next.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// The state above, and the one below; `None` below where that was given up.
    pub from: usize,
    pub to: Option<usize>,
    /// What it costs.
    pub cost: i64,
    /// What the terms count.
    pub counts: Counts,
    /// The object.
    pub parent: NodeId,
    /// The node that marks or order propose.
    pub proposed: NodeId,
    /// Whether that has a row of the name already.
    pub is_repeated: bool,
    /// Whether marks or indentation tell of the row's depth.
    pub is_marked: bool,
    /// Undocumented levels below it.
    pub between: Vec<ShapeId>,
    /// Where the sample shows the row.
    pub shown: Option<ShapeId>,
    pub view: View,
}

impl Edge {
    /// The object that holds the row.
    pub(crate) fn object(&self) -> NodeId {
        self.between
            .last()
            .map_or(self.parent, |&id| NodeId::Level(id))
    }
}

/// A row with all its edges.
#[derive(Debug)]
pub(crate) struct Layer {
    /// What each state above the row costs.
    pub above: Vec<i64>,
    /// The edges, cheapest first.
    pub edges: Vec<Edge>,
}

/// A state: what is open, and the cost so far.
struct State {
    chain: Chain,
    cost: i64,
}

/// A place for a row, from one of the states above it.
struct Way {
    edge: Edge,
    place: Place,
    /// What the tree costs with it.
    cost: i64,
    /// What is open then; `None` where the cost is too high.
    chain: Option<Chain>,
}

struct Search<'s, 'i, 't> {
    page: &'s Page<'i, 't>,
    weights: &'s Weights,
    states: Vec<State>,
    /// The rows since all was settled.
    layers: Vec<Layer>,
    settled: Settled,
    nodes: Nodes,
    /// What a row costs more that has lost its field.
    lost_cost: i64,
}

impl<'s, 'i, 't> Search<'s, 'i, 't> {
    fn new(page: &'s Page<'i, 't>, weights: &'s Weights) -> Self {
        let shown = page.shown().filter(|shown| !shown.inside_first);
        let chain = Chain::new(shown.map(|shown| shown.root));
        Self {
            page,
            weights,
            states: vec![State { chain, cost: 0 }],
            layers: Vec::new(),
            settled: Settled::default(),
            nodes: Nodes::default(),
            lost_cost: weights.lost(),
        }
    }

    /// Takes every state past row `at`; with `only`, to that place.
    fn advance(&mut self, at: usize, only: Option<&Place>) {
        let mut ways = Vec::new();
        for from in 0..self.states.len() {
            let places = match only {
                Some(place) => vec![place.clone()],
                None => self.states[from].chain.places(self.page, &self.settled, at),
            };
            let ways_on = places.into_iter().map(|place| self.way(at, from, place));
            ways.extend(ways_on);
        }
        self.look_ahead(at, &mut ways);
        // Of equal ones the innermost.
        ways.sort_by_key(|way| (way.cost, std::cmp::Reverse(way.place.position)));
        self.follow(at, ways);
        if self.states.len() == 1 || self.layers.len() >= LONGEST {
            self.settle();
        }
    }

    /// Row `at` at `place`.
    fn way(&self, at: usize, from: usize, place: Place) -> Way {
        let State { chain, cost } = &self.states[from];
        let step = Step::new(self.page, chain, &self.settled, at, &place);
        let counts = weights::counts(&step);
        let field = &self.page.input.rows[at];
        let proposed = chain.open[chain.natural(self.page, at)].node;
        let edge = Edge {
            from,
            to: None,
            cost: self.weights.cost(&counts),
            counts,
            parent: chain.open[place.position].node,
            proposed,
            is_repeated: field.namesakes > 1 && chain.has(&self.settled, proposed, field.hash),
            is_marked: self.page.has_marks || field.row.depth.level().is_some(),
            between: place.between.clone(),
            shown: place.shown,
            view: View::default(),
        };
        Way {
            cost: cost + edge.cost,
            edge,
            place,
            chain: None,
        }
    }

    /// Adds to the cost of each way what it makes certain for rows to come, unless it costs too much already.
    fn look_ahead(&self, at: usize, ways: &mut [Way]) {
        let least = ways.iter().map(|way| way.cost).min().unwrap_or(0);
        for way in ways.iter_mut().filter(|way| way.cost <= least + MARGIN) {
            let above = &self.states[way.edge.from].chain;
            let (mut chain, view) = above.after(self.page, &self.settled, at, &way.place);
            chain.forget(self.page, &self.settled, at);
            let lost = i64::from(chain.lost() - above.lost());
            way.edge.cost += lost * self.lost_cost;
            way.cost += lost * self.lost_cost;
            way.edge.view = view;
            way.chain = Some(chain);
        }
    }

    /// Keeps the cheapest of `ways`, which are sorted, and makes those that go on alike one.
    fn follow(&mut self, at: usize, ways: Vec<Way>) {
        let mut next: Vec<State> = Vec::new();
        let mut known = HashMap::new();
        let mut layer = Layer {
            above: self.states.iter().map(|state| state.cost).collect(),
            edges: Vec::with_capacity(ways.len()),
        };
        let least = ways.first().map_or(0, |way| way.cost);
        for mut way in ways {
            let chain = way.chain.filter(|_| way.cost <= least + MARGIN);
            way.edge.to = chain.and_then(|chain| match known.entry(chain.state()) {
                Entry::Occupied(entry) => Some(*entry.get()),
                Entry::Vacant(_) if next.len() == MOST_STATES => None,
                Entry::Vacant(entry) => {
                    entry.insert(next.len());
                    let cost = way.cost;
                    next.push(State { chain, cost });
                    Some(next.len() - 1)
                }
            });
            layer.edges.push(way.edge);
        }
        debug_assert!(!next.is_empty(), "row {at} has a place");
        self.layers.push(layer);
        self.states = next;
    }

    /// Takes the cheapest path for good.
    fn settle(&mut self) {
        let layers = std::mem::take(&mut self.layers);
        self.states.truncate(1);
        for edge in explain::cheapest(&layers, self.weights) {
            let mut parent = edge.edge.parent;
            for &level in &edge.edge.between {
                self.nodes.levels.entry(level).or_insert(parent);
                parent = NodeId::Level(level);
            }
            let at = self.nodes.rows.len();
            let mut shape = edge.edge.shown;
            if let Some(shown) = self
                .page
                .shown()
                .filter(|shown| shown.inside_first && at == 0)
            {
                shape = Some(shown.root);
            }
            let why = explain::with_object(edge.why, self.nodes.why(parent));
            self.nodes.rows.push(Placed {
                parent,
                shape,
                view: edge.edge.view,
                why,
            });
        }
        if let Some(state) = self.states.first_mut() {
            state.cost = 0;
            state.chain.settle(&mut self.settled);
        }
    }

    /// Puts row `at` where the overlay says.
    fn force(&mut self, at: usize, place: &overlay::Place) -> anyhow::Result<()> {
        self.settle();
        let row = self.page.input.rows[at].row;
        let Some(parent) = self.node_at(&place.parent) else {
            bail!(
                "{place}: there is no object {:?} above line {}; correct its parent",
                place.parent,
                row.line
            );
        };
        let hash = self.page.input.rows[at].hash;
        let chain = &self.states[0].chain;
        let places = chain.places(self.page, &self.settled, at);
        let ways = places.into_iter().map(|place| self.way(at, 0, place).edge);
        let mut ruled: Vec<Edge> = ways.collect();
        ruled.sort_by_key(|edge| edge.cost);
        let ruled_parent = ruled[0].parent;
        if ruled[0].between.is_empty() && ruled[0].shown.is_some() && ruled_parent == parent {
            bail!("{place}: it changes nothing, the sample shows the row there; remove the entry");
        }
        if chain.has(&self.settled, parent, hash) || self.has_row(parent, &row.name) {
            bail!(
                "{place}: {:?} has a row of that name already; correct its parent",
                place.parent
            );
        }
        let chain = &mut self.states[0].chain;
        let position = chain.reopen(&self.nodes, parent);
        let content = chain.open[position].content;
        let only = Place {
            position,
            between: Vec::new(),
            shown: content.and_then(|content| self.page.shown()?.shapes.field(content, &row.name)),
            repeats: false,
        };
        self.advance(at, Some(&only));
        self.settle();
        if let Some(placed) = self.nodes.rows.last_mut() {
            placed.why = Some(Why {
                rule: Rule::OverlayPlaces,
                proposed: Some(ruled_parent).filter(|&ruled| ruled != parent),
                certainty: Certainty::Proven,
                runner_up: None,
            });
        }
        Ok(())
    }

    fn has_row(&self, parent: NodeId, name: &str) -> bool {
        let mut rows = self.nodes.rows.iter().zip(&self.page.input.rows);
        rows.any(|(placed, field)| placed.parent == parent && field.row.name == name)
    }

    /// The node whose path is `path`.
    fn node_at(&self, path: &str) -> Option<NodeId> {
        let mut node = NodeId::Top;
        for name in path.split('.').filter(|name| !name.is_empty()) {
            let rows = self.nodes.rows.iter().zip(&self.page.input.rows);
            let row = rows
                .enumerate()
                .find(|(_, (placed, field))| placed.parent == node && field.row.name == name)
                .map(|(at, _)| NodeId::Row(at));
            let level = || {
                let shown = self.page.shown()?;
                let mut levels = self.nodes.levels.iter();
                let is_it = |&(&id, &above): &(&ShapeId, &NodeId)| {
                    above == node && shown.shapes.get(id).name == name
                };
                levels.find(is_it).map(|(&id, _)| NodeId::Level(id))
            };
            node = row.or_else(level)?;
        }
        Some(node)
    }
}
