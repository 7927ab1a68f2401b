//! Decisions of overlays, and the errors for entries without an effect.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use pages::read;
use pages::resolve::{Decisions, Model, resolve};
use pages::tree::{Node, Rule, Tree};

const PAGE: &str = r#"# example.shelf.get

# Response Struct

| Name | Type | Description |
| --- | --- | --- |
| ◉result | Object | |
| ◎shelf | Object | |
| width | Number | |
| note | String | |
| ◎books | List[Object] | |
| title | String | |
| note | String | |

# Response

{"result": {"shelf": {"width": 5}, "books": [{"title": "t"}]}}
"#;

fn resolved(overlay: &str) -> Result<Tree, String> {
    let table = read::page("shelf.md", PAGE.as_bytes(), "2026-01-01").expect("a table");
    let decisions: Decisions = toml::from_str(overlay).expect("an overlay");
    resolve(&table, &decisions, &Model::default()).map_err(|error| error.to_string())
}

fn place(row: &str, nth: usize, parent: &str) -> String {
    format!(
        "[[place]]\nsection = \"response\"\nrow = \"{row}\"\nnth = {nth}\nparent = \"{parent}\"\nreason = \"seen\"\n"
    )
}

fn kind(path: &str, list: bool) -> String {
    format!(
        "[[kind]]\nsection = \"response\"\npath = \"{path}\"\nlist = {list}\nreason = \"seen\"\n"
    )
}

fn names(nodes: &[Node]) -> Vec<&str> {
    nodes.iter().map(|node| node.name.as_str()).collect()
}

#[track_caller]
fn check_error(overlay: &str, expected: &str) {
    assert_eq!(
        resolved(overlay).expect_err("an entry that fits nothing"),
        expected
    );
}

#[test]
fn an_entry_places_a_row() {
    let tree = resolved(&place("note", 1, "result")).expect("a tree");
    assert_eq!(
        names(&tree.response[0].children),
        ["shelf", "note", "books"]
    );
    let finding = tree
        .findings
        .iter()
        .find(|finding| finding.rule == Rule::OverlayPlaces)
        .expect("a finding");
    assert!(finding.proven);
    assert_eq!(
        (finding.path.as_str(), finding.line),
        ("result.note", Some(10))
    );
}

#[test]
fn an_entry_can_place_a_row_in_an_object_that_was_closed() {
    let tree = resolved(&(place("note", 1, "result") + &place("note", 2, "result.shelf")))
        .expect("a tree");
    assert_eq!(
        names(&tree.response[0].children[0].children),
        ["width", "note"]
    );
}

#[test]
fn an_entry_decides_a_kind() {
    let tree = resolved(&kind("result.books", false)).expect("a tree");
    assert!(!tree.response[0].children[1].list);
    assert!(
        tree.findings
            .iter()
            .any(|finding| finding.rule == Rule::OverlayKind && finding.path == "result.books")
    );
}

#[test]
fn an_overlay_entry_confirms_an_unproven_row() {
    let unproven = |tree: &Tree| {
        tree.findings
            .iter()
            .filter(|finding| !finding.proven)
            .count()
    };
    assert_eq!(unproven(&resolved("").expect("a tree")), 2);
    let tree = resolved(&(place("note", 1, "result.shelf") + &place("note", 2, "result.books")))
        .expect("a tree");
    assert_eq!(unproven(&tree), 0);
}

#[test]
fn entries_that_change_nothing_are_errors() {
    check_error(
        &place("width", 1, "result.shelf"),
        "overlay entry [[place]] response row \"width\" nth 1: it changes nothing, the sample shows the row there; remove the entry",
    );
    check_error(
        &kind("result.books", true),
        "overlay entry [[kind]] response \"result.books\": it changes nothing, the sample shows the same; remove the entry",
    );
}

#[test]
fn entries_that_refer_to_nothing_are_errors() {
    check_error(
        &place("note", 3, "result"),
        "overlay entry [[place]] response row \"note\" nth 3: the table has no such row; correct or remove the entry",
    );
    check_error(
        &place("note", 1, "result.desk"),
        "overlay entry [[place]] response row \"note\" nth 1: there is no object \"result.desk\" above line 10; correct its parent",
    );
    check_error(
        &(place("note", 1, "result") + &place("note", 2, "result")),
        "overlay entry [[place]] response row \"note\" nth 2: \"result\" has a row of that name already; correct its parent",
    );
    check_error(
        &kind("result.desk", true),
        "overlay entry [[kind]] response \"result.desk\": there is no such field; correct or remove the entry",
    );
}
