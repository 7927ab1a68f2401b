//! The facts of a table and its sample that do not depend on the tree. The terms count from them.

use rustc_hash::FxHashMap;

use super::catalogue::Catalogue;
use super::likeness::Likeness;
use super::recurring::{AMOUNTS, KnownShapes};
use super::rows::{Field, MOST_ABSENT, NameId};
use super::sample::ShapeId;
use super::sections::Input;
use super::shown::{Shown, View};
use super::types::NamedTypes;
use super::words::Words;
use crate::table::Format;
use crate::tree::Section;

/// A section, its sample and other evidence, in the form that the terms need.
#[derive(Debug)]
pub(crate) struct Page<'i, 't> {
    /// The rows and the sample.
    pub input: &'i Input<'t>,
    /// The fields that objects of other APIs have.
    pub likeness: Likeness<'i>,
    /// The words that names share.
    pub words: Words,
    /// The sample's recurring shapes.
    pub shapes: KnownShapes,
    /// The evidence that the names of documented types give.
    pub types: NamedTypes,
    /// Whether the table shows depth by marks.
    pub has_marks: bool,
    /// Whether rows of other objects may be between an object's row and those of its fields. In tables with marks they
    /// may, unless the sample has the order of the rows.
    pub may_stand_apart: bool,
    /// How many of the root's fields belong to the envelope.
    pub envelope: usize,
    /// Whether the table has several amounts of money.
    pub has_amounts: bool,
    /// The sample's root, if it can be the inside of the first row's object.
    pub inside_of_first: Option<ShapeId>,
    /// Per name, every shape that has it.
    called: Vec<&'i [ShapeId]>,
    /// The fields of shapes, where rows have the name.
    fields: FxHashMap<(ShapeId, NameId), ShapeId>,
    /// Per name, the number of fields without the envelope's, at most one more than the rows.
    own_fields: Vec<usize>,
    /// Per name, whether it has as many rows as there are fields.
    is_due_name: Vec<bool>,
    /// Per shape, its fields whose names have as many rows as the sample has fields: each name with its last row, in
    /// the order of those rows.
    due: FxHashMap<ShapeId, Vec<(usize, NameId)>>,
    /// Per shape, how many of its fields have a row anywhere.
    documented: Vec<usize>,
    /// Per row, the next one that the sample shows.
    next_shown: Vec<Option<usize>>,
}

impl<'i, 't> Page<'i, 't> {
    /// Collects the facts of `input`.
    pub(crate) fn new(input: &'i Input<'t>, catalogue: &'i Catalogue) -> Self {
        let mut page = Self {
            input,
            likeness: Likeness::new(catalogue, input),
            words: Words::of(input),
            shapes: KnownShapes::of(input.shown.as_ref()),
            types: NamedTypes::of(input),
            has_marks: input.has_marks(),
            may_stand_apart: input.has_marks()
                && input
                    .shown
                    .as_ref()
                    .is_none_or(|shown| shown.shapes.format() != Format::Xml),
            envelope: input
                .shown
                .as_ref()
                .map_or(0, |shown| shown.envelope(input.section)),
            has_amounts: has_amounts(input),
            inside_of_first: inside_of_first(input),
            called: vec![&[]; input.ids.len()],
            fields: FxHashMap::default(),
            own_fields: vec![0; input.ids.len()],
            is_due_name: vec![false; input.ids.len()],
            due: FxHashMap::default(),
            documented: Vec::new(),
            next_shown: vec![None; input.rows.len()],
        };
        if let Some(shown) = &input.shown {
            page.look_up(shown);
        }
        page
    }

    fn look_up(&mut self, shown: &'i Shown) {
        for (&name, &id) in &self.input.ids {
            self.called[id as usize] = shown.shapes.called(name);
        }
        self.documented = vec![0; shown.shapes.all().len()];
        for (at, field) in self.input.rows.iter().enumerate() {
            if field.next_same.is_none() {
                self.look_up_name(shown, field, at);
            }
        }
        let mut next = None;
        for (at, field) in self.input.rows.iter().enumerate().rev() {
            self.next_shown[at] = next.filter(|next| next - at <= MOST_ABSENT);
            if !self.called(field.name).is_empty() {
                next = Some(at);
            }
        }
    }

    /// Looks up the name of `field`, whose last row is row `at`.
    fn look_up_name(&mut self, shown: &'i Shown, field: &Field<'_>, at: usize) {
        let called = self.called(field.name);
        for &id in called {
            let parent = shown.shapes.get(id).parent;
            self.fields.insert((parent, field.name), id);
            self.documented[parent] += 1;
        }
        let is_own = |id: &&ShapeId| !shown.is_envelope(**id, self.input.section);
        let own = called.iter().filter(is_own).take(field.namesakes + 1);
        let own: Vec<ShapeId> = own.copied().collect();
        self.own_fields[field.name as usize] = own.len();
        if self.is_due(at) {
            self.is_due_name[field.name as usize] = true;
            for id in own {
                let parent = shown.shapes.get(id).parent;
                self.due.entry(parent).or_default().push((at, field.name));
            }
        }
    }

    /// The fields of `content` whose names have as many rows as fields, and have rows from row `at` on: each with its
    /// last row, in the order of those rows.
    pub(crate) fn due(&self, content: ShapeId, at: usize) -> &[(usize, NameId)] {
        let due = self.due.get(&content).map_or(&[][..], Vec::as_slice);
        &due[due.partition_point(|(last, _)| *last < at)..]
    }

    /// Whether the sample has exactly as many fields with the name of row `at` as the table has rows with it.
    pub(crate) fn is_due(&self, at: usize) -> bool {
        let field = &self.input.rows[at];
        !field.is_outright() && self.own_fields[field.name as usize] == field.namesakes
    }

    /// Whether `id`, called `name`, is a field whose name has as many rows as fields.
    pub(crate) fn is_due_field(&self, name: NameId, id: ShapeId) -> bool {
        let is_own = |shown: &Shown| !shown.is_envelope(id, self.input.section);
        self.is_due_name[name as usize] && self.shown().is_some_and(is_own)
    }

    /// Whether the sample has a field for row `at` and for each other row with its name.
    pub(crate) fn has_field_each(&self, at: usize) -> bool {
        let field = &self.input.rows[at];
        self.shown().is_some()
            && !field.is_outright()
            && self.own_fields[field.name as usize] >= field.namesakes
    }

    /// Every shape called `name`.
    pub(crate) fn called(&self, name: NameId) -> &'i [ShapeId] {
        self.called[name as usize]
    }

    /// The field of `content` called `name`.
    pub(crate) fn field(&self, content: ShapeId, name: NameId) -> Option<ShapeId> {
        self.fields.get(&(content, name)).copied()
    }

    /// Whether a row has the name of `id`.
    pub(crate) fn is_named(&self, id: ShapeId) -> bool {
        self.shown()
            .is_some_and(|shown| self.input.is_named(&shown.shapes.get(id).name))
    }

    /// Whether no more than half of the fields that the sample shows in `content` have a row anywhere.
    pub(crate) fn hardly_documents(&self, content: ShapeId) -> bool {
        self.shown().is_some_and(|shown| {
            2 * self.documented[content] <= shown.shapes.get(content).fields.len()
        })
    }

    /// How row `at` is read if the sample shows it as `shape`.
    pub(crate) fn view(&self, at: usize, shape: Option<ShapeId>) -> View {
        let Some(shown) = self.shown() else {
            return View::default();
        };
        if self.is_root(shape) {
            let is_list = shown.shapes.get(shown.root).array;
            return View {
                list: is_list.then_some(true),
                wrapper: None,
                content: Some(shown.root),
            };
        }
        shape.map_or_else(View::default, |id| {
            let is_named = |name: &str| self.input.is_named(name);
            shown.view(id, &self.input.rows, Some(at), is_named)
        })
    }

    /// Whether `shape` is the object that holds the section's top fields in the sample.
    pub(crate) fn is_root(&self, shape: Option<ShapeId>) -> bool {
        shape.is_some() && shape == self.shown().map(|shown| shown.root)
    }

    /// The sample's contents.
    pub(crate) fn shown(&self) -> Option<&'i Shown> {
        self.input.shown.as_ref()
    }

    /// The next row after row `at` that the sample shows anywhere.
    pub(crate) fn next_shown(&self, at: usize) -> Option<&'i Field<'t>> {
        self.next_shown[at].map(|next| &self.input.rows[next])
    }
}

/// The sample's root, if it can be the inside of the first row's object: the sample has nothing of that name, and no
/// other row is marked as a top field.
fn inside_of_first(input: &Input<'_>) -> Option<ShapeId> {
    let (first, others) = input.rows.split_first()?;
    let shown = input.shown.as_ref()?;
    let is_top = |field: &Field<'_>| field.row.depth.level() == Some(0);
    let may_be = input.section == Section::Response
        && first.is_container()
        && shown.shapes.called(&first.row.name).is_empty()
        && !others.iter().any(is_top);
    may_be.then_some(shown.root)
}

/// Whether the name of some amount of money is in several rows.
fn has_amounts(input: &Input<'_>) -> bool {
    let is_repeated =
        |field: &Field<'_>| field.namesakes > 1 && AMOUNTS.contains(&field.row.name.as_str());
    input.rows.iter().any(is_repeated)
}
