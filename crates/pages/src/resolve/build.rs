//! Turns placed rows into nodes: lists and objects, kinds, wrappers, and what only the sample shows.

use std::collections::{BTreeSet, HashMap};

use anyhow::bail;

use super::kinds::{agrees, article, documented, kind};
use super::lists;
use super::overlay::Decisions;
use super::placed::{Certainty, NodeId, Nodes, Placed, Why};
use super::sample::{Shape, ShapeId};
use super::sections::{Field, Input};
use super::shown::{Shown, View, snake_case};
use crate::table::{Depth, Format};
use crate::tree::{Finding, Kind, Node, Rule, Section};
use crate::type_text::{Element, TypeText};

/// The nodes of a section; what was found on the way goes to `findings`.
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

/// "a list" or "not a list", for messages.
pub(crate) fn word(list: bool) -> &'static str {
    if list { "a list" } else { "not a list" }
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

/// A path and a field below it.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

struct Builder<'b, 't> {
    input: &'b Input<'t>,
    placed: &'b Nodes,
    /// The nodes below each node.
    below: HashMap<NodeId, Vec<NodeId>>,
    /// Line of the first row of a name in a node.
    first: HashMap<(NodeId, &'t str), usize>,
    findings: Vec<Finding>,
}

impl Builder<'_, '_> {
    /// What concerns the whole section.
    fn section_findings(&mut self) {
        let of_sample = |line, rule, found: &str, settled: &str, proven| Finding {
            section: self.input.section,
            path: String::new(),
            line,
            rule,
            found: found.to_owned(),
            settled: settled.to_owned(),
            proven,
        };
        let first = self.input.rows.first().map(|field| field.row.line);
        let has_containers = self.input.rows.iter().any(Field::is_container);
        let is_outright = self
            .input
            .rows
            .iter()
            .all(|field| matches!(field.row.depth, Depth::Exact(_)));
        if let Some(line) = self.input.foreign {
            let found = "the sample follows another schema than the table: hardly a field of one is in the other";
            self.findings.push(of_sample(
                Some(line),
                Rule::OtherSchema,
                found,
                "the sample is left aside",
                false,
            ));
        } else if self.input.shown.is_none() && has_containers {
            let found = "the page shows no sample of it";
            self.findings.push(of_sample(
                first,
                Rule::NoSample,
                found,
                "as the table says",
                is_outright,
            ));
        }
    }

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

    /// A level that no row documents but that holds rows.
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
            NodeId::Top => shown
                .filter(|shown| !shown.inside_first)
                .map(|shown| shown.root),
            NodeId::Row(at) => self.placed.rows[at].view.content,
            NodeId::Level(id) => Some(id),
        };
        let (Some(shown), Some(content)) = (shown, content) else {
            return;
        };
        for &id in &shown.shapes.get(content).fields {
            let is_envelope = node == NodeId::Top || shown.inside_first;
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

    fn only_shown(&mut self, path: &str) {
        self.findings.push(Finding {
            section: self.input.section,
            path: path.to_owned(),
            line: None,
            rule: Rule::SampleOnly,
            found: "no row documents it".to_owned(),
            settled: "kept as the sample shows it".to_owned(),
            proven: true,
        });
    }

    fn place_finding(&mut self, field: &Field<'_>, path: &str, placed: &Placed, why: &Why) {
        let (above, is_shown) = (placed.parent, placed.shape.is_some());
        let (rule, proposed) = (why.rule, why.proposed);
        let below = |path: &str| {
            if path.is_empty() {
                "the top".to_owned()
            } else {
                format!("{path:?}")
            }
        };
        let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
        let proposal = below(&self.path(proposed.unwrap_or(above)));
        let mut found = match (rule, proposed) {
            (Rule::SameName, _) => {
                let line = self.first_of_name(proposed.unwrap_or(above), field);
                format!("marks and order propose {proposal}, which has it from line {line} already")
            }
            (Rule::OverlayPlaces, Some(_)) => format!("marks and order propose {proposal}"),
            (_, Some(_)) if is_shown => format!("marks and order propose {proposal}"),
            (_, Some(_)) => format!("in no sample; marks and order propose {proposal}"),
            (_, None) if why.runner_up.is_none() && rule != Rule::OverlayPlaces => {
                "as sure as its object".to_owned()
            }
            (_, None) if is_shown => "the sample shows it here, and may mean another".to_owned(),
            _ => "in no sample".to_owned(),
        };
        if let Some(other) = &why.runner_up {
            let words = other.words(&below(&self.path(other.object)));
            found = format!("{found}; {words}");
        }
        let likely = match why.certainty {
            Certainty::Likely => ", likely",
            Certainty::Proven | Certainty::Unproven => "",
        };
        self.finding(
            field,
            path,
            rule,
            found,
            format!("placed below {}{likely}", below(parent)),
            why.certainty.is_proven(),
        );
    }

    /// Line of the first row in `node` that is called as `field` is.
    fn first_of_name(&self, node: NodeId, field: &Field<'_>) -> usize {
        let name = field.row.name.as_str();
        self.first
            .get(&(node, name))
            .copied()
            .unwrap_or(field.row.line)
    }

    /// Tells where the sample's value is of another kind than documented. XML has texts only, and so have the
    /// parameters of a call; what they hold is compared where it can be.
    fn type_finding(&mut self, field: &Field<'_>, kind: Kind, sample: Option<Kind>, path: &str) {
        let Some(sample) = sample.filter(|&sample| !agrees(documented(field), sample)) else {
            return;
        };
        let is_xml = self
            .input
            .shown
            .as_ref()
            .is_some_and(|shown| shown.shapes.format() == Format::Xml);
        let is_parameter = self.input.section == Section::Request && !path.contains('.');
        if sample == Kind::Text && (is_xml || is_parameter) && documented(field) != Kind::Object {
            return;
        }
        let found = format!(
            "documented as {:?}; the sample shows {}",
            text(field),
            article(sample)
        );
        let settled = format!("read as {}", article(kind));
        self.finding(field, path, Rule::TypeDiffers, found, settled, true);
    }

    fn path(&self, node: NodeId) -> String {
        let name = match node {
            NodeId::Top => return String::new(),
            NodeId::Row(at) => self.input.rows[at].row.name.as_str(),
            NodeId::Level(id) => self.shape(Some(id)).map_or("", |shape| shape.name.as_str()),
        };
        join(&self.path(self.placed.parent(node)), name)
    }

    fn finding(
        &mut self,
        field: &Field<'_>,
        path: &str,
        rule: Rule,
        found: String,
        settled: String,
        proven: bool,
    ) {
        self.findings.push(Finding {
            section: self.input.section,
            path: path.to_owned(),
            line: Some(field.row.line),
            rule,
            found,
            settled,
            proven,
        });
    }

    fn shape(&self, id: Option<ShapeId>) -> Option<&Shape> {
        self.input
            .shown
            .as_ref()
            .zip(id)
            .map(|(shown, id)| shown.shapes.get(id))
    }

    /// What the sample's value, or element, looks like.
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

fn text<'a>(field: &'a Field<'_>) -> &'a str {
    field.row.type_text.as_deref().unwrap_or_default()
}

/// A node of which only the name is known.
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
