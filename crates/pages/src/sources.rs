//! `fixtures/sources.toml`: where field tables come from, and the day of files without a date.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::root::Root;
use crate::table::{FieldTable, Layout};

/// The default sources. A folder given with `--root` may contain another file.
const DEFAULT: &str = include_str!("../../../fixtures/sources.toml");

/// The sources by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Sources(BTreeMap<String, Source>);

/// One source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is, in a few words.
    pub what: String,
    /// What generated documentation calls it, such as `the API reference`; its name if unset.
    #[serde(default)]
    pub title: Option<String>,
    /// The day or month of its files without a date.
    #[serde(default)]
    pub as_of: Option<String>,
    /// Whether newer sources describe the same platform, so that fields which only this source has may have changed or
    /// disappeared.
    #[serde(default)]
    pub older: bool,
    /// The layouts whose files belong to this source, unless their folder names another one.
    #[serde(default)]
    pub layouts: Vec<Layout>,
}

/// The source and the day of the files, as given for an import.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// The source's name.
    pub source: Option<String>,
    /// The day or month of the files.
    pub as_of: Option<String>,
}

impl Sources {
    /// Reads `fixtures/sources.toml` below `root`, or the workspace's own if there is none.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn load(root: &Root) -> anyhow::Result<Self> {
        let path = root.path().join("fixtures/sources.toml");
        let text = match path.exists() {
            true => {
                fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?
            }
            false => DEFAULT.to_owned(),
        };
        toml::from_str(&text).with_context(|| format!("reading {}", path.display()))
    }

    /// The sources by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Source)> {
        self.0.iter().map(|(name, source)| (name.as_str(), source))
    }

    /// What generated documentation calls the source `name`.
    pub fn title<'a>(&'a self, name: &'a str) -> &'a str {
        let title = self.0.get(name).and_then(|source| source.title.as_deref());
        title.unwrap_or(name)
    }

    /// Whether newer sources replace the source `name`.
    pub fn is_older(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|source| source.older)
    }

    /// Sets the source and the day of `table`, which was read from `path`. The day is `today` if nothing else gives one.
    ///
    /// # Errors
    ///
    /// When the stated source is unknown, or no source has files of this layout.
    pub fn stamp(
        &self,
        table: &mut FieldTable,
        path: &Path,
        stated: &Stated,
        today: &str,
    ) -> anyhow::Result<()> {
        let folder = path
            .parent()
            .and_then(Path::file_name)
            .and_then(|name| name.to_str());
        let name = match (&stated.source, folder) {
            (Some(name), _) if !self.0.contains_key(name) => bail!(
                "cannot import from the source {name:?}: found no such source in fixtures/sources.toml; wanted one of {}",
                self.names()
            ),
            (Some(name), _) => name.clone(),
            (None, Some(name)) if self.0.contains_key(name) => name.to_owned(),
            _ => self.of_layout(table.layout)?.to_owned(),
        };
        if table.as_of.is_empty() {
            let declared = self.0.get(&name).and_then(|source| source.as_of.clone());
            let as_of = stated.as_of.clone().or(declared);
            table.as_of = as_of.unwrap_or_else(|| today.to_owned());
        }
        table.set_source(&name);
        Ok(())
    }

    fn of_layout(&self, layout: Layout) -> anyhow::Result<&str> {
        let mut named = self
            .0
            .iter()
            .filter(|(_, source)| source.layouts.contains(&layout));
        match (named.next(), named.next()) {
            (Some((name, _)), None) => Ok(name),
            _ => bail!(
                "cannot say of which source the layout {layout:?} is: found none, or several, in fixtures/sources.toml; \
                 wanted one that lists it, or `--source` with one of {}",
                self.names()
            ),
        }
    }

    fn names(&self) -> String {
        self.0.keys().cloned().collect::<Vec<_>>().join(", ")
    }
}
