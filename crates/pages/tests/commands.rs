//! The program at a terminal: exit codes, and the files that importing writes.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pages::root::Root;
use pages::table::FieldTable;

/// A new empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn page(name: &str) -> PathBuf {
    Root::workspace().path().join("fixtures/pages").join(name)
}

fn run(root: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pages"));
    command
        .arg("--root")
        .arg(root)
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn fields_as_json_have_the_expected_keys() {
    let root = folder("fields-json");
    let path = page("sample_unfenced.md");
    let output = run(&root, &["fields", &path.to_string_lossy(), "--json"]);
    assert!(output.status.success());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(json["api"], "example.parcel.trace.get");
    assert_eq!(json["request"], serde_json::json!([]));
    let events = &json["response"][0]["children"][0];
    assert_eq!(events["name"], "events");
    assert_eq!(events["type"], "Object[]");
    assert_eq!(events["required"], serde_json::Value::Null);
    assert_eq!(events["list"], true);
    let carrier = &json["response"][0]["children"][2];
    assert_eq!(
        *carrier,
        serde_json::json!({"name": "carrier", "type": null, "required": null, "list": false, "children": []})
    );
}

#[test]
fn strict_fails_only_if_a_row_is_unproven() {
    let root = folder("fields-strict");
    let code = |name: &str| {
        run(
            &root,
            &["fields", &page(name).to_string_lossy(), "--strict"],
        )
        .status
        .code()
    };
    assert_eq!(code("absent_rows.md"), Some(1));
    assert_eq!(code("marks_unbolded.md"), Some(0));
}

#[test]
fn errors_about_pages_state_the_place_and_what_was_wanted() {
    let root = folder("fields-unreadable");
    let path = root.join("odd.txt");
    fs::write(&path, "\n<html>\n<body>").expect("a page");
    let output = run(&root, &["fields", &path.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stderr),
        "error: cannot read the page odd.txt, line 2: found \"<html>\" and no table of fields; wanted a Markdown table, \
         a head such as \"名称 类型 描述\", or \"Name\" and \"Type\" on separate lines\n"
    );
    let output = run(&root, &["fields", "missing.txt"]);
    assert!(text(&output.stderr).starts_with("error: reading the page missing.txt: "));
}

#[test]
fn importing_twice_changes_nothing() {
    let root = folder("import-twice");
    let path = page("sample_unfenced.md").to_string_lossy().into_owned();
    assert!(run(&root, &["import", &path]).status.success());
    let table = root.join("fixtures/tables/page/example.parcel.trace.get.toml");
    let first = fs::read_to_string(&table).expect("a table");
    // A table from an earlier day keeps its day as long as the page is unchanged.
    let earlier = first.replace("as_of = \"20", "as_of = \"19");
    fs::write(&table, &earlier).expect("a table");
    let output = run(&root, &["import", &path]);
    assert_eq!(
        text(&output.stdout),
        "example.parcel.trace.get (page): 0 request rows, 6 response rows, 2 samples, 3 error codes, 2 code lists; unchanged\n\
         1 trees, 1 changed\n"
    );
    assert_eq!(fs::read_to_string(&table).expect("a table"), earlier);
}

#[test]
fn importing_a_changed_page_rewrites_its_table_and_samples() {
    let root = folder("import-changed");
    let path = page("sample_unfenced.md");
    assert!(
        run(&root, &["import", &path.to_string_lossy()])
            .status
            .success()
    );
    let samples = root.join("fixtures/samples/example.parcel.trace.get");
    assert!(samples.join("error.json").exists());
    let changed = fs::read_to_string(&path)
        .expect("a page")
        .replace("parcel\\_no", "parcel\\_number");
    let (start, end) = (
        changed.find("## Faild").expect("a heading"),
        changed.find("# ERROR").expect("a heading"),
    );
    let copy = root.join("sample_unfenced.md");
    fs::write(&copy, format!("{}{}", &changed[..start], &changed[end..])).expect("a page");
    assert!(
        run(&root, &["import", &copy.to_string_lossy()])
            .status
            .success()
    );
    let table = FieldTable::load(&Root::at(&root), "example.parcel.trace.get").expect("a table");
    assert!(table.response.iter().any(|row| row.name == "parcel_number"));
    assert!(!samples.join("error.json").exists());
}
