//! Several sources of one API: the newest statement is used, nothing is lost, and each difference is reported.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;

use pages::document::{Document, Field};
use pages::merge::{Merged, merge};
use pages::read;
use pages::resolve::{Decisions, Model, resolve};
use pages::root::Root;
use pages::rules::Rules;
use pages::same_key::merged;
use pages::table::{FieldTable, file_stems};
use pages::tree::{Kind, Node};

fn rules() -> Rules {
    Rules::load(&Root::workspace()).unwrap()
}

fn table(source: &str, as_of: &str, json: &str) -> FieldTable {
    let mut table = read::tables("made.json", json.as_bytes())
        .unwrap()
        .remove(0);
    as_of.clone_into(&mut table.as_of);
    table.set_source(source);
    table
}

fn older() -> FieldTable {
    table(
        "top",
        "2022-08",
        r#"{"name":"example.box.get","requestParams":[{"name":"id","type":"Number","required":true},{"name":"old","type":"String","required":true},
        {"name":"app_signature","type":"String"}],
        "responseParams":[{"name":"boxes","type":"BoxDTO[]","subParams":[{"name":"size","type":"Number"},{"name":"gone","type":"String"}]}]}"#,
    )
}

fn newer() -> FieldTable {
    table(
        "portal",
        "2025-01-01",
        r#"{"data":{"apiList":[{"path":"example.box.get","parameters":[{"name":"access_token","type":"String","required":true},{"name":"id","type":"String","required":false}],
        "outputParameters":[{"name":"boxes","type":"9","children":[{"name":"size","type":"2"},{"name":"colour","type":"1"}]}]}]}}"#,
    )
}

#[test]
fn the_newest_statement_is_used_and_older_ones_fill_gaps() {
    let Merged {
        document, between, ..
    } = merge(
        vec![older(), newer()],
        &Decisions::default(),
        &rules(),
        &Model::default(),
    )
    .unwrap();
    assert_eq!(document.session, Some(true));
    let names: Vec<_> = document
        .request
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["id", "old"]);
    let [id, old] = document.request.as_slice() else {
        panic!()
    };
    assert_eq!((id.kind, id.required), (Kind::Text, Some(false)));
    assert_eq!(
        (old.required, old.only_in.as_slice()),
        (Some(false), &["top".to_owned()][..])
    );
    let boxes = &document.response[0];
    assert_eq!(boxes.type_name.as_deref(), Some("BoxDTO"));
    assert_eq!(boxes.wrapper.as_deref(), Some("box_d_t_o"));
    let reported: Vec<_> = between
        .iter()
        .map(|finding| format!("{}: {}; {}", finding.path, finding.found, finding.settled))
        .collect();
    assert_eq!(
        reported,
        [
            "id: a text in portal, an integer in top; a text, as the newer source says",
            "id: optional in portal, required in top; optional, as the newer source says",
            "old: only top has it, required there; kept, optional",
            "boxes.gone: only top has it; kept, optional",
        ]
    );
}

#[test]
fn the_order_of_sources_does_not_matter() {
    let one = merge(
        vec![older(), newer()],
        &Decisions::default(),
        &rules(),
        &Model::default(),
    )
    .unwrap();
    let other = merge(
        vec![newer(), older()],
        &Decisions::default(),
        &rules(),
        &Model::default(),
    )
    .unwrap();
    assert_eq!(one.document, other.document);
    assert_eq!(one.between, other.between);
}

#[test]
fn a_tree_is_unchanged_after_it_is_written_and_read() {
    let mut document = merge(
        vec![older(), newer()],
        &Decisions::default(),
        &rules(),
        &Model::default(),
    )
    .unwrap()
    .document;
    document.response[0].children[0].name = "dots.and\\slashes".to_owned();
    assert_eq!(
        Document::parse(&document.to_toml().unwrap()).unwrap(),
        document
    );
    let root = Root::workspace();
    for stem in file_stems(&root).unwrap() {
        let document = pages::merge::load(&root, &stem, &rules(), &Model::default())
            .unwrap()
            .document;
        assert_eq!(
            Document::parse(&document.to_toml().unwrap()).unwrap(),
            document,
            "{stem}"
        );
    }
}

/// Compares trees: if a source says something about a field that the merged tree does not, the difference is reported,
/// or a sample proves the merged tree.
#[test]
fn each_difference_between_sources_is_reported() {
    let root = Root::workspace();
    let mut several = 0;
    for stem in file_stems(&root).unwrap() {
        let merged = pages::merge::load(&root, &stem, &rules(), &Model::default()).unwrap();
        if merged.document.sources.len() < 2 {
            continue;
        }
        several += 1;
        let reported = merged
            .between
            .iter()
            .chain(merged.of_sources.iter().flat_map(|(_, findings)| findings));
        let reported: BTreeSet<(bool, &str)> = reported
            .map(|finding| {
                (
                    finding.section == pages::tree::Section::Request,
                    finding.path.as_str(),
                )
            })
            .collect();
        for table in FieldTable::load_sources(&root, &stem).unwrap() {
            let newest = table.source == merged.document.sources[0].name;
            let decisions = Decisions::load(&root, &stem).unwrap();
            let decisions = if table.shows_structure() {
                Decisions::default()
            } else {
                decisions
            };
            let tree = self::merged(resolve(&table, &decisions, &Model::default()).unwrap());
            for (is_request, nodes, fields) in [
                (true, &tree.request, &merged.document.request),
                (false, &tree.response, &merged.document.response),
            ] {
                let mut walk = Walk {
                    reported: &reported,
                    is_request,
                    newest,
                    at: format!("{stem} in {}", table.source),
                };
                walk.compare(nodes, fields, "");
            }
        }
    }
    assert!(several > 90, "{several}");
}

struct Walk<'a> {
    reported: &'a BTreeSet<(bool, &'a str)>,
    is_request: bool,
    newest: bool,
    at: String,
}

impl Walk<'_> {
    fn is_reported(&self, path: &str) -> bool {
        let mut above = path;
        loop {
            if self.reported.contains(&(self.is_request, above)) {
                return true;
            }
            match above.rsplit_once('.') {
                Some((parent, _)) => above = parent,
                None => return false,
            }
        }
    }

    fn compare(&mut self, nodes: &[Node], fields: &[Field], above: &str) {
        for node in nodes {
            let path = match above {
                "" => node.name.clone(),
                above => format!("{above}.{}", node.name),
            };
            if above.is_empty()
                && self.is_request
                && rules().gateway_parameters.contains(&node.name)
            {
                continue;
            }
            let field = fields.iter().find(|field| field.name == node.name);
            let Some(field) = field else {
                assert!(
                    self.is_reported(&path),
                    "{}: `{path}` is missing and nothing reports it",
                    self.at
                );
                continue;
            };
            let loose = |kind| match kind {
                Kind::Map => Kind::Object,
                Kind::Decimal => Kind::Integer,
                kind => kind,
            };
            let same_kind = node.kind == Kind::Unknown
                || loose(node.kind) == loose(field.kind)
                || node.line.is_none();
            let same_list = node.list == field.list || node.documented.is_none();
            let same_need =
                !self.is_request || node.required.is_none() || node.required == field.required;
            assert!(
                (same_kind && same_list && same_need) || self.is_reported(&path),
                "{}: `{path}` is {:?} and became {:?}, and nothing reports it",
                self.at,
                node.kind,
                field.kind
            );
            if self.newest {
                assert!(
                    field.only_in.is_empty()
                        || field
                            .only_in
                            .contains(&self.at.rsplit(' ').next().unwrap().to_owned())
                );
            }
            self.compare(&node.children, &field.children, &path);
        }
    }
}
