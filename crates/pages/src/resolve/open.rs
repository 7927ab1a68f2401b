//! Open objects: an object is open as long as further rows may be its fields.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::placed::NodeId;
use super::rows::{Field, NameId};
use super::sample::ShapeId;

/// The number of an object's last rows that are remembered.
const RECENT: usize = 6;

/// An object, and the names of its settled rows.
pub(crate) type Settled = FxHashSet<(NodeId, NameId)>;

/// An open object.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    /// Its node.
    pub node: NodeId,
    /// The shape that holds its fields, if the sample shows them.
    pub content: Option<ShapeId>,
    /// The level that its mark gives, but at least one more than its parent's level. The top has level -1.
    pub level: i64,
    /// The number of its rows.
    pub count: usize,
    /// The sum of the hashes of their names.
    pub names: u64,
    /// The number of its rows that the sample shows.
    pub shown_count: usize,
    /// How many of `taken` the sample shows as fields of this object.
    pub kept: usize,
    /// Its last rows.
    recent: [usize; RECENT],
    /// The names that it has taken and that come again, without the settled ones.
    taken: Taken,
    /// The hashes of all of them, settled or not, added up.
    taken_sum: u64,
}

/// A list of names, the last one first. Copies of an object share the tail of the list.
#[derive(Clone, Debug, Default)]
struct Taken {
    last: Option<Rc<Name>>,
    /// A filter with one bit per name, chosen by the name's lowest bits. If the bit is clear, the name is not in the list.
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

    /// Its row. `None` for the top and for levels that only the sample shows.
    pub(crate) fn row(&self) -> Option<usize> {
        match self.node {
            NodeId::Row(at) => Some(at),
            NodeId::Top | NodeId::Level(_) => None,
        }
    }

    /// Its last rows, in no particular order.
    pub(crate) fn last_rows(&self) -> impl Iterator<Item = usize> {
        self.recent.iter().copied().take(self.count)
    }

    /// Adds row `at` to this object. `is_shown` says whether the sample shows it here.
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

    /// Forgets that it has taken the name of `field`, because no further row has that name.
    pub(crate) fn forget(&mut self, field: &Field<'_>) {
        self.taken_sum = self.taken_sum.wrapping_sub(field.hash);
    }

    /// Moves the names that it has taken to `settled`.
    pub(crate) fn settle(&mut self, settled: &mut Settled) {
        let taken = std::mem::take(&mut self.taken);
        settled.extend(taken.names().map(|name| (self.node, name)));
    }

    /// A hash of everything that the cost of rows to come depends on.
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

/// Mixes `part` into the hash `sum`. The result depends on the order of the parts.
pub(crate) fn mix(sum: u64, part: u64) -> u64 {
    (sum.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95)
}
