//! Rules about errors: how they are derived, and that tests assert their messages whole.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The crates without procedural macros, which implement their errors by hand.
const BY_HAND: [&str; 2] = ["models", "signing"];

/// Every Rust file in a folder and its subfolders, with its text.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

#[test]
fn thiserror_derives_the_errors_of_every_other_crate() {
    for entry in fs::read_dir(format!("{ROOT}/crates")).unwrap() {
        let folder = entry.unwrap().path();
        if BY_HAND.iter().any(|name| folder.ends_with(name)) {
            continue;
        }
        for (path, text) in sources(&folder.join("src")) {
            let by_hand = text.lines().find(|line| {
                let what = line.trim_start().strip_prefix("impl");
                let what = what.and_then(|line| line.split_once("Error for "));
                // `impl StdError for X`, not `impl From<Error> for X` or `impl Display for Error`.
                what.is_some_and(|(before, _)| !before.contains(" for ") && !before.contains('('))
            });
            assert_eq!(by_hand, None, "{}", path.display());
        }
    }
}

#[test]
fn models_and_signing_build_no_procedural_macro() {
    for name in BY_HAND {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--all-features", "--edges", "normal"])
            .args(["--prefix", "none", "--format", "{p}", "--package"])
            .arg(format!("aliexpress-{name}"))
            .current_dir(ROOT)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let is_macro = |line: &&str| line.contains("(proc-macro)");
        assert_eq!(text.lines().find(is_macro), None, "{name}");
    }
}

/// Expressions by which tests read a message: of an error, a run of the program, or a refusal.
const MESSAGES: [&str; 9] = [
    ".to_string()",
    "message(&error)",
    ".message()",
    ".stderr",
    "[\"error\"]",
    "[\"message\"]",
    "[\"msg\"]",
    "[\"sub_msg\"]",
    "[\"warning\"]",
];

/// The offset at which a test looks for a part of a message.
fn part_of_a_message(text: &str) -> Option<usize> {
    let shown = MESSAGES.iter().flat_map(|shown| text.match_indices(shown));
    let mut parts = shown.filter(|(at, shown)| {
        let mut rest = text[at + shown.len()..].trim_start();
        for step in [".as_str()", ".unwrap()", ".to_string()", ".to_owned()"] {
            rest = rest.strip_prefix(step).unwrap_or(rest).trim_start();
        }
        let looks = [".contains(", ".starts_with(", ".ends_with("];
        let before = text[..*at].trim_end_matches(|c: char| !c.is_whitespace() && c != '(');
        // Only a part of a message can be asserted to be absent.
        let is_denied = text[before.len()..*at].starts_with('!');
        looks.iter().any(|look| rest.starts_with(look)) && !is_denied
    });
    parts.next().map(|(at, _)| at)
}

#[test]
fn tests_assert_whole_messages() {
    for name in ["client", "transport", "signing", "stores", "sandbox", "cli"] {
        let folder = Path::new(ROOT).join("crates").join(name);
        let files = sources(&folder.join("src")).into_iter();
        for (path, text) in files.chain(sources(&folder.join("tests"))) {
            let line = part_of_a_message(&text).map(|at| text[..at].lines().count());
            assert_eq!(line, None, "{}", path.display());
        }
    }
}

#[test]
fn a_part_of_a_message_is_noticed() {
    for (text, expected) in [
        ("assert!(error.to_string().contains(\"x\"))", true),
        ("error\n  .to_string()\n  .starts_with(start)", true),
        ("assert!(run.stderr.contains(why))", true),
        (
            "answer[\"msg\"].as_str()\n  .unwrap()\n  .ends_with(why)",
            true,
        ),
        ("assert!(!run.stderr.contains(secret))", false),
        ("assert!(!error.to_string().contains(secret))", false),
        ("assert_eq!(error.to_string(), message)", false),
    ] {
        assert_eq!(part_of_a_message(text).is_some(), expected, "{text}");
    }
}
