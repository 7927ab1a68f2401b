//! The blocking and the async client have the same methods, with the same parameters and results.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The public methods of a client: name, parameters and result, on one line and without `async`.
fn methods(client: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    sources(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut |text| {
            let start = format!("\nimpl {client} {{\n");
            for block in text.split(&start).skip(1) {
                let block = block.split("\n}\n").next().unwrap();
                for method in block.split("\n    pub ").skip(1) {
                    let method = method.trim_start_matches("async ");
                    if let Some(signature) = method.strip_prefix("fn ") {
                        let signature = signature.split(" {\n").next().unwrap();
                        let words: Vec<_> = signature.split_whitespace().collect();
                        let line = words.join(" ").replace("( ", "(").replace(", )", ")");
                        found.insert(line);
                    }
                }
            }
        },
    );
    found
}

fn sources(folder: &Path, read: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, read);
        } else {
            read(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn both_clients_have_the_same_methods() {
    let (blocking, asynchronous) = (methods("Client"), methods("AsyncClient"));
    assert!(blocking.len() > 20, "{blocking:?}");
    let only_blocking: Vec<_> = blocking.difference(&asynchronous).collect();
    let only_async: Vec<_> = asynchronous.difference(&blocking).collect();
    assert!(
        only_blocking.is_empty() && only_async.is_empty(),
        "only Client: {only_blocking:#?}; only AsyncClient: {only_async:#?}"
    );
}
