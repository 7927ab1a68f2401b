//! A program that uses the client without the feature `async` builds no async dependency.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeSet;
use std::process::Command;

/// The packages that only async programs need.
const ASYNC: [&str; 6] = [
    "futures-core",
    "http-body",
    "hyper",
    "hyper-util",
    "tokio",
    "tokio-rustls",
];

/// The names of the packages that are built for a program that uses the client with these features.
fn built(features: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--package",
            "aliexpress",
            "--features",
            features,
        ])
        .args([
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn without_async_no_async_dependency_is_built() {
    let built_without = built("rust_decimal");
    assert!(built_without.contains("ureq"), "{built_without:?}");
    let of_async: Vec<_> = ASYNC
        .iter()
        .filter(|name| built_without.contains(**name))
        .collect();
    assert!(of_async.is_empty(), "{of_async:?}");
    let built_with = built("hyper");
    let missing: Vec<_> = ASYNC
        .iter()
        .filter(|name| !built_with.contains(**name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn reqwest_is_built_only_on_request() {
    let built_with = ["hyper", "reqwest"].map(|feature| built(feature).contains("reqwest"));
    assert_eq!(built_with, [false, true]);
}

#[test]
fn async_over_another_library_builds_no_hyper() {
    let built = built("async");
    assert!(
        built.contains("tokio") && !built.contains("hyper"),
        "{built:?}"
    );
}
