//! A test for each known variation of pages in the three layouts.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod outline;

use outline::{outline, table, tree};
use pages::tree::{Rule, Tree};

#[track_caller]
fn check(page: &str, request: &str, response: &str) {
    let tree = tree(page);
    let found = (outline(&tree.request), outline(&tree.response));
    assert_eq!(found, (request.to_owned(), response.to_owned()), "\n{page}");
}

const MARKDOWN: &str = r#"# made.up.things.get

# Request Parameter

|  |  |  |  |
| --- | --- | --- | --- |
| Name | Type | Required or not | Description |
| page_no | Number | Yes | words |

# Response Struct

|  |  |  |
| --- | --- | --- |
| Name | Type | Description |
| **◉result** | **Object** | **words** |
| order_id | Number | words |
| **◎fee** | **Object** | **words** |
| amount | String | words |
| after_fee | String | words |

# Response

```json
{"made_up_things_get_response": {"result": {"order_id": 1, "fee": {"amount": "1"}, "after_fee": "2"}}}
```
"#;

/// The page with `from` replaced by `to`; it must contain `from`.
#[track_caller]
fn with(page: &str, from: &str, to: &str) -> String {
    assert!(page.contains(from), "{from}");
    page.replace(from, to)
}

#[track_caller]
fn check_markdown(page: &str) {
    check(
        page,
        "page_no",
        "result{ order_id fee{ amount } after_fee }",
    );
}

#[test]
fn marks_in_bold_partly_bold_or_plain_are_read() {
    check_markdown(MARKDOWN);
    for mark in ["◎fee", "**◎****fee**", "◎**fee**", "**◎**fee"] {
        check_markdown(&with(MARKDOWN, "**◎fee**", mark));
    }
}

#[test]
fn empty_rows_and_rows_with_too_many_cells_are_read() {
    check_markdown(&with(MARKDOWN, "| amount |", "|  |  |  |\n| amount |"));
    check_markdown(&with(
        MARKDOWN,
        "| amount | String | words |",
        "| amount | String | words | more | words |",
    ));
}

#[test]
fn a_heading_without_its_mark_is_recognised() {
    check_markdown(&with(MARKDOWN, "# Response Struct", "Response Struct"));
}

#[test]
fn a_request_table_without_rows_is_empty() {
    let page = with(MARKDOWN, "| page_no | Number | Yes | words |\n", "");
    check(&page, "", "result{ order_id fee{ amount } after_fee }");
}

#[test]
fn bold_paragraphs_between_a_heading_and_its_table_are_ignored() {
    check_markdown(&with(
        MARKDOWN,
        "# Response Struct\n",
        "# Response Struct\n\n**All of these are given.**\n",
    ));
}

#[test]
fn escaped_underscores_are_read_in_tables_and_samples() {
    let page = with(MARKDOWN, "order_id", "order\\_id");
    check_markdown(&with(
        &page,
        "made_up_things_get_response",
        "made\\_up\\_things\\_get\\_response",
    ));
}

#[test]
fn samples_without_fences_and_with_blank_lines_are_read() {
    let page = with(MARKDOWN, "```json\n", "");
    let page = with(&page, "\n```", "");
    let page = with(&page, "{\"order_id\"", "{\n\n\"order_id\"");
    check_markdown(&with(&page, ", \"after_fee\"", ",\n\n\"after_fee\""));
}

#[test]
fn samples_without_the_wrapper_are_read() {
    let page = with(MARKDOWN, "{\"made_up_things_get_response\": ", "");
    check_markdown(&with(&page, "\"2\"}}}", "\"2\"}}"));
}

#[test]
fn numbers_written_as_texts_are_read() {
    let page = with(MARKDOWN, "\"order_id\": 1", "\"order_id\": \"1\"");
    check_markdown(&page);
    let findings = tree(&page).findings;
    assert!(
        findings
            .iter()
            .any(|finding| finding.rule == Rule::TypeDiffers)
    );
}

#[test]
fn fields_that_no_row_names_are_kept() {
    let page = with(
        MARKDOWN,
        "\"order_id\": 1",
        "\"order_id\": 1, \"extra\": {\"a\": 1}",
    );
    check(
        &page,
        "page_no",
        "result{ order_id fee{ amount } after_fee extra?{ a? } }",
    );
}

#[test]
fn a_sample_of_another_schema_is_reported_and_the_table_kept() {
    let start = MARKDOWN.find("{\"made_up").unwrap();
    let page = format!(
        "{}{{\"seller\": {{\"city\": \"a\", \"zip\": \"b\"}}}}\n```\n",
        &MARKDOWN[..start]
    );
    let tree = tree(&page);
    assert_eq!(Tree::count(&tree.response), 5);
    let reported =
        |finding: &pages::tree::Finding| finding.rule == Rule::OtherSchema && !finding.proven;
    assert!(tree.findings.iter().any(reported));
}

#[test]
fn enumerations_in_tables_are_read() {
    let page = format!(
        "{MARKDOWN}\n## Enum of \"after_fee\"\n\n| Value | Description |\n| --- | --- |\n| PAID | words |\n| SENT | words |\n"
    );
    let table = table(&page);
    assert_eq!(table.enumerations.len(), 1);
    assert_eq!(table.enumerations[0].values, ["PAID", "SENT"]);
}

#[test]
fn chinese_heads_indentation_and_type_codes_are_read() {
    let page = "# made.up.things.get\n\n# 响应参数\n\n| 参数名 | 类型 | 描述 |\n| --- | --- | --- |\n| result | 4 | 结果 |\n| &nbsp;└ id | 2 | 编号 |\n| &nbsp;└ tags | 7 | 标签 |\n| &nbsp;└ items | 9 | 列表 |\n| &nbsp;&nbsp;└ name | 1 | 名称 |\n| &nbsp;└ ok | 3 | 成功 |\n";
    check(page, "", "result{ id tags[] items[]{ name } ok }");
}

const BULLETS: &str = "made.up.things.get (made up)\n\n请求参数\n\n名称 类型 是否必须 示例值 更多限制 描述\nids Number[] 必须 1,2 some words of it\nquery ThingQuery 可选 more words about it\n  • └ page_no\n  • Number\n  • 可选\n  • 1\n  • 默认值:0\n  • words here\n  • └ names\n  • String[]\n  • 可选\n  • a,b\n  • 最大列表长度:20\n  • words here\n\n响应参数\n\n名称 类型 示例值 描述\nresult BaseResult the result of it\n  • └ id\n  • Number\n  • the id\n  • └ ok\n  • Boolean\n  • whether it went well\n\n响应示例\n\n  • XML示例\n<result><id>1</id><ok>true</ok></result>\n<request_id>1</request_id>\n\n异常示例\n";

#[test]
fn bullets_with_limits_lists_of_scalars_and_long_descriptions_are_read() {
    check(BULLETS, "ids[] query{ page_no names[] }", "result{ id ok }");
}

#[test]
fn leaves_of_three_cells_and_xml_without_a_single_root_are_read() {
    let table = table(BULLETS);
    let names: Vec<&str> = table.response.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["result", "id", "ok"]);
    assert!(
        table
            .samples
            .iter()
            .any(|sample| sample.text.contains("<request_id>"))
    );
}

/// A flattened page; rows are separated by commas, cells by bars.
fn flattened(request: &str, response: &str, sample: &str) -> String {
    let lines = |rows: &str| rows.replace(", ", "\n").replace('|', "\n");
    format!(
        "made.up.things.get\nParameter\nName\nType\nRequired or not\nDescription\n{}\nResponse Parameters\nName\nType\nDescription\n{}\nError code\nError code\nError message\nSolution\nGET/POST\nmade.up.things.get\nJAVA\nPHP\n\nStreamlined Return\n{sample}\n",
        lines(request),
        lines(response)
    )
}

#[test]
fn requests_with_only_objects_or_only_scalars_are_read() {
    let sample = r#"{"result": {"a": "1"}, "code": "0"}"#;
    let response = "result|Object|words, a|String|words";
    let demo = |page: &str, p: &str, q: &str| {
        let calls = format!(
            "PHP\nrequest.addApiParameter(\"p\", \"{p}\");\nrequest.addApiParameter(\"q\", \"{q}\");\n"
        );
        with(page, "PHP\n", &calls)
    };
    let objects = flattened("p|Object|Yes|words, q|Object|No|words", response, sample);
    let objects = demo(&objects, "{\\\"x\\\":\\\"1\\\"}", "{\\\"y\\\":2}");
    check(&objects, "p{ x? } q{ y? }", "result{ a }");
    let scalars = flattened("p|String|Yes|words, q|Number|No|words", response, sample);
    check(&scalars, "p q", "result{ a }");
    check(&demo(&scalars, "x", "2"), "p q", "result{ a }");
}

#[test]
fn rows_with_missing_cells_are_read() {
    let sample = r#"{"result": {"a": "1", "b": "2"}, "code": "0"}"#;
    check(
        &flattened(
            "p|String|Yes, q|Number|words",
            "result|Object, a|String|words, b|String",
            sample,
        ),
        "p q",
        "result{ a b }",
    );
}

#[test]
fn flattened_answers_deeper_than_one_level_are_read() {
    let sample = r#"{"result": {"a": {"b": {"c": "1"}}, "d": [{"e": "2"}]}, "code": "0"}"#;
    check(
        &flattened(
            "p|String|Yes|words",
            "result|Object|words, a|Object|words, b|Object|words, c|String|words, d|Object[]|words, e|String|words",
            sample,
        ),
        "p",
        "result{ a{ b{ c } } d[]{ e } }",
    );
}
