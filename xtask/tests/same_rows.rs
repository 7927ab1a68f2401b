//! Rows of one name in one object, on a page of any layout, become one field; if they differ, the audit reports it.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::fs;

use pages::audit;
use pages::commands::import;
use pages::output::Mode;
use pages::root::Root;
use pages::sources::Stated;
use tempfile::TempDir;
use xtask::codegen;

/// The generated module of a page and the report on it.
fn generated(file: &str, page: &str) -> (String, String) {
    let folder = TempDir::new().unwrap();
    let root = Root::at(folder.path());
    let path = folder.path().join(file);
    fs::write(&path, page).unwrap();
    import::run(&root, &[path], &Stated::default()).unwrap();
    codegen::run(&root, Mode::Write).unwrap();
    audit::run(&root, Mode::Write).unwrap();
    let text = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    let code = text("crates/models/src/generated/other/example_buoy_list.rs");
    (code, text("docs/discrepancies/other.md"))
}

/// The keys and fields of a struct's table.
#[track_caller]
fn table<'c>(code: &'c str, name: &str) -> Vec<&'c str> {
    let head = format!("record!({name} {{\n");
    let body = code
        .split_once(&head)
        .unwrap_or_else(|| panic!("no {name} in\n{code}"))
        .1;
    let rows = body.split_once("});").unwrap().0.lines();
    rows.map(|row| row.split_once(": ").unwrap().1).collect()
}

/// The lines of the report about rows of one name, as `field: found; settled`.
fn contradictions(report: &str) -> Vec<String> {
    let rows = report
        .lines()
        .filter(|line| line.contains("| keys of an object are unique |"));
    rows.map(|row| {
        let cells: Vec<_> = row.split(" | ").collect();
        format!(
            "{}: {}; {}",
            cells[0].trim_start_matches("| "),
            cells[2],
            cells[3]
        )
    })
    .collect()
}

#[test]
fn rows_that_agree_or_differ_become_one_field() {
    let page = Root::workspace().path().join("fixtures/pages/same_rows.md");
    let (code, report) = generated("same_rows.md", &fs::read_to_string(page).unwrap());
    assert_eq!(
        table(&code, "ExampleBuoyList"),
        [
            "\"sea\" => text sea .required();",
            "\"pageSize\" => integer page_size;",
            "\"page_size\" => integer page_size_2;",
        ]
    );
    assert_eq!(
        table(&code, "ExampleBuoyListAnswer"),
        [
            "\"total\" => integer total;",
            "\"buoy\" => record(Buoy) buoy;"
        ]
    );
    assert_eq!(
        table(&code, "Buoy"),
        [
            "\"id\" => integer id;",
            "\"ID\" => text id_2;",
            "\"Id\" => text id_3;",
            "\"depth\" => text depth;",
            "\"tags\" => texts tags .inner_unproven(\"string\");",
            "\"light\" => record(Light) light;",
            "\"keeper\" => record(Keeper) keeper;",
            "\"kind\" => text kind;",
        ]
    );
    assert_eq!(
        table(&code, "Light"),
        [
            "\"colour\" => text colour;",
            "\"period\" => integer period;",
            "\"range\" => integer range;"
        ]
    );
    assert_eq!(
        contradictions(&report),
        [
            "response: `buoy.kind`: an object by the row of line 35, a text by the row of line 37; a text, as the sample shows",
            "request: `sea`: optional by the row of line 7, required by the row of line 8; required, so that no call lacks it",
            "response: `buoy.depth`: an integer by the row of line 22, a text by the row of line 23; text, which takes both",
            "response: `buoy.tags`: no list by the row of line 24, a list by the row of line 25; a list, which takes a single element, too",
            "response: `buoy.light`: an object of colour, period by the row of line 26, an object of colour, range by the row of line 29; an object with the fields of both",
            "response: `buoy.keeper`: a text by the row of line 32, an object by the row of line 33; an object, so that the rows below it are kept",
        ]
    );
}

/// The rows `id`, `name`, `name` and `Name` at the top; the second `name` has this type.
#[track_caller]
fn check(file: &str, page: &str) {
    for (second, word, differs) in [("String", "text", false), ("Number", "text", true)] {
        let (code, report) = generated(file, &page.replace("SECOND", second));
        let name = format!("\"name\" => {word} name;");
        assert_eq!(
            table(&code, "ExampleBuoyListAnswer"),
            [
                "\"id\" => integer id;",
                name.as_str(),
                "\"Name\" => text name_2;"
            ]
        );
        assert_eq!(!contradictions(&report).is_empty(), differs, "{report}");
    }
}

#[test]
fn rows_of_a_markdown_page_become_one_field() {
    check(
        "made.md",
        "# example.buoy.list\n\n# Response Struct\n\n| Name | Type | Description |\n| --- | --- | --- |\n\
         | id | Number | words |\n| name | String | words |\n| name | SECOND | again |\n| Name | String | words |\n",
    );
}

#[test]
fn rows_of_a_bullet_list_become_one_field() {
    check(
        "made.txt",
        "example.buoy.list\n\n响应参数\n\n名称 类型 示例值 描述\n\
         id Number 7 words\nname String n words\nname SECOND n again\nName String n words\n\n响应示例\n\n\
         <r><id>7</id><name>n</name></r>\n",
    );
}

#[test]
fn rows_of_flattened_text_become_one_field() {
    check(
        "made.txt",
        "example.buoy.list\nResponse Parameters\nName\nType\nDescription\nid\nNumber\nwords\nname\nString\nwords\n\
         name\nSECOND\nagain\nName\nString\nwords\nError code\nError code\nError message\nSolution\nNo Data\n\
         GET/POST\nexample.buoy.list\n",
    );
}

#[test]
fn samples_decide_whether_a_field_is_a_list() {
    for (json, row, settled) in [
        (r#""n""#, "text name", "no list, as the sample shows"),
        (
            r#"["n"]"#,
            r#"texts name .inner_unproven("string")"#,
            "the sample shows that it is a list",
        ),
    ] {
        let page = format!(
            "# example.buoy.list\n\n# Response Struct\n\n| Name | Type |\n| --- | --- |\n| id | Number |\n| name | String |\n\
             | name | String[] |\n\n# Response Sample\n\n```json\n{{\"id\": 7, \"name\": {json}}}\n```\n"
        );
        let (code, report) = generated("made.md", &page);
        let row = format!("\"name\" => {row};");
        let table = table(&code, "ExampleBuoyListAnswer");
        assert_eq!(table, ["\"id\" => integer id;", row.as_str()]);
        assert!(report.contains(settled), "{report}");
    }
}

#[test]
fn an_error_code_with_two_reasons_is_one_code() {
    let page = "# example.buoy.list\n\n# Response Struct\n\n| Name | Type |\n| --- | --- |\n| id | Number |\n\n# ERROR CODE\n\n\
                | Error code | Message |\n| --- | --- |\n| NO\\_SEA | dry |\n| FOG | thick |\n| NO\\_SEA | frozen |\n";
    let (code, _) = generated("made.md", page);
    let codes: Vec<_> = code.split("ErrorCode::bare(").skip(1).collect();
    let codes = codes
        .iter()
        .filter_map(|rest| rest.split_once(')'))
        .map(|(code, _)| code);
    assert_eq!(codes.collect::<Vec<_>>(), ["\"NO_SEA\"", "\"FOG\""]);
}
