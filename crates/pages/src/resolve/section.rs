//! One table of a page together with what its samples show, made ready for nesting.

use std::collections::{BTreeSet, HashMap};

use super::sample::{ROOT, Shape, ShapeId, Shapes};
use crate::table::{Depth, FieldTable, Format, Role, Row, Sample};
use crate::tree::Section;
use crate::type_text::{Element, TypeText};

/// Keys beside the answer's fields that belong to the envelope, unless a row documents them.
const ANSWER_ENVELOPE: [&str; 3] = ["code", "request_id", "_trace_id_"];
/// Keys of the envelope that stand beside a `code`.
const REFUSAL_ENVELOPE: [&str; 5] = ["type", "msg", "message", "sub_code", "sub_msg"];
/// Parameters that every call has.
const COMMON_PARAMETERS: [&str; 14] = [
    "app_key",
    "method",
    "v",
    "format",
    "sign_method",
    "timestamp",
    "session",
    "simplify",
    "partner_id",
    "sign",
    "access_token",
    "debug",
    "target_app_key",
    "apiPath",
];

/// How many of an object's first rows the sample may leave out before it shows one.
pub(crate) const MOST_ABSENT: usize = 12;

/// A table's rows and what the samples show of them.
#[derive(Debug)]
pub(crate) struct Input<'t> {
    /// Which table it is.
    pub section: Section,
    /// The rows, in page order.
    pub rows: Vec<Field<'t>>,
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
}

/// What the samples show.
#[derive(Debug)]
pub(crate) struct Shown {
    /// All shapes.
    pub shapes: Shapes,
    /// The object that holds the section's top fields.
    pub root: ShapeId,
    /// Whether the root was wrapped in a `…_response`: then lists have inner names.
    pub full: bool,
    /// Whether the samples are calls rather than answers.
    pub is_call: bool,
    /// Whether what the sample prints is the inside of the first row's object.
    pub inside_first: bool,
    /// Whether the rows are the sample's top fields only.
    pub is_flat: bool,
    /// Whether lists are printed in XML without anything around their elements.
    pub repeats_bare: bool,
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
        let rows = fields(rows);
        let names: BTreeSet<&str> = rows.iter().map(|field| field.row.name.as_str()).collect();
        let samples: Vec<&Sample> = table.samples_of(role).collect();
        let mut best: Option<(usize, Shown, &Sample)> = None;
        for sample in &samples {
            let alike: Vec<&Sample> = samples
                .iter()
                .copied()
                .filter(|other| is_alike(sample, other, &names))
                .collect();
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
            shown: None,
            foreign: None,
        };
        if let Some((_, shown, sample)) = best {
            if input.is_foreign(&shown) {
                input.foreign = Some(sample.line);
            } else {
                let is_flat = input.lists_top_of(&shown);
                input.shown = Some(Shown { is_flat, ..shown });
            }
        }
        Ok(input)
    }

    /// Whether no row has rows below it.
    pub(crate) fn is_flat(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.is_flat)
    }

    /// Whether the table, which says nothing of depth, lists the sample's top fields and nothing of what they hold:
    /// each of its rows is one of them, but for a few that the sample leaves out or that may be the envelope's.
    fn lists_top_of(&self, shown: &Shown) -> bool {
        let at_top = |field: &Field<'_>| shown.shapes.field(shown.root, &field.row.name);
        let is_top = |field: &Field<'_>| {
            let is_only = shown.shapes.called(&field.row.name).len() == 1;
            at_top(field).is_some_and(|id| is_only || !shown.is_envelope(id, self.section))
        };
        let may_be_top = |field: &Field<'_>| {
            let is_absent = shown.shapes.called(&field.row.name).is_empty();
            field.namesakes == 1 && (is_absent || at_top(field).is_some())
        };
        let is_silent = |field: &Field<'_>| field.row.depth == Depth::Unsaid;
        let below = self.rows.iter().skip_while(|field| !field.is_container());
        let (top, others): (Vec<_>, Vec<_>) = below.skip(1).partition(|&field| is_top(field));
        !shown.inside_first
            && top.len() > others.len()
            && self
                .rows
                .iter()
                .all(|field| is_silent(field) && may_be_top(field))
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
    /// Whether the row can have rows below it by its type.
    pub(crate) fn is_container(&self) -> bool {
        matches!(self.doc.element, Element::Object(_)) || self.has_deeper
    }
}

fn fields(rows: &[Row]) -> Vec<Field<'_>> {
    let mut next: HashMap<&str, usize> = HashMap::new();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for row in rows {
        *counts.entry(&row.name).or_insert(0) += 1;
    }
    let mut fields: Vec<Field<'_>> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate().rev() {
        let below = rows.get(at + 1).map(|row| row.depth);
        let has_deeper = match (row.depth, below) {
            (Depth::Exact(level), Some(Depth::Exact(below))) => below > level,
            (Depth::Exact(_), Some(Depth::AtLeast(_))) => true,
            _ => false,
        };
        fields.push(Field {
            row,
            doc: TypeText::parse(row.type_text.as_deref().unwrap_or_default()),
            next_same: next.insert(&row.name, at),
            namesakes: counts[row.name.as_str()],
            has_deeper,
        });
    }
    fields.reverse();
    fields
}

/// Whether two samples are written in the same way, so that merging them confuses nothing.
fn is_alike(one: &Sample, other: &Sample, names: &BTreeSet<&str>) -> bool {
    let wrapped = |sample: &Sample| {
        let root = Shapes::of(&[sample])
            .ok()
            .map(|shapes| unwrap(&shapes, names));
        root.is_some_and(|root| root != ROOT)
    };
    std::ptr::eq(one, other) || (one.format == other.format && wrapped(one) == wrapped(other))
}

/// The object that holds the answer's top fields: inside of `…_response`, or of XML's single root.
fn unwrap(shapes: &Shapes, names: &BTreeSet<&str>) -> ShapeId {
    let mut root = ROOT;
    loop {
        let mut inner = shapes
            .get(root)
            .fields
            .iter()
            .copied()
            .filter(|&id| !ANSWER_ENVELOPE.contains(&shapes.get(id).name.as_str()));
        let (Some(only), None) = (inner.next(), inner.next()) else {
            return root;
        };
        let shape = shapes.get(only);
        let is_wrapper = shape.name.ends_with("_response")
            || shape.name == "response"
            || (root == ROOT && shapes.format() == Format::Xml);
        if names.contains(shape.name.as_str()) || !is_wrapper || shape.array || !shape.object {
            return root;
        }
        root = only;
    }
}

impl Shown {
    fn of(
        samples: &[&Sample],
        section: Section,
        rows: &[Field<'_>],
        names: &BTreeSet<&str>,
    ) -> anyhow::Result<Self> {
        let mut shapes = Shapes::of(samples)?;
        let mut root = ROOT;
        match section {
            Section::Request => shapes.open_texts(ROOT),
            Section::Response => root = unwrap(&shapes, names),
        }
        let full = root != ROOT;
        let has_others = |shape: &Shape| shapes.get(shape.parent).fields.len() > 1;
        let repeats_bare = shapes.format() == Format::Xml
            && shapes
                .all()
                .any(|(_, shape)| shape.array && has_others(shape));
        let mut shown = Self {
            shapes,
            root,
            full,
            is_call: section == Section::Request,
            inside_first: false,
            is_flat: false,
            repeats_bare,
        };
        shown.inside_first =
            section == Section::Response && shown.is_inside_of_first(rows, names, section);
        Ok(shown)
    }

    /// Whether the sample prints the inside of the first row's object only: the object itself is nowhere in it, and
    /// each field at its top is one of the other rows. If the sample leaves out what comes right after the object, it
    /// leaves out the object with its rows instead, and goes on with rows beside it.
    fn is_inside_of_first(
        &self,
        rows: &[Field<'_>],
        names: &BTreeSet<&str>,
        section: Section,
    ) -> bool {
        let Some((first, others)) = rows.split_first() else {
            return false;
        };
        let top: Vec<ShapeId> = self.top(section).collect();
        let is_shown = |field: &Field<'_>| !self.shapes.called(&field.row.name).is_empty();
        let is_top = |field: &Field<'_>| field.row.depth.level() == Some(0);
        first.is_container()
            && !is_shown(first)
            && others.first().is_some_and(is_shown)
            && !others.iter().any(is_top)
            && !top.is_empty()
            && top
                .iter()
                .all(|&id| names.contains(self.shapes.get(id).name.as_str()))
    }

    /// The section's top fields, without the envelope's.
    fn top(&self, section: Section) -> impl Iterator<Item = ShapeId> {
        self.shapes
            .get(self.root)
            .fields
            .iter()
            .copied()
            .filter(move |&id| !self.is_envelope(id, section))
    }

    /// How many of the root's fields are the envelope's.
    pub(crate) fn envelope(&self, section: Section) -> usize {
        self.shapes.get(self.root).fields.len() - self.top(section).count()
    }

    /// Whether a shape is a field of the section, and neither its root nor a wrapper around that.
    fn is_field(&self, id: ShapeId) -> bool {
        let mut above = id;
        while above != ROOT {
            above = self.shapes.get(above).parent;
            if above == self.root {
                return true;
            }
        }
        false
    }

    /// Whether a field belongs to the envelope, as far as its name and place tell.
    pub(crate) fn is_envelope(&self, id: ShapeId, section: Section) -> bool {
        let shape = self.shapes.get(id);
        let name = shape.name.as_str();
        let at_top = shape.parent == self.root || shape.parent == ROOT;
        if !at_top || id == self.root {
            return false;
        }
        match section {
            Section::Request => COMMON_PARAMETERS.contains(&name),
            Section::Response => {
                let has_code = self.shapes.field(shape.parent, "code").is_some();
                ANSWER_ENVELOPE.contains(&name)
                    || (has_code && REFUSAL_ENVELOPE.contains(&name) && shape.fields.is_empty())
            }
        }
    }
}

/// What a shape looks like, next to what its row documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// Whether it is a list; `None` when the sample does not tell.
    pub list: Option<bool>,
    /// The shape between the list and its elements, when there is one.
    pub wrapper: Option<ShapeId>,
    /// The shape whose fields are the object's.
    pub content: Option<ShapeId>,
}

impl Shown {
    /// How `id` is to be read as the field of row `at`, or, without a row, by itself.
    ///
    /// A wrapper around a list is one field whose name no row has where the row's own fields are expected.
    pub(crate) fn view(
        &self,
        id: ShapeId,
        rows: &[Field<'_>],
        at: Option<usize>,
        is_named: impl Fn(&str) -> bool,
    ) -> View {
        let shape = self.shapes.get(id);
        let content = (!shape.fields.is_empty()).then_some(id);
        if shape.array {
            return View {
                list: Some(true),
                wrapper: None,
                content,
            };
        }
        if let [only] = shape.fields[..]
            && self.is_wrapper(only, rows, at, is_named)
        {
            let content = self.shapes.has_fields(only).then_some(only);
            return View {
                list: Some(true),
                wrapper: Some(only),
                content,
            };
        }
        if shape.object {
            // An empty object is how some answers print an empty list, and one element of a list that nothing wraps
            // looks in XML as an object does.
            let is_bare = self.shapes.format() == Format::Xml
                && at.is_some_and(|at| self.may_be_bare(&shape.name, &rows[at].doc));
            let says_nothing = shape.fields.is_empty() || is_bare;
            let list = (!says_nothing).then_some(false);
            return View {
                list,
                wrapper: None,
                content,
            };
        }
        // A list of scalars is passed as one text in calls, and a list of one element is a bare element in XML.
        let says_nothing = at
            .is_some_and(|at| rows[at].doc.list && rows[at].doc.element.is_scalar())
            && (self.is_call || self.shapes.format() == Format::Xml);
        View {
            list: shape.scalar.map(|_| false).filter(|_| !says_nothing),
            wrapper: None,
            content: None,
        }
    }

    /// Whether an element called `name` may be one of a list that nothing wraps: it is called as its type is, or the
    /// sample repeats elements beside others elsewhere.
    fn may_be_bare(&self, name: &str, doc: &TypeText) -> bool {
        let is_inner = |type_name: &String| is_type_of(name, type_name);
        let is_typed =
            matches!(&doc.element, Element::Object(Some(type_name)) if is_inner(type_name));
        doc.list && (is_typed || self.repeats_bare)
    }

    fn is_wrapper(
        &self,
        only: ShapeId,
        rows: &[Field<'_>],
        at: Option<usize>,
        is_named: impl Fn(&str) -> bool,
    ) -> bool {
        let inner = self.shapes.get(only);
        let Some(at) = at else {
            // Nothing is documented: in full answers a list is always wrapped, in simplified ones never.
            return inner.array && self.full && !is_named(&inner.name);
        };
        let doc = &rows[at].doc;
        if doc.list && doc.element.is_scalar() {
            return true;
        }
        let below = if self.is_flat { &[] } else { &rows[at + 1..] };
        let next_row = below.first();
        let next = next_row.map(|field| field.row.name.as_str());
        if next == Some(inner.name.as_str()) {
            // The element's first field may have the element's name: then the elements show it, and it is a scalar, or
            // an object beside others for which there is no second row.
            let holds_itself = self.shapes.field(only, &inner.name).is_some();
            let is_single = next_row.is_some_and(|field| {
                let is_scalar = !field.is_container() && !field.doc.list;
                is_scalar || (inner.fields.len() > 1 && field.next_same.is_none())
            });
            return doc.list && is_single && holds_itself;
        }
        // A list of scalars that is documented as one, of which the sample has a single element.
        if doc.element.is_scalar() && is_scalars_element(inner) {
            return self.full || inner.array;
        }
        let leaves = below.iter().take_while(|field| !field.is_container());
        let holds_next = next.is_some_and(|next| self.shapes.field(only, next).is_some())
            || leaves
                .take(MOST_ABSENT)
                .any(|field| self.shapes.field(only, &field.row.name).is_some());
        if let Element::Object(Some(name)) = &doc.element
            && is_type_of(&inner.name, name)
        {
            return true;
        }
        if doc.list {
            return holds_next || !is_named(&inner.name);
        }
        inner.array && !is_named(&inner.name) && (holds_next || self.full)
    }
}

/// Whether `shape` may be the element of a list of scalars: it is called as full answers call those.
fn is_scalars_element(shape: &Shape) -> bool {
    let names = ["number", "string", "boolean", "date", "price"];
    shape.fields.is_empty() && names.contains(&shape.name.as_str())
}

/// Whether a list's element called `name` is of the type called `type_name`; pages and answers do not always agree
/// on where an underscore belongs.
fn is_type_of(name: &str, type_name: &str) -> bool {
    let letters = |text: &str| text.replace('_', "");
    letters(&snake_case(type_name)) == letters(name)
}

/// `GlobalMoneyStr` as `global_money_str`: the name that full answers give a list's element.
pub(crate) fn snake_case(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    let mut out = String::with_capacity(last.len() + 8);
    for c in last.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
