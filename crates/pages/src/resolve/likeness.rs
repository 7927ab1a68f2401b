//! The evidence of other APIs for a page's names: the catalogue, with every name of the page looked up once.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::catalogue::{Catalogue, Known};
use super::rows::NameId;
use super::sample::ShapeId;
use super::sections::Input;

/// A page's names, as entries of the catalogue.
#[derive(Debug)]
pub(crate) struct Likeness<'c> {
    catalogue: &'c Catalogue,
    /// Per name of a row, as a field and as an object.
    fields: Vec<Option<Known>>,
    objects: Vec<Option<Known>>,
    /// The section itself, as an object.
    top: Option<Known>,
    /// Per shape of the sample, as a field.
    shapes: Vec<Option<Known>>,
    /// A cache of the answers for objects that the sample shows.
    asked: RefCell<FxHashMap<Question, i32>>,
}

/// A row's name, and the name and the shape of an object that the sample shows.
type Question = (NameId, Option<NameId>, ShapeId);

impl<'c> Likeness<'c> {
    /// Looks up the names of `input`.
    pub(crate) fn new(catalogue: &'c Catalogue, input: &Input<'_>) -> Self {
        let mut fields = vec![None; input.ids.len()];
        let mut objects = vec![None; input.ids.len()];
        for (&name, &id) in &input.ids {
            fields[id as usize] = catalogue.field(name);
            objects[id as usize] = catalogue.object(name);
        }
        let shapes = input.shown.iter().flat_map(|shown| shown.shapes.all());
        Self {
            catalogue,
            fields,
            objects,
            top: catalogue.object(input.top()),
            shapes: shapes
                .map(|(_, shape)| catalogue.field(&shape.name))
                .collect(),
            asked: RefCell::default(),
        }
    }

    /// How strange a row called `name` is in an object that the sample shows as `content` with `fields`; `object` is
    /// its name, `None` for the section itself.
    pub(crate) fn in_shown(
        &self,
        name: NameId,
        object: Option<NameId>,
        content: ShapeId,
        fields: &[ShapeId],
    ) -> i32 {
        let Some(field) = self.fields[name as usize] else {
            return 0;
        };
        let strangeness = || {
            let siblings = fields.iter().filter_map(|&id| self.shapes[id]);
            self.catalogue
                .strangeness(field, self.object(object), siblings)
        };
        *self
            .asked
            .borrow_mut()
            .entry((name, object, content))
            .or_insert_with(strangeness)
    }

    /// How strange a row called `name` is in an object that has rows called `siblings`.
    pub(crate) fn among_rows(
        &self,
        name: NameId,
        object: Option<NameId>,
        siblings: impl Iterator<Item = NameId>,
    ) -> i32 {
        self.fields[name as usize].map_or(0, |field| {
            let siblings = siblings.filter_map(|name| self.fields[name as usize]);
            self.catalogue
                .strangeness(field, self.object(object), siblings)
        })
    }

    fn object(&self, name: Option<NameId>) -> Option<Known> {
        name.map_or(self.top, |name| self.objects[name as usize])
    }
}
