//! Which fields occur together in the objects of other APIs: evidence for rows that a page's own sample leaves out.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use crate::document;
use crate::root::Root;
use crate::table::{FieldTable, Row};

/// The weight of the share of all objects that have a field, relative to the objects that have the sibling too.
const PRIOR: f64 = 0.25;
/// The weight of an object's own name, relative to one of its fields.
const OWN: f64 = 3.0;
/// The smallest share that is distinguished from zero.
const LEAST: f64 = 1.0 / 256.0;
/// The maximum number of an object's fields that are used as evidence.
const MOST_ASKED: usize = 24;

/// How often names are fields of the same object, in APIs whose sources show their structure.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    ids: HashMap<String, u32>,
    /// Per name, the number of objects in which it is a field.
    counts: Vec<i32>,
    /// Per pair of names, the number of objects that have both.
    pairs: FxHashMap<(u32, u32), i32>,
    objects: i32,
}

/// A name that some object has as a field, or as its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known(u32);

impl Catalogue {
    /// Reads the committed tables that show their structure.
    ///
    /// # Errors
    ///
    /// If a table cannot be read.
    pub fn load(root: &Root) -> anyhow::Result<Self> {
        let mut catalogue = Self::default();
        for table in FieldTable::load_all(root)? {
            if table.shows_structure() {
                catalogue.add_rows("<request", &table.request);
                catalogue.add_rows("<response", &table.response);
            }
        }
        Ok(catalogue)
    }

    /// Adds the objects of both sections of an API.
    pub fn add(&mut self, document: &document::Document) {
        self.count_fields("<request", &document.request, 1);
        self.count_fields("<response", &document.response, 1);
    }

    /// Removes what [`add`](Self::add) added.
    pub fn remove(&mut self, document: &document::Document) {
        self.count_fields("<request", &document.request, -1);
        self.count_fields("<response", &document.response, -1);
    }

    fn count_fields(&mut self, object: &str, fields: &[document::Field], by: i32) {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        self.count(object, &names, by);
        for field in fields.iter().filter(|field| !field.children.is_empty()) {
            self.count_fields(&field.name, &field.children, by);
        }
    }

    /// Adds the objects of a table whose rows are indented.
    fn add_rows(&mut self, top: &str, rows: &[Row]) {
        let mut open: Vec<(&str, Vec<&str>)> = vec![(top, Vec::new())];
        for row in rows {
            let level = row.depth.level().unwrap_or(0);
            while open.len() > level + 1 {
                let (object, names) = open.pop().unwrap_or_default();
                self.count(object, &names, 1);
            }
            if let Some((_, names)) = open.last_mut() {
                names.push(&row.name);
            }
            open.push((&row.name, Vec::new()));
        }
        for (object, names) in open {
            self.count(object, &names, 1);
        }
    }

    /// Counts an object with fields called `names`. The object's own name counts as a sibling of its fields, so that it
    /// is evidence for them too.
    fn count(&mut self, object: &str, names: &[&str], by: i32) {
        if names.is_empty() {
            return;
        }
        self.objects += by;
        let mut ids: Vec<u32> = names.iter().map(|name| self.id(name)).collect();
        ids.push(self.id(&own(object)));
        ids.sort_unstable();
        ids.dedup();
        for (at, &one) in ids.iter().enumerate() {
            self.counts[one as usize] += by;
            for &other in &ids[at + 1..] {
                *self.pairs.entry((one, other)).or_default() += by;
            }
        }
    }

    fn id(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let id = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        self.counts.push(0);
        self.ids.insert(name.to_owned(), id);
        id
    }

    /// A field called `name`, if any object has it.
    pub(crate) fn field(&self, name: &str) -> Option<Known> {
        let id = self.ids.get(name).copied().map(Known);
        id.filter(|&known| self.count_of(known) > 0)
    }

    /// An object called `name`, if there is one.
    pub(crate) fn object(&self, name: &str) -> Option<Known> {
        if self.ids.is_empty() {
            return None;
        }
        self.field(&own(name))
    }

    /// How unlikely it is that an object with the name of `own` and the fields `siblings` has `field`: minus three times
    /// the binary logarithm of the share of objects that have it, among those with the same name or such a field.
    pub(crate) fn strangeness(
        &self,
        field: Known,
        own: Option<Known>,
        siblings: impl Iterator<Item = Known>,
    ) -> i32 {
        let all = f64::from(self.count_of(field)) / f64::from(self.objects.max(1));
        let mut roots = PRIOR * all.sqrt();
        let mut asked = PRIOR;
        let siblings = siblings.take(MOST_ASKED).map(|sibling| (sibling, 1.0));
        for (other, weight) in siblings.chain(own.map(|own| (own, OWN))) {
            if other != field {
                let with = f64::from(self.both(field.0, other.0));
                let objects = f64::from(self.count_of(other));
                roots += weight * ((with + PRIOR * all) / (objects + PRIOR)).sqrt();
                asked += weight;
            }
        }
        let share = (roots / asked).powi(2).clamp(LEAST, 1.0);
        (-3.0 * share.log2()).round() as i32
    }

    /// The number of objects that have it.
    fn count_of(&self, known: Known) -> i32 {
        self.counts[known.0 as usize]
    }

    fn both(&self, one: u32, other: u32) -> i32 {
        let pair = (one.min(other), one.max(other));
        self.pairs.get(&pair).copied().unwrap_or(0)
    }
}

/// An object's own name, derived from those of fields.
fn own(object: &str) -> String {
    format!("{{{object}")
}
