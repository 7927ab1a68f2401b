//! The tables of docs/errors.md, from the client's list of codes.

use std::fmt::Write;

use aliexpress::codes::{CodeInfo, RetryClass, documented};
use aliexpress::models::APIS;

/// The tables as Markdown, headings included.
pub fn tables() -> String {
    let (legacy, gateway): (Vec<&CodeInfo>, Vec<&CodeInfo>) = documented()
        .filter(|info| !is_of_an_api(info))
        .partition(|info| info.code.bytes().all(|byte| byte.is_ascii_digit()));
    let (sub_codes, gateway): (Vec<&CodeInfo>, Vec<&CodeInfo>) =
        gateway.into_iter().partition(|info| is_sub_code(info));
    let mut text = String::new();
    for (heading, codes) in [
        ("Of the current gateway", gateway),
        ("Sub-codes of services", sub_codes),
        ("Of the legacy gateway", legacy),
    ] {
        table(&mut text, heading, &codes);
    }
    text
}

/// Those have a table of their own, docs/errors-of-apis.md.
fn is_of_an_api(info: &CodeInfo) -> bool {
    let mut codes = APIS.iter().flat_map(|api| api.error_codes);
    codes.any(|code| code.code == info.code)
}

/// Names such as `isv.insufficient-permission`, families of them included.
fn is_sub_code(info: &CodeInfo) -> bool {
    info.code.contains('.')
}

fn table(text: &mut String, heading: &str, codes: &[&CodeInfo]) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "\n### {heading}\n");
    let _ = writeln!(
        text,
        "| code | meaning | cause | what to do | again? | reached |\n| --- | --- | --- | --- | --- | --- |"
    );
    for info in codes {
        let (again, reached) = (again(info.retry), reached(info));
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {again} | {reached} |",
            info.code, info.meaning, info.cause, info.advice
        );
    }
}

fn again(retry: RetryClass) -> &'static str {
    match retry {
        RetryClass::AfterChange => "after the change",
        RetryClass::MayPass => "may pass",
        RetryClass::AfterWait => "after the wait",
        RetryClass::AfterRefresh => "with a new session",
        RetryClass::AfterAuthorisation => "once authorised again",
        _ => "no",
    }
}

fn reached(info: &CodeInfo) -> &'static str {
    if info.before_service { "no" } else { "perhaps" }
}
