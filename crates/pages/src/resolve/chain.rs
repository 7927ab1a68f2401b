//! What is open after the first rows of a tree: the objects from the top down to the last one that a row opened.

use std::collections::HashSet;
use std::rc::Rc;

use super::page::Page;
use super::placed::{NodeId, Nodes};
use super::sample::ShapeId;
use super::shown::{Shown, View};

/// How many open objects there may be, one in the other.
pub(crate) const MOST_OPEN: usize = 64;
/// Levels between an open object and a shown field that may be undocumented.
const MOST_UNDOCUMENTED: usize = 3;
/// How many shapes of a name are searched for undocumented levels.
const MOST_NAMESAKES: usize = 64;
/// How many of an object's last rows are remembered.
const RECENT: usize = 6;

/// An open object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    /// Its node.
    pub node: NodeId,
    /// Its row; `None` for the top and for levels that only the sample shows.
    pub row: Option<usize>,
    /// The shape that holds its fields, when the sample shows them.
    pub content: Option<ShapeId>,
    /// The level its mark says, or a deeper one that its parent's demands; the top has -1.
    pub level: i64,
    /// How many rows it has.
    pub count: usize,
    /// Their names' hashes, added up.
    pub names: u64,
    /// How many of its rows the sample shows.
    pub shown_count: usize,
    /// Its last rows.
    recent: [usize; RECENT],
    /// The hashes of names that are taken and come again, added up.
    taken: u64,
}

impl Open {
    fn new(node: NodeId, row: Option<usize>, content: Option<ShapeId>, level: i64) -> Self {
        Self {
            node,
            row,
            content,
            level,
            count: 0,
            names: 0,
            shown_count: 0,
            recent: [0; RECENT],
            taken: 0,
        }
    }

    /// Its last rows, in any order.
    pub(crate) fn last_rows(&self) -> impl Iterator<Item = usize> {
        self.recent.iter().copied().take(self.count)
    }
}

/// A place for a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    /// The open object, as a position in the chain.
    pub position: usize,
    /// Undocumented levels below it, from the outside in.
    pub between: Vec<ShapeId>,
    /// Where the sample shows the row's field.
    pub shown: Option<ShapeId>,
    /// Whether the object has a row of that name already.
    pub repeats: bool,
}

/// A name that an object has taken and that comes again, before those taken earlier.
#[derive(Debug)]
struct Taken {
    node: NodeId,
    name: u64,
    before: Option<Rc<Taken>>,
}

/// The open objects after some rows, from the outside in.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// The open objects; the first is the top.
    pub open: Vec<Open>,
    /// Position of the object that took the last row, or is it.
    pub current: usize,
    /// Per name, how many rows to come have lost the field that the sample has for them; below zero, how many fields
    /// have lost their row.
    lost: Vec<(u64, i32)>,
    taken: Option<Rc<Taken>>,
}

/// The names that objects have taken in what is settled.
pub(crate) type Settled = HashSet<(NodeId, u64)>;

impl Chain {
    /// Only the top, which the sample shows as `root`.
    pub(crate) fn new(root: Option<ShapeId>) -> Self {
        Self {
            open: vec![Open::new(NodeId::Top, None, root, -1)],
            current: 0,
            lost: Vec::new(),
            taken: None,
        }
    }

    /// Every place for row `at`.
    pub(crate) fn places(&self, page: &Page<'_, '_>, settled: &Settled, at: usize) -> Vec<Place> {
        let field = &page.input.rows[at];
        let name = field.row.name.as_str();
        let is_alone = field.namesakes == 1;
        let mut places = Vec::with_capacity(self.open.len() + 1);
        let mut proposed_repeats = None;
        for (position, open) in self.open.iter().enumerate() {
            let repeats = !is_alone && self.has(settled, open.node, field.hash);
            let shown = page
                .shown()
                .and_then(|shown| shown.shapes.field(open.content?, name))
                .filter(|_| !repeats);
            if repeats {
                proposed_repeats = Some(position);
                if !field.is_outright() || position != self.proposed(page, at) {
                    continue;
                }
            }
            places.push(Place {
                position,
                between: Vec::new(),
                shown,
                repeats,
            });
        }
        if !places.iter().any(|place| place.shown.is_some())
            && let Some(shown) = page.shown()
        {
            self.between(page, shown, name, &mut places);
        }
        if let (true, Some(_)) = (places.is_empty(), proposed_repeats) {
            places.push(Place {
                position: self.open.len() - 1,
                between: Vec::new(),
                shown: None,
                repeats: true,
            });
        }
        places
    }

    /// Places below levels that only the sample shows.
    fn between(&self, page: &Page<'_, '_>, shown: &Shown, name: &str, places: &mut Vec<Place>) {
        for &id in shown.shapes.called(name).iter().take(MOST_NAMESAKES) {
            if let Some((position, between)) = self.way_down(page, shown, id) {
                places.push(Place {
                    position,
                    between,
                    shown: Some(id),
                    repeats: false,
                });
            }
        }
    }

    /// The open object above `id`, and the undocumented levels from there down to it.
    fn way_down(
        &self,
        page: &Page<'_, '_>,
        shown: &Shown,
        id: ShapeId,
    ) -> Option<(usize, Vec<ShapeId>)> {
        let mut between = Vec::new();
        let mut above = shown.shapes.get(id).parent;
        while between.len() < MOST_UNDOCUMENTED {
            let is_open = |open: &Open| open.content == Some(above);
            if let Some(position) = self.open.iter().rposition(is_open) {
                between.reverse();
                return (!between.is_empty()).then_some((position, between));
            }
            let shape = shown.shapes.get(above);
            let is_end = above == shown.root || shape.parent == above;
            let is_known = page.last_row.contains_key(shape.name.as_str())
                || shown.is_envelope(above, page.input.section);
            if is_end || is_known {
                return None;
            }
            between.push(above);
            above = shape.parent;
        }
        None
    }

    /// Position of the object that row `at`'s mark or indentation proposes, or else of the one that took the last row.
    pub(crate) fn proposed(&self, page: &Page<'_, '_>, at: usize) -> usize {
        match page.input.rows[at].row.depth.level() {
            Some(level) => {
                let level = i64::try_from(level).unwrap_or(i64::MAX);
                let is_above = |open: &Open| open.level < level;
                self.open.iter().rposition(is_above).unwrap_or(0)
            }
            None => self.current,
        }
    }

    /// Position of the object that the mark proposes, or else of the innermost.
    pub(crate) fn natural(&self, page: &Page<'_, '_>, at: usize) -> usize {
        match page.input.rows[at].row.depth.level() {
            Some(_) => self.proposed(page, at),
            None => self.open.len() - 1,
        }
    }

    /// Whether `node` has a row whose name has this hash, among those that come again.
    pub(crate) fn has(&self, settled: &Settled, node: NodeId, name: u64) -> bool {
        let mut taken = self.taken.as_deref();
        while let Some(entry) = taken {
            if entry.node == node && entry.name == name {
                return true;
            }
            taken = entry.before.as_deref();
        }
        settled.contains(&(node, name))
    }

    /// The chain after row `at` was put at `place`, and what the row is.
    pub(crate) fn after(
        &self,
        page: &Page<'_, '_>,
        settled: &Settled,
        at: usize,
        place: &Place,
    ) -> (Self, View) {
        let mut next = self.clone();
        let view = next.put(page, settled, at, place);
        (next, view)
    }

    fn put(&mut self, page: &Page<'_, '_>, settled: &Settled, at: usize, place: &Place) -> View {
        let field = &page.input.rows[at];
        let mut position = place.position;
        for &level in &place.between {
            self.close(page, settled, position + 1, at);
            let above = self.open[position].level;
            self.open
                .push(Open::new(NodeId::Level(level), None, Some(level), above));
            position += 1;
        }
        let open = &mut self.open[position];
        open.recent[open.count % RECENT] = at;
        open.count += 1;
        open.shown_count += usize::from(place.shown.is_some());
        open.names = open.names.wrapping_add(field.hash);
        if field.next_same.is_some() {
            open.taken = open.taken.wrapping_add(field.hash);
            self.taken = Some(Rc::new(Taken {
                node: open.node,
                name: field.hash,
                before: self.taken.take(),
            }));
        }
        let outer = open.level;
        // A mark that the tree shows to be too shallow is read as what it should be.
        let marked = field
            .row
            .depth
            .level()
            .and_then(|level| i64::try_from(level).ok());
        let level = marked.map_or(outer + 1, |level| level.max(outer + 1));
        self.current = position;
        let view = view(page, at, place.shown);
        if (field.is_container() || view.content.is_some()) && position + 1 < MOST_OPEN {
            // An object closes whatever is open beside it; a scalar leaves it open, because its rows may still come.
            self.close(page, settled, position + 1, at);
            self.open
                .push(Open::new(NodeId::Row(at), Some(at), view.content, level));
            self.current = position + 1;
        }
        if place.shown.is_none() && page.is_due(at) {
            self.lose(field.hash, -1);
        }
        view
    }

    /// Closes the objects from `position` on; what they have no row for yet is lost to rows to come.
    fn close(&mut self, page: &Page<'_, '_>, settled: &Settled, position: usize, at: usize) {
        while self.open.len() > position {
            let Some(open) = self.open.pop() else {
                return;
            };
            for name in open.content.into_iter().flat_map(|id| page.due(id, at)) {
                if !self.has(settled, open.node, name) {
                    self.lose(name, 1);
                }
            }
        }
    }

    /// Counts that a row has lost its field, or a field its row.
    fn lose(&mut self, name: u64, by: i32) {
        match self.lost.iter_mut().find(|(lost, _)| *lost == name) {
            Some((_, count)) => *count += by,
            None => self.lost.push((name, by)),
        }
        self.lost.retain(|(_, count)| *count != 0);
    }

    /// How many rows to come have lost their field for certain.
    pub(crate) fn lost(&self) -> i32 {
        self.lost.iter().map(|(_, count)| count.max(&0)).sum()
    }

    /// Makes `node` an open object, with those around it; gives its position.
    pub(crate) fn reopen(&mut self, nodes: &Nodes, node: NodeId) -> usize {
        if let Some(position) = self.open.iter().position(|open| open.node == node) {
            return position;
        }
        let above = self.reopen(nodes, nodes.parent(node));
        self.open.truncate(above + 1);
        let level = self.open[above].level + 1;
        let (row, content) = match node {
            NodeId::Row(at) => (Some(at), nodes.rows[at].view.content),
            NodeId::Level(id) => (None, Some(id)),
            NodeId::Top => (None, None),
        };
        self.lost.clear();
        self.open.push(Open::new(node, row, content, level));
        above + 1
    }

    /// Moves what was taken to `settled`; the chain is then the only one.
    pub(crate) fn settle(&mut self, settled: &mut Settled) {
        let mut taken = self.taken.take();
        while let Some(entry) = taken {
            settled.insert((entry.node, entry.name));
            taken = entry.before.clone();
        }
    }

    /// Forgets that objects have taken the name of row `at` where it comes no more.
    pub(crate) fn forget(&mut self, page: &Page<'_, '_>, settled: &Settled, at: usize) {
        let field = &page.input.rows[at];
        if field.namesakes == 1 || field.next_same.is_some() {
            return;
        }
        for position in 0..self.open.len() {
            if self.has(settled, self.open[position].node, field.hash) {
                let open = &mut self.open[position];
                open.taken = open.taken.wrapping_sub(field.hash);
            }
        }
    }

    /// A hash of all that the costs of rows to come depend on: chains with the same go on alike.
    pub(crate) fn state(&self) -> u64 {
        let mix =
            |sum: u64, part: u64| (sum.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95);
        let mut state = mix(0, self.current as u64);
        for open in &self.open {
            let place = open
                .content
                .map_or_else(|| open.node.hash(), |id| !(id as u64));
            state = mix(mix(state, place), open.taken);
            state = mix(state, open.level.unsigned_abs());
            state = mix(
                state,
                open.shown_count as u64 * 2 + u64::from(open.count > 0),
            );
            if open.content.is_none() {
                state = mix(state, open.names);
            }
        }
        let lost = |sum: u64, (name, count): &(u64, i32)| {
            let part = mix(*name, count.unsigned_abs().into());
            if *count > 0 {
                sum.wrapping_add(part)
            } else {
                sum.wrapping_sub(part)
            }
        };
        self.lost.iter().fold(state, lost)
    }
}

/// How row `at` is read where the sample shows it as `shape`.
fn view(page: &Page<'_, '_>, at: usize, shape: Option<ShapeId>) -> View {
    let Some(shown) = page.shown() else {
        return View::default();
    };
    if at == 0 && shown.inside_first {
        let is_list = shown.shapes.get(shown.root).array;
        return View {
            list: is_list.then_some(true),
            wrapper: None,
            content: Some(shown.root),
        };
    }
    let Some(id) = shape else {
        return View::default();
    };
    shown.view(id, &page.input.rows, Some(at), |name| {
        page.last_row.contains_key(name)
    })
}
