//! docs/errors.md lists the codes as the client knows them. `UPDATE_DOCS=1` rewrites them.

use std::path::Path;
use std::{env, fs};

const BEGIN: &str = "<!-- codes: begin -->\n";
const END: &str = "<!-- codes: end -->\n";

#[test]
fn the_codes_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../errors.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let current = format!(
        "{before}{BEGIN}{}\n{END}{after}",
        book::code_tables::sections()
    );
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, current).unwrap();
    } else {
        assert!(
            page == current,
            "docs/errors.md is stale; run `UPDATE_DOCS=1 cargo test -p book`"
        );
    }
}
