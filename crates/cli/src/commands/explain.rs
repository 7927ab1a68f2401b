//! `aliexpress explain`: explains an error code.

use aliexpress::codes::{self, Acted, AnsweredBy, CodeInfo, RetryClass};
use clap::Args;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::failure::code::{apis, page};
use crate::input::similar::{described_with, folded, similar};
use crate::output::Output;
use crate::output::table::{labelled, table};

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress explain IllegalAccessToken\n  aliexpress explain inventory hold error\n  aliexpress explain --json"
)]
pub(crate) struct ExplainArgs {
    /// The code in any spelling, such as IllegalAccessToken, 27, isv.insufficient-permission or inventory hold error, or a
    /// message that contains it; without a code, lists all documented ones
    code: Vec<String>,
}

pub(crate) fn run(args: &ExplainArgs, output: &mut Output) -> Result<(), Failure> {
    if args.code.is_empty() {
        return list(output);
    }
    let code = args.code.join(" ");
    let info = found(&code).ok_or_else(|| unknown(&code))?;
    if output.wants_json() {
        return output.json(&described(info));
    }
    let lines = [
        ("code", info.code.to_owned()),
        ("APIs", apis(info).join(", ")),
        ("meaning", info.meaning.to_owned()),
        ("cause", info.cause.to_owned()),
        ("what to do", info.advice.to_owned()),
        ("retry", retry(info).to_owned()),
        ("effect", effect(info).to_owned()),
        ("source", info.source.to_owned()),
        ("page", page(info)),
    ];
    let present = lines.into_iter().filter(|(_, text)| !text.is_empty());
    output.line(labelled(present))
}

fn list(output: &mut Output) -> Result<(), Failure> {
    if output.wants_json() {
        return output.json(&codes::documented().map(described).collect::<Vec<_>>());
    }
    let rows = codes::documented().map(|info| [info.code.to_owned(), info.meaning.to_owned()]);
    output.line(table(["code", "meaning"], rows))
}

/// Finds a code: exactly, then in another spelling, then as a member of a family, then within a message.
fn found(text: &str) -> Option<&'static CodeInfo> {
    let of_pattern = codes::explain(text);
    of_pattern
        .filter(|info| !info.is_family())
        .or_else(|| in_another_spelling(text))
        .or(of_pattern)
        .or_else(|| in_message(text))
}

/// The only code in a text such as `code 27 "Invalid session"`. Numbers count only after the word `code`; a sub-code
/// comes before its code, because it is more specific.
fn in_message(text: &str) -> Option<&'static CodeInfo> {
    let separates = |c: char| c.is_whitespace() || "\"'`,;:=()[]{}".contains(c);
    let words: Vec<&str> = text
        .split(separates)
        .filter(|word| !word.is_empty())
        .collect();
    let named = |name: &str| {
        let after = words
            .windows(2)
            .find(|two| folded(two[0]).ends_with(name))?;
        codes::explain(after[1])
    };
    if let Some(info) = named("subcode") {
        return Some(info);
    }
    let spelt = words.iter().filter_map(|word| {
        let info = codes::explain(word.trim_end_matches('.'))?;
        let is_number = info.code.bytes().all(|byte| byte.is_ascii_digit());
        (!is_number && word.contains(|c: char| c.is_ascii_alphabetic())).then_some(info)
    });
    let mut all = named("code").into_iter().chain(spelt);
    let first = all.next()?;
    all.all(|other| other.code == first.code).then_some(first)
}

/// The only code that is written with the same letters and digits.
fn in_another_spelling(code: &str) -> Option<&'static CodeInfo> {
    let own = folded(code);
    let is_same = |info: &&CodeInfo| !info.is_family() && folded(info.code) == own;
    let mut same = codes::documented().filter(is_same);
    let first = same.next()?;
    same.all(|other| other.code == first.code).then_some(first)
}

fn unknown(code: &str) -> Failure {
    let near = match similar(code, codes::documented().map(|info| info.code)) {
        none if none.is_empty() && code.trim().contains(' ') => described_with(
            code,
            codes::documented()
                .map(|info| (info.code, [info.code, info.meaning, info.cause].concat())),
        ),
        some => some,
    };
    let found: String = code.chars().take(60).collect();
    let failure = Failure::usage(
        "explain the error code",
        format_args!("{found:?}, which is unknown"),
        "a documented code",
    );
    match near.is_empty() {
        true => failure.hint("aliexpress explain without a code lists them all"),
        false => failure.hint(format!("similar: {}", near.join(", "))),
    }
}

fn retry(info: &CodeInfo) -> &'static str {
    match info.retry {
        RetryClass::Never => "does not help: the same call is refused again",
        RetryClass::AfterChange => "helps once the call is changed",
        RetryClass::MayPass => {
            "may help: it can pass without a change (never repeat an order under a new id)"
        }
        RetryClass::AfterWait => "helps after waiting as long as the answer says",
        RetryClass::AfterRefresh => "helps with a new session: aliexpress auth refresh",
        RetryClass::AfterAuthorisation => {
            "helps once the account has authorised again: aliexpress auth login"
        }
        _ => "not known",
    }
}

fn effect(info: &CodeInfo) -> &'static str {
    match info.acted {
        Acted::No => "none: the call was refused before it changed anything",
        Acted::ByType => "none if the type is ISV and there is no sub-code; otherwise unknown",
        _ if info.by == AnsweredBy::Api => "see the answer",
        _ => "unknown: the call may have changed something",
    }
}

fn described(info: &CodeInfo) -> Value {
    let retry = match info.retry {
        RetryClass::Never => "never",
        RetryClass::AfterChange => "after-change",
        RetryClass::MayPass => "may-pass",
        RetryClass::AfterWait => "after-wait",
        RetryClass::AfterRefresh => "after-refresh",
        RetryClass::AfterAuthorisation => "after-authorisation",
        _ => "unknown",
    };
    json!({
        "code": info.code,
        "apis": apis(info),
        "meaning": info.meaning,
        "cause": info.cause,
        "advice": info.advice,
        "retry": retry,
        "proves_nothing_was_done": match info.acted {
            Acted::No => json!(true),
            Acted::ByType => json!("if the type is ISV and there is no sub-code"),
            _ => json!(false),
        },
        "source": info.source,
        "page": page(info),
    })
}
