//! Which shapes recur in a sample. An object with such a shape is complete: it has no rows for other fields.

use rustc_hash::{FxHashMap, FxHashSet};

use super::rows::hash;
use super::sample::ShapeId;
use super::shown::Shown;

/// The fields that make up an amount of money, in every answer of the platform.
pub(crate) const MONEY: [&str; 6] = [
    "amount",
    "amount_str",
    "cent",
    "cent_factor",
    "currency",
    "currency_code",
];
pub(crate) const AMOUNTS: [&str; 3] = ["amount", "amount_str", "cent"];
pub(crate) const CURRENCIES: [&str; 2] = ["currency", "currency_code"];

/// The sets of fields that objects of the sample have.
#[derive(Debug)]
pub(crate) struct KnownShapes {
    /// Per set, by its hash, how many objects have it.
    sets: FxHashMap<(usize, u64), usize>,
    of_shape: FxHashMap<ShapeId, (usize, u64)>,
    money: FxHashSet<ShapeId>,
    /// The sets of fields that make an amount of money.
    amounts: FxHashSet<(usize, u64)>,
}

impl KnownShapes {
    /// The sets in `shown`.
    pub(crate) fn of(shown: Option<&Shown>) -> Self {
        let mut known = Self {
            sets: FxHashMap::default(),
            of_shape: FxHashMap::default(),
            money: FxHashSet::default(),
            amounts: amounts().collect(),
        };
        let Some(shown) = shown else {
            return known;
        };
        for (id, shape) in shown.shapes.all() {
            if shape.fields.len() < 2 || id == shown.root {
                continue;
            }
            let names: Vec<&str> = shape
                .fields
                .iter()
                .map(|&field| shown.shapes.get(field).name.as_str())
                .collect();
            let set = (
                names.len(),
                names
                    .iter()
                    .fold(0_u64, |sum, name| sum.wrapping_add(hash(name))),
            );
            *known.sets.entry(set).or_insert(0) += 1;
            known.of_shape.insert(id, set);
            if is_money(names.iter().copied()) {
                known.money.insert(id);
            }
        }
        known
    }

    /// How many objects of the sample have exactly the fields of `id`, if several have them or they make an amount of
    /// money.
    pub(crate) fn alike(&self, id: ShapeId) -> Option<usize> {
        let count = self
            .of_shape
            .get(&id)
            .and_then(|set| self.sets.get(set))
            .copied()?;
        (count > 1 || self.money.contains(&id)).then_some(count)
    }

    /// Whether `id` shows an amount of money.
    pub(crate) fn is_money(&self, id: ShapeId) -> bool {
        self.money.contains(&id)
    }

    /// Whether these fields, given as their number and the sum of their hashes, make an amount of money.
    pub(crate) fn make_money(&self, count: usize, names: u64) -> bool {
        self.amounts.contains(&(count, names))
    }

    /// How many objects of the sample have exactly these fields, given as their number and the sum of their hashes.
    pub(crate) fn with(&self, count: usize, names: u64) -> Option<usize> {
        self.sets.get(&(count, names)).copied()
    }
}

/// Every set of fields that makes an amount of money, as their number and the sum of their hashes.
fn amounts() -> impl Iterator<Item = (usize, u64)> {
    let sets = (0..1_usize << MONEY.len()).map(|set| {
        let names = MONEY.iter().enumerate();
        names
            .filter(move |(at, _)| set >> at & 1 == 1)
            .map(|(_, &name)| name)
    });
    let money = sets.filter(|names| is_money(names.clone()));
    money.map(|names| {
        let sum = |sum: u64, name| sum.wrapping_add(hash(name));
        (names.clone().count(), names.fold(0, sum))
    })
}

/// Whether fields called `names` make an amount of money.
pub(crate) fn is_money<'n>(names: impl Iterator<Item = &'n str> + Clone) -> bool {
    let has = |wanted: &[&str]| names.clone().any(|name| wanted.contains(&name));
    names.clone().all(|name| MONEY.contains(&name)) && has(&AMOUNTS) && has(&CURRENCIES)
}
