//! Keeps secrets out of the log.

use serde_json::Value;

/// Parameters, and fields of answers, whose values open doors.
const SECRET: &[&str] = &[
    "session",
    "access_token",
    "refresh_token",
    "code",
    "app_secret",
];

/// `value`, or what may be shown of it if the parameter is a secret.
pub(crate) fn mask_value(name: &str, value: &str) -> String {
    if SECRET.contains(&name) {
        mask(value)
    } else {
        value.to_owned()
    }
}

/// The first characters of a long secret, enough to tell two apart; nothing of a short one.
pub(crate) fn mask(secret: &str) -> String {
    const SHOWN: usize = 4;
    const LONG: usize = 16;
    let shown = if secret.chars().count() >= LONG {
        SHOWN
    } else {
        0
    };
    let start: String = secret.chars().take(shown).collect();
    if secret.is_empty() {
        String::new()
    } else {
        format!("{start}[masked]")
    }
}

/// A token answer with its tokens masked.
pub(crate) fn mask_tokens(answer: &str, tokens: &[&str]) -> String {
    tokens
        .iter()
        .filter(|token| !token.is_empty())
        .fold(answer.to_owned(), |text, token| {
            // Inside JSON a token stands escaped; the tokens made here need no escaping, a chosen session may.
            let escaped = Value::from(*token).to_string();
            text.replace(escaped.trim_matches('"'), &mask(token))
                .replace(token, &mask(token))
        })
}
