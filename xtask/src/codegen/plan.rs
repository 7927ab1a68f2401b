//! Decides types and names: a tree of fields becomes structs.

mod families;
mod fields;
pub(super) mod money;
pub(crate) mod names;
mod paging;
mod structs;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use pages::document::Document;
use pages::families::{Families, Session};
use pages::root::{Root, file_stem};
use pages::sources::Sources;

use super::api::{
    Api, ApiSource, Bit, Catalog, Code, Codes, ErrorCode, Family, Flags, Id, Sample, Struct, Value,
};
use super::case::{camel, snake};
use super::lexicon::Lexicon;
use super::overlay::{CodeEntry, Overlay, PagingEntry, Shared, Wire};
use super::rules::Rules;
use structs::Names;

/// Scalar types that Rust has.
pub(super) const BUILT_IN: [&str; 3] = ["Integer", "Text", "Boolean"];

/// Scalar types that the models write by hand.
pub(super) const HAND_WRITTEN: [&str; 8] = [
    "Amount",
    "Decimal",
    "EpochMillis",
    "Joined",
    "JsonText",
    "PacificTime",
    "Time",
    "Url",
];

/// Collects APIs and the scalar types that their fields use.
pub(super) struct Planner {
    shared: Shared,
    rules: Rules,
    lexicon: Lexicon,
    families: Families,
    sources: Sources,
    apis: BTreeMap<String, Vec<Api>>,
    /// The entries of overlays about lists, by API.
    paging: BTreeMap<String, PagingEntry>,
    shared_structs: Vec<Struct>,
    /// Documented codes by code list, in the order of pages and rows.
    documented: BTreeMap<String, Vec<String>>,
    /// Types of `shared.toml` that some field has.
    used: BTreeSet<String>,
}

impl Planner {
    pub(super) fn load(root: &Root) -> anyhow::Result<Self> {
        let planner = Self {
            shared: Shared::load(root)?,
            rules: Rules::load(root)?,
            lexicon: Lexicon::load(root)?,
            families: Families::load(root)?,
            sources: Sources::load(root)?,
            apis: BTreeMap::new(),
            paging: BTreeMap::new(),
            shared_structs: Vec::new(),
            documented: BTreeMap::new(),
            used: BTreeSet::new(),
        };
        Ok(planner)
    }

    /// Plans one API.
    pub(super) fn add(&mut self, document: &Document, overlay: Overlay) -> anyhow::Result<()> {
        let family = self.families.of(&document.api)?.clone();
        let module = overlay.module.clone();
        let module = module.unwrap_or_else(|| module_name(&document.api, &family.name));
        let others = self.apis.entry(family.name.clone()).or_default();
        if let Some(other) = others.iter().find(|api| api.module == module) {
            bail!(
                "the module `{module}` of the family {} is that of {} already; name another in `module` of the overlay",
                family.name,
                other.name
            );
        }
        let stem = camel(&module);
        let request = overlay
            .request
            .clone()
            .unwrap_or_else(|| self.root_name(&stem));
        let answer = overlay
            .answer
            .clone()
            .unwrap_or_else(|| format!("{stem}Answer"));
        let names = Names {
            family: &family.name,
            stem,
            request: &request,
            answer: &answer,
        };
        let mut structs = structs::plan(document, &names, &overlay, self)?;
        let errors = errors(document, &overlay)?;
        self.move_shared(&mut structs, &document.api)?;
        let verb = document.verb.as_deref().unwrap_or_default();
        let session = match document.session {
            Some(true) => Session::Always,
            // Sources call the session optional for every call that can be made without one.
            Some(false) if family.session == Session::Always => Session::Optional,
            _ => family.session,
        };
        let rows = document
            .sources
            .first()
            .map_or((0, 0), |source| (source.request, source.response));
        let api = Api {
            name: document.api.clone(),
            module,
            at_root: overlay.at_root,
            sources: document
                .sources
                .iter()
                .map(|source| ApiSource {
                    name: source.name.clone(),
                    title: self.sources.title(&source.name).to_owned(),
                    as_of: source.as_of.clone(),
                })
                .collect(),
            old: document
                .sources
                .iter()
                .all(|source| self.sources.is_older(&source.name)),
            effect: overlay
                .effect
                .unwrap_or_else(|| self.rules.effect(&document.api)),
            session: overlay.session.unwrap_or(session),
            get: verb == "GET",
            doc: overlay.doc,
            request,
            answer,
            structs,
            errors,
            samples: samples(document),
            rows,
            judged: overlay.present,
            paging: None,
        };
        if let Some(entry) = overlay.paging {
            self.paging.insert(document.api.clone(), entry);
        }
        self.apis.entry(family.name).or_default().push(api);
        Ok(())
    }

    /// The request's name by rule. A name such as `Result` gets a prefix, because it says nothing about the call.
    fn root_name(&self, stem: &str) -> String {
        match self.is_taken(stem) {
            true => format!("{stem}Request"),
            false => stem.to_owned(),
        }
    }

    /// Whether Rust, the models or `shared.toml` use the name for something else.
    fn is_taken(&self, name: &str) -> bool {
        structs::TAKEN.contains(&name)
            || self.shared.id.contains_key(name)
            || self.shared.codes.contains_key(name)
            || self.shared.flags.contains_key(name)
    }

    /// The scalar type `name` of a field; `None` if there is none of that name.
    fn known_value(&self, name: &str) -> Option<Value> {
        let named = Some(name.to_owned());
        let shared = &self.shared;
        Some(match name {
            "Integer" => Value::Integer(None),
            "Text" => Value::Text(None),
            "Boolean" => Value::Boolean,
            "EpochMillis" => Value::Integer(named),
            _ if HAND_WRITTEN.contains(&name) => Value::Text(named),
            _ if shared.flags.contains_key(name) => Value::Integer(named),
            _ if shared.codes.contains_key(name) => Value::Text(named),
            _ => match shared.id.get(name)?.wire {
                Wire::Integer => Value::Integer(named),
                Wire::Text => Value::Text(named),
            },
        })
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

    /// Adds the scalar types to the structs, and moves types that several APIs of a family share into the family's
    /// module.
    pub(super) fn finish(mut self) -> anyhow::Result<Catalog> {
        self.lexicon.check_use()?;
        let shared = std::mem::take(&mut self.shared);
        let names = shared
            .id
            .keys()
            .chain(shared.codes.keys())
            .chain(shared.flags.keys());
        if let Some(unused) = names
            .chain(&shared.types)
            .find(|name| !self.used.contains(*name) && !self.is_ruled(name))
        {
            bail!(
                "cannot use `{unused}` of fixtures/overlay/shared.toml: found no field of this type; remove it"
            );
        }
        let used = |name: &String| self.used.contains(name);
        let mut codes = Vec::new();
        for (name, entry) in shared.codes.into_iter().filter(|(name, _)| used(name)) {
            codes.push(self.codes(name, entry)?);
        }
        let ids = shared
            .id
            .into_iter()
            .filter(|(name, _)| used(name))
            .map(|(name, entry)| Id {
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
        let (ids, flags) = (ids.collect(), flags.collect());
        let mut families = Vec::new();
        for family in self.families.iter() {
            let Some(mut apis) = self.apis.remove(&family.name) else {
                continue;
            };
            apis.sort_by(|one, other| one.module.cmp(&other.module));
            let types = families::common_types(&mut apis, &family.name)
                .with_context(|| format!("planning the types of the family {}", family.name))?;
            let common: Vec<_> = types.iter().chain(&self.shared_structs).collect();
            for api in &mut apis {
                let entry = self.paging.get(&api.name);
                api.paging = paging::plan(api, &common, entry, &self.rules.paging)?;
            }
            families.push(Family {
                name: family.name.clone(),
                doc: family.doc.clone(),
                default: family.default,
                prefixes: family.prefixes.clone(),
                session: family.session,
                apis,
                types,
            });
        }
        let mut catalog = Catalog {
            ids,
            codes,
            flags,
            shared: self.shared_structs,
            families,
            incomplete: Vec::new(),
        };
        catalog.incomplete = super::report::incomplete(&catalog, &self.lexicon);
        Ok(catalog)
    }

    /// Whether a rule may choose the type, so that it may be unused under a root with other APIs.
    fn is_ruled(&self, name: &str) -> bool {
        self.rules.type_names().any(|ruled| ruled == name)
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

/// `aliexpress.ds.order.create` of the family `ds` as a module: `order_create`.
fn module_name(api: &str, family: &str) -> String {
    let name = api.strip_prefix("aliexpress.").unwrap_or(api);
    let name = name.strip_prefix(&format!("{family}.")).unwrap_or(name);
    snake(name)
}

fn errors(document: &Document, overlay: &Overlay) -> anyhow::Result<Vec<ErrorCode>> {
    let known = |code: &String| document.error_codes.contains(code);
    if let Some(unknown) = overlay.errors.keys().find(|code| !known(code)) {
        bail!("`error.{unknown}` is about a code that no source lists; remove the entry");
    }
    let codes = document.error_codes.iter().map(|code| ErrorCode {
        code: code.clone(),
        words: overlay.errors.get(code).cloned(),
    });
    Ok(codes.collect())
}

/// The payloads that the models must read; not those that follow another schema, which the audit lists.
fn samples(document: &Document) -> Vec<Sample> {
    let answers = document.samples.iter().filter(|sample| !sample.foreign);
    let folder = format!("fixtures/samples/{}", file_stem(&document.api));
    let sample = answers.map(|sample| Sample {
        file: sample.file.clone(),
        folder: folder.clone(),
        role: sample.role,
    });
    sample.collect()
}
