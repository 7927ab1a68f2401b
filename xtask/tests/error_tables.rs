//! Tables of error codes in every layout, with one, two or three cells filled, give their codes and nothing else.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use xtask::read;

#[track_caller]
fn check(page: &str, expected: &[&str]) {
    let table = read::page("made.txt", page.as_bytes(), "2026-01-01").unwrap();
    let codes: Vec<&str> = table
        .error_codes
        .iter()
        .map(|code| code.code.as_str())
        .collect();
    assert_eq!(codes, expected, "\n{page}");
}

#[track_caller]
fn check_flattened(cells: &str, expected: &[&str]) {
    let lines = cells.replace(", ", "\n");
    let page = format!(
        "made.up.things.get\nResponse Parameters\nName\nType\nDescription\na\nString\nwords\nError code\nError code\nError message\nSolution\n{lines}\nGET/POST\nmade.up.things.get\n"
    );
    check(&page, expected);
}

#[track_caller]
fn check_markdown(rows: &str, expected: &[&str]) {
    let page = format!(
        "# made.up.things.get\n\n# Response Struct\n\n| Name | Type |\n| --- | --- |\n| a | String |\n\n# ERROR CODE\n\n{rows}\n"
    );
    check(&page, expected);
}

#[track_caller]
fn check_bullets(lines: &str, expected: &[&str]) {
    let page = format!(
        "made.up.things.get\n\n响应参数\n\n名称 类型 示例值 描述\na String b words\n\n错误码解释\n\n{lines}\n"
    );
    check(&page, expected);
}

#[test]
fn flattened_tables_of_any_length() {
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
fn a_solution_of_one_word_is_no_code() {
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
fn heads_are_no_codes() {
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
