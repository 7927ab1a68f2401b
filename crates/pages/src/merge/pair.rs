//! Two sources of an API: the newer one decides, and differences are reported.

use std::collections::BTreeMap;

use super::distinct;
use crate::document::{Document, Field};
use crate::resolve::{article, join};
use crate::tree::{Finding, Kind, Rule, Section};

/// The merged newer sources, and one older source.
pub(super) struct Pair<'a> {
    pub(super) section: Section,
    pub(super) newer: &'a [String],
    pub(super) older: &'a str,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Pair<'_> {
    pub(super) fn merge(&mut self, fields: &mut Vec<Field>, older: Vec<Field>, above: &str) {
        let places: BTreeMap<String, usize> = fields
            .iter()
            .enumerate()
            .map(|(at, field)| (field.name.clone(), at))
            .collect();
        for other in older {
            match places.get(&other.name) {
                Some(&at) => self.field(&mut fields[at], other, above),
                None => fields.push(self.only_older(other, above)),
            }
        }
    }

    /// A field that only the older source has: an answer may still contain it, and no call needs
    /// it.
    fn only_older(&mut self, mut field: Field, above: &str) -> Field {
        let was_required = field.required == Some(true) && self.section == Section::Request;
        if was_required {
            field.required = Some(false);
        }
        let count = Document::count(&field.children);
        let below = match count {
            0 => String::new(),
            count => format!(", with {count} fields below it"),
        };
        let required = if was_required { ", required there" } else { "" };
        self.report(
            join(above, &field.name),
            Rule::OnlyInOlder,
            format!("only {} has it{below}{required}", self.older),
            "kept, optional".to_owned(),
            true,
        );
        field
    }

    fn field(&mut self, field: &mut Field, other: Field, above: &str) {
        let path = join(above, &field.name);
        self.kind(field, &other, &path);
        self.list(field, &other, &path);
        self.required(field, &other, &path);
        if !field.wrapper_proven && (other.wrapper_proven || field.wrapper.is_none()) {
            field.wrapper_proven = other.wrapper_proven && other.wrapper.is_some();
            field.wrapper = other.wrapper.clone().or(field.wrapper.take());
        }
        if !field.list {
            field.wrapper = None;
            field.wrapper_proven = false;
        }
        field.type_name = field.type_name.take().or(other.type_name);
        field.documented = field.documented.take().or(other.documented);
        field.zone = field.zone.take().or(other.zone);
        field.example = field.example.take().or(other.example);
        field.sample_kind = field.sample_kind.or(other.sample_kind);
        field.codes = distinct(field.codes.iter().chain(&other.codes));
        field.only_in.extend(other.only_in);
        match field.kind {
            Kind::Object => self.merge(&mut field.children, other.children, &path),
            _ => field.children.clear(),
        }
    }

    fn kind(&mut self, field: &mut Field, other: &Field, path: &str) {
        let (new, old) = (field.kind, other.kind);
        // A field that only a sample shows has no documented type yet.
        let is_scalar = |kind| !matches!(kind, Kind::Object | Kind::Map | Kind::Unknown);
        if field.documented.is_none() && other.line.is_some() {
            field.line = other.line;
            field.rule = other.rule;
            field.proven = other.proven;
            if is_scalar(new) && is_scalar(old) {
                field.kind = old;
                return;
            }
        }
        // An object without fields says less than one with fields, and a map says less than an
        // object.
        let says_less = match new {
            Kind::Unknown => true,
            Kind::Object => old == Kind::Map && field.children.is_empty(),
            Kind::Map => old == Kind::Object && !other.children.is_empty(),
            // A fraction in an example proves that the number is not an integer.
            Kind::Integer => old == Kind::Decimal,
            _ => false,
        };
        if says_less {
            field.kind = old;
            return;
        }
        if new == old || old == Kind::Unknown {
            return;
        }
        let loosely = matches!(
            (new, old),
            (Kind::Object, Kind::Map) | (Kind::Map, Kind::Object) | (Kind::Decimal, Kind::Integer)
        );
        if loosely {
            return;
        }
        // A sample outweighs a newer table without one.
        let is_shown = |field: &Field, kind| {
            field
                .sample_kind
                .is_some_and(|shown| (shown == Kind::Object) == (kind == Kind::Object))
        };
        let differs_in_nature = (new == Kind::Object) != (old == Kind::Object);
        let by_sample = differs_in_nature && field.sample_kind.is_none() && is_shown(other, old);
        if by_sample {
            field.kind = old;
            field.children.clear();
        }
        let settled = match by_sample {
            true => format!("{}, as a sample shows", article(old)),
            false => format!("{}, as the newer source says", article(new)),
        };
        let proven = by_sample || !differs_in_nature || is_shown(field, new);
        let found = self.says(article(new), article(old));
        self.report(path.to_owned(), Rule::Newest, found, settled, proven);
    }

    fn list(&mut self, field: &mut Field, other: &Field, path: &str) {
        let by_sample = other.list_proven && !field.list_proven;
        let stated = field.documented.is_some() || field.list_proven;
        if field.list != other.list && other.documented.is_some() && stated {
            let word = |list| if list { "a list" } else { "no list" };
            let settled = match by_sample {
                true => format!("{}, as a sample shows", word(other.list)),
                false => format!("{}, as the newer source says", word(field.list)),
            };
            let found = self.says(word(field.list), word(other.list));
            let proven = by_sample || field.list_proven;
            self.report(path.to_owned(), Rule::Newest, found, settled, proven);
        }
        if by_sample || !stated {
            field.list = other.list;
        }
        field.list_proven |= other.list_proven;
    }

    fn required(&mut self, field: &mut Field, other: &Field, path: &str) {
        if self.section == Section::Response {
            field.required = field.required.or(other.required);
            return;
        }
        if let (Some(new), Some(old)) = (field.required, other.required)
            && new != old
        {
            let word = |required| if required { "required" } else { "optional" };
            let found = self.says(word(new), word(old));
            let settled = format!("{}, as the newer source says", word(new));
            self.report(path.to_owned(), Rule::Newest, found, settled, true);
        }
        field.required = field.required.or(other.required);
    }

    fn says(&self, new: &str, old: &str) -> String {
        format!(
            "{new} in {}, {old} in {}",
            self.newer.join(" and "),
            self.older
        )
    }

    fn report(&mut self, path: String, rule: Rule, found: String, settled: String, proven: bool) {
        self.findings.push(Finding {
            section: self.section,
            path,
            line: None,
            rule,
            found,
            settled,
            proven,
        });
    }
}
