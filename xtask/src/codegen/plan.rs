//! Decides types and names: a tree of fields becomes structs.

mod names;
mod structs;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;

use super::api::{Api, Bit, Catalog, Code, Codes, ErrorCode, Flags, Id, Sample, Struct};
use super::overlay::{CodeEntry, Overlay, Shared, Wire};
use names::{camel, module};
use pages::table::{FieldTable, Role};
use pages::tree::{Rule, Section, Tree};

/// Collects APIs and the scalar types that their fields use.
pub(super) struct Planner {
    shared: Shared,
    apis: Vec<Api>,
    shared_structs: Vec<Struct>,
    /// Documented codes by code list, in the order of pages and rows.
    documented: BTreeMap<String, Vec<String>>,
    /// Types of `shared.toml` that some field has.
    used: BTreeSet<String>,
}

impl Planner {
    pub(super) fn new(shared: Shared) -> Self {
        Self {
            shared,
            apis: Vec::new(),
            shared_structs: Vec::new(),
            documented: BTreeMap::new(),
            used: BTreeSet::new(),
        }
    }

    /// Plans one API.
    pub(super) fn add(
        &mut self,
        table: &FieldTable,
        tree: &Tree,
        overlay: Overlay,
    ) -> anyhow::Result<()> {
        let module = overlay.module.clone().unwrap_or_else(|| module(&table.api));
        if let Some(other) = self.apis.iter().find(|api| api.module == module) {
            bail!(
                "the module `{module}` is that of {} already; name another in `module` of the overlay",
                other.name
            );
        }
        let stem = camel(table.api.trim_start_matches("aliexpress."));
        let request = overlay
            .request
            .clone()
            .unwrap_or_else(|| format!("{stem}Request"));
        let answer = overlay
            .answer
            .clone()
            .unwrap_or_else(|| format!("{stem}Answer"));
        let (mut structs, judged) = structs::plan(table, tree, &request, &answer, &overlay, self)?;
        let errors = errors(table, &overlay)?;
        self.move_shared(&mut structs, &table.api)?;
        self.apis.push(Api {
            name: table.api.clone(),
            module,
            page: table.page.clone(),
            read: table.read.clone(),
            doc: overlay.doc,
            request,
            answer,
            structs,
            errors,
            samples: samples(table, tree),
            rows: (table.request.len(), table.response.len()),
            judged,
            worded: overlay.present,
        });
        Ok(())
    }

    fn move_shared(&mut self, structs: &mut Vec<Struct>, api: &str) -> anyhow::Result<()> {
        let (shared, own) = structs
            .drain(..)
            .partition(|item| self.shared.types.contains(&item.name));
        *structs = own;
        let shared: Vec<Struct> = shared;
        for item in shared {
            self.used.insert(item.name.clone());
            match self
                .shared_structs
                .iter()
                .find(|other| other.name == item.name)
            {
                Some(other) if *other == item => {}
                Some(_) => bail!(
                    "the shared type `{}` has other fields or words in {api} than in an earlier API; \
                     make them equal, or give it another name in one overlay",
                    item.name
                ),
                None => self.shared_structs.push(item),
            }
        }
        Ok(())
    }

    /// Puts the scalar types to the structs.
    pub(super) fn finish(mut self) -> anyhow::Result<Catalog> {
        let shared = std::mem::take(&mut self.shared);
        let names = shared
            .id
            .keys()
            .chain(shared.codes.keys())
            .chain(shared.flags.keys());
        if let Some(unused) = names
            .chain(&shared.types)
            .find(|name| !self.used.contains(*name))
        {
            bail!("`{unused}` in fixtures/overlay/shared.toml is the type of no field; remove it");
        }
        let mut codes = Vec::new();
        for (name, entry) in shared.codes {
            codes.push(self.codes(name, entry)?);
        }
        let ids = shared.id.into_iter().map(|(name, entry)| Id {
            name,
            doc: entry.doc,
            text: entry.wire == Wire::Text,
        });
        let flags = shared.flags.into_iter().map(|(name, entry)| {
            let mut bits: Vec<_> = entry.bits.into_iter().collect();
            bits.sort_by_key(|(_, bit)| bit.value);
            let bits = bits.into_iter().map(|(name, bit)| Bit {
                name,
                value: bit.value,
                doc: bit.doc,
            });
            Flags {
                name,
                doc: entry.doc,
                bits: bits.collect(),
            }
        });
        Ok(Catalog {
            ids: ids.collect(),
            codes,
            flags: flags.collect(),
            shared: self.shared_structs,
            apis: self.apis,
        })
    }

    fn codes(&self, name: String, entry: super::overlay::CodesEntry) -> anyhow::Result<Codes> {
        let mut listed = self.documented.get(&name).cloned().unwrap_or_default();
        for also in &entry.also {
            if listed.contains(also) {
                bail!(
                    "`codes.{name}.also` names `{also}`, which a page lists now; remove it there"
                );
            }
            listed.push(also.clone());
        }
        if listed.is_empty() {
            bail!("the code list `{name}` has no code: no field of this type documents one");
        }
        if let Some(unknown) = entry.values.keys().find(|value| !listed.contains(value)) {
            bail!(
                "`codes.{name}.values` names `{unknown}`, which no page lists; it lists {}",
                listed.join(", ")
            );
        }
        let mut values: Vec<Code> = Vec::new();
        for value in listed {
            let (variant, doc) = match entry.values.get(&value) {
                Some(CodeEntry::Full { doc, name }) => (name.clone(), Some(doc.clone())),
                Some(CodeEntry::Doc(doc)) => (names::variant(&value), Some(doc.clone())),
                None => (names::variant(&value), None),
            };
            if let Some(other) = values.iter().find(|code| code.name == variant) {
                bail!(
                    "the codes `{}` and `{value}` of `{name}` are both `{variant}` in Rust; name one in `codes.{name}.values`",
                    other.value
                );
            }
            values.push(Code {
                name: variant,
                value,
                doc,
            });
        }
        Ok(Codes {
            name,
            doc: entry.doc,
            values,
        })
    }
}

fn errors(table: &FieldTable, overlay: &Overlay) -> anyhow::Result<Vec<ErrorCode>> {
    let known = |code: &String| table.error_codes.iter().any(|entry| entry.code == *code);
    if let Some(unknown) = overlay.errors.keys().find(|code| !known(code)) {
        bail!("`error.{unknown}` is about a code that the page does not list; remove the entry");
    }
    // Some tables list a code once for each of its reasons.
    let mut seen = BTreeSet::new();
    let codes = table.error_codes.iter().map(|entry| &entry.code);
    let errors = codes
        .filter(|code| seen.insert(*code))
        .map(|code| ErrorCode {
            code: code.clone(),
            words: overlay.errors.get(code).cloned(),
        });
    Ok(errors.collect())
}

/// The payloads that the models must read; not those that follow another schema, which the audit lists.
fn samples(table: &FieldTable, tree: &Tree) -> Vec<Sample> {
    let is_foreign = tree
        .findings
        .iter()
        .any(|finding| finding.section == Section::Response && finding.rule == Rule::OtherSchema);
    let answers = table
        .samples
        .iter()
        .filter(|sample| sample.role == Role::Error || sample.role == Role::Answer && !is_foreign);
    let sample = answers.map(|sample| Sample {
        file: sample.file.clone(),
        folder: pages::root::Root::at("")
            .samples(&table.api)
            .display()
            .to_string(),
        refusal: sample.role == Role::Error,
    });
    sample.collect()
}
