//! What is open after the first rows of a tree: the objects from the top down to the last one that a row opened.
//!
//! Chains share their common objects, so that a state only takes memory for what differs.

use std::rc::Rc;

use super::open::{Open, Settled, mix};
use super::page::Page;
use super::placed::{NodeId, Nodes};
use super::rows::{Field, NameId};
use super::sample::ShapeId;
use super::shown::View;

/// The maximum depth of nested open objects.
pub(crate) const MOST_OPEN: usize = 64;
/// The maximum number of an object's fields that are counted as lost when it is closed.
const MOST_LOST: usize = 4;
/// The maximum number of lost names that are remembered.
const MOST_REMEMBERED: usize = 64;

/// A place for a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    /// The open object, as a position in the chain.
    pub position: usize,
    /// Undocumented levels below it, from the outside in.
    pub between: Vec<ShapeId>,
    /// Where the sample shows the row's field.
    pub shown: Option<ShapeId>,
    /// Whether the object already has a row with that name.
    pub repeats: bool,
}

/// The open objects after some rows, from the outside in.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    /// The open objects; the first is the top.
    pub open: Vec<Rc<Open>>,
    /// Position of the object that the last row opened, or else of the object that has the last row.
    pub current: usize,
    lost: Lost,
}

impl Chain {
    /// A chain with only the top open, which the sample shows as `root`.
    pub(crate) fn new(root: Option<ShapeId>) -> Self {
        Self {
            open: vec![Rc::new(Open::new(NodeId::Top, root, -1))],
            current: 0,
            lost: Lost::default(),
        }
    }

    /// Position of the object that the mark or indentation of `field` proposes, or else of the current object.
    pub(crate) fn proposed(&self, field: &Field<'_>) -> usize {
        match field.row.depth.level() {
            Some(level) => {
                let level = i64::try_from(level).unwrap_or(i64::MAX);
                let is_above = |open: &Rc<Open>| open.level < level;
                self.open.iter().rposition(is_above).unwrap_or(0)
            }
            None => self.current,
        }
    }

    /// The object that the mark or indentation of `field` proposes, or else the innermost open object.
    pub(crate) fn natural(&self, field: &Field<'_>) -> &Open {
        match field.row.depth.level() {
            Some(_) => &self.open[self.proposed(field)],
            None => &self.open[self.open.len() - 1],
        }
    }

    /// The chain after row `at` is placed at `place`, where it is read as `view`.
    pub(crate) fn after(
        &self,
        page: &Page<'_, '_>,
        settled: &Settled,
        at: usize,
        place: &Place,
        view: View,
    ) -> Self {
        let mut open = Vec::with_capacity(self.open.len() + place.between.len() + 1);
        open.extend_from_slice(&self.open);
        let mut next = Self {
            open,
            current: self.current,
            lost: self.lost.clone(),
        };
        next.put(page, settled, at, place, view);
        next.forget(page, settled, at);
        next
    }

    fn put(
        &mut self,
        page: &Page<'_, '_>,
        settled: &Settled,
        at: usize,
        place: &Place,
        view: View,
    ) {
        let field = &page.input.rows[at];
        let mut position = place.position;
        for &level in &place.between {
            self.close(page, settled, position + 1, at);
            let above = self.open[position].level;
            let open = Open::new(NodeId::Level(level), Some(level), above);
            self.open.push(Rc::new(open));
            position += 1;
        }
        let open = Rc::make_mut(&mut self.open[position]);
        if page.is_root(place.shown) {
            // The whole sample is the content of this row's object, so it shows no sibling of the row.
            open.content = None;
        }
        open.take(at, field, place.shown.is_some());
        let is_due = place
            .shown
            .is_some_and(|id| page.is_due_field(field.name, id));
        open.kept += usize::from(field.next_same.is_some() && is_due);
        // A mark that is too shallow for the row's place counts as one level below the parent.
        let marked = field.row.depth.level();
        let marked = marked.and_then(|level| i64::try_from(level).ok());
        let level = marked.unwrap_or(0).max(open.level + 1);
        self.current = position;
        if (field.is_container() || view.content.is_some()) && position + 1 < MOST_OPEN {
            // An object closes its open siblings. A scalar leaves them open, because their rows may still come.
            self.close(page, settled, position + 1, at);
            let open = Open::new(NodeId::Row(at), view.content, level);
            self.open.push(Rc::new(open));
            self.current = position + 1;
        }
        if place.shown.is_none() && page.is_due(at) {
            self.lost.add(field, -1);
        }
    }

    /// Closes the objects from `position` on. Their fields without a row are then lost to the rows to come.
    fn close(&mut self, page: &Page<'_, '_>, settled: &Settled, position: usize, at: usize) {
        for open in self.open.drain(position..) {
            let due = open.content.map_or(&[][..], |id| page.due(id, at));
            let mut left = due.len().saturating_sub(open.kept).min(MOST_LOST);
            // The fields whose rows come last are the most likely to be without a row.
            let mut untaken = due
                .iter()
                .rev()
                .filter(|&&(_, name)| !open.has(settled, name));
            while left > 0
                && let Some(&(last, _)) = untaken.next()
            {
                self.lost.add(&page.input.rows[last], 1);
                left -= 1;
            }
        }
    }

    /// The number of rows to come that have certainly lost their field.
    pub(crate) fn lost(&self) -> i32 {
        self.lost.rows
    }

    /// Opens the object `node` and its ancestors, and returns its position.
    pub(crate) fn reopen(
        &mut self,
        page: &Page<'_, '_>,
        settled: &Settled,
        nodes: &Nodes,
        node: NodeId,
    ) -> usize {
        if let Some(position) = self.open.iter().position(|open| open.node == node) {
            return position;
        }
        let above = self.reopen(page, settled, nodes, nodes.parent(node));
        self.open.truncate(above + 1);
        let level = self.open[above].level + 1;
        let content = match node {
            NodeId::Row(at) => nodes.rows[at].view.content,
            NodeId::Level(id) => Some(id),
            NodeId::Top => None,
        };
        self.lost = Lost::default();
        let mut open = Open::new(node, content, level);
        let due = content.map_or(&[][..], |id| page.due(id, nodes.rows.len()));
        let has = |(_, name): &&(usize, NameId)| open.has(settled, *name);
        open.kept = due.iter().filter(has).count();
        self.open.push(Rc::new(open));
        above + 1
    }

    /// Moves the names that open objects have taken to `settled`. Call it when this is the only chain left.
    pub(crate) fn settle(&mut self, settled: &mut Settled) {
        for open in &mut self.open {
            Rc::make_mut(open).settle(settled);
        }
    }

    /// If no further row has the name of row `at`, forgets which objects have taken that name and whether it is lost.
    fn forget(&mut self, page: &Page<'_, '_>, settled: &Settled, at: usize) {
        let field = &page.input.rows[at];
        if field.next_same.is_some() {
            return;
        }
        self.lost.forget(field.name);
        if field.namesakes == 1 {
            return;
        }
        for open in &mut self.open {
            if open.has(settled, field.name) {
                let open = Rc::make_mut(open);
                let shown = open.content.and_then(|id| page.field(id, field.name));
                let is_due = shown.is_some_and(|id| page.is_due_field(field.name, id));
                open.kept -= usize::from(is_due && open.kept > 0);
                open.forget(field);
            }
        }
    }

    /// A hash of everything that the cost of rows to come depends on. Chains with equal hashes are merged.
    pub(crate) fn state(&self) -> u64 {
        let current = mix(0, self.current as u64);
        let open = self.open.iter();
        open.fold(current, |state, open| mix(state, open.state()))
            .wrapping_add(self.lost.sum)
    }
}

/// Rows to come that have lost the field which the sample has for them, and fields that have lost their row.
#[derive(Clone, Debug, Default)]
struct Lost {
    /// Per name, the number of rows that have lost their field. A negative count is of fields that have lost their row.
    names: Vec<(NameId, u64, i32)>,
    /// The number of rows that have lost their field.
    rows: i32,
    /// A hash of `names`.
    sum: u64,
}

impl Lost {
    /// Adds `by` to the count for the name of `field`: 1 if a row has lost its field, -1 if a field has lost its row.
    fn add(&mut self, field: &Field<'_>, by: i32) {
        let count = self.take_out(field.name) + by;
        if count != 0 && self.names.len() < MOST_REMEMBERED {
            self.names.push((field.name, field.hash, count));
            self.rows += count.max(0);
            self.sum = self.sum.wrapping_add(part(field.hash, count));
        }
    }

    /// Forgets `name`, because no further row has it.
    fn forget(&mut self, name: NameId) {
        self.take_out(name);
    }

    fn take_out(&mut self, name: NameId) -> i32 {
        let Some(at) = self.names.iter().position(|(lost, ..)| *lost == name) else {
            return 0;
        };
        let (_, hash, count) = self.names.remove(at);
        self.rows -= count.max(0);
        self.sum = self.sum.wrapping_sub(part(hash, count));
        count
    }
}

fn part(hash: u64, count: i32) -> u64 {
    hash.wrapping_mul(u64::from(count.unsigned_abs()))
        .wrapping_mul(if count < 0 { 3 } else { 1 })
}
