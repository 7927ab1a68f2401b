//! Merges the sources of one API into one [`Document`]. Each fact comes from the newest source that states it. Facts
//! that only an older source has are marked. A sample outweighs any statement. Each contradiction is a finding.

mod pair;

use std::collections::HashMap;

use anyhow::Context as _;
use serde_json::Value;

use self::pair::Pair;
use crate::document::{Document, Field, SampleRef, SourceRef};
use crate::resolve::{Decisions, Model, article, join, resolve};
use crate::root::Root;
use crate::rules::Rules;
use crate::same_key::merged;
use crate::table::{self, FieldTable, Role};
use crate::tree::{Finding, Kind, Node, Rule, Section, Tree};
use crate::type_text::TypeText;

/// A document, with the findings.
#[derive(Debug)]
pub struct Merged {
    /// The document.
    pub document: Document,
    /// The contradictions within each source, and what it leaves open, by source, newest first.
    pub of_sources: Vec<(String, Vec<Finding>)>,
    /// The contradictions between the sources.
    pub between: Vec<Finding>,
}

/// Reads all tables below `root` of the API whose files are named `stem`, and merges them.
///
/// # Errors
///
/// When a table cannot be read or resolved, or files of one name describe several APIs.
pub fn load(root: &Root, stem: &str, rules: &Rules, model: &Model) -> anyhow::Result<Merged> {
    let tables = FieldTable::load_sources(root, stem)?;
    let decisions = Decisions::load(root, stem)?;
    merge(tables, &decisions, rules, model)
}

/// Merges `tables`, which all describe one API, in any order.
///
/// # Errors
///
/// When there is no table, they describe several APIs, or one of them cannot be resolved.
pub fn merge(
    mut tables: Vec<FieldTable>,
    decisions: &Decisions,
    rules: &Rules,
    model: &Model,
) -> anyhow::Result<Merged> {
    table::newest_first(&mut tables);
    let api = tables
        .first()
        .context("no source documents the API")?
        .api
        .clone();
    if let Some(other) = tables.iter().find(|table| table.api != api) {
        anyhow::bail!(
            "cannot merge the sources of {api}: found {} under the same file name in {}; wanted one API per name",
            other.api,
            other.source
        );
    }
    // Decisions concern a page whose structure is lost; people look at the newest of these pages.
    let judged = tables
        .iter()
        .position(|table| !table.shows_structure())
        .unwrap_or(0);
    let mut document = Document {
        verb: tables.iter().find_map(|table| table.verb.clone()),
        session: tables.iter().find_map(|table| session(table, rules)),
        error_codes: distinct(
            tables
                .iter()
                .flat_map(|table| &table.error_codes)
                .map(|entry| &entry.code),
        ),
        samples: Vec::new(),
        sources: tables.iter().map(source).collect(),
        api,
        request: Vec::new(),
        response: Vec::new(),
    };
    let none = Decisions::default();
    let mut of_sources = Vec::new();
    let mut between = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        let decisions = if at == judged { decisions } else { &none };
        let tree = resolve(table, decisions, model)
            .with_context(|| format!("resolving {} of {}", table.api, table.source))?;
        let mut tree = merged(tree);
        keep_scalars(&mut tree);
        if table.samples.is_empty() {
            // Without a sample on the page, its types cannot be compared with anything.
            let says_nothing = |rule| matches!(rule, Rule::NoSample | Rule::KindAsDocumented);
            tree.findings.retain(|finding| !says_nothing(finding.rule));
        }
        document.samples.extend(samples(table, &mut tree));
        let marks = Marks::of(&tree.findings);
        for (section, nodes, fields) in [
            (Section::Request, tree.request, &mut document.request),
            (Section::Response, tree.response, &mut document.response),
        ] {
            let is_gateway = |node: &Node| {
                section == Section::Request && rules.gateway_parameters.contains(&node.name)
            };
            let nodes = nodes.into_iter().filter(|node| !is_gateway(node));
            let own = nodes
                .map(|node| marks.field(node, table, section, ""))
                .collect();
            if at == 0 {
                *fields = own;
                continue;
            }
            let newer: Vec<String> = document.sources[..at]
                .iter()
                .map(|source| source.name.clone())
                .collect();
            let mut pair = Pair {
                section,
                newer: &newer,
                older: &table.source,
                findings: &mut between,
            };
            pair.merge(fields, own, "");
        }
        of_sources.push((table.source.clone(), tree.findings));
    }
    settle_sources(&mut document);
    Ok(Merged {
        document,
        of_sources,
        between,
    })
}

fn source(table: &FieldTable) -> SourceRef {
    SourceRef {
        name: table.source.clone(),
        as_of: table.as_of.clone(),
        page: table.page.clone(),
        request: table.request.len(),
        response: table.response.len(),
    }
}

/// If a source lists the gateway's session among the parameters, it says whether the API needs one.
fn session(table: &FieldTable, rules: &Rules) -> Option<bool> {
    let names = ["access_token", "session"];
    let mut rows = table
        .request
        .iter()
        .filter(|row| names.contains(&row.name.as_str()));
    rows.find(|row| rules.gateway_parameters.contains(&row.name))?
        .required
}

fn distinct<'t>(texts: impl Iterator<Item = &'t String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    texts.filter(|text| seen.insert(*text)).cloned().collect()
}

/// The table's samples, with a finding for each sample that contains names of types or fields instead of values.
fn samples(table: &FieldTable, tree: &mut Tree) -> Vec<SampleRef> {
    let is_foreign = |tree: &Tree, section| {
        let mut findings = tree.findings.iter();
        findings.any(|finding| finding.section == section && finding.rule == Rule::OtherSchema)
    };
    let mut samples = Vec::new();
    for sample in &table.samples {
        let section = match sample.role {
            Role::Request => Section::Request,
            Role::Answer | Role::Error => Section::Response,
        };
        let nodes = match section {
            Section::Request => &tree.request,
            Section::Response => &tree.response,
        };
        let placeholder = serde_json::from_str::<Value>(&sample.text)
            .ok()
            .and_then(|value| placeholder(&value, nodes, ""));
        let foreign = sample.role != Role::Error && is_foreign(tree, section);
        samples.push(SampleRef {
            file: sample.file.clone(),
            role: sample.role,
            format: sample.format,
            foreign: foreign || placeholder.is_some(),
        });
        if let Some((path, text)) = placeholder {
            tree.findings.push(Finding {
                section,
                path,
                line: Some(sample.line),
                rule: Rule::TypeDiffers,
                found: format!("documented as a number, and the sample has the text {text:?}"),
                settled: format!(
                    "{} holds no real values, so that models need not read it",
                    sample.file
                ),
                proven: true,
            });
        }
    }
    samples
}

/// The path of a number for which the sample has a text that is not a number. Lists and their wrappers are searched,
/// too.
fn placeholder(value: &Value, nodes: &[Node], above: &str) -> Option<(String, String)> {
    match value {
        Value::Array(elements) => elements
            .iter()
            .find_map(|element| placeholder(element, nodes, above)),
        Value::Object(members) => members.iter().find_map(|(key, value)| {
            let Some(node) = nodes.iter().find(|node| node.name == *key) else {
                return placeholder(value, nodes, above);
            };
            let path = join(above, key);
            match (node.kind, value) {
                (Kind::Integer | Kind::Decimal, Value::String(text)) => {
                    let is_number = text.trim().is_empty() || text.trim().parse::<f64>().is_ok();
                    (!is_number).then(|| (path, text.clone()))
                }
                (Kind::Object, value) => placeholder(value, &node.children, &path),
                _ => None,
            }
        }),
        _ => None,
    }
}

/// A field that is documented as a scalar stays one if its sample is JSON in a text: what the text contains is not a
/// field of the API.
fn keep_scalars(tree: &mut Tree) {
    let mut opened = Vec::new();
    for (section, nodes) in [
        (Section::Request, &mut tree.request),
        (Section::Response, &mut tree.response),
    ] {
        close(nodes, section, "", &mut opened);
    }
    for (section, path, kind) in opened {
        let below = format!("{path}.");
        tree.findings
            .retain(|finding| finding.section != section || !finding.path.starts_with(&below));
        tree.findings.push(Finding {
            section,
            path,
            line: None,
            rule: Rule::TypeDiffers,
            found: format!(
                "documented as {}, and the sample holds JSON in it",
                article(kind)
            ),
            settled: format!("{}, which keeps the JSON unchanged", article(kind)),
            proven: true,
        });
    }
}

fn close(
    nodes: &mut [Node],
    section: Section,
    above: &str,
    opened: &mut Vec<(Section, String, Kind)>,
) {
    for node in nodes {
        let path = join(above, &node.name);
        let documented = TypeText::parse(node.documented.as_deref().unwrap_or_default());
        let is_opened = node.kind == Kind::Object
            && documented.element.is_scalar()
            && !node.children.is_empty()
            && node.children.iter().all(|child| child.line.is_none())
            && node.sample_kind != Some(Kind::Object);
        if is_opened {
            node.children.clear();
            node.kind = Kind::Text;
            opened.push((section, path, node.kind));
            continue;
        }
        close(&mut node.children, section, &path, opened);
    }
}

/// What findings say about single fields.
struct Marks<'f>(HashMap<(Section, &'f str), &'f Finding>);

impl<'f> Marks<'f> {
    fn of(findings: &'f [Finding]) -> Self {
        let mut marks: HashMap<(Section, &str), &Finding> = HashMap::new();
        for finding in findings.iter().filter(|finding| !finding.path.is_empty()) {
            // An unproven finding has to be visible to a reviewer.
            let known = marks
                .entry((finding.section, &finding.path))
                .or_insert(finding);
            if known.proven && !finding.proven {
                *known = finding;
            }
        }
        Self(marks)
    }

    fn field(&self, node: Node, table: &FieldTable, section: Section, above: &str) -> Field {
        let path = join(above, &node.name);
        let mark = self.0.get(&(section, path.as_str()));
        let headed = table
            .enumerations
            .iter()
            .filter(|list| list.field == node.name);
        let codes = distinct(
            node.codes
                .iter()
                .chain(headed.flat_map(|list| &list.values)),
        );
        let children = node.children.into_iter();
        let children: Vec<_> = children
            .map(|child| self.field(child, table, section, &path))
            .collect();
        // An object without any documented or shown field: its keys are data.
        let is_map = node.kind == Kind::Object && children.is_empty();
        Field {
            name: node.name,
            kind: if is_map { Kind::Map } else { node.kind },
            list: node.list,
            list_proven: node.list_proven,
            wrapper: node.wrapper,
            wrapper_proven: node.wrapper_proven,
            documented: node.documented,
            type_name: node.type_name,
            required: node.required,
            deprecated: node.deprecated,
            codes,
            zone: node.zone,
            example: node.example,
            sample_kind: node.sample_kind,
            line: node.line,
            rule: mark.map(|finding| finding.rule),
            proven: mark.is_none_or(|finding| finding.proven),
            only_in: vec![table.source.clone()],
            children,
        }
    }
}

/// Clears the list of sources for fields that every source has.
fn settle_sources(document: &mut Document) {
    let all = document.sources.len();
    for fields in [&mut document.request, &mut document.response] {
        clear_full(fields, all);
    }
}

fn clear_full(fields: &mut [Field], all: usize) {
    for field in fields {
        if field.only_in.len() == all {
            field.only_in.clear();
        }
        clear_full(&mut field.children, all);
    }
}
