//! The codes in docs/errors.md, from the client's list: a heading for each, so that each can be linked to.

use std::fmt::Write;

use aliexpress::codes::{Acted, AnsweredBy, CodeInfo, RetryClass, documented};
use aliexpress::models::APIS;

/// The codes as Markdown.
pub fn sections() -> String {
    let mut text = String::new();
    for (heading, speaker) in [
        ("Of the current gateway", AnsweredBy::Gateway),
        ("Sub-codes of services", AnsweredBy::Service),
        ("Of the legacy gateway", AnsweredBy::LegacyGateway),
        ("Of APIs, beyond their pages' lists", AnsweredBy::Api),
    ] {
        let of_speaker = documented().filter(|info| info.by == speaker && !is_of_an_api(info));
        section(&mut text, heading, &of_speaker.collect::<Vec<_>>());
    }
    text
}

/// Those are in docs/errors-of-apis.md.
fn is_of_an_api(info: &CodeInfo) -> bool {
    let mut codes = APIS.iter().flat_map(|api| api.error_codes);
    info.by == AnsweredBy::Api
        && codes.any(|code| code.code == info.code && !code.meaning.is_empty())
}

fn section(text: &mut String, heading: &str, codes: &[&CodeInfo]) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "\n### {heading}");
    for info in codes {
        let (again, done) = (again(info.retry), done(info));
        let of = info
            .api
            .map(|api| format!(" of `{api}`"))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "\n#### `{}`{of}\n\n{}.\n\n- **Cause:** {}\n- **What to do:** {}\n- **Again?** {again}. **Done?** {done}.",
            info.code,
            sentence(info.meaning),
            info.cause,
            info.advice
        );
    }
}

/// With a capital at its beginning.
fn sentence(meaning: &str) -> String {
    let mut letters = meaning.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
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

fn done(info: &CodeInfo) -> &'static str {
    match info.acted {
        Acted::No => "no",
        Acted::ByType => "no, where the type is ISV and there is no sub-code",
        _ => "perhaps",
    }
}
