//! XML as flat as the platform's errors and token answers are.

use std::fmt::Write;

/// An element whose children hold text only.
pub(crate) struct Element {
    name: String,
    written: String,
}

impl Element {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            written: format!("<{name}>"),
        }
    }

    /// Adds `<name>value</name>`.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        // Writing to a String cannot fail.
        let _ = write!(self.written, "<{name}>{}</{name}>", Escaped(value));
    }

    pub(crate) fn finish(mut self) -> String {
        let _ = write!(self.written, "</{}>", self.name);
        self.written
    }
}

/// Text with the five predefined entities, and without what XML 1.0 cannot hold.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '&' => f.write_str("&amp;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&apos;"),
            '\t' | '\n' | '\r' => f.write_char(character),
            control if control.is_control() => f.write_char(char::REPLACEMENT_CHARACTER),
            other => f.write_char(other),
        })
    }
}
