//! A section of a page: the rows of one table, with the sample that belongs to them.

use std::collections::{BTreeSet, HashMap};

use super::rows::{Field, NameId, fields, ids};
use super::sample::{ROOT, Shape, ShapeId, Shapes};
use super::shown::{ANSWER_ENVELOPE, Shown, is_scalars_element, unwrap};
use crate::table::{Depth, FieldTable, Format, Role, Sample};
use crate::tree::Section;

/// A table's rows and samples.
#[derive(Debug)]
pub(crate) struct Input<'t> {
    /// Which table it is.
    pub section: Section,
    /// The rows, in page order.
    pub rows: Vec<Field<'t>>,
    /// Their names.
    pub ids: HashMap<&'t str, NameId>,
    /// The samples' contents; `None` without samples, or if they follow another schema.
    pub shown: Option<Shown>,
    /// Line of a sample that follows another schema.
    pub foreign: Option<usize>,
}

impl<'t> Input<'t> {
    /// Reads the rows of `section` and its samples.
    ///
    /// # Errors
    ///
    /// If a sample cannot be read.
    pub(crate) fn new(table: &'t FieldTable, section: Section) -> anyhow::Result<Self> {
        let (rows, role) = match section {
            Section::Request => (&table.request, Role::Request),
            Section::Response => (&table.response, Role::Answer),
        };
        let ids = ids(rows);
        let rows = fields(rows, &ids);
        let names: BTreeSet<&str> = ids.keys().copied().collect();
        let samples: Vec<&Sample> = table.samples_of(role).collect();
        let styles: Vec<Option<Style>> = samples.iter().map(|it| style(it, &names)).collect();
        let mut best: Option<(usize, Shown, &Sample)> = None;
        for (at, sample) in samples.iter().enumerate() {
            let style = styles[at];
            if style.is_some() && styles[..at].contains(&style) {
                continue;
            }
            let is_alike =
                |other: &usize| *other == at || (style.is_some() && styles[*other] == style);
            let alike = (at..samples.len()).filter(is_alike);
            let alike: Vec<&Sample> = alike.map(|other| samples[other]).collect();
            let shown = Shown::of(&alike, section, &names)?;
            let known = shown
                .shapes
                .all()
                .filter(|(_, shape)| names.contains(shape.name.as_str()))
                .count();
            if best.as_ref().is_none_or(|(most, ..)| known > *most) {
                best = Some((known, shown, sample));
            }
        }
        let mut input = Self {
            section,
            rows,
            ids,
            shown: None,
            foreign: None,
        };
        if let Some((_, shown, sample)) = best {
            if input.is_foreign(&shown) {
                input.foreign = Some(sample.line);
            } else {
                input.shown = Some(shown);
            }
        }
        Ok(input)
    }

    /// Whether a row is called `name`.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.ids.contains_key(name)
    }

    /// Whether the table shows depth by marks.
    pub(crate) fn has_marks(&self) -> bool {
        let is_mark = |field: &Field<'_>| matches!(field.row.depth, Depth::Mark(_));
        self.rows.iter().any(is_mark)
    }

    /// A name that is typical of an object with the section's top fields.
    pub(crate) fn top(&self) -> &'static str {
        match self.section {
            Section::Request => "<request",
            Section::Response => "<response",
        }
    }

    /// Whether the sample follows another schema than the table: they have almost no leaf in common.
    fn is_foreign(&self, shown: &Shown) -> bool {
        let documented: BTreeSet<&str> = self
            .rows
            .iter()
            .filter(|f| !f.is_container() && !ANSWER_ENVELOPE.contains(&f.row.name.as_str()))
            .map(|f| f.row.name.as_str())
            .collect();
        let all: BTreeSet<&str> = self
            .rows
            .iter()
            .map(|field| field.row.name.as_str())
            .collect();
        let inside = |(id, shape): &(ShapeId, &Shape)| {
            let name = shape.name.as_str();
            let is_documented = all.contains(name) && !ANSWER_ENVELOPE.contains(&name);
            shown.is_field(*id) && (is_documented || !shown.is_envelope(*id, self.section))
        };
        // A list of scalars is a leaf, and its inner name is not the name of a field.
        let is_leaf = |id: ShapeId| {
            let shape = shown.shapes.get(id);
            match shape.fields[..] {
                [] => !is_scalars_element(shape) || all.contains(shape.name.as_str()),
                [only] => is_scalars_element(shown.shapes.get(only)),
                _ => false,
            }
        };
        let leaves: BTreeSet<&str> = shown
            .shapes
            .all()
            .filter(inside)
            .filter(|&(id, _)| is_leaf(id))
            .map(|(_, s)| s.name.as_str())
            .collect();
        let any = shown
            .shapes
            .all()
            .filter(inside)
            .any(|(_, shape)| all.contains(shape.name.as_str()));
        if all.is_empty() || leaves.is_empty() {
            return false;
        }
        let both = documented.intersection(&leaves).count();
        let least = documented.len().min(leaves.len());
        !any || (least >= 2 && both * 4 < least)
    }
}

/// How a sample is written: its format, and whether something is around the answer. Only samples that are written in the
/// same way are merged.
type Style = (Format, bool);

/// How `sample` is written; `None` if it cannot be read.
fn style(sample: &Sample, names: &BTreeSet<&str>) -> Option<Style> {
    let shapes = Shapes::of(&[sample]).ok()?;
    Some((sample.format, unwrap(&shapes, names) != ROOT))
}
