//! Turns placed rows into nodes: lists and objects, kinds, wrappers, and what only the sample shows.

use std::collections::{BTreeSet, HashMap};

use anyhow::bail;

use super::kinds::kind;
use super::lists;
use super::overlay::Decisions;
use super::placed::{NodeId, Nodes};
use super::rows::Field;
use super::sample::{Shape, ShapeId};
use super::sections::Input;
use super::shown::{Shown, View, snake_case};
use super::wording::{join, word};
use crate::tree::{Finding, Kind, Node, Rule};
use crate::type_text::{Element, TypeText};

/// The nodes of a section. Findings are added to `findings`.
///
/// # Errors
///
/// When an entry of the overlay names no field or changes nothing.
pub(crate) fn nodes(
    input: &Input<'_>,
    placed: &Nodes,
    decisions: &Decisions,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<Vec<Node>> {
    let mut below: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
    let mut first = HashMap::new();
    let mut levels = BTreeSet::new();
    for (at, entry) in placed.rows.iter().enumerate() {
        let (mut node, mut parent) = (NodeId::Row(at), entry.parent);
        loop {
            below.entry(parent).or_default().push(node);
            match parent {
                NodeId::Level(id) if levels.insert(id) => {
                    (node, parent) = (parent, placed.parent(parent));
                }
                _ => break,
            }
        }
        let row = input.rows[at].row;
        first
            .entry((entry.parent, row.name.as_str()))
            .or_insert(row.line);
    }
    let mut builder = Builder {
        input,
        placed,
        below,
        first,
        findings: Vec::new(),
    };
    builder.section_findings();
    let mut nodes = builder.below(NodeId::Top, "");
    lists::settle(&mut nodes, input.section, &mut builder.findings);
    for entry in decisions
        .kind
        .iter()
        .filter(|entry| entry.section == input.section)
    {
        let Some(node) = find(&mut nodes, &entry.path) else {
            bail!("{entry}: there is no such field; correct or remove the entry");
        };
        if node.list == entry.list && node.list_proven {
            bail!("{entry}: it changes nothing, the sample shows the same; remove the entry");
        }
        node.list = entry.list;
        node.list_proven = true;
        builder
            .findings
            .retain(|finding| finding.path != entry.path || finding.rule != Rule::KindAsDocumented);
        builder.findings.push(Finding {
            section: input.section,
            path: entry.path.clone(),
            line: node.line,
            rule: Rule::OverlayKind,
            found: entry.reason.clone(),
            settled: word(entry.list).to_owned(),
            proven: true,
        });
    }
    builder.findings.sort_by_key(|finding| finding.line);
    findings.append(&mut builder.findings);
    Ok(nodes)
}

fn find<'n>(nodes: &'n mut [Node], path: &str) -> Option<&'n mut Node> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let node = nodes.iter_mut().find(|node| node.name == name)?;
    if rest.is_empty() {
        Some(node)
    } else {
        find(&mut node.children, rest)
    }
}

pub(super) struct Builder<'b, 't> {
    pub(super) input: &'b Input<'t>,
    pub(super) placed: &'b Nodes,
    /// The nodes below each node.
    pub(super) below: HashMap<NodeId, Vec<NodeId>>,
    /// Line of the first row of a name in a node.
    pub(super) first: HashMap<(NodeId, &'t str), usize>,
    pub(super) findings: Vec<Finding>,
}

impl Builder<'_, '_> {
    fn below(&mut self, node: NodeId, path: &str) -> Vec<Node> {
        let mut nodes = Vec::new();
        for below in self.below.remove(&node).unwrap_or_default() {
            match below {
                NodeId::Row(at) => nodes.push(self.documented(at, path)),
                NodeId::Level(id) => nodes.push(self.between(id, path)),
                NodeId::Top => {}
            }
        }
        let named: BTreeSet<String> = nodes.iter().map(|node| node.name.clone()).collect();
        self.undocumented(node, &named, path, &mut nodes);
        nodes
    }

    fn documented(&mut self, at: usize, path: &str) -> Node {
        let field = &self.input.rows[at];
        let placed = &self.placed.rows[at];
        let path = join(path, &field.row.name);
        if let Some(why) = &placed.why {
            self.place_finding(field, &path, placed, why);
        }
        let children = self.below(NodeId::Row(at), &path);
        let view = placed.view;
        let sample_kind = self.sample_kind(placed.shape, view);
        let (wrapper, wrapper_proven) = self.wrapper(view, Some(&field.doc));
        let list = view.list.unwrap_or(field.doc.list);
        let kind = kind(field, &children, sample_kind, self.shape(placed.shape));
        self.type_finding(field, kind, sample_kind, &path);
        if view.list.is_some_and(|list| list != field.doc.list)
            && field.doc.element != Element::Unknown
        {
            self.finding(
                field,
                &path,
                Rule::KindBySample,
                format!(
                    "documented as {:?}, which is {}",
                    text(field),
                    word(field.doc.list)
                ),
                format!("the sample shows that it is {}", word(list)),
                true,
            );
        }
        Node {
            name: field.row.name.clone(),
            line: Some(field.row.line),
            documented: field.row.type_text.clone(),
            required: field.row.required,
            list,
            list_proven: view.list.is_some(),
            wrapper: wrapper.filter(|_| list),
            wrapper_proven: wrapper_proven && list,
            kind,
            sample_kind,
            type_name: match &field.doc.element {
                Element::Object(name) => name.clone(),
                _ => None,
            },
            example: field.row.example.clone(),
            deprecated: field.row.deprecated,
            codes: field.row.codes.clone(),
            zone: field.row.zone.clone(),
            children,
        }
    }

    /// A level that has no row itself, but has rows below it.
    fn between(&mut self, id: ShapeId, path: &str) -> Node {
        let name = self
            .shape(Some(id))
            .map(|shape| shape.name.clone())
            .unwrap_or_default();
        let path = join(path, &name);
        self.only_shown(&path);
        let children = self.below(NodeId::Level(id), &path);
        let list = self.shape(Some(id)).is_some_and(|shape| shape.array);
        let mut node = bare(name);
        node.list = list;
        node.list_proven = true;
        node.kind = Kind::Object;
        node.sample_kind = Some(Kind::Object);
        node.children = children;
        node
    }

    /// Fields of the node's object that no row documents.
    fn undocumented(
        &mut self,
        node: NodeId,
        named: &BTreeSet<String>,
        path: &str,
        nodes: &mut Vec<Node>,
    ) {
        let shown = self.input.shown.as_ref();
        let content = match node {
            NodeId::Top => shown.map(|shown| shown.root).filter(|&root| {
                let first = self.placed.rows.first();
                first.is_none_or(|first| first.shape != Some(root))
            }),
            NodeId::Row(at) => self.placed.rows[at].view.content,
            NodeId::Level(id) => Some(id),
        };
        let (Some(shown), Some(content)) = (shown, content) else {
            return;
        };
        for &id in &shown.shapes.get(content).fields {
            let is_envelope = content == shown.root;
            let is_new = !named.contains(&shown.shapes.get(id).name);
            if is_new && !(is_envelope && shown.is_envelope(id, self.input.section)) {
                nodes.push(self.only_sample(shown, id, path));
            }
        }
    }

    fn only_sample(&mut self, shown: &Shown, id: ShapeId, path: &str) -> Node {
        let shape = shown.shapes.get(id);
        let path = join(path, &shape.name);
        self.only_shown(&path);
        let view = shown.view(id, &self.input.rows, None, |name| self.input.is_named(name));
        let (wrapper, wrapper_proven) = self.wrapper(view, None);
        let sample_kind = self.sample_kind(Some(id), view);
        let mut node = bare(shape.name.clone());
        node.list = view.list.unwrap_or(false);
        node.list_proven = view.list.is_some();
        node.wrapper = wrapper;
        node.wrapper_proven = wrapper_proven;
        node.kind = sample_kind.unwrap_or(Kind::Unknown);
        node.sample_kind = sample_kind;
        if let Some(content) = view.content {
            let fields = &shown.shapes.get(content).fields;
            node.children = fields
                .iter()
                .map(|&field| self.only_sample(shown, field, &path))
                .collect();
        }
        node
    }

    pub(super) fn shape(&self, id: Option<ShapeId>) -> Option<&Shape> {
        self.input
            .shown
            .as_ref()
            .zip(id)
            .map(|(shown, id)| shown.shapes.get(id))
    }

    /// The form of the sample's value, or of its elements.
    fn sample_kind(&self, id: Option<ShapeId>, view: View) -> Option<Kind> {
        if view.content.is_some() {
            return Some(Kind::Object);
        }
        let inner = self.shape(view.wrapper.or(id))?;
        inner
            .scalar
            .or_else(|| inner.object.then_some(Kind::Object))
    }

    /// The name of the list's inner element, and whether a sample shows it.
    fn wrapper(&self, view: View, doc: Option<&TypeText>) -> (Option<String>, bool) {
        if let Some(shape) = self.shape(view.wrapper) {
            return (Some(shape.name.clone()), true);
        }
        let name = doc
            .filter(|doc| doc.list)
            .and_then(|doc| match &doc.element {
                Element::Integer => Some("number".to_owned()),
                Element::Text => Some("string".to_owned()),
                Element::Boolean => Some("boolean".to_owned()),
                Element::Object(Some(name)) => Some(snake_case(name)),
                _ => None,
            });
        (name, false)
    }
}

pub(super) fn text<'a>(field: &'a Field<'_>) -> &'a str {
    field.row.type_text.as_deref().unwrap_or_default()
}

/// A node with a name and no other facts.
fn bare(name: String) -> Node {
    Node {
        name,
        line: None,
        documented: None,
        required: None,
        list: false,
        list_proven: false,
        wrapper: None,
        wrapper_proven: false,
        kind: Kind::Unknown,
        sample_kind: None,
        type_name: None,
        example: None,
        deprecated: false,
        codes: Vec::new(),
        zone: None,
        children: Vec::new(),
    }
}
