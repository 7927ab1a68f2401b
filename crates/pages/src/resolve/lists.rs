//! Decides whether a container that no sample shows is a list, by what samples show of objects with the same fields.

use std::collections::HashMap;

use super::recurring;
use super::wording::{join, word};
use crate::tree::{Finding, Kind, Node, Rule, Section};
use crate::type_text::TypeText;

/// Decides between list and object for every container in `nodes` that no sample shows.
pub(crate) fn settle(nodes: &mut [Node], section: Section, findings: &mut Vec<Finding>) {
    let mut seen = Seen::default();
    seen.collect(nodes);
    seen.settle(nodes, "", section, findings);
}

/// By their fields, whether the objects that samples show are lists; `None` if some are lists and others not.
#[derive(Default)]
struct Seen {
    /// The same, but documented types count as evidence as well as samples.
    as_documented: HashMap<(Fields, bool), Option<bool>>,
    whatever_documented: HashMap<Fields, Option<bool>>,
    /// Whether some sample shows an object that is documented as a list.
    overstates: bool,
}

/// The names of an object's fields, each with whether it holds fields of its own.
type Fields = Vec<(String, bool)>;

impl Seen {
    fn collect(&mut self, nodes: &[Node]) {
        for node in nodes.iter().filter(|node| !node.children.is_empty()) {
            if node.list_proven {
                self.overstates |= documents_list(node) && !node.list;
                let list =
                    |known: &mut Option<bool>| *known = known.filter(|&known| known == node.list);
                list(
                    self.as_documented
                        .entry((fields(node), documents_list(node)))
                        .or_insert(Some(node.list)),
                );
                list(
                    self.whatever_documented
                        .entry(fields(node))
                        .or_insert(Some(node.list)),
                );
            }
            self.collect(&node.children);
        }
    }

    /// Whether the container `node` is a list, by its fields. `None` if there is no evidence.
    ///
    /// Pages often document an object as a list, and hardly ever a list as an object. If a sample shows an object that
    /// is documented as a list, this is evidence that similar containers are objects too. A list in a sample is no
    /// evidence against a documented object. A documented object is evidence only on a page that overstates lists, and
    /// for an amount of money.
    fn is_list(&self, node: &Node) -> Option<bool> {
        if node.children.is_empty() {
            return None;
        }
        let names = fields(node);
        let is_shape = names.len() > 1 && self.overstates;
        let tells = is_shape || recurring::is_money(names.iter().map(|(name, _)| name.as_str()));
        let whatever = self.whatever_documented.get(&names).copied().flatten();
        let documented = self
            .as_documented
            .get(&(names, documents_list(node)))
            .copied();
        documented.unwrap_or(whatever.filter(|&list| tells && !list))
    }

    fn settle(
        &self,
        nodes: &mut [Node],
        path: &str,
        section: Section,
        findings: &mut Vec<Finding>,
    ) {
        for node in nodes {
            let path = join(path, &node.name);
            self.settle(&mut node.children, &path, section, findings);
            let is_container = node.kind == Kind::Object || node.list;
            if node.list_proven || node.line.is_none() || !is_container {
                continue;
            }
            let shown = match node.sample_kind {
                Some(_) => "the sample shows it empty",
                None => "no sample shows it",
            };
            let found = format!(
                "documented as {:?}; {shown}",
                node.documented.as_deref().unwrap_or_default()
            );
            let rule = match self.is_list(node) {
                Some(list) if list == node.list => continue,
                // Evidence from other objects does not prove anything for this one.
                Some(list) => {
                    node.list = list;
                    Rule::KindByShape
                }
                None => Rule::KindAsDocumented,
            };
            let settled = word(node.list).to_owned();
            findings.push(Finding {
                section,
                path,
                line: node.line,
                rule,
                found,
                settled,
                proven: false,
            });
        }
    }
}

fn documents_list(node: &Node) -> bool {
    TypeText::parse(node.documented.as_deref().unwrap_or_default()).list
}

fn fields(node: &Node) -> Fields {
    let mut fields: Fields = node
        .children
        .iter()
        .map(|child| (child.name.clone(), !child.children.is_empty()))
        .collect();
    fields.sort();
    fields
}
