//! An object that is open: rows below may be its fields.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::placed::NodeId;
use super::rows::{Field, NameId};
use super::sample::ShapeId;

/// How many of an object's last rows are remembered.
const RECENT: usize = 6;

/// An object, and the names that it has taken in what is settled.
pub(crate) type Settled = FxHashSet<(NodeId, NameId)>;

/// An open object.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    /// Its node.
    pub node: NodeId,
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
    /// How many of the names that it has taken and that come again it has as the sample's own fields.
    pub kept: usize,
    /// Its last rows.
    recent: [usize; RECENT],
    /// The names that it has taken and that come again, without the settled ones.
    taken: Taken,
    /// The hashes of all of them, settled or not, added up.
    taken_sum: u64,
}

/// Names, the last one first. Objects share the names that they have in common.
#[derive(Clone, Debug, Default)]
struct Taken {
    last: Option<Rc<Name>>,
    /// A bit for each name, by its last digits: most names that are not here have none.
    bits: u64,
}

#[derive(Debug)]
struct Name {
    name: NameId,
    before: Option<Rc<Name>>,
}

impl Taken {
    fn push(&mut self, name: NameId) {
        let before = self.last.take();
        self.last = Some(Rc::new(Name { name, before }));
        self.bits |= bit(name);
    }

    fn names(&self) -> impl Iterator<Item = NameId> {
        let first = self.last.as_deref();
        std::iter::successors(first, |name| name.before.as_deref()).map(|name| name.name)
    }

    fn contains(&self, name: NameId) -> bool {
        self.bits & bit(name) != 0 && self.names().any(|taken| taken == name)
    }
}

fn bit(name: NameId) -> u64 {
    1 << (name % 64)
}

impl Open {
    pub(crate) fn new(node: NodeId, content: Option<ShapeId>, level: i64) -> Self {
        Self {
            node,
            content,
            level,
            count: 0,
            names: 0,
            shown_count: 0,
            kept: 0,
            recent: [0; RECENT],
            taken: Taken::default(),
            taken_sum: 0,
        }
    }

    /// Its row; `None` for the top and for levels that only the sample shows.
    pub(crate) fn row(&self) -> Option<usize> {
        match self.node {
            NodeId::Row(at) => Some(at),
            NodeId::Top | NodeId::Level(_) => None,
        }
    }

    /// Its last rows, in any order.
    pub(crate) fn last_rows(&self) -> impl Iterator<Item = usize> {
        self.recent.iter().copied().take(self.count)
    }

    /// Takes row `at`, which the sample shows or not.
    pub(crate) fn take(&mut self, at: usize, field: &Field<'_>, is_shown: bool) {
        self.recent[self.count % RECENT] = at;
        self.count += 1;
        self.shown_count += usize::from(is_shown);
        self.names = self.names.wrapping_add(field.hash);
        if field.next_same.is_some() {
            self.taken_sum = self.taken_sum.wrapping_add(field.hash);
            self.taken.push(field.name);
        }
    }

    /// Whether it has a row called `name`, among the names that come again.
    pub(crate) fn has(&self, settled: &Settled, name: NameId) -> bool {
        self.taken.contains(name) || settled.contains(&(self.node, name))
    }

    /// Forgets that it has taken the name of `field`, which comes no more.
    pub(crate) fn forget(&mut self, field: &Field<'_>) {
        self.taken_sum = self.taken_sum.wrapping_sub(field.hash);
    }

    /// Moves what it has taken to `settled`.
    pub(crate) fn settle(&mut self, settled: &mut Settled) {
        let taken = std::mem::take(&mut self.taken);
        settled.extend(taken.names().map(|name| (self.node, name)));
    }

    /// A hash of all that the costs of rows to come depend on.
    pub(crate) fn state(&self) -> u64 {
        let place = match self.content {
            Some(id) => !(id as u64),
            None => mix(self.node.hash(), self.names),
        };
        let state = mix(mix(place, self.taken_sum), self.level.unsigned_abs());
        let has_rows = u64::from(self.count > 0);
        mix(state, self.shown_count as u64 * 2 + has_rows)
    }
}

/// Adds `part` to the hash `sum`, in order.
pub(crate) fn mix(sum: u64, part: u64) -> u64 {
    (sum.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95)
}
