//! `import PATH…`: writes the content of pages into `fixtures/tables` and `fixtures/samples`, and the merged sources of
//! each API into `fixtures/trees`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::merge;
use crate::output::{File, Mode, write_or_check};
use crate::read;
use crate::resolve::Model;
use crate::root::{Root, file_stem};
use crate::rules::Rules;
use crate::sources::{Sources, Stated};
use crate::table::{self, FieldTable};

/// The report of an import, for people.
#[derive(Debug, Default)]
pub struct Report {
    /// One line per table.
    pub lines: Vec<String>,
    /// Files that could not be read, with the reason. Nothing from them was written.
    pub failed: Vec<String>,
}

/// Imports `paths`, which are files or folders, below `root`, and writes the trees of the APIs concerned. Without any
/// path, writes the trees of all APIs. The order of the paths does not matter.
///
/// # Errors
///
/// When a folder cannot be listed, a table cannot be resolved or a file cannot be written.
pub fn run(root: &Root, paths: &[PathBuf], stated: &Stated) -> anyhow::Result<Report> {
    let sources = Sources::load(root)?;
    let today = super::today();
    let mut report = Report::default();
    let mut stems = BTreeSet::new();
    let mut read = Vec::new();
    for path in files(paths)? {
        match tables(&path) {
            Ok(tables) => {
                for mut table in tables {
                    sources.stamp(&mut table, &path, stated, &today)?;
                    read.push(table);
                }
            }
            Err(error) => report.failed.push(format!("{error:#}")),
        }
    }
    read.sort_by(|one, other| (&one.api, &one.source).cmp(&(&other.api, &other.source)));
    for table in read {
        stems.insert(file_stem(&table.api));
        report.lines.push(save(root, table)?);
    }
    if paths.is_empty() {
        stems = table::file_stems(root)?;
    }
    let changed = trees(root, &stems)?;
    report
        .lines
        .push(format!("{} trees, {changed} changed", stems.len()));
    Ok(report)
}

/// Fails if a committed tree differs from the one that the committed tables and overlays give.
///
/// # Errors
///
/// When a table cannot be resolved, or a tree is stale. The error names every stale tree.
pub fn check(root: &Root) -> anyhow::Result<()> {
    let rules = Rules::load(root)?;
    let model = Model::load(root)?;
    let mut files = Vec::new();
    for stem in table::file_stems(root)? {
        let document = merge::load(root, &stem, &rules, &model)?.document;
        files.push(File {
            path: Root::at("").tree(&document.api),
            text: document.to_toml()?,
        });
    }
    write_or_check(root, &files, Mode::Check, "cargo xtask import")
}

/// Writes the trees of the APIs whose files have these names. Returns how many changed.
fn trees(root: &Root, stems: &BTreeSet<String>) -> anyhow::Result<usize> {
    let rules = Rules::load(root)?;
    let model = Model::load(root)?;
    let mut changed = 0;
    for stem in stems {
        changed += usize::from(
            merge::load(root, stem, &rules, &model)?
                .document
                .save(root)?,
        );
    }
    Ok(changed)
}

/// The files among `paths` and in their folders, ordered by their names.
fn files(paths: &[PathBuf]) -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    for path in paths {
        if !path.is_dir() {
            files.insert(path.clone());
            continue;
        }
        let entries =
            fs::read_dir(path).with_context(|| format!("reading the folder {}", path.display()))?;
        let below: Vec<PathBuf> = entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .with_context(|| format!("reading the folder {}", path.display()))?;
        let is_page = |path: &PathBuf| path.is_dir() || is_page_name(path);
        files.extend(self::files(
            &below.into_iter().filter(is_page).collect::<Vec<_>>(),
        )?);
    }
    Ok(files)
}

/// Whether a file in a folder may be a page. Hidden files and files that describe the folder are not pages.
fn is_page_name(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    !name.starts_with('.')
        && !name.to_lowercase().starts_with("readme")
        && matches!(extension.as_deref(), Some("md" | "txt" | "json"))
}

fn tables(path: &Path) -> anyhow::Result<Vec<FieldTable>> {
    let (name, bytes) = super::page(path)?;
    Ok(read::tables(&name, &bytes)?)
}

fn save(root: &Root, mut table: FieldTable) -> anyhow::Result<String> {
    // A page whose facts are unchanged keeps the day on which they were first read, so that a second import changes
    // nothing.
    let known = FieldTable::load_from(root, &table.source, &table.api).ok();
    let same = known.is_some_and(|known| {
        let day = std::mem::replace(&mut table.as_of, known.as_of.clone());
        let same = known == table;
        if !same {
            table.as_of = day;
        }
        same
    });
    if !same {
        table.save(root)?;
    }
    Ok(format!(
        "{} ({}): {} request rows, {} response rows, {} samples, {} error codes, {} code lists{}",
        table.api,
        table.source,
        table.request.len(),
        table.response.len(),
        table.samples.len(),
        table.error_codes.len(),
        table.enumerations.len(),
        if same { "; unchanged" } else { "" },
    ))
}
