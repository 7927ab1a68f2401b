//! Explains why each row has its place: reports the terms in which the cheapest tree differs from the runner-up,
//! which is the cheapest tree that has the row elsewhere.

use super::layers::{Edge, Layer};
use super::placed::{Certainty, RunnerUp, Why};
use super::weights::{COUNT, Counts, TERMS, TermKind, Weights};
use crate::tree::Rule;

/// A place is proven if every other place costs at least this much more.
const PROVEN: i64 = 100;
/// A place is likely if every other place costs at least this much more.
const LIKELY: i64 = 40;

/// How much less the rest of a tree that the search dropped may cost than the rest of the best tree that it kept.
const UNSEARCHED: i64 = 90;

/// A row of the cheapest tree, and the reason for its place.
pub(crate) struct Explained<'l> {
    /// The row's place.
    pub edge: &'l Edge,
    /// What decided the place. `None` if there is nothing to report.
    pub why: Option<Why>,
    /// The number of rows that had to be compared.
    pub compared: usize,
}

/// The cheapest path through `layers`, from the only state above them to the first one below.
pub(crate) fn cheapest<'l>(layers: &'l [Layer], weights: &Weights) -> Vec<Explained<'l>> {
    let paths = Paths::new(layers);
    let path = &paths.cheapest;
    let explained = path.iter().enumerate().map(|(row, &edge)| {
        let mut compared = 0;
        let why = paths.why(path, row, weights, &mut compared);
        Explained {
            edge,
            why,
            compared,
        }
    });
    explained.collect()
}

/// All paths through some layers. What the rest of a dropped path would cost is unknown, so that it counts as little.
struct Paths<'l> {
    layers: &'l [Layer],
    /// The cheapest path.
    cheapest: Vec<&'l Edge>,
    /// Per layer and state above its row, the first edge of the cheapest path down.
    down: Firsts<'l>,
    /// Per layer and state below its row, the last edge of the cheapest path to that state.
    up: Firsts<'l>,
    /// Per layer, what the cheapest path from each state above its row costs, to the first state at the end.
    to_go: ToGo,
    /// Per layer, what the rows below its row may cost if the path there was dropped.
    least: Vec<i64>,
}

type ToGo = Vec<Vec<Option<i64>>>;
type Firsts<'l> = Vec<Vec<Option<&'l Edge>>>;

impl<'l> Paths<'l> {
    fn new(layers: &'l [Layer]) -> Self {
        let rest = |_: usize, below: &[Option<i64>], edge: &Edge| rest(below, edge);
        let to_go = costs_to_go(layers, rest);
        let down = firsts(layers, &to_go, rest);
        let mut cheapest = Vec::with_capacity(layers.len());
        let mut state = 0;
        for edges in &down {
            let Some(edge) = edges[state] else { break };
            state = edge.to.unwrap_or(0);
            cheapest.push(edge);
        }
        let least = least_costs(layers, &to_go);
        let rest_or_least = |row: usize, below: &[Option<i64>], edge: &Edge| {
            rest(row, below, edge).or(Some(least[row]))
        };
        let to_go = costs_to_go(layers, rest_or_least);
        Self {
            layers,
            cheapest,
            down: firsts(layers, &to_go, rest_or_least),
            up: up(layers),
            to_go,
            least,
        }
    }

    /// Follows the cheapest path down from below `edge` of row `row`, while `go_on` returns true. Returns the row at which
    /// it was dropped, if it was.
    fn down(
        &self,
        row: usize,
        edge: &'l Edge,
        mut go_on: impl FnMut(usize, &'l Edge) -> bool,
    ) -> Option<usize> {
        let mut last = edge;
        for row in row..self.down.len() {
            let Some(state) = last.to else {
                return Some(row);
            };
            last = self.down.get(row + 1)?[state].filter(|edge| go_on(row + 1, edge))?;
        }
        None
    }

    /// Follows the cheapest path to `state` above row `row` back up, while `go_on` returns true.
    fn up(&self, row: usize, mut state: usize, mut go_on: impl FnMut(usize, &'l Edge) -> bool) {
        for (row, edges) in self.up[..row].iter().enumerate().rev() {
            let Some(edge) = edges[state].filter(|edge| go_on(row, edge)) else {
                return;
            };
            state = edge.from;
        }
    }

    /// The cheapest edge of a row that gives it another place than `best` does, and the extra cost of that tree.
    fn runner_up(&self, row: usize, best: &Edge) -> Option<(&'l Edge, i64)> {
        let layer = &self.layers[row];
        let total: i64 = self.cheapest.iter().map(|edge| edge.cost).sum();
        let others = layer
            .edges
            .iter()
            .filter(|edge| edge.object() != best.object());
        let margin = |edge: &'l Edge| {
            let rest = rest(&self.to_go[row + 1], edge).unwrap_or(self.least[row]);
            (edge, layer.above[edge.from].cost + edge.cost + rest - total)
        };
        others.map(margin).min_by_key(|(_, margin)| *margin)
    }

    fn why(
        &self,
        path: &[&'l Edge],
        row: usize,
        weights: &Weights,
        compared: &mut usize,
    ) -> Option<Why> {
        let edge = path[row];
        let layer = &self.layers[row];
        let above = &layer.above[edge.from];
        let proposed = Some(above.proposed).filter(|&proposed| proposed != edge.object());
        let is_repeated = edge.place.shown.is_none() && above.is_repeated;
        let Some((other, margin)) = self.runner_up(row, edge) else {
            return is_repeated.then_some(Why {
                rule: Rule::SameName,
                proposed,
                certainty: Certainty::Unproven,
                runner_up: None,
            });
        };
        let difference = self.difference(path, row, other, weights);
        *compared += difference.rows;
        // Evidence from other objects does not prove anything for this one.
        let certainty = match margin - difference.of(TermKind::Likeness).max(0) {
            PROVEN.. if !is_repeated => Certainty::Proven,
            LIKELY.. => Certainty::Likely,
            _ => Certainty::Unproven,
        };
        if certainty == Certainty::Proven && (proposed.is_none() || !layer.is_marked) {
            return None;
        }
        let rule = match difference.decisive() {
            _ if is_repeated => Rule::SameName,
            TermKind::Sample if edge.place.shown.is_none() => Rule::SampleLacks,
            TermKind::Sample => Rule::SamplePlaces,
            TermKind::Depth => Rule::MarkPlaces,
            TermKind::Order => Rule::OrderPlaces,
            TermKind::Likeness => Rule::Likeness,
        };
        Some(Why {
            rule,
            proposed,
            certainty,
            runner_up: Some(difference.runner_up),
        })
    }

    /// The cost of the tree with `other` in the rows in which it differs from the cheapest tree.
    fn difference(
        &self,
        path: &[&'l Edge],
        row: usize,
        other: &'l Edge,
        weights: &Weights,
    ) -> Difference {
        let mut costs = [[0; COUNT]; 2];
        let mut rows = 0;
        let mut add = |row: usize, other: &Edge| {
            let is_other = !std::ptr::eq(path[row], other);
            rows += 1;
            if is_other {
                charge(&mut costs[0], &path[row].counts, weights);
                charge(&mut costs[1], &other.counts, weights);
            }
            is_other
        };
        add(row, other);
        self.up(row, other.from, &mut add);
        let dropped = self.down(row, other, &mut add);
        let [best, other_costs] = costs;
        let terms = (0..COUNT).map(|term| (term, other_costs[term] - best[term]));
        let mut terms: Vec<_> = terms.filter(|(_, more)| *more != 0).collect();
        terms.sort_by_key(|(_, more)| -*more);
        Difference {
            rows,
            runner_up: RunnerUp {
                object: other.object(),
                cost: best.iter().sum(),
                other: other_costs.iter().sum(),
                terms,
                unsearched: dropped.map(|row| {
                    let below = &self.cheapest[row + 1..];
                    self.least[row] - below.iter().map(|edge| edge.cost).sum::<i64>()
                }),
            },
        }
    }
}

/// Per layer, what the cheapest path from each state above its row costs, with `rest` below each edge of a row.
fn costs_to_go(
    layers: &[Layer],
    rest: impl Fn(usize, &[Option<i64>], &Edge) -> Option<i64>,
) -> ToGo {
    let mut to_go = vec![Vec::new(); layers.len() + 1];
    to_go[layers.len()] = vec![Some(0)];
    for (row, layer) in layers.iter().enumerate().rev() {
        let mut costs: Vec<Option<i64>> = vec![None; layer.above.len()];
        for edge in &layer.edges {
            if let Some(rest) = rest(row, &to_go[row + 1], edge) {
                let cost = edge.cost + rest;
                let known = &mut costs[edge.from];
                *known = Some(known.map_or(cost, |known| known.min(cost)));
            }
        }
        to_go[row] = costs;
    }
    to_go
}

/// Per layer and state above its row, the first edge of the cheapest path down, with `rest` below each edge of a row.
fn firsts<'l>(
    layers: &'l [Layer],
    to_go: &ToGo,
    rest: impl Fn(usize, &[Option<i64>], &Edge) -> Option<i64>,
) -> Firsts<'l> {
    let of_layer = |(row, layer): (usize, &'l Layer)| {
        let cost = |edge: &Edge| Some(rest(row, &to_go[row + 1], edge)? + edge.cost);
        let mut best = vec![None; layer.above.len()];
        for edge in &layer.edges {
            let known = &mut best[edge.from];
            if cost(edge).is_some_and(|cost| known.is_none_or(|(least, _)| cost < least)) {
                *known = cost(edge).map(|cost| (cost, edge));
            }
        }
        best.into_iter()
            .map(|best| best.map(|(_, edge)| edge))
            .collect()
    };
    layers.iter().enumerate().map(of_layer).collect()
}

/// Per layer and state below its row, the last edge of the cheapest path to that state; edges are sorted.
fn up<'l>(layers: &'l [Layer]) -> Vec<Vec<Option<&'l Edge>>> {
    let of_layer = |layer: &'l Layer| {
        let states = layer.edges.iter().filter_map(|edge| edge.to).max();
        let mut best = vec![None; states.map_or(0, |last| last + 1)];
        for edge in layer.edges.iter().rev() {
            if let Some(to) = edge.to {
                best[to] = Some(edge);
            }
        }
        best
    };
    layers.iter().map(of_layer).collect()
}

/// What the cheapest path from below `edge` costs, unless it was given up.
fn rest(to_go: &[Option<i64>], edge: &Edge) -> Option<i64> {
    to_go.get(edge.to?).copied().flatten()
}

/// Per layer, what the rows below its row may cost on a path that was dropped: as much as from the best state there, less
/// [`UNSEARCHED`], but no less than each row at its cheapest place.
fn least_costs(layers: &[Layer], to_go: &ToGo) -> Vec<i64> {
    let mut least = vec![0; layers.len()];
    let mut cheapest = 0;
    for (row, layer) in layers.iter().enumerate().rev() {
        let best = to_go[row + 1].iter().flatten().min();
        least[row] = best.map_or(cheapest, |best| cheapest.max(best - UNSEARCHED));
        let edges = layer.edges.iter().map(|edge| edge.cost);
        cheapest += edges.min().unwrap_or(0);
    }
    least
}

fn charge(costs: &mut [i64; COUNT], counts: &Counts, weights: &Weights) {
    for ((cost, count), weight) in costs.iter_mut().zip(counts).zip(&weights.0) {
        *cost += i64::from(count * weight);
    }
}

struct Difference {
    /// The number of rows that were compared.
    rows: usize,
    runner_up: RunnerUp,
}

impl Difference {
    /// The kind of evidence that counts most against the runner-up.
    fn decisive(&self) -> TermKind {
        let kinds = [
            TermKind::Order,
            TermKind::Likeness,
            TermKind::Depth,
            TermKind::Sample,
        ];
        let of = |kind: &TermKind| self.of(*kind);
        kinds.into_iter().max_by_key(of).unwrap_or(TermKind::Order)
    }

    /// The extra cost of the runner-up in the terms of one kind.
    fn of(&self, kind: TermKind) -> i64 {
        let terms = self.runner_up.terms.iter();
        let of_kind = terms.filter(|(term, _)| TERMS[*term].kind == kind);
        of_kind.map(|(_, more)| more).sum()
    }
}

/// Combines the reason for a row's place with that of its object, because a row is no more certain than its object.
pub(crate) fn with_object(row: Option<Why>, object: Option<&Why>) -> Option<Why> {
    let object = object.filter(|object| !object.certainty.is_proven());
    let Some(object) = object else {
        return row;
    };
    let own = row.unwrap_or(Why {
        rule: match object.rule {
            Rule::SameName => Rule::OrderPlaces,
            rule => rule,
        },
        proposed: None,
        certainty: object.certainty,
        runner_up: None,
    });
    Some(Why {
        certainty: own.certainty.max(object.certainty),
        ..own
    })
}

impl RunnerUp {
    /// The difference in words, with `below` for the runner-up's object.
    pub(crate) fn words(&self, below: &str) -> String {
        let term = |&(term, more): &(usize, i64)| format!("{} {more:+}", TERMS[term].name);
        let mut terms: Vec<String> = self.terms.iter().map(term).collect();
        let unsearched = self.unsearched.filter(|&less| less != 0);
        terms.extend(unsearched.map(|less| format!("not searched {less:+}")));
        if terms.is_empty() {
            return format!("below {below} it would cost as much, {}", self.other);
        }
        let least = unsearched.map_or("", |_| "at least ");
        format!(
            "below {below} it would cost {least}{} instead of {} ({})",
            self.other + unsearched.unwrap_or(0),
            self.cost,
            terms.join(", ")
        )
    }
}

impl Certainty {
    /// Whether the place is beyond doubt.
    pub(crate) fn is_proven(self) -> bool {
        self == Self::Proven
    }
}
