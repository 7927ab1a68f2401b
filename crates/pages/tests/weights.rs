//! The weights of the search for lost nesting are as `docs/lost-nesting.md` has them.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;

use pages::resolve::weights::TERMS;
use pages::root::Root;

#[test]
fn the_docs_list_each_weight() {
    let path = Root::workspace().path().join("docs/lost-nesting.md");
    let text = fs::read_to_string(path).unwrap();
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let wanted = TERMS
        .iter()
        .map(|term| format!("| `{}` | {} | {} |", term.name, term.weight, term.protects));
    for (row, wanted) in rows.iter().zip(wanted) {
        assert!(row.starts_with(&wanted), "found {row}; wanted {wanted}");
    }
    assert_eq!(rows.len(), TERMS.len());
}
