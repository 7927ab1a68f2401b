//! Finds the tree that costs the least.
//!
//! The search is a beam search over the rows in page order. A state is the set of objects that are open after a row.
//! A place for the next row is an edge to another state, and its cost is the cost of the row at that place. States
//! from which all rows to come cost the same are merged. The cheapest tree is the cheapest path. The cheapest path
//! that puts a row elsewhere is the row's runner-up, which [`explain`](super::explain) reports.
//!
//! After a row only the cheapest states are kept, more of them on a small page, and no state that costs over [`MARGIN`]
//! more than the cheapest.
//! When a single state is left, all rows before it are settled. Time and memory therefore grow linearly with the rows.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;

use anyhow::bail;
use rustc_hash::FxHashMap;

use super::catalogue::Catalogue;
use super::chain::{Chain, Place};
use super::explain;
use super::layers::{Above, Edge, Layer};
use super::open::Settled;
use super::overlay::{self, Places};
use super::page::Page;
use super::placed::{Certainty, NodeId, Nodes, Placed, Why};
use super::places::places;
use super::rows::NameId;
use super::sample::ShapeId;
use super::sections::Input;
use super::shown::View;
use super::terms::Step;
use super::weights::{self, Weights};
use crate::tree::Rule;

/// The number of states that are kept after a row, times the rows of the page: a small page is searched more widely.
const STATES: usize = 12_000;
/// The number of states that are kept after a row on a large page.
const FEWEST_STATES: usize = 32;
/// The number of states that are kept after a row on a small page.
const MOST_STATES: usize = 512;
/// A state that costs over this much more than the cheapest is dropped.
const MARGIN: i64 = 200;
/// The number of rows after which the cheapest state is settled, even if other states are left.
const LONGEST: usize = 256;

/// Places every row of `input`.
///
/// # Errors
///
/// If an entry of the overlay changes nothing or names no object.
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

/// A state of the search: the open objects, and the cost so far.
struct State {
    chain: Chain,
    cost: i64,
}

/// The open objects after an edge, and the cost of the tree with that edge.
struct Next {
    cost: i64,
    /// `None` if the edge was dropped because it costs too much.
    chain: Option<Chain>,
}

struct Search<'s, 'i, 't> {
    page: &'s Page<'i, 't>,
    weights: &'s Weights,
    states: Vec<State>,
    /// The maximum number of states that are kept after a row.
    most_states: usize,
    /// The rows that are not yet settled.
    layers: Vec<Layer>,
    settled: Settled,
    nodes: Nodes,
    /// The objects and names of settled rows whose place is not proven, and whose name later rows have, too.
    uncertain: FxHashMap<(NodeId, NameId), Certainty>,
    /// The extra cost of a row that can no longer reach its field.
    lost_cost: i64,
}

impl<'s, 'i, 't> Search<'s, 'i, 't> {
    fn new(page: &'s Page<'i, 't>, weights: &'s Weights) -> Self {
        let chain = Chain::new(page.shown().map(|shown| shown.root));
        Self {
            page,
            weights,
            states: vec![State { chain, cost: 0 }],
            most_states: (STATES / page.input.rows.len().max(1)).clamp(FEWEST_STATES, MOST_STATES),
            layers: Vec::new(),
            settled: Settled::default(),
            nodes: Nodes::default(),
            uncertain: FxHashMap::default(),
            lost_cost: weights.lost(),
        }
    }

    /// Advances every state over row `at`. If `only` is given, no other place is tried.
    fn advance(&mut self, at: usize, only: Option<&Place>) {
        let mut edges = Vec::with_capacity(4 * self.states.len());
        let mut found = Vec::new();
        for (from, State { chain, .. }) in self.states.iter().enumerate() {
            match only {
                Some(place) => found.push(place.clone()),
                None => places(self.page, chain, &self.settled, at, &mut found),
            }
            self.nodes.effort.places += found.len();
            self.nodes.effort.open += found.len() * chain.open.len();
            edges.extend(found.drain(..).map(|place| self.edge(at, from, place)));
        }
        self.nodes.effort.states += self.states.len();
        let next = self.look_ahead(at, &mut edges);
        self.follow(at, edges, next);
        if self.states.len() == 1 || self.layers.len() >= LONGEST {
            self.settle();
        }
    }

    /// The edge that places row `at` at `place`.
    fn edge(&self, at: usize, from: usize, place: Place) -> Edge {
        let chain = &self.states[from].chain;
        let counts = weights::counts(&Step::new(self.page, chain, &self.settled, at, &place));
        Edge {
            from,
            to: None,
            cost: self.weights.cost(&counts),
            counts,
            parent: chain.open[place.position].node,
            place,
            view: View::default(),
        }
    }

    /// Adds to each edge the cost that it already makes certain for rows to come. The limit is the cheapest edge after
    /// this addition: an edge that costs over [`MARGIN`] more than that before the addition is dropped.
    fn look_ahead(&self, at: usize, edges: &mut [Edge]) -> Vec<Next> {
        let cost = |edge: &Edge| self.states[edge.from].cost + edge.cost;
        let given_up = |edge: &Edge| Next {
            cost: cost(edge),
            chain: None,
        };
        let mut next: Vec<Next> = edges.iter().map(given_up).collect();
        let mut order: Vec<usize> = (0..edges.len()).collect();
        order.sort_by_key(|&edge| next[edge].cost);
        let mut most = i64::MAX;
        let mut views: Vec<(Option<ShapeId>, View)> = Vec::new();
        for edge in order {
            if next[edge].cost > most {
                break;
            }
            let ahead = &mut next[edge];
            let edge = &mut edges[edge];
            let shown = edge.place.shown;
            let known = views.iter().find(|(of, _)| *of == shown);
            edge.view = known.map_or_else(|| self.page.view(at, shown), |(_, view)| *view);
            if known.is_none() {
                views.push((shown, edge.view));
            }
            let above = &self.states[edge.from].chain;
            let chain = above.after(self.page, &self.settled, at, &edge.place, edge.view);
            edge.cost += i64::from(chain.lost() - above.lost()) * self.lost_cost;
            ahead.cost = cost(edge);
            ahead.chain = Some(chain);
            most = most.min(ahead.cost + MARGIN);
        }
        next
    }

    /// Keeps the cheapest next states, and merges states from which all rows to come cost the same.
    fn follow(&mut self, at: usize, edges: Vec<Edge>, mut after: Vec<Next>) {
        // Of edges with equal cost, the one to the innermost object comes first.
        let mut order: Vec<usize> = (0..edges.len()).collect();
        order.sort_by_key(|&edge| (after[edge].cost, Reverse(edges[edge].place.position)));
        let most = order.first().map_or(0, |&first| after[first].cost) + MARGIN;
        let mut next: Vec<State> = Vec::new();
        let mut known = FxHashMap::default();
        let mut layer = self.layer(at, edges.len());
        let mut edges: Vec<Option<Edge>> = edges.into_iter().map(Some).collect();
        for edge in order {
            let Next { cost, chain } = &mut after[edge];
            let cost = *cost;
            let chain = chain.take().filter(|_| cost <= most);
            let to = chain.and_then(|chain| match known.entry(chain.state()) {
                Entry::Occupied(entry) => Some(*entry.get()),
                Entry::Vacant(_) if next.len() == self.most_states => None,
                Entry::Vacant(entry) => {
                    entry.insert(next.len());
                    next.push(State { chain, cost });
                    Some(next.len() - 1)
                }
            });
            layer
                .edges
                .extend(edges[edge].take().map(|edge| Edge { to, ..edge }));
        }
        debug_assert!(!next.is_empty(), "row {at} has a place");
        self.layers.push(layer);
        self.states = next;
    }

    /// The layer of row `at`, with capacity for `edges` edges.
    fn layer(&self, at: usize, edges: usize) -> Layer {
        let field = &self.page.input.rows[at];
        let above = |state: &State| {
            let proposed = state.chain.natural(field);
            Above {
                cost: state.cost,
                proposed: proposed.node,
                is_repeated: field.namesakes > 1 && proposed.has(&self.settled, field.name),
            }
        };
        Layer {
            above: self.states.iter().map(above).collect(),
            edges: Vec::with_capacity(edges),
            is_marked: self.page.has_marks || field.row.depth.level().is_some(),
        }
    }

    /// Makes the cheapest path final.
    fn settle(&mut self) {
        let layers = std::mem::take(&mut self.layers);
        self.states.truncate(1);
        for edge in explain::cheapest(&layers, self.weights) {
            let mut parent = edge.edge.parent;
            for &level in &edge.edge.place.between {
                self.nodes.levels.entry(level).or_insert(parent);
                parent = NodeId::Level(level);
            }
            self.nodes.effort.compared += edge.compared;
            let why = explain::with_object(edge.why, self.nodes.why(parent));
            let why = self.with_namesakes(parent, why);
            self.push(Placed {
                parent,
                shape: edge.edge.place.shown,
                view: edge.edge.view,
                why,
            });
        }
        if let Some(state) = self.states.first_mut() {
            state.cost = 0;
            state.chain.settle(&mut self.settled);
        }
    }

    /// Combines the reason for the next row's place below `parent` with those of earlier rows of its name: a row that
    /// cannot be in an open object, because an earlier row may be there, is no more certain than that one.
    fn with_namesakes(&self, parent: NodeId, own: Option<Why>) -> Option<Why> {
        let at = self.nodes.rows.len();
        let name = self.page.input.rows[at].name;
        let above = at.checked_sub(1).map_or(NodeId::Top, NodeId::Row);
        let open = self.nodes.up_from(parent).chain(self.nodes.up_from(above));
        let uncertain =
            open.filter_map(|object| Some((self.uncertain.get(&(object, name))?, object)));
        let certainty = own.as_ref().map_or(Certainty::Proven, |why| why.certainty);
        match uncertain.max_by_key(|(certainty, _)| **certainty) {
            Some((&least, object)) if least > certainty => Some(Why {
                rule: Rule::SameName,
                proposed: Some(object),
                certainty: least,
                runner_up: None,
            }),
            _ => own,
        }
    }

    /// Adds the next row, and remembers it if it makes later rows of its name less certain.
    fn push(&mut self, placed: Placed) {
        let field = &self.page.input.rows[self.nodes.rows.len()];
        let uncertain = placed.why.as_ref().map(|why| why.certainty);
        if let Some(certainty) = uncertain.filter(|certainty| !certainty.is_proven())
            && field.next_same.is_some()
        {
            self.uncertain
                .insert((placed.parent, field.name), certainty);
        }
        self.nodes.rows.push(placed);
    }

    /// Places row `at` where the overlay says.
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
        let field = &self.page.input.rows[at];
        let mut found = Vec::new();
        places(
            self.page,
            &self.states[0].chain,
            &self.settled,
            at,
            &mut found,
        );
        let ruled = found.into_iter().map(|place| self.edge(at, 0, place));
        let mut ruled: Vec<Edge> = ruled.collect();
        ruled.sort_by_key(|edge| edge.cost);
        let ruled_parent = ruled[0].parent;
        let is_shown = ruled[0].place.between.is_empty() && ruled[0].place.shown.is_some();
        if is_shown && ruled_parent == parent {
            bail!("{place}: it changes nothing, the sample shows the row there; remove the entry");
        }
        if self.has_row(parent, &row.name) {
            bail!(
                "{place}: {:?} has a row of that name already; correct its parent",
                place.parent
            );
        }
        let chain = &mut self.states[0].chain;
        let position = chain.reopen(self.page, &self.settled, &self.nodes, parent);
        let content = chain.open[position].content;
        let only = Place {
            position,
            between: Vec::new(),
            shown: content.and_then(|content| self.page.field(content, field.name)),
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
