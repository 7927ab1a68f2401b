//! Hand-written decisions about an API: names, descriptions, types and merged types.
//!
//! An entry that names nothing, or that changes nothing, is an error, because the reason for it no longer exists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::api::{ErrorWords, Judgement, Whose};
use pages::root::Root;

/// `fixtures/overlay/<api>.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overlay {
    /// Name of the Rust module.
    #[serde(default)]
    pub(crate) module: Option<String>,
    /// Whether the module is also at the crate's root.
    #[serde(default)]
    pub(crate) at_root: bool,
    /// Whether calls need a session, if no source states it, or states it wrongly.
    #[serde(default)]
    pub(crate) session: Option<pages::families::Session>,
    /// Whether the call changes something, if its name suggests the opposite.
    #[serde(default)]
    pub(crate) effect: Option<super::api::Effect>,
    /// The purpose of the API.
    #[serde(default)]
    pub(crate) doc: Option<String>,
    /// Name of the request's struct.
    #[serde(default)]
    pub(crate) request: Option<String>,
    /// Name of the answer's struct.
    #[serde(default)]
    pub(crate) answer: Option<String>,
    /// Decisions about objects, by their Rust names.
    #[serde(default, rename = "type")]
    pub(crate) types: BTreeMap<String, TypeEntry>,
    /// Descriptions of the page's error codes.
    #[serde(default, rename = "error")]
    pub(crate) errors: BTreeMap<String, ErrorWords>,
    /// How its answers are the pages of a list, if the names of its fields are misleading or not sufficient.
    #[serde(default)]
    pub(crate) paging: Option<PagingEntry>,
    /// Where rows belong, and what is a list: for `import`, which reads these entries itself.
    #[serde(default, rename = "place")]
    _place: Vec<toml::Table>,
    #[serde(default, rename = "kind")]
    _kind: Vec<toml::Table>,
    /// Whether the file exists.
    #[serde(skip)]
    pub(crate) present: bool,
}

/// A type: the objects that it is for, and its description.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypeEntry {
    /// Objects at these paths, such as `response.result`.
    #[serde(default)]
    pub(crate) paths: Vec<String>,
    /// Objects whose documented type has this name.
    #[serde(default)]
    pub(crate) of: Option<String>,
    /// Objects with exactly these fields.
    #[serde(default)]
    pub(crate) with: Vec<String>,
    #[serde(default)]
    pub(crate) doc: Option<String>,
    /// Names of the same field in other objects of the type, and the name that it has here.
    #[serde(default)]
    pub(crate) alias: BTreeMap<String, String>,
    /// The reason for an alias or another correction.
    #[serde(default)]
    pub(crate) reason: Option<String>,
    /// Which fields state the money that counts.
    #[serde(default)]
    pub(crate) money: Option<MoneyEntry>,
    /// Why none of the amounts counts.
    #[serde(default)]
    pub(crate) no_price: Option<String>,
    /// Fields that the wire carries and the page does not have, by their names on the wire.
    #[serde(default)]
    pub(crate) add: BTreeMap<String, AddedField>,
    /// Decisions about fields, by their names on the wire. A text alone is the field's description.
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, FieldEntry>,
}

/// How an API's answers are the pages of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PagingEntry {
    /// The object of the request that has the parameters of the page, by its name on the wire, where several have them.
    #[serde(default)]
    pub(crate) query: Option<String>,
    /// The page size that is requested if the caller does not state one.
    #[serde(default)]
    pub(crate) size: Option<i64>,
    /// The source of this fact.
    pub(crate) reason: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoneyEntry {
    /// Amounts, and objects that state money themselves, by their names on the wire in the order in which they count.
    pub(crate) amount: Vec<String>,
    /// The field with the currency of the object's own amounts.
    #[serde(default)]
    pub(crate) currency_code: Option<String>,
    #[serde(default)]
    pub(crate) cent: Option<String>,
    #[serde(default)]
    pub(crate) cent_factor: Option<String>,
    #[serde(default)]
    pub(crate) whose: Option<Whose>,
    pub(crate) judgement: Judgement,
}

/// A scalar field that is known from another source than the page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddedField {
    pub(crate) doc: String,
    /// As in [`FieldWords::value`].
    #[serde(rename = "type")]
    pub(crate) value: String,
    /// The source of this fact.
    pub(crate) reason: String,
    #[serde(default)]
    pub(crate) personal: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum FieldEntry {
    Doc(String),
    Full(FieldWords),
}

/// Decisions about one field.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldWords {
    #[serde(default)]
    pub(crate) doc: Option<String>,
    /// Name in Rust.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// `Integer`, `Text`, `Boolean`, `Time`, `PacificTime`, `Amount`, or a type of `shared.toml`.
    #[serde(default, rename = "type")]
    pub(crate) value: Option<String>,
    /// Whether requests need it, if no source states it, or states it wrongly.
    #[serde(default)]
    pub(crate) required: Option<bool>,
    /// Whether the field contains personal data.
    #[serde(default)]
    pub(crate) personal: bool,
    /// Whether the field is deprecated although the page does not say so.
    #[serde(default)]
    pub(crate) deprecated: bool,
    /// Why a type or requirement differs from the page.
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

impl FieldEntry {
    pub(crate) fn words(&self) -> FieldWords {
        match self {
            Self::Doc(doc) => FieldWords {
                doc: Some(doc.clone()),
                ..FieldWords::default()
            },
            Self::Full(words) => words.clone(),
        }
    }
}

/// `fixtures/overlay/shared.toml`: types that fields of any API may have.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shared {
    #[serde(default)]
    pub(crate) id: BTreeMap<String, IdEntry>,
    #[serde(default)]
    pub(crate) codes: BTreeMap<String, CodesEntry>,
    #[serde(default)]
    pub(crate) flags: BTreeMap<String, FlagsEntry>,
    /// Objects that several APIs have in common, by Rust name.
    #[serde(default)]
    pub(crate) types: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdEntry {
    pub(crate) doc: String,
    pub(crate) wire: Wire,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wire {
    Integer,
    Text,
}

/// A code list; its values are what the pages document for the fields that have it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodesEntry {
    pub(crate) doc: String,
    /// Descriptions of the codes, and their Rust names if the rule's name reads badly.
    #[serde(default)]
    pub(crate) values: BTreeMap<String, CodeEntry>,
    /// Codes that no page lists in a form that can be read, with the reason.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    #[serde(default)]
    pub(crate) reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum CodeEntry {
    Doc(String),
    Full { doc: String, name: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlagsEntry {
    pub(crate) doc: String,
    pub(crate) bits: BTreeMap<String, BitEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BitEntry {
    pub(crate) value: i64,
    pub(crate) doc: String,
}

impl Overlay {
    /// Reads the overlay of `api`; an API without one has no description.
    pub(crate) fn load(root: &Root, api: &str) -> anyhow::Result<Self> {
        let path = root.overlay(api);
        if !path.exists() {
            return Ok(Self::default());
        }
        let mut overlay: Self = read(&path)?;
        overlay.present = true;
        overlay
            .check()
            .with_context(|| format!("reading {}", path.display()))?;
        Ok(overlay)
    }

    fn check(&self) -> anyhow::Result<()> {
        for (name, entry) in &self.types {
            if !entry.alias.is_empty() && entry.reason.is_none() {
                bail!("`type.{name}.alias` merges fields without a `reason`");
            }
            let added = entry
                .add
                .iter()
                .map(|(field, added)| (field, Some(&added.reason)));
            let judged = entry.fields.iter().map(|(field, entry)| match entry {
                FieldEntry::Full(words) => (field, words.reason.as_ref()),
                FieldEntry::Doc(_) => (field, None),
            });
            for (field, reason) in added.chain(judged) {
                if reason.is_some_and(|reason| reason.trim().is_empty()) {
                    bail!("the `reason` of `{field}` in `type.{name}` is blank; wanted a sentence");
                }
            }
        }
        Ok(())
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("reading {}", path.display()))
}

impl Shared {
    pub(crate) fn load(root: &Root) -> anyhow::Result<Self> {
        let path = root.path().join("fixtures/overlay/shared.toml");
        if !path.exists() {
            return Ok(Self::default());
        }
        let shared: Self = read(&path)?;
        let unreasoned =
            |(_, entry): &(&String, &CodesEntry)| !entry.also.is_empty() && entry.reason.is_none();
        if let Some((name, _)) = shared.codes.iter().find(unreasoned) {
            bail!("`codes.{name}.also` adds codes that no page lists without a `reason`");
        }
        Ok(shared)
    }
}
