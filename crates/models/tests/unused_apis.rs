//! A program compiles only the models that it uses.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};

/// The sources that are not generated.
fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name() != Some("generated".as_ref()) {
            sources(&path, files);
        } else if path.extension() == Some("rs".as_ref()) {
            files.push(path);
        }
    }
}

/// The table of APIs has, for each API, a function that reads its answers. If a function that is compiled in this crate
/// uses the table, all of these functions are compiled, which triples the crate's build time.
#[test]
fn the_table_of_apis_is_compiled_only_where_it_is_used() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut found = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices("crate::APIS") {
            let before = &text[..at];
            let function = before.rfind("fn ").unwrap();
            let attributes = &before[before[..function].rfind("\n\n").unwrap()..function];
            assert!(attributes.contains("#[inline]"), "{}", file.display());
            found += 1;
        }
    }
    assert!(found > 0);
}
