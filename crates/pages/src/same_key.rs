//! Merges the rows that have one name in one object into one field, because the wire carries each key once.
//!
//! The tree keeps every row, as the page has it; types are made of what is merged here. If the rows contradict each
//! other, the sample decides, or else the reading that accepts both. Each such case is a finding.

use std::collections::{BTreeSet, HashMap};

use crate::resolve::{article, join};
use crate::tree::{Finding, Kind, Node, Rule, Section, Tree};

/// The tree with each key of an object in one node.
pub fn merged(tree: Tree) -> Tree {
    let mut findings = tree.findings;
    Tree {
        request: nodes(tree.request, Section::Request, "", &mut findings),
        response: nodes(tree.response, Section::Response, "", &mut findings),
        api: tree.api,
        findings,
    }
}

fn nodes(
    nodes: Vec<Node>,
    section: Section,
    above: &str,
    findings: &mut Vec<Finding>,
) -> Vec<Node> {
    let mut merged: Vec<Node> = Vec::with_capacity(nodes.len());
    let mut places: HashMap<String, usize> = HashMap::new();
    for node in nodes {
        let Some(&place) = places.get(&node.name) else {
            places.insert(node.name.clone(), merged.len());
            merged.push(node);
            continue;
        };
        let first = &mut merged[place];
        let mut pair = Pair {
            section,
            path: join(above, &node.name),
            lines: [first.line, node.line],
            findings,
        };
        pair.merge(first, node);
    }
    for node in &mut merged {
        let children = std::mem::take(&mut node.children);
        node.children = self::nodes(children, section, &join(above, &node.name), findings);
    }
    merged
}

/// Two nodes with one name in one object.
struct Pair<'f> {
    section: Section,
    path: String,
    lines: [Option<usize>; 2],
    findings: &'f mut Vec<Finding>,
}

impl Pair<'_> {
    /// Makes `first` the field of both.
    fn merge(&mut self, first: &mut Node, other: Node) {
        first.kind = self.kind(first, &other);
        first.list = self.list(first, &other);
        first.list_proven |= other.list_proven;
        first.required = self.required(first.required, other.required);
        // A row that does not say it is deprecated documents a field that is in use.
        first.deprecated &= other.deprecated;
        if !first.wrapper_proven {
            first.wrapper = other.wrapper.or(first.wrapper.take());
            first.wrapper_proven = other.wrapper_proven;
        }
        first.wrapper = first.wrapper.take().filter(|_| first.list);
        first.line = first.line.or(other.line);
        first.documented = first.documented.take().or(other.documented);
        first.sample_kind = first.sample_kind.or(other.sample_kind);
        first.type_name = first.type_name.take().or(other.type_name);
        first.example = first.example.take().or(other.example);
        first.zone = first.zone.take().or(other.zone);
        let known: BTreeSet<String> = first.codes.iter().cloned().collect();
        let codes = other.codes.into_iter();
        first
            .codes
            .extend(codes.filter(|code| !known.contains(code)));
        first.children.extend(other.children);
        if first.kind != Kind::Object {
            first.children.clear();
        }
    }

    fn kind(&mut self, first: &Node, other: &Node) -> Kind {
        let (one, two) = (first.kind, other.kind);
        match [one, two].map(|kind| kind == Kind::Object) {
            [true, true] => self.fields(first, other),
            _ if one == two || two == Kind::Unknown => return one,
            _ if one == Kind::Unknown => return two,
            [false, false] => return self.scalar(first, other),
            [is_object, _] => return self.object_or_scalar(first, other, is_object),
        }
        Kind::Object
    }

    /// Two objects with one name get the fields of both: fields that are not sent stay empty.
    fn fields(&mut self, first: &Node, other: &Node) {
        let [own, others] = [first, other].map(|node| {
            let rows = node.children.iter().filter(|child| child.line.is_some());
            rows.map(|child| child.name.as_str())
                .collect::<BTreeSet<_>>()
        });
        if own == others || own.is_empty() || others.is_empty() {
            return;
        }
        let found = [own, others].map(|names| {
            let names: Vec<_> = names.into_iter().collect();
            format!("an object of {}", names.join(", "))
        });
        self.report(found, "an object with the fields of both".to_owned(), false);
    }

    fn scalar(&mut self, first: &Node, other: &Node) -> Kind {
        match self.lines {
            // A field that only a sample shows has the kind that the row documents.
            [None, _] => other.kind,
            [_, None] => first.kind,
            _ => {
                let found = [first.kind, other.kind].map(|kind| article(kind).to_owned());
                self.report(found, "text, which takes both".to_owned(), false);
                Kind::Text
            }
        }
    }

    fn object_or_scalar(&mut self, first: &Node, other: &Node, first_is_object: bool) -> Kind {
        let shown = first.sample_kind.or(other.sample_kind);
        let is_object = shown.is_none_or(|kind| kind == Kind::Object);
        let kind = match is_object == first_is_object {
            true => first.kind,
            false => other.kind,
        };
        let settled = match shown {
            Some(_) => format!("{}, as the sample shows", article(kind)),
            None => "an object, so that the rows below it are kept".to_owned(),
        };
        let found = [first.kind, other.kind].map(|kind| article(kind).to_owned());
        self.report(found, settled, shown.is_some());
        kind
    }

    fn list(&mut self, first: &Node, other: &Node) -> bool {
        if first.list == other.list {
            return first.list;
        }
        let says = |list| if list { "a list" } else { "no list" }.to_owned();
        let found = [first.list, other.list].map(says);
        let shown = match [first, other].map(|node| node.list_proven) {
            [true, false] => Some(first.list),
            [false, true] => Some(other.list),
            _ => None,
        };
        let settled = match shown {
            Some(list) => format!("{}, as the sample shows", says(list)),
            None => "a list, which takes a single element, too".to_owned(),
        };
        self.report(found, settled, shown.is_some());
        shown.unwrap_or(true)
    }

    /// A call is refused if a parameter is missing, and hardly ever if one is unnecessary.
    fn required(&mut self, first: Option<bool>, other: Option<bool>) -> Option<bool> {
        let (Some(one), Some(two)) = (first, other) else {
            return first.or(other);
        };
        if one != two {
            let says = |required| if required { "required" } else { "optional" }.to_owned();
            let settled = "required, so that no call lacks it".to_owned();
            self.report([one, two].map(says), settled, false);
        }
        Some(one || two)
    }

    fn report(&mut self, found: [String; 2], settled: String, proven: bool) {
        let by = self.lines.map(|line| match line {
            Some(line) => format!("by the row of line {line}"),
            None => "by the sample".to_owned(),
        });
        self.findings.push(Finding {
            section: self.section,
            path: self.path.clone(),
            line: self.lines[1].or(self.lines[0]),
            rule: Rule::OneKey,
            found: format!("{} {}, {} {}", found[0], by[0], found[1], by[1]),
            settled,
            proven,
        });
    }
}
