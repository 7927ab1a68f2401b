//! Tables as committed files, one per source and API, with their samples next to them.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, bail};

use super::FieldTable;
use crate::lines;
use crate::root::Root;

impl FieldTable {
    /// Reads the newest committed table of `api`, with its samples.
    ///
    /// # Errors
    ///
    /// When no source documents the API, or a file cannot be read.
    pub fn load(root: &Root, api: &str) -> anyhow::Result<Self> {
        let newest = Self::load_sources(root, api)?.into_iter().next();
        newest.with_context(|| {
            format!(
                "cannot read the table of {api}: found none below {}; wanted one that `import` has written",
                root.tables().display()
            )
        })
    }

    /// Reads the committed tables of `api`, one per source, newest first.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn load_sources(root: &Root, api: &str) -> anyhow::Result<Vec<Self>> {
        let mut tables = Vec::new();
        for source in sources(root)? {
            if root.table(&source, api).exists() {
                tables.push(Self::load_from(root, &source, api)?);
            }
        }
        newest_first(&mut tables);
        Ok(tables)
    }

    /// Reads the committed table of `api` from `source`.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn load_from(root: &Root, source: &str, api: &str) -> anyhow::Result<Self> {
        let path = root.table(source, api);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("reading the table {}", path.display()))?;
        let mut table: Self = toml::from_str(&text)
            .with_context(|| format!("reading the table {}", path.display()))?;
        let folder = root.samples(&table.api);
        for sample in &mut table.samples {
            let path = folder.join(&sample.file);
            sample.text = fs::read_to_string(&path)
                .with_context(|| format!("reading the sample {}", path.display()))?;
        }
        Ok(table)
    }

    /// Reads every committed table, in the order of their sources and file names.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn load_all(root: &Root) -> anyhow::Result<Vec<Self>> {
        let mut tables = Vec::new();
        for source in sources(root)? {
            for stem in stems(&root.tables().join(&source))? {
                tables.push(Self::load_from(root, &source, &stem)?);
            }
        }
        Ok(tables)
    }

    /// The table as the text of its file.
    ///
    /// # Errors
    ///
    /// When it cannot be written as TOML.
    pub fn to_toml(&self) -> anyhow::Result<String> {
        let head = Self {
            request: Vec::new(),
            response: Vec::new(),
            error_codes: Vec::new(),
            ..self.clone()
        };
        let head = toml::to_string(&head).context("writing the table as TOML")?;
        // TOML requires that arrays with one line per row precede the first table.
        let (head, tables) = match head.find("\n[") {
            Some(at) => head.split_at(at + 1),
            None => (head.as_str(), ""),
        };
        let mut text = format!(
            "# Facts of a documentation page, written by `cargo xtask import`; do not edit.\n\n{head}"
        );
        text.push_str(&lines::array("request", &self.request)?);
        text.push_str(&lines::array("response", &self.response)?);
        text.push_str(&lines::array("error_code", &self.error_codes)?);
        if !tables.is_empty() {
            text.push('\n');
        }
        Ok(text + tables)
    }

    /// Writes the table and its samples below `root`, and removes files of an earlier import that the table no longer
    /// names.
    ///
    /// # Errors
    ///
    /// When a file cannot be written.
    pub fn save(&self, root: &Root) -> anyhow::Result<()> {
        if let Ok(old) = Self::load_from(root, &self.source, &self.api) {
            let folder = root.samples(&self.api);
            for gone in old.samples.iter().filter(|s| !self.names_file(&s.file)) {
                let path = folder.join(&gone.file);
                fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
            }
        }
        write(&root.table(&self.source, &self.api), &self.to_toml()?)?;
        for sample in &self.samples {
            write(&root.samples(&self.api).join(&sample.file), &sample.text)?;
        }
        Ok(())
    }

    fn names_file(&self, file: &str) -> bool {
        self.samples.iter().any(|sample| sample.file == file)
    }
}

/// Sorts by date, the newest first; with the same date, tables with samples first, then by name.
pub fn newest_first(tables: &mut [FieldTable]) {
    tables.sort_by(|one, other| {
        other
            .as_of
            .cmp(&one.as_of)
            .then_with(|| one.samples.is_empty().cmp(&other.samples.is_empty()))
            .then_with(|| one.source.cmp(&other.source))
    });
}

/// The names of the APIs that have tables, in order; these are the names in the tables, not of the files.
///
/// # Errors
///
/// When a folder cannot be read.
pub fn file_stems(root: &Root) -> anyhow::Result<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    for source in sources(root)? {
        all.extend(stems(&root.tables().join(source))?);
    }
    Ok(all)
}

/// The folders of `fixtures/tables`, one per source.
fn sources(root: &Root) -> anyhow::Result<Vec<String>> {
    let folder = root.tables();
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(error).with_context(|| format!("reading the folder {}", folder.display()));
        }
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn stems(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut stems = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("reading the folder {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            stems.extend(path.file_stem().map(|s| s.to_string_lossy().into_owned()));
        }
    }
    stems.sort();
    Ok(stems)
}

pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let Some(folder) = path.parent() else {
        bail!("writing {}: it has no folder", path.display());
    };
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
