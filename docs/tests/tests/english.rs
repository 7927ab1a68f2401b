//! No text of the repository uses the turns of phrase in `banned_turns.toml`.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

#[derive(Deserialize)]
struct List {
    turn: Vec<Turn>,
}

#[derive(Deserialize)]
struct Turn {
    pattern: String,
    /// What a reader stumbles over.
    reason: String,
    better: String,
    #[serde(default)]
    except: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn regex(pattern: &str) -> Regex {
    let mut builder = RegexBuilder::new(pattern);
    builder.case_insensitive(true).build().unwrap()
}

/// Every text that people read: docs, sources, overlays. The models are generated from overlays, and snapshots from
/// messages; data of others is not ours to word.
fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let skipped = [
                "target",
                "generated",
                "tables",
                "trees",
                "samples",
                "pages",
                "snapshots",
            ];
            if !skipped.contains(&name.as_str()) && !name.starts_with('.')
                || name == "pages" && folder.ends_with("crates")
            {
                texts(&path, found);
            }
        } else if ["rs", "md", "toml"]
            .iter()
            .any(|ending| path.extension().is_some_and(|own| own == *ending))
            && !["banned_turns.toml", "CHANGELOG.md"].contains(&name.as_str())
        {
            found.push(path);
        }
    }
}

#[test]
fn no_text_uses_a_banned_turn() {
    let list = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("banned_turns.toml"));
    let list: List = toml::from_str(&list.unwrap()).unwrap();
    let turns: Vec<_> = list
        .turn
        .iter()
        .map(|turn| {
            let except: Vec<_> = turn.except.iter().map(|pattern| regex(pattern)).collect();
            assert!(!turn.reason.is_empty(), "{} has no reason", turn.pattern);
            (regex(&turn.pattern), except, turn)
        })
        .collect();
    let mut paths = Vec::new();
    texts(&root(), &mut paths);
    assert!(paths.len() > 300, "{}", paths.len());
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            for (pattern, except, turn) in &turns {
                let mut kept = line.to_owned();
                for fine in except {
                    kept = fine.replace_all(&kept, "").into_owned();
                }
                if let Some(found_turn) = pattern.find(&kept) {
                    found.push(format!(
                        "{}:{}: {:?}; better: {}. {}",
                        path.strip_prefix(root()).unwrap_or(&path).display(),
                        number + 1,
                        found_turn.as_str(),
                        turn.better,
                        turn.reason
                    ));
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "{} turns:\n{}",
        found.len(),
        found.join("\n")
    );
}
