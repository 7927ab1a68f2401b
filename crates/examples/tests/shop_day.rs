//! README shows what the example `shop_day` prints. `UPDATE_DOCS=1` rewrites it.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

const BEGIN: &str = "<!-- shop_day: begin -->\n```text\n";
const END: &str = "```\n<!-- shop_day: end -->\n";

#[test]
fn readme_shows_what_the_example_prints() {
    let mut program = Command::new(env!("CARGO"));
    program.args([
        "run",
        "--quiet",
        "--package",
        "examples",
        "--example",
        "shop_day",
    ]);
    let output = program.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}{BEGIN}{printed}{END}{after}")).unwrap();
    } else {
        let way = "README.md is stale; run `UPDATE_DOCS=1 cargo test -p examples --test shop_day`";
        assert_eq!(shown, printed, "{way}");
    }
}
