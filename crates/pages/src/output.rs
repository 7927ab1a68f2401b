//! Writes generated files, or compares them with the files on disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::root::Root;

/// A generated file.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Path from the workspace.
    pub path: PathBuf,
    /// Its whole text.
    pub text: String,
}

/// What to do with generated files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write what differs and remove what is no longer generated.
    Write,
    /// Fail if anything differs.
    Check,
}

impl Mode {
    /// The mode for a flag `--check`.
    pub fn of(check: bool) -> Self {
        if check { Self::Check } else { Self::Write }
    }
}

/// Writes the files, or fails with the names of those that are stale and the command that updates them.
///
/// Other files in a folder that holds only generated files are removed, or count as stale.
///
/// # Errors
///
/// When a file cannot be read or written, or is stale and `mode` is [`Mode::Check`].
pub fn write_or_check(
    root: &Root,
    files: &[File],
    mode: Mode,
    command: &str,
) -> anyhow::Result<()> {
    let mut stale = Vec::new();
    for file in files {
        let path = root.path().join(&file.path);
        if fs::read_to_string(&path).is_ok_and(|old| old == file.text) {
            continue;
        }
        stale.push(file.path.clone());
        if mode == Mode::Write {
            write(&path, &file.text)?;
        }
    }
    for path in left_over(root, files)? {
        if mode == Mode::Write {
            fs::remove_file(root.path().join(&path))
                .with_context(|| format!("removing {}", path.display()))?;
        }
        stale.push(path);
    }
    let names: Vec<_> = stale
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    match mode {
        Mode::Write => names.iter().for_each(|name| println!("wrote {name}")),
        Mode::Check if names.is_empty() => {}
        Mode::Check => bail!(
            "stale: {}; tables or overlays have changed; run `{command}`",
            names.join(", ")
        ),
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let folder = path.parent().context("a generated file needs a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// Folders in which everything is generated.
const OWNED: &[&str] = &["generated", "discrepancies", "trees"];

fn left_over(root: &Root, files: &[File]) -> anyhow::Result<Vec<PathBuf>> {
    let wanted: BTreeSet<_> = files.iter().map(|file| file.path.as_path()).collect();
    let is_owned = |folder: &&Path| OWNED.iter().any(|owned| folder.ends_with(owned));
    let folders: BTreeSet<_> = wanted
        .iter()
        .flat_map(|path| path.ancestors().skip(1))
        .filter(is_owned)
        .collect();
    let mut found = Vec::new();
    for folder in folders {
        collect(root, folder, &mut found)?;
    }
    found.retain(|path| !wanted.contains(path.as_path()));
    found.sort();
    Ok(found)
}

/// Every file below `folder`, by its path from the workspace.
fn collect(root: &Root, folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let Ok(entries) = fs::read_dir(root.path().join(folder)) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        match entry.file_type()?.is_dir() {
            true => collect(root, &path, found)?,
            false => found.push(path),
        }
    }
    Ok(())
}
