//! What objects of one documented type have been shown to hold: evidence for those that a sample leaves out.

use std::collections::HashMap;

use super::placed::Placed;
use super::section::Input;
use crate::type_text::Element;

/// The documented types that have a name, with what the sample shows of their objects.
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
    /// Collects what rows placed before tell.
    pub(crate) fn of(input: &'i Input<'_>, placed: &[Placed]) -> Self {
        let mut types = Self::default();
        for (at, placed) in placed
            .iter()
            .filter_map(|placed| Some((placed.row?, placed)))
        {
            let Element::Object(Some(name)) = &input.rows[at].doc.element else {
                continue;
            };
            let named = types.0.entry(name).or_default();
            named.rows += 1;
            if let Some((shown, content)) = input.shown.as_ref().zip(placed.view.content) {
                named.shown += 1;
                for &id in &shown.shapes.get(content).fields {
                    *named
                        .fields
                        .entry(shown.shapes.get(id).name.as_str())
                        .or_default() += 1;
                }
            }
        }
        types
    }

    /// Whether any type was shown and has more rows than one.
    pub(crate) fn tell_anything(&self) -> bool {
        self.0
            .values()
            .any(|named| named.rows > 1 && named.shown > 0)
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
