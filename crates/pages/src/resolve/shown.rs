//! What the samples of a section show, and how to read it: the root, the envelope, lists and their wrappers.

use std::collections::BTreeSet;

use super::rows::{Field, MOST_ABSENT};
use super::sample::{ROOT, Shape, ShapeId, Shapes};
use crate::table::{Format, Sample};
use crate::tree::Section;
use crate::type_text::{Element, TypeText};

/// Keys next to the answer's fields that belong to the envelope, unless a row documents them.
pub(crate) const ANSWER_ENVELOPE: [&str; 3] = ["code", "request_id", "_trace_id_"];
/// Keys of the envelope that occur together with a `code`.
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

/// The samples' contents.
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
    /// Whether lists in XML have no element around their items.
    pub repeats_bare: bool,
}

/// The object that holds the answer's top fields: inside `…_response`, or inside XML's single root.
pub(crate) fn unwrap(shapes: &Shapes, names: &BTreeSet<&str>) -> ShapeId {
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
    pub(crate) fn of(
        samples: &[&Sample],
        section: Section,
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
        Ok(Self {
            shapes,
            root,
            full,
            is_call: section == Section::Request,
            repeats_bare,
        })
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

    /// How many of the root's fields belong to the envelope.
    pub(crate) fn envelope(&self, section: Section) -> usize {
        self.shapes.get(self.root).fields.len() - self.top(section).count()
    }

    /// Whether a shape is a field of the section, not its root or a wrapper around the root.
    pub(crate) fn is_field(&self, id: ShapeId) -> bool {
        let mut above = id;
        while above != ROOT {
            above = self.shapes.get(above).parent;
            if above == self.root {
                return true;
            }
        }
        false
    }

    /// Whether a field belongs to the envelope, judged by its name and place.
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

impl Shown {
    /// Whether a shape has fields, and not only the elements of a list of scalars.
    pub(crate) fn is_object(&self, id: ShapeId) -> bool {
        match self.shapes.get(id).fields[..] {
            [] => false,
            [only] => !is_scalars_element(self.shapes.get(only)),
            _ => true,
        }
    }
}

/// How a shape is read, given what its row documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// Whether it is a list; `None` if the sample does not show it.
    pub list: Option<bool>,
    /// The shape between the list and its elements, if there is one.
    pub wrapper: Option<ShapeId>,
    /// The shape whose fields are the object's.
    pub content: Option<ShapeId>,
}

impl Shown {
    /// How to read `id` as the field of row `at`, or without a row.
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
            // Some answers print an empty list as an empty object, and in XML one element of a list without a wrapper
            // looks like an object.
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

    /// Whether an element called `name` may be an element of a list without a wrapper: it has the name of its type, or the
    /// sample elsewhere repeats elements next to others.
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
            // No documentation: in full answers a list always has a wrapper, in simplified ones never.
            return inner.array && self.full && !is_named(&inner.name);
        };
        let doc = &rows[at].doc;
        if doc.list && doc.element.is_scalar() {
            return true;
        }
        let below = &rows[at + 1..];
        let next_row = below.first();
        let next = next_row.map(|field| field.row.name.as_str());
        if next == Some(inner.name.as_str()) {
            // The element's first field may have the element's name: then the elements show it, and it is a scalar, or
            // an object next to others that has no second row.
            let holds_itself = self.shapes.field(only, &inner.name).is_some();
            let is_single = next_row.is_some_and(|field| {
                let is_scalar = !field.is_container() && !field.doc.list;
                is_scalar || (inner.fields.len() > 1 && field.next_same.is_none())
            });
            return doc.list && is_single && holds_itself;
        }
        // A list of scalars that is documented as a list, with a single element in the sample.
        if doc.element.is_scalar() && is_scalars_element(inner) {
            return self.full || inner.array;
        }
        // A field that the object's parent also has may be the parent's.
        let is_beside = |name: &str| {
            let parent = self.shapes.get(self.shapes.get(only).parent).parent;
            !doc.list && self.shapes.field(parent, name).is_some()
        };
        let holds = |name: &str| self.shapes.field(only, name).is_some() && !is_beside(name);
        let mut leaves = below.iter().take_while(|field| !field.is_container());
        let holds_next = next.is_some_and(holds)
            || leaves
                .by_ref()
                .take(MOST_ABSENT)
                .any(|field| holds(&field.row.name));
        if let Element::Object(Some(name)) = &doc.element
            && is_type_of(&inner.name, name)
        {
            return true;
        }
        if doc.list {
            // A text is no element of a list of objects, but the only field of an object that is documented as a list.
            let is_field = matches!(doc.element, Element::Object(_)) && inner.is_text();
            return holds_next || !(is_named(&inner.name) || is_field);
        }
        inner.array && !is_named(&inner.name) && (holds_next || self.full)
    }
}

/// Whether `shape` can be the element of a list of scalars: it has the name that full answers give those.
pub(crate) fn is_scalars_element(shape: &Shape) -> bool {
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
