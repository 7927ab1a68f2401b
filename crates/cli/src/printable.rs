//! Texts that come from elsewhere, on a terminal and in a shell.

use std::borrow::Cow;

/// Escapes the characters that control a terminal or change the direction of writing: a product's name must not be
/// able to overwrite the screen.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            steering if steers(steering) => plain.extend(steering.escape_default()),
            other => plain.push(other),
        }
    }
    Cow::Owned(plain)
}

/// The text as one word of a POSIX shell, in quotes if necessary.
pub(crate) fn shell_word(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("'{}'", text.replace('\'', r"'\''"))),
    }
}

fn steers(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_control_characters_are_escaped() {
        assert_eq!(printable("a\u{1b}[2Jb\nc"), r"a\u{1b}[2Jb\nc");
        assert_eq!(printable("\u{202e}txt.exe"), r"\u{202e}txt.exe");
    }

    #[test]
    fn a_shell_word_is_quoted_if_necessary() {
        assert_eq!(
            shell_word("/home/shop-1/config.toml"),
            "/home/shop-1/config.toml"
        );
        assert_eq!(shell_word("a b"), "'a b'");
        assert_eq!(shell_word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn other_texts_are_unchanged() {
        assert!(matches!(
            printable("Bottle 500 ml, 水壶 \"é\" \\"),
            Cow::Borrowed(_)
        ));
    }
}
