//! `fixtures/families.toml`: the groups of APIs.

use std::fs;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::root::Root;

/// The default families. A folder given with `--root` may contain another file.
const DEFAULT: &str = include_str!("../../../fixtures/families.toml");

/// The families, in the order of their names.
#[derive(Clone, Debug)]
pub struct Families(Vec<Family>);

/// A group of APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Its name, which is also that of a module and a feature.
    pub name: String,
    /// What it is about, in a sentence.
    pub doc: String,
    /// Prefixes of the names of its APIs.
    pub prefixes: Vec<String>,
    /// Whether it is one of the default features.
    pub default: bool,
    /// Whether its calls need a session.
    pub session: Session,
}

/// Whether a call needs a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Session {
    /// A call is refused without one.
    Always,
    /// A call returns more with one.
    Optional,
    /// A session has no effect.
    Never,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    doc: String,
    prefixes: Vec<String>,
    #[serde(default)]
    default: bool,
    session: Session,
}

impl Families {
    /// Reads `fixtures/families.toml` below `root`, or the workspace's own if there is none.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn load(root: &Root) -> anyhow::Result<Self> {
        let path = root.path().join("fixtures/families.toml");
        let text = match path.exists() {
            true => {
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?
            }
            false => DEFAULT.to_owned(),
        };
        let entries: std::collections::BTreeMap<String, Entry> =
            toml::from_str(&text).with_context(|| format!("reading {}", path.display()))?;
        let family = |(name, entry): (String, Entry)| Family {
            name,
            doc: entry.doc,
            prefixes: entry.prefixes,
            default: entry.default,
            session: entry.session,
        };
        Ok(Self(entries.into_iter().map(family).collect()))
    }

    /// The family of `api`: the one with the longest prefix of its name.
    ///
    /// # Errors
    ///
    /// When no family has a matching prefix.
    pub fn of(&self, api: &str) -> anyhow::Result<&Family> {
        Ok(self.with_prefix(api)?.0)
    }

    /// The name of `api` without its family's prefix.
    ///
    /// # Errors
    ///
    /// When no family has a matching prefix.
    pub fn rest<'n>(&self, api: &'n str) -> anyhow::Result<&'n str> {
        Ok(&api[self.with_prefix(api)?.1.len()..])
    }

    fn with_prefix(&self, api: &str) -> anyhow::Result<(&Family, &str)> {
        let all = self.0.iter().flat_map(|family| {
            let prefixes = family.prefixes.iter();
            prefixes.map(move |prefix| (family, prefix.as_str()))
        });
        let best = all
            .filter(|(_, prefix)| api.starts_with(prefix))
            .max_by_key(|(_, prefix)| prefix.len());
        match best {
            Some(best) => Ok(best),
            None => bail!(
                "cannot determine the family of {api}: found no prefix of its name in fixtures/families.toml"
            ),
        }
    }

    /// The families, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Family> {
        self.0.iter()
    }
}
