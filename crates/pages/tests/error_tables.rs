//! Tables of error codes in every layout, with one, two or three filled cells, give their codes and nothing else.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use pages::read;

/// The page's codes, and the parts of its error table that are reported as unread.
fn read_codes(page: &str) -> (Vec<String>, Vec<String>) {
    let table = read::page("made.txt", page.as_bytes(), "2026-01-01").unwrap();
    let codes = table.error_codes.into_iter().map(|code| code.code);
    let reported = table.unread.into_iter().map(|unread| {
        let settled = unread.settled.unwrap_or("left out".to_owned());
        format!("{}; {settled}", unread.message)
    });
    (codes.collect(), reported.collect())
}

#[track_caller]
fn check(page: &str, expected: &[&str]) {
    let (codes, reported) = read_codes(page);
    assert_eq!(codes, expected, "\n{page}");
    assert!(reported.is_empty(), "{reported:?}\n{page}");
}

/// A page with unclear cells. In each of `reported`, the first word is the cell, and the rest is how it was read.
#[track_caller]
fn check_open(page: &str, expected: &[&str], reported: &[&str]) {
    let (codes, unread) = read_codes(page);
    assert_eq!(codes, expected, "\n{page}");
    let short = |text: &String| {
        let found = text.split('"').nth(1).unwrap();
        format!("{found}: {}", text.rsplit("; ").next().unwrap())
    };
    assert_eq!(
        unread.iter().map(short).collect::<Vec<_>>(),
        reported,
        "\n{page}"
    );
}

fn flattened(cells: &str) -> String {
    let lines = cells.replace(", ", "\n");
    format!(
        "made.up.things.get\nResponse Parameters\nName\nType\nDescription\na\nString\nwords\nError code\nError code\nError message\nSolution\n{lines}\nGET/POST\nmade.up.things.get\n"
    )
}

#[track_caller]
fn check_flattened(cells: &str, expected: &[&str]) {
    check(&flattened(cells), expected);
}

fn markdown(rows: &str) -> String {
    format!(
        "# made.up.things.get\n\n# Response Struct\n\n| Name | Type |\n| --- | --- |\n| a | String |\n\n# ERROR CODE\n\n{rows}\n"
    )
}

#[track_caller]
fn check_markdown(rows: &str, expected: &[&str]) {
    check(&markdown(rows), expected);
}

fn bullets(lines: &str) -> String {
    format!(
        "made.up.things.get\n\n响应参数\n\n名称 类型 示例值 描述\na String b words\n\n错误码解释\n\n{lines}\n"
    )
}

#[track_caller]
fn check_bullets(lines: &str, expected: &[&str]) {
    check(&bullets(lines), expected);
}

#[test]
fn flattened_tables_of_any_length_are_read() {
    check_flattened(
        "A_B, A_B, Call us again, C_D, C_D, Wait a day",
        &["A_B", "C_D"],
    );
    check_flattened(
        "A_B, The id is bad, Call us, C_D, No stock, Wait",
        &["A_B", "C_D"],
    );
    check_flattened("A_B, A_B, C_D, C_D", &["A_B", "C_D"]);
    check_flattened("A_B, C_D", &["A_B", "C_D"]);
    check_flattened("Timeout, Timeout, C_D, C_D", &["Timeout", "C_D"]);
    check_flattened("No Data", &[]);
}

#[test]
fn a_solution_of_one_word_is_not_a_code() {
    check_flattened(
        "A_B, A_B, Retry, C_D, C_D, Ignore, E_F, E_F, Check the id",
        &["A_B", "C_D", "E_F"],
    );
    check_flattened("A_B, A_B, Retry, C_D, C_D", &["A_B", "C_D"]);
    check_flattened(
        "Timeout, Timeout, Retry, Empty, Empty, Fill",
        &["Timeout", "Empty"],
    );
    check_bullets(
        "  • A_B\n  • bad thing\n  • Retry\n  • C_D\n  • worse\n  • Check the id",
        &["A_B", "C_D"],
    );
}

#[test]
fn column_heads_are_not_codes() {
    for head in [
        "Code | Message",
        "ErrorCode | ErrorMessage | Solution",
        "**Error code** | Solution",
        "错误码 | 描述",
    ] {
        check_markdown(
            &format!("| {head} |\n| --- | --- |\n| A\\_B | bad |\n| 15 | |"),
            &["A_B", "15"],
        );
        check_markdown(
            &format!("| | |\n| --- | --- |\n| {head} |\n| A\\_B | bad |"),
            &["A_B"],
        );
        check_markdown(&format!("| {head} |\n| --- | --- |"), &[]);
    }
    check_bullets(
        "错误码 错误描述 解决方案\nisv.bad-id 参数错误 检查",
        &["isv.bad-id"],
    );
    check_bullets("ErrorCode Message Solution\nA_B bad Retry", &["A_B"]);
}

#[test]
fn a_plain_word_where_a_row_begins_is_a_code() {
    check_flattened(
        "isv.order-not-found, No such order, Check it, Timeout, It took too long, Retry",
        &["isv.order-not-found", "Timeout"],
    );
    check_flattened(
        "F00-00-10007-019, No such order, Timeout, It took too long",
        &["F00-00-10007-019", "Timeout"],
    );
    check_bullets(
        "isv.order-not-found\nTimeout\nF00-00-10007-019",
        &["isv.order-not-found", "Timeout", "F00-00-10007-019"],
    );
    check_bullets(
        "isv.order-not-found 订单不存在 请检查\nTimeout 超时 请重试",
        &["isv.order-not-found", "Timeout"],
    );
    check_bullets(
        "isv.order-not-found No such order\nTimeout It took too long",
        &["isv.order-not-found", "Timeout"],
    );
}

#[test]
fn a_cell_of_several_lines_belongs_to_the_code_above() {
    check_bullets(
        "isv.order-not-found 订单不存在 Look it up\nPlease check the id\nisv.no-stock 无库存",
        &["isv.order-not-found", "isv.no-stock"],
    );
    check_bullets(
        "isv.order-not-found No such order\nAliExpress lists it",
        &["isv.order-not-found"],
    );
    check_flattened(
        "A_B, A_B, Look it up.\nPlease check the id, C_D, C_D, Wait a day",
        &["A_B", "C_D"],
    );
}

#[test]
fn ambiguous_codes_are_reported() {
    check_open(
        &flattened("isv.order-not-found, Timeout, isv.no-stock"),
        &["isv.order-not-found", "Timeout", "isv.no-stock"],
        &["Timeout: read as a code"],
    );
    check_open(
        &flattened("isv.order-not-found, There is none, Timeout"),
        &["isv.order-not-found"],
        &["Timeout: read as words"],
    );
    check_open(
        &bullets("A_B bad Retry\nPlease wait"),
        &["A_B"],
        &["Please wait: read as words"],
    );
    check_open(
        &bullets("isv.order-not-found No such order\nTimeout"),
        &["isv.order-not-found", "Timeout"],
        &["Timeout: read as a code"],
    );
    let (_, reported) = read_codes(&flattened("A_B, Retry"));
    assert_eq!(
        reported,
        [
            "reading the error table: found \"Retry\", which may be a code of its own or belong to the one above; wanted \
          rows that are all alike; read as words"
        ]
    );
}

#[test]
fn words_in_the_place_of_a_code_are_reported() {
    check_open(
        &markdown(
            "| Error code | Message |\n| --- | --- |\n| A\\_B | bad |\n| No such id | bad |\n| | more |",
        ),
        &["A_B"],
        &["No such id: left out"],
    );
    check_open(
        &flattened("没有订单, 请检查, A_B, A_B"),
        &["A_B"],
        &["没有订单: left out", "请检查: left out"],
    );
    check_open(
        &markdown("- C\\_D: worse\n\nSee below.\n"),
        &[],
        &["- C_D: worse: left out"],
    );
}

#[test]
fn the_head_says_which_column_has_the_codes() {
    check_markdown(
        "| No. | Message | Error code |\n| --- | --- | --- |\n| 1 | bad | A\\_B |\n| 2 | worse | timeout |",
        &["A_B", "timeout"],
    );
    check_markdown(
        "| Trouble | Words |\n| --- | --- |\n| A\\_B | bad |",
        &["A_B"],
    );
    check_bullets("错误码 错误描述\nA_B 错\nC_D 错", &["A_B", "C_D"]);
    check_bullets(
        "  • 错误码\n  • 错误描述\n  • A_B\n  • 错\n  • C_D\n  • 错",
        &["A_B", "C_D"],
    );
}

#[test]
fn cells_separated_by_tabs_are_read() {
    check_flattened("A_B\tA_B\tRetry\nTimeout\tbad\tWait", &["A_B", "Timeout"]);
}
