//! What objects of one documented type are shown to hold: evidence for those that a sample leaves out.

use std::collections::HashMap;

use super::sections::Input;
use crate::type_text::Element;

/// How many shapes of a row's name are looked at.
const MOST_SHAPES: usize = 16;

/// The documented types that have a name, with what the sample shows of objects called as their rows are.
#[derive(Debug, Default)]
pub(crate) struct NamedTypes<'i>(HashMap<&'i str, NamedType<'i>>);

#[derive(Debug, Default)]
struct NamedType<'i> {
    /// How many rows are of this type, and how many of those the sample shows.
    rows: usize,
    shown: usize,
    /// How often each field is shown.
    fields: HashMap<&'i str, usize>,
}

impl NamedType<'_> {
    /// Whether the objects shown are alike: a name may stand for several types.
    fn is_one_type(&self) -> bool {
        let shown: usize = self.fields.values().sum();
        2 * shown >= self.shown * self.fields.len()
    }
}

/// What a type's other objects say to a field of one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Like {
    /// One of them has it.
    Has,
    /// None of them has it.
    Lacks,
    /// There are no others, or the field may be missing from all of them.
    Unknown,
}

impl<'i> NamedTypes<'i> {
    /// Collects what the sample shows of each type.
    pub(crate) fn of(input: &'i Input<'_>, is_named: impl Fn(&str) -> bool) -> Self {
        let mut types = Self::default();
        for (at, field) in input.rows.iter().enumerate() {
            let Element::Object(Some(name)) = &field.doc.element else {
                continue;
            };
            let named = types.0.entry(name).or_default();
            named.rows += 1;
            let Some(shown) = &input.shown else {
                continue;
            };
            let called = shown.shapes.called(&field.row.name);
            let mut contents = called
                .iter()
                .take(MOST_SHAPES)
                .filter_map(|&id| shown.view(id, &input.rows, Some(at), &is_named).content)
                .peekable();
            named.shown += usize::from(contents.peek().is_some());
            for content in contents {
                for &id in &shown.shapes.get(content).fields {
                    let name = shown.shapes.get(id).name.as_str();
                    *named.fields.entry(name).or_default() += 1;
                }
            }
        }
        types
    }

    /// What the type of row `object` says to its having a field like row `at`; `is_shown` says whether the sample
    /// shows the object itself.
    pub(crate) fn like(&self, input: &Input<'_>, object: usize, at: usize, is_shown: bool) -> Like {
        let Element::Object(Some(name)) = &input.rows[object].doc.element else {
            return Like::Unknown;
        };
        let Some(named) = self
            .0
            .get(name.as_str())
            .filter(|named| named.is_one_type())
        else {
            return Like::Unknown;
        };
        let field = &input.rows[at];
        let others = named.shown - usize::from(is_shown && named.shown > 0);
        if named.fields.contains_key(field.row.name.as_str()) {
            Like::Has
        } else if others > 1 && field.namesakes < named.rows {
            Like::Lacks
        } else {
            Like::Unknown
        }
    }
}
