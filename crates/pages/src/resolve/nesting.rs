//! Finds the parent of each row.
//!
//! Rows are taken in page order, with the objects still open as a stack; each open object has a price for taking the
//! row (see [`prices`](super::prices)). Mostly one place is the cheapest by far. Where another may pay off, because a
//! row of the same name is still to come or an object's own rows will tell, both ways are followed side by side, until
//! one is cheaper or the look ahead ends.

use std::collections::{HashMap, HashSet};

use anyhow::bail;

use super::ground::Ground;
use super::overlay::{Place, Places};
use super::placed::{Placed, TOP, Why};
use super::prices;
use super::recurring::{AMOUNTS, KnownShapes};
use super::section::{Field, Input, View};
use super::types::{Like, NamedTypes};
use super::way::{Choice, Open, Way};
use super::weights::Weights;
use crate::table::Depth;
use crate::tree::Rule;

/// How many rows ways are followed side by side.
const LOOK_AHEAD: usize = 128;
/// After how many rows it is looked up what the ways agree on.
const AGREED_EVERY: usize = 16;
/// How many ways are followed at once.
const MOST_WAYS: usize = 16;
/// A way that costs so much more than the cheapest is given up.
const MARGIN: i32 = 300;

/// Places every row of `input`; the nodes come in page order, below [`TOP`].
///
/// # Errors
///
/// When an entry of the overlay changes nothing or names no object.
pub(crate) fn place_all(
    input: &Input<'_>,
    places: &Places<'_>,
    weights: Weights,
) -> anyhow::Result<Vec<Placed>> {
    let first = place_rows(input, places, &NamedTypes::default(), weights)?;
    // What a first round shows of the types' objects tells where rows belong that the sample leaves out.
    let types = NamedTypes::of(input, &first);
    let is_complete = first
        .iter()
        .all(|placed| placed.row.is_none() || placed.shape.is_some());
    if is_complete || !types.tell_anything() {
        return Ok(first);
    }
    place_rows(input, places, &types, weights)
}

fn place_rows(
    input: &Input<'_>,
    places: &Places<'_>,
    types: &NamedTypes<'_>,
    weights: Weights,
) -> anyhow::Result<Vec<Placed>> {
    let mut nesting = Nesting::new(input, types, weights);
    for at in 0..input.rows.len() {
        match places.of_row(at) {
            Some(place) => nesting.force(at, place)?,
            None => nesting.advance(at),
        }
    }
    nesting.settle_all();
    Ok(nesting.ground.placed)
}

struct Nesting<'i, 't> {
    ground: Ground<'i, 't>,
    /// The ways still followed, the cheapest first; never empty.
    ways: Vec<Way<'t>>,
}

impl<'i, 't> Nesting<'i, 't> {
    fn new(input: &'i Input<'t>, types: &'i NamedTypes<'i>, weights: Weights) -> Self {
        let root = input
            .shown
            .as_ref()
            .filter(|shown| !shown.inside_first)
            .map(|shown| shown.root);
        let top = Placed {
            row: None,
            parent: TOP,
            shape: root,
            view: View::default(),
            why: None,
        };
        let has_marks = input
            .rows
            .iter()
            .any(|field| matches!(field.row.depth, Depth::Mark(_)));
        let ground = Ground {
            weights,
            input,
            shapes: KnownShapes::of(input.shown.as_ref()),
            last_row: input
                .rows
                .iter()
                .enumerate()
                .map(|(at, field)| (field.row.name.as_str(), at))
                .collect(),
            types,
            has_marks,
            envelope: input
                .shown
                .as_ref()
                .map_or(0, |shown| shown.envelope(input.section)),
            has_amounts: has_amounts(input),
            in_place: prices::in_place(has_marks, input.shown.as_ref()),
            placed: vec![top],
            taken: HashSet::new(),
        };
        let way = Way {
            price: 0,
            open: vec![Open::new(TOP, None, root, -1)],
            current: 0,
            placed: Vec::new(),
            taken: HashSet::new(),
            state: 0,
        };
        Self {
            ground,
            ways: vec![way],
        }
    }

    /// Follows each way past row `at`.
    fn advance(&mut self, at: usize) {
        let mut next = Vec::with_capacity(self.ways.len());
        for mut way in std::mem::take(&mut self.ways) {
            let choices = way.choices(&self.ground, at);
            let worth = self.worth_following(at, &way, &choices);
            for &index in &worth[1..] {
                let mut other = way.clone();
                other.apply(&self.ground, at, &choices[index]);
                next.push(other);
            }
            way.apply(&self.ground, at, &choices[worth[0]]);
            next.insert(next.len() + 1 - worth.len(), way);
        }
        self.ways = next;
        self.prune();
        let open_nodes = self.ways[0].placed.len();
        if self.ways.len() == 1 {
            self.settle(open_nodes);
        } else if open_nodes >= 2 * LOOK_AHEAD {
            self.settle(LOOK_AHEAD);
        } else if open_nodes.is_multiple_of(AGREED_EVERY) {
            self.settle(self.agreed());
        }
    }

    /// How many nodes, from the first, all ways have in common.
    fn agreed(&self) -> usize {
        let best = &self.ways[0].placed;
        let common = |way: &Way<'_>| {
            best.iter()
                .zip(&way.placed)
                .take_while(|(one, other)| one == other)
                .count()
        };
        self.ways[1..]
            .iter()
            .map(common)
            .min()
            .unwrap_or(best.len())
    }

    /// The choices that may turn out the best, as indices; the first is the cheapest now.
    fn worth_following(&self, at: usize, way: &Way<'_>, choices: &[Choice]) -> Vec<usize> {
        let field = &self.ground.input.rows[at];
        let has_namesake = field.next_same.is_some_and(|next| next - at <= LOOK_AHEAD);
        let is_told = choices[0].shown.is_some() || choices[0].like == Like::Has;
        // A field of the envelope may have a namesake that the sample leaves out.
        let is_envelope = self
            .ground
            .shown()
            .zip(choices[0].shown)
            .is_some_and(|(shown, id)| shown.is_envelope(id, self.ground.input.section));
        if !is_told {
            return way.sparing(choices, field.is_container());
        }
        if !(has_namesake || is_envelope || field.is_container()) {
            return vec![0];
        }
        let natural = way.proposed(&self.ground, at);
        let may = |choice: &Choice| {
            choice.shown.is_some()
                || choice.like == Like::Has
                || (choice.position == natural && choice.like == Like::Unknown)
        };
        (0..choices.len())
            .filter(|&index| index == 0 || may(&choices[index]))
            .collect()
    }

    /// Gives up ways that cost too much, and all but one of those that come to the same.
    fn prune(&mut self) {
        if self.ways.len() < 2 {
            return;
        }
        self.ways.sort_by_key(|way| way.price);
        let limit = self.ways[0].price + MARGIN;
        let mut seen = HashMap::new();
        self.ways.retain(|way| {
            let last = way.open.last().map(|open| (open.node, open.content));
            way.price <= limit
                && seen
                    .insert((way.state, way.open.len(), way.current, last), ())
                    .is_none()
        });
        self.ways.truncate(MOST_WAYS);
    }

    /// Takes the cheapest way for good.
    fn settle_all(&mut self) {
        self.settle(self.ways[0].placed.len());
        self.ways.truncate(1);
    }

    /// Takes the cheapest way's first `count` nodes for good, and drops the ways that differ in them.
    fn settle(&mut self, count: usize) {
        let agreed = self.ways[0].placed[..count].to_vec();
        self.ways.retain(|way| way.placed.starts_with(&agreed));
        let base = self.ways[0].price;
        for way in &mut self.ways {
            way.price -= base;
            way.placed.drain(..agreed.len());
        }
        for placed in agreed {
            if let Some(at) = placed.row {
                let taken = (placed.parent, self.ground.input.rows[at].row.name.as_str());
                for way in &mut self.ways {
                    way.taken.remove(&taken);
                }
                self.ground.taken.insert(taken);
            }
            self.ground.placed.push(placed);
        }
    }

    /// Puts row `at` where the overlay says.
    fn force(&mut self, at: usize, place: &Place) -> anyhow::Result<()> {
        self.settle_all();
        let ground = &self.ground;
        let way = &mut self.ways[0];
        let row = ground.input.rows[at].row;
        let Some(parent) = node_at(ground, &place.parent) else {
            bail!(
                "{place}: there is no object {:?} above line {}; correct its parent",
                place.parent,
                row.line
            );
        };
        let ruled = &way.choices(ground, at)[0];
        let ruled_parent = way.open[ruled.position].node;
        if ruled.between.is_empty() && ruled.shown.is_some() && ruled_parent == parent {
            bail!("{place}: it changes nothing, the sample shows the row there; remove the entry");
        }
        if ground.taken.contains(&(parent, row.name.as_str())) {
            bail!(
                "{place}: {:?} has a row of that name already; correct its parent",
                place.parent
            );
        }
        let position = way.reopen(ground, parent);
        let content = way.open[position].content;
        let shown = content.and_then(|content| ground.shown()?.shapes.field(content, &row.name));
        let why = Why {
            rule: Rule::OverlayPlaces,
            proposed: Some(ruled_parent),
        };
        way.take(ground, at, position, shown, Some(why));
        self.settle_all();
        Ok(())
    }
}

/// Whether some amount's name comes in several rows.
fn has_amounts(input: &Input<'_>) -> bool {
    let is_repeated =
        |field: &Field<'_>| field.namesakes > 1 && AMOUNTS.contains(&field.row.name.as_str());
    input.rows.iter().any(is_repeated)
}

/// The node whose path is `path`.
fn node_at(ground: &Ground<'_, '_>, path: &str) -> Option<usize> {
    let mut node = TOP;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let is_it = |&below: &usize| {
            ground.placed[below].parent == node && self::name(ground, below) == name
        };
        node = (1..ground.placed.len()).find(is_it)?;
    }
    Some(node)
}

fn name<'g>(ground: &'g Ground<'_, '_>, node: usize) -> &'g str {
    let placed = &ground.placed[node];
    match (placed.row, placed.shape, ground.shown()) {
        (Some(at), ..) => &ground.input.rows[at].row.name,
        (None, Some(id), Some(shown)) => &shown.shapes.get(id).name,
        _ => "",
    }
}
