//! The JSON behind the portals' pages in all its forms, and pages that browsers and editors have changed.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod outline;

use outline::outline;
use pages::read;
use pages::resolve::{Decisions, Model, resolve};
use pages::table::{FieldTable, Layout};

fn tables(json: &str) -> Vec<FieldTable> {
    read::tables("made.json", json.as_bytes()).unwrap()
}

#[track_caller]
fn check(json: &str, layout: Layout, request: &str, response: &str) -> FieldTable {
    let mut tables = tables(json);
    assert_eq!(tables.len(), 1);
    let table = tables.remove(0);
    assert_eq!(table.layout, layout);
    let tree = resolve(&table, &Decisions::default(), &Model::default()).unwrap();
    assert_eq!(
        [outline(&tree.request), outline(&tree.response)],
        [request, response]
    );
    table
}

const FIELDS: &str = r#"{"name":"box","type":"Object","required":true,"desc":"a box","children":[
    {"name":"id","type":"2","required":false,"desc":""},
    {"name":"tags","type":7,"required":"1","desc":"tags(RED; GREEN)"}]}"#;

#[test]
fn the_newer_portals_parameters_are_read() {
    for list in [format!("[{FIELDS}]"), format!("{{\"data\":[{FIELDS}]}}")] {
        let json = format!(
            r#"{{"data":{{"apiList":[{{"title":"t","path":"example.box.get","method":"GET/POST","docId":12,
            "lastModified":"2024-04-29 13:36:13","parameters":{list},"outputParameters":{list},
            "errorCodes":{{"data":[{{"code":"NO_BOX","codeDesc":"d","solution":"s","id":1}}]}}}}]}}}}"#
        );
        let table = check(
            &json,
            Layout::Portal,
            "box{ id tags[] }",
            "box{ id tags[] }",
        );
        assert_eq!(
            (table.api.as_str(), table.as_of.as_str()),
            ("example.box.get", "2024-04-29")
        );
        assert_eq!(
            (table.verb.as_deref(), table.document.as_deref()),
            (Some("GET/POST"), Some("12"))
        );
        assert_eq!(
            table
                .request
                .iter()
                .map(|row| row.required)
                .collect::<Vec<_>>(),
            [Some(true), Some(false), Some(true)]
        );
        assert_eq!(table.request[2].codes, ["RED", "GREEN"]);
        assert_eq!(table.error_codes[0].code, "NO_BOX");
        assert_eq!(table.unread, []);
    }
}

#[test]
fn the_newer_portals_examples_are_read() {
    let json = r#"{"data":{"apiList":[{"path":"/example/box/get","examples":{"data":[
        {"input":[{"paramName":"id","paramType":"Number","required":0,"desc":"{\"en_US\":\"old one, deprecated\",\"zh_CN\":\"x\"}"}],
         "output":[{"paramName":"boxes","paramType":"9","children":[{"paramName":"id","paramType":"2"}]}]}]}}]}}"#;
    let table = check(json, Layout::PortalExamples, "id", "boxes[]{ id }");
    assert!(table.request[0].deprecated);
    assert_eq!(table.request[0].required, Some(false));
}

#[test]
fn documents_of_the_older_portal_and_the_sdk_are_read() {
    let api = r#"{"name":"example/box/get","requestParams":[{"name":"file","type":"byte[]"},{"name":"map","type":"HashMap<String, Object>"}],
        "responseParams":[{"name":"errors","type":"errorListMap[]","subParams":[{"name":"code","type":"String"}]}]"#;
    let response = "errors[]{ code }";
    let wrapped = format!("{{\"data\":{api}}},\"success\":true}}");
    let table = check(&wrapped, Layout::Legacy, "file map", response);
    // A path without a leading slash is also a path.
    assert_eq!(table.api, "/example/box/get");
    check(&format!("{api}}}"), Layout::Legacy, "file map", response);
    let table = check(
        &format!("{api},\"httpMethod\":\"GET\"}}"),
        Layout::Sdk,
        "file map",
        response,
    );
    assert_eq!(table.verb.as_deref(), Some("GET"));
    let tree = resolve(&table, &Decisions::default(), &Model::default()).unwrap();
    assert_eq!(tree.response[0].wrapper.as_deref(), Some("error_list_map"));
}

#[test]
fn unknown_members_are_reported_and_nothing_else_is_lost() {
    let json = r#"{"name":"example.box.get","new":1,"requestParams":[{"name":"id","type":"Number","hint":"x","required":"maybe"}],"responseParams":[]}"#;
    let table = &tables(json)[0];
    let messages: Vec<_> = table
        .unread
        .iter()
        .map(|unread| unread.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "unknown member \"new\" of the API",
            "unknown member \"hint\" of the field \"id\"",
            "cannot read whether the field \"id\" is required: found \"\\\"maybe\\\"\"; wanted a boolean",
        ]
    );
}

#[test]
fn an_invalid_document_is_refused() {
    for (json, found) in [
        ("{", "broken JSON"),
        ("{\"a\":1}", "an object without fields of an API"),
        ("{\"data\":{\"apiList\":[]}}", "an empty `apiList`"),
        (
            "{\"name\":\"no name\",\"requestParams\":[]}",
            "the API name \"no name\"",
        ),
    ] {
        let error = read::tables("made.json", json.as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains(found), "{error}");
    }
    let deep = format!(
        "{{\"name\":\"example.box.get\",\"requestParams\":{}{}}}",
        "[{\"name\":\"a\",\"type\":\"Object\",\"subParams\":".repeat(50),
        "[]".to_owned() + &"}]".repeat(50)
    );
    assert!(read::tables("made.json", deep.as_bytes()).is_err());
}

#[test]
fn a_document_may_describe_several_apis() {
    let json = r#"{"data":{"apiList":[{"path":"example.box.get","parameters":[],"outputParameters":[]},
        {"path":"example.box.put","parameters":[],"outputParameters":[]}]}}"#;
    let names: Vec<_> = tables(json).into_iter().map(|table| table.api).collect();
    assert_eq!(names, ["example.box.get", "example.box.put"]);
}

#[track_caller]
fn page(text: &str, request: &str, response: &str) -> FieldTable {
    let table = read::page("made.txt", text.as_bytes(), "2026-01-01").unwrap();
    let tree = resolve(&table, &Decisions::default(), &Model::default()).unwrap();
    assert_eq!(
        [outline(&tree.request), outline(&tree.response)],
        [request, response]
    );
    table
}

#[test]
fn tables_with_tabs_between_cells_are_read() {
    let table = page(
        "example.box.get\n\nRequest Parameters\n\nName\tType\tRequired\tDescription\nbox\tObject\tYes\tone | two\n\
         └ tags\tString[]\tNo\t\nsize\tNumber\tNo\thow many\n\nResponse Parameters\n\nName\tType\tDescription\n\
         total\tNumber\twords\nboxes\tObject[]\twords\n\u{a0}└ id\tNumber\twords\n",
        "box{ tags[] } size",
        "total boxes[]{ id }",
    );
    assert_eq!(
        table.request.iter().map(|row| row.line).collect::<Vec<_>>(),
        [6, 7, 8]
    );
}

#[test]
fn limits_are_found_in_any_cell() {
    for cells in [
        "默认值:1\nNumber\nYes\nwords",
        "Number\n默认值：1\nYes\nwords",
        "Number\nYes\n最大列表长度:20\nwords",
        "Number\nYes\nwords\n最大长度:20",
    ] {
        let table = page(
            &format!(
                "example.box.get\nRequest Parameters\nName\nType\nRequired\nDescription\nsize\n{cells}\nid\nString\nNo\nwords\n\
                 Response Parameters\nName\nType\nDescription\nid\nString\nwords\n"
            ),
            "size id",
            "id",
        );
        let facts: Vec<_> = table
            .request
            .iter()
            .map(|row| (row.type_text.as_deref(), row.required))
            .collect();
        assert_eq!(
            facts,
            [(Some("Number"), Some(true)), (Some("String"), Some(false))],
            "{cells}"
        );
    }
}

#[test]
fn an_empty_heading_begins_no_section_and_a_root_without_response_is_completed() {
    let table = page(
        "# example.box.get\n\n# Request Parameter\n\n# \n\n| Name | Type |\n| --- | --- |\n| id | Number |\n\n# Response Struct\n\n\
         | Name | Type |\n| --- | --- |\n| total | Number |\n\n# Response\n\n## Successful response\n\n```json\n\
         {\"example_box_get\": {\"total\": 7}}\n```\n",
        "id",
        "total",
    );
    assert!(
        table.samples[0]
            .text
            .contains("\"example_box_get_response\"")
    );
    assert_eq!(
        table.unread[0].settled.as_deref(),
        Some("read as if it ended in _response")
    );
}
