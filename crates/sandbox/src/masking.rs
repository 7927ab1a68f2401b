//! Keeps secrets out of the log.

use std::borrow::Cow;

use serde_json::Value;

/// Parameters, and fields of answers, whose values are secret.
const SECRET: &[&str] = &[
    "session",
    "access_token",
    "refresh_token",
    "code",
    "app_secret",
];

/// `value`, masked if the parameter is secret.
pub(crate) fn mask_value<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    match SECRET.contains(&name) {
        true => Cow::Owned(mask(value)),
        false => Cow::Borrowed(value),
    }
}

/// A mask with the last characters of a long secret, enough to distinguish two; a short one is masked completely.
pub(crate) fn mask(secret: &str) -> String {
    const SHOWN: usize = 4;
    const LONG: usize = 32;
    let length = secret.chars().count();
    if secret.is_empty() {
        return String::new();
    }
    let end: String = secret.chars().skip(length - SHOWN.min(length)).collect();
    if length < LONG {
        "[masked]".to_owned()
    } else {
        format!("[masked]{end}")
    }
}

/// An answer with its tokens masked, if they are whole values: in JSON between quotation marks, in XML
/// between tags.
pub(crate) fn mask_tokens(answer: &str, tokens: &[&str]) -> String {
    let filled = tokens.iter().filter(|token| !token.is_empty());
    filled.fold(answer.to_owned(), |text, token| {
        let (json, masked) = (Value::from(*token).to_string(), mask(token));
        let text = text.replace(&json, &format!("\"{masked}\""));
        text.replace(&format!(">{token}<"), &format!(">{masked}<"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_long_secret_shows() {
        assert_eq!(
            mask_value("session", &format!("{}wxyz", "s".repeat(40))),
            "[masked]wxyz"
        );
        assert_eq!(mask_value("access_token", "short"), "[masked]");
        assert_eq!(mask_value("code", ""), "");
        assert_eq!(mask_value("method", "a.b"), "a.b");
    }

    #[test]
    fn tokens_are_masked_in_json_and_xml() {
        let answer = Value::from("a \"quoted\" token").to_string();
        assert_eq!(
            mask_tokens(&answer, &["a \"quoted\" token"]),
            "\"[masked]\""
        );
    }
}
