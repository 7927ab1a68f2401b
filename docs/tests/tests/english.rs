//! No text of the repository uses the turns of phrase in `banned_turns.toml`.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
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

/// Every text that people read: docs, sources and their tests, overlays and other data, the sandbox's page. The models
/// are generated from overlays, and snapshots from messages; data of others is not ours to word.
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
        } else if ["rs", "md", "toml", "js", "mjs", "html", "css"]
            .iter()
            .any(|ending| path.extension().is_some_and(|own| own == *ending))
            && !["banned_turns.toml", "english.rs", "CHANGELOG.md"].contains(&name.as_str())
        {
            found.push(path);
        }
    }
}

/// The turns, and all their patterns at once.
struct Turns {
    any: RegexSet,
    each: Vec<(Regex, Vec<Regex>, Turn)>,
}

impl Turns {
    fn load() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("banned_turns.toml");
        let list: List = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let patterns = list.turn.iter().map(|turn| &turn.pattern);
        let any = RegexSetBuilder::new(patterns)
            .case_insensitive(true)
            .build()
            .unwrap();
        let each = list.turn.into_iter().map(|turn| {
            assert!(!turn.reason.is_empty(), "{} has no reason", turn.pattern);
            let except = turn.except.iter().map(|pattern| regex(pattern)).collect();
            (regex(&turn.pattern), except, turn)
        });
        Self {
            any,
            each: each.collect(),
        }
    }

    /// The turns in `line`, and those that begin in it and end in `next`: texts are wrapped.
    fn found(&self, line: &str, next: &str) -> Vec<String> {
        let next = next.trim_start().trim_start_matches(['/', '!', '#', '*']);
        let both = format!("{line} {}", next.trim_start());
        let mut found = Vec::new();
        for at in self.any.matches(&both) {
            let (pattern, except, turn) = &self.each[at];
            let fine: Vec<_> = except
                .iter()
                .flat_map(|fine| fine.find_iter(&both))
                .collect();
            let is_fine = |start, end| {
                let mut fine = fine.iter();
                fine.any(|fine| fine.start() < end && start < fine.end())
            };
            let mut turns = pattern.find_iter(&both);
            let met =
                turns.find(|met| met.start() < line.len() && !is_fine(met.start(), met.end()));
            if let Some(met) = met {
                found.push(format!(
                    "{:?}; better: {}. {}",
                    met.as_str(),
                    turn.better,
                    turn.reason
                ));
            }
        }
        found
    }
}

#[test]
fn no_text_uses_a_banned_turn() {
    let turns = Turns::load();
    let mut paths = Vec::new();
    texts(&root(), &mut paths);
    assert!(paths.len() > 300, "{}", paths.len());
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(root()).unwrap_or(&path).display();
        let lines: Vec<_> = text.lines().chain([""]).collect();
        for (number, pair) in lines.windows(2).enumerate() {
            for turn in turns.found(pair[0], pair[1]) {
                found.push(format!("{path}:{}: {turn}", number + 1));
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

/// A turn is found within a line and across its end, unless it is part of what is fine.
#[test]
fn turns_are_found_in_wrapped_texts() {
    let turns = Turns::load();
    assert_eq!(turns.found("/// A truth value.", "").len(), 1);
    assert_eq!(turns.found("/// Returns a truth", "/// value.").len(), 1);
    assert_eq!(
        turns
            .found("/// Returns a truth", "/// about values.")
            .len(),
        0
    );
    assert_eq!(
        turns.found("/// A boolean", "/// or a truth value.").len(),
        0
    );
    assert_eq!(
        turns.found("// It stands in for", "// the server.").len(),
        0
    );
}

/// A description that only repeats the name of its field says nothing.
#[test]
fn descriptions_say_more_than_the_name() {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join("fixtures/overlay")).unwrap() {
        let path = entry.unwrap().path();
        let overlay: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for (field, text) in descriptions(&toml::Value::Table(overlay)) {
            if words(&field) == words(&text) {
                found.push(format!("{}: {field}: {text:?}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The descriptions in tables called `fields`, by the name of the field.
fn descriptions(value: &toml::Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    match value {
        toml::Value::Array(values) => found.extend(values.iter().flat_map(descriptions)),
        toml::Value::Table(table) => {
            for (key, value) in table {
                found.extend(descriptions(value));
                let fields = value.as_table().filter(|_| key == "fields");
                for (name, said) in fields.into_iter().flatten() {
                    let text = said.as_str().or_else(|| said.get("doc")?.as_str());
                    found.extend(text.map(|text| (name.clone(), text.to_owned())));
                }
            }
        }
        _ => {}
    }
    found
}

/// The words of a name or a sentence, without case and articles.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let words = words.map(str::to_lowercase);
    words
        .filter(|word| !["", "a", "an", "the"].contains(&word.as_str()))
        .collect()
}
