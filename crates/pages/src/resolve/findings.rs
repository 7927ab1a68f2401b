//! The findings about a row: where it was placed and why, and where the page and the sample differ.

use super::build::{Builder, text};
use super::kinds::{agrees, article, documented};
use super::placed::{Certainty, NodeId, Placed, Why};
use super::rows::Field;
use super::wording::join;
use crate::table::{Depth, Format};
use crate::tree::{Finding, Kind, Rule, Section};

impl Builder<'_, '_> {
    /// The findings about the whole section.
    pub(super) fn section_findings(&mut self) {
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
            let found =
                "the sample follows another schema than the table: they share almost no field";
            self.findings.push(of_sample(
                Some(line),
                Rule::OtherSchema,
                found,
                "only the table is used",
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

    pub(super) fn only_shown(&mut self, path: &str) {
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

    pub(super) fn place_finding(
        &mut self,
        field: &Field<'_>,
        path: &str,
        placed: &Placed,
        why: &Why,
    ) {
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
                format!("{proposal} already has a field of this name, from line {line}")
            }
            (Rule::OverlayPlaces, Some(_)) => format!("marks and order propose {proposal}"),
            (_, Some(_)) if is_shown => format!("marks and order propose {proposal}"),
            (_, Some(_)) => format!("in no sample; marks and order propose {proposal}"),
            (_, None) if why.runner_up.is_none() && rule != Rule::OverlayPlaces => {
                "as certain as its object".to_owned()
            }
            (_, None) if is_shown => {
                "the sample shows a field of this name here, which may belong to another row"
                    .to_owned()
            }
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

    /// Line of the first row in `node` with the name of `field`.
    pub(super) fn first_of_name(&self, node: NodeId, field: &Field<'_>) -> usize {
        let name = field.row.name.as_str();
        self.first
            .get(&(node, name))
            .copied()
            .unwrap_or(field.row.line)
    }

    /// Reports a value in the sample that is of another kind than documented. XML and the parameters of a call have only
    /// strings, so the content of the string is compared if its kind can be read.
    pub(super) fn type_finding(
        &mut self,
        field: &Field<'_>,
        kind: Kind,
        sample: Option<Kind>,
        path: &str,
    ) {
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

    pub(super) fn path(&self, node: NodeId) -> String {
        let name = match node {
            NodeId::Top => return String::new(),
            NodeId::Row(at) => self.input.rows[at].row.name.as_str(),
            NodeId::Level(id) => self.shape(Some(id)).map_or("", |shape| shape.name.as_str()),
        };
        join(&self.path(self.placed.parent(node)), name)
    }

    pub(super) fn finding(
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
}
