//! A section of a page: the rows of one table, with the sample that belongs to them.

use std::collections::{BTreeSet, HashMap};

use super::recurring::hash;
use super::sample::{ROOT, Shape, ShapeId, Shapes};
use super::shown::{ANSWER_ENVELOPE, Shown, is_scalars_element, unwrap};
use crate::table::{Depth, FieldTable, Format, Role, Row, Sample};
use crate::tree::Section;
use crate::type_text::{Element, TypeText};

/// How many of an object's first rows the sample may leave out before it shows one.
pub(crate) const MOST_ABSENT: usize = 12;

/// A row's name, as a number: the first name of the table is 0, the next other one is 1.
pub(crate) type NameId = u32;

/// A table's rows and what the samples show of them.
#[derive(Debug)]
pub(crate) struct Input<'t> {
    /// Which table it is.
    pub section: Section,
    /// The rows, in page order.
    pub rows: Vec<Field<'t>>,
    /// Their names.
    pub ids: HashMap<&'t str, NameId>,
    /// What the samples show; `None` without one, or when it follows another schema.
    pub shown: Option<Shown>,
    /// Line of a sample that follows another schema.
    pub foreign: Option<usize>,
}

/// A row with its type read.
#[derive(Debug)]
pub(crate) struct Field<'t> {
    /// The row.
    pub row: &'t Row,
    /// Its type.
    pub doc: TypeText,
    /// Index of the next row of the same name.
    pub next_same: Option<usize>,
    /// How many rows have the same name, itself included.
    pub namesakes: usize,
    /// Whether the row has rows below it by indentation.
    pub has_deeper: bool,
    /// Its name.
    pub name: NameId,
    /// The hash of its name.
    pub hash: u64,
}

impl<'t> Input<'t> {
    /// Brings the rows of `section` and the samples together.
    ///
    /// # Errors
    ///
    /// When a sample cannot be read.
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
            let shown = Shown::of(&alike, section, &rows, &names)?;
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

    /// What an object that holds the section's top fields is called among others.
    pub(crate) fn top(&self) -> &'static str {
        match self.section {
            Section::Request => "<request",
            Section::Response => "<response",
        }
    }

    /// Whether the sample follows another schema than the table: hardly a leaf of one is a leaf of the other.
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
        // A list of scalars is a leaf, and its inner name is no field's.
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

impl Field<'_> {
    /// Whether the page shows the row's depth outright.
    pub(crate) fn is_outright(&self) -> bool {
        matches!(self.row.depth, Depth::Exact(_))
    }

    /// Whether the row can have rows below it by its type.
    pub(crate) fn is_container(&self) -> bool {
        matches!(self.doc.element, Element::Object(_)) || self.has_deeper
    }
}

fn fields<'t>(rows: &'t [Row], ids: &HashMap<&str, NameId>) -> Vec<Field<'t>> {
    let names: Vec<NameId> = rows.iter().map(|row| ids[row.name.as_str()]).collect();
    let mut next: Vec<Option<usize>> = vec![None; ids.len()];
    let mut counts = vec![0; ids.len()];
    for &name in &names {
        counts[name as usize] += 1;
    }
    let mut fields: Vec<Field<'_>> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate().rev() {
        let name = names[at];
        let below = rows.get(at + 1).map(|row| row.depth);
        let has_deeper = match (row.depth, below) {
            (Depth::Exact(level), Some(Depth::Exact(below))) => below > level,
            (Depth::Exact(_), Some(Depth::AtLeast(_))) => true,
            _ => false,
        };
        fields.push(Field {
            row,
            doc: TypeText::parse(row.type_text.as_deref().unwrap_or_default()),
            next_same: next[name as usize].replace(at),
            namesakes: counts[name as usize],
            has_deeper,
            name,
            hash: hash(&row.name),
        });
    }
    fields.reverse();
    fields
}

fn ids(rows: &[Row]) -> HashMap<&str, NameId> {
    let mut ids = HashMap::with_capacity(rows.len());
    for row in rows {
        let next = NameId::try_from(ids.len()).unwrap_or(NameId::MAX);
        ids.entry(row.name.as_str()).or_insert(next);
    }
    ids
}

/// How a sample is written: its format, and whether something is around the answer. Merging samples that are written
/// in the same way confuses nothing.
type Style = (Format, bool);

/// How `sample` is written; `None` where it cannot be read.
fn style(sample: &Sample, names: &BTreeSet<&str>) -> Option<Style> {
    let shapes = Shapes::of(&[sample]).ok()?;
    Some((sample.format, unwrap(&shapes, names) != ROOT))
}
