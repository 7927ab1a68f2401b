//! The fields that samples show in objects of one documented type: evidence for objects of the type that a sample leaves
//! out.

use std::collections::HashMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::rows::NameId;
use super::sample::ShapeId;
use super::sections::Input;
use super::shown::Shown;
use crate::type_text::Element;

/// The maximum number of shapes with a row's name that are examined.
const MOST_SHAPES: usize = 16;

/// The documented types that have a name, with the sample's objects that have the names of their rows.
#[derive(Debug, Default)]
pub(crate) struct NamedTypes {
    /// Per row, its type.
    of_row: Vec<Option<usize>>,
    types: Vec<NamedType>,
}

#[derive(Debug, Default)]
struct NamedType {
    /// How many rows have this type, and how many of those the sample shows.
    rows: usize,
    shown: usize,
    /// How often each object is shown.
    contents: FxHashMap<ShapeId, usize>,
    /// The names of rows that are among the fields of one of them.
    fields: FxHashSet<NameId>,
    /// Whether the shown objects have the same fields. They may differ, because several types may have one name.
    is_one_type: bool,
}

impl NamedType {
    /// Collects the fields of the objects shown.
    fn collect(&mut self, input: &Input<'_>, shown: &Shown) {
        let mut names = FxHashSet::default();
        let mut count = 0;
        for (&content, times) in &self.contents {
            let fields = &shown.shapes.get(content).fields;
            count += times * fields.len();
            names.extend(fields.iter().map(|&id| shown.shapes.get(id).name.as_str()));
        }
        self.is_one_type = 2 * count >= self.shown * names.len();
        let of_row = |name: &str| input.ids.get(name).copied();
        self.fields = names.into_iter().filter_map(of_row).collect();
    }
}

/// The evidence of a type's other objects for a field of one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Like {
    /// One of them has it.
    Has,
    /// None of them has it.
    Lacks,
    /// There are no others, or the field may be missing from all of them.
    Unknown,
}

impl NamedTypes {
    /// Collects what the sample shows of each type.
    pub(crate) fn of(input: &Input<'_>) -> Self {
        let mut types = Self::default();
        let mut ids: HashMap<&str, usize> = HashMap::new();
        for (at, field) in input.rows.iter().enumerate() {
            let Element::Object(Some(name)) = &field.doc.element else {
                types.of_row.push(None);
                continue;
            };
            let id = *ids.entry(name).or_insert(types.types.len());
            types.of_row.push(Some(id));
            if id == types.types.len() {
                types.types.push(NamedType::default());
            }
            let named = &mut types.types[id];
            named.rows += 1;
            let Some(shown) = &input.shown else {
                continue;
            };
            let is_named = |name: &str| input.is_named(name);
            let called = shown.shapes.called(&field.row.name);
            let mut contents = called
                .iter()
                .take(MOST_SHAPES)
                .filter_map(|&id| shown.view(id, &input.rows, Some(at), is_named).content)
                .peekable();
            named.shown += usize::from(contents.peek().is_some());
            for content in contents {
                *named.contents.entry(content).or_default() += 1;
            }
        }
        if let Some(shown) = &input.shown {
            let types = types.types.iter_mut();
            types.for_each(|named| named.collect(input, shown));
        }
        types
    }

    /// Whether the type of row `object` has a field like row `at`; `is_shown` says whether the sample shows the object
    /// itself.
    pub(crate) fn like(&self, input: &Input<'_>, object: usize, at: usize, is_shown: bool) -> Like {
        let named = self.of_row[object].map(|id| &self.types[id]);
        let Some(named) = named.filter(|named| named.is_one_type) else {
            return Like::Unknown;
        };
        let field = &input.rows[at];
        let others = named.shown - usize::from(is_shown && named.shown > 0);
        if named.fields.contains(&field.name) {
            Like::Has
        } else if others > 1 && field.namesakes < named.rows {
            Like::Lacks
        } else {
            Like::Unknown
        }
    }
}
