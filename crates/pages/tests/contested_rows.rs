//! Rows whose place, extent or kind is not obvious, each on a page that is as small as possible.
//!
//! The pages are `fixtures/contested/*.txt`, each with its expected tree; only tests that check more than a tree are
//! here. A new case is a new file.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod outline;

use std::fmt::Write as _;
use std::fs;

use outline::{bullets, flattened, markdown, outline, tree};
use pages::read;
use pages::root::Root;
use pages::tree::{Node, Rule};

/// The separator between a page and its expected tree.
const WANTED: &str = "\n==== wanted ====\n";

/// Both sections of a page, one field per line: `[]` marks a list, `?` a field that no row documents.
fn sections(page: &str) -> String {
    let tree = tree(page);
    let mut out = String::new();
    for (title, nodes) in [("request", &tree.request), ("response", &tree.response)] {
        if !nodes.is_empty() {
            let _ = writeln!(out, "{title}:");
            indented(nodes, 1, &mut out);
        }
    }
    out
}

fn indented(nodes: &[Node], depth: usize, out: &mut String) {
    for node in nodes {
        let list = if node.list { "[]" } else { "" };
        let unknown = if node.line.is_none() { "?" } else { "" };
        let _ = writeln!(out, "{}{}{list}{unknown}", "  ".repeat(depth), node.name);
        indented(&node.children, depth + 1, out);
    }
}

#[test]
fn contested_pages_have_the_expected_trees() {
    let folder = Root::workspace().path().join("fixtures/contested");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        count += 1;
        let text = fs::read_to_string(&path).unwrap();
        let (page, wanted) = text
            .split_once(WANTED)
            .unwrap_or_else(|| panic!("{} lacks the line{WANTED}", path.display()));
        let found = sections(page);
        if found != wanted {
            let name = path.file_name().unwrap().to_string_lossy();
            wrong.push(format!("{name}: found\n{found}wanted\n{wanted}"));
        }
    }
    assert!(count > 0, "no contested page found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The findings that an object already has a field of a row's name, as line and sentence.
fn repeated(page: &str) -> Vec<(Option<usize>, bool, String)> {
    let findings = tree(page).findings.into_iter();
    findings
        .filter(|finding| finding.rule == Rule::SameName)
        .map(|finding| {
            // The cost of the runner-up comes after a semicolon, and is not compared.
            let (found, _) = finding
                .found
                .split_once(';')
                .unwrap_or((&finding.found, ""));
            (finding.line, finding.proven, found.to_owned())
        })
        .collect()
}

#[test]
fn a_second_row_of_a_name_in_one_object_is_kept_and_reported() {
    let reported = |line, parent: &str, first| {
        let found = format!("{parent} already has a field of this name, from line {first}");
        vec![(Some(line), false, found)]
    };
    let top = markdown("id | Number\nname | String\nname | String", "");
    assert_eq!(outline(&tree(&top).response), "id name name");
    assert_eq!(repeated(&top), reported(10, "the top", 9));

    let indented = markdown(
        "result | Object\n└ a | String\n└ b | Object\n&nbsp;&nbsp;└ c | String\n└ a | String",
        r#"{"result": {"a": "1", "b": {"c": "2"}}}"#,
    );
    assert_eq!(outline(&tree(&indented).response), "result{ a b{ c } a }");
    assert_eq!(repeated(&indented), reported(12, "\"result\"", 9));

    let marked = markdown(
        "◉result | Object\n◎a | Object\nx | String\n◎a | Object\nx | String",
        "",
    );
    assert_eq!(repeated(&marked), reported(11, "\"result\"", 9));

    let elsewhere = markdown(
        "◉result | Object\na | String\na | String",
        r#"{"result": {"a": "1"}, "a": "2"}"#,
    );
    assert_eq!(outline(&tree(&elsewhere).response), "result{ a } a");
    assert_eq!(repeated(&elsewhere), []);
}

/// With this many rows, the place of the first `note` is settled before the second one is read.
#[test]
fn a_row_is_no_more_certain_than_the_row_that_keeps_it_out_of_an_object() {
    let names: Vec<String> = (0..300).map(|number| format!("n{number}")).collect();
    let leaf = |name: &str| format!("└ {name}\nString\nwords\n");
    let leaves: String = names.iter().map(|name| leaf(name)).collect();
    let fields: String = names
        .iter()
        .map(|name| format!("<{name}>a</{name}>"))
        .collect();
    let [other, note, sum] = ["other", "note", "sum"].map(leaf);
    let page = bullets(
        &format!(
            "result Result words\nlost\nLost\nwords\n{other}{note}{leaves}fee\nFee\nwords\n{sum}{note}"
        ),
        &format!("<result><note>a</note>{fields}<fee><sum>1</sum></fee></result>"),
    );
    let tree = tree(&page);
    let notes = tree
        .findings
        .iter()
        .filter(|finding| finding.path.ends_with("note"));
    let notes: Vec<(&str, bool)> = notes
        .map(|finding| (&*finding.path, finding.proven))
        .collect();
    assert_eq!(notes, [("result.note", false), ("result.fee.note", false)]);
}

#[test]
fn a_limit_may_continue_on_a_line_without_a_bullet() {
    let rows = "result BaseResult words\n└ id\nNumber\n1";
    let page = bullets(rows, "<result><id>1</id></result>");
    let request = "请求参数\n\n名称 类型 是否必须 示例值 更多限制 描述\norder Order 可选 words\n  • └ id\n  • Number\n  • 必须\n    默认值:0\n\n响应参数";
    let page = page.replace("响应参数", request);
    let tree = tree(&page);
    assert_eq!(tree.request[0].children[0].required, Some(true), "\n{page}");
}

#[track_caller]
fn refused(page: &str, words: &str) {
    let error = read::page("made.txt", page.as_bytes(), "2026-01-01").unwrap_err();
    assert!(error.to_string().contains(words), "{error}\n{page}");
}

#[test]
fn a_table_without_its_title_or_head_is_refused() {
    let page = markdown("◉result | Object\nid | String", "");
    refused(
        &page.replace("# Response Struct", "# API"),
        "under no known heading",
    );
    refused(
        &page.replace("| Name | Type | Description |\n", ""),
        "a table head",
    );
    let page = flattened("result Object\nid String", r#"{"result": {"id": "1"}}"#);
    refused(
        &page.replace(
            "Parameter\nResponse",
            "Name\nType\nDescription\nid\nString\nwords\nResponse",
        ),
        "out of place",
    );
    refused(
        &page.replace(
            "Response Parameters\nName\n",
            "Response Parameters\nName\nType\n",
        ),
        "out of place",
    );
    let page = bullets(
        "result BaseResult words\n└ id\nString\n1",
        "<result><id>1</id></result>",
    );
    refused(
        &page.replace("响应参数\n", "  • └ lost\n  • String\n"),
        "outside of a field table",
    );
    let common = page
        .replace("响应参数", "公共参数")
        .replace("示例值", "是否必须");
    refused(&common, "without its own title");
}

#[test]
fn a_page_without_its_beginning_is_refused() {
    let page = flattened(
        "result Object\nid String",
        "{\n\"result\": {\"id\": \"1\"}\n}",
    );
    refused(
        &page.replace("{\n\"result\"", "\"result\""),
        "a sample without its beginning",
    );
    let rows = "id\nString\nYes\nsome words\nObject\nNo\nsome words\n";
    let page = page.replace(
        "Parameter\nResponse",
        &format!("Parameter\nName\nType\nRequired or not\nDescription\n{rows}Response"),
    );
    refused(&page, "\"Object\"");
}
