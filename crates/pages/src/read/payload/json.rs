//! Finds the end of samples in JSON, and repairs what typesetting damaged.

use super::super::page::{Line, ReadError, is_blank, quoted};
use super::{DEEPEST, Payload};
use crate::table::Format;

pub(super) fn read(lines: &[Line<'_>], start: usize) -> Result<Payload, ReadError> {
    let mut mender = Mender::default();
    for (index, line) in lines.iter().enumerate().skip(start) {
        if line.text.contains('"') {
            mender.line(line.text);
        } else {
            // Some pages print samples as HTML, including the quotes.
            mender.line(&line.text.replace("&quot;", "\""));
        }
        if mender.deepest > DEEPEST {
            let found = format!("a JSON sample nested deeper than {DEEPEST} levels");
            return Err(ReadError::new(
                line.number,
                found,
                "an answer of the platform",
            ));
        }
        if mender.is_done() {
            let text = mender.out;
            serde_json::from_str::<serde::de::IgnoredAny>(&text).map_err(|error| {
                let number = lines[start].number + error.line().saturating_sub(1);
                let found = text.lines().nth(error.line().saturating_sub(1));
                ReadError::new(
                    number,
                    format!(
                        "{} in a JSON sample ({error})",
                        quoted(found.unwrap_or_default())
                    ),
                    "well-formed JSON",
                )
            })?;
            return Ok(Payload {
                format: Format::Json,
                line: lines[start].number,
                end: index + 1,
                text,
            });
        }
    }
    Err(ReadError::new(
        lines[start].number,
        format!(
            "a JSON sample, from {}, that is not closed",
            quoted(lines[start].text)
        ),
        "a closing bracket for each opening one",
    ))
}

/// `text` as JSON after repairs, if it is JSON then.
pub(crate) fn mended(text: &str) -> Option<String> {
    let mut mender = Mender::default();
    for line in text.lines() {
        mender.line(line);
    }
    let whole =
        mender.is_done() && serde_json::from_str::<serde::de::IgnoredAny>(&mender.out).is_ok();
    whole.then_some(mender.out)
}

/// Copies JSON up to its end without what is not JSON: Markdown's escapes, comments, commas before a closing bracket,
/// ellipses, other kinds of blanks. Curly quotes become straight.
#[derive(Default)]
struct Mender {
    out: String,
    depth: usize,
    deepest: usize,
    began: bool,
    in_text: bool,
    in_comment: bool,
}

impl Mender {
    fn is_done(&self) -> bool {
        self.began && self.depth == 0
    }

    fn line(&mut self, line: &str) {
        if !self.out.is_empty() {
            self.out.push_str(if self.in_text { "\\n" } else { "\n" });
        }
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            let next = chars.peek().copied();
            if self.in_comment {
                if c == '*' && next == Some('/') {
                    chars.next();
                    self.in_comment = false;
                }
            } else if self.in_text {
                self.in_text(c, &mut chars);
            } else if c == '/' && next == Some('/') {
                break;
            } else if c == '/' && next == Some('*') {
                self.in_comment = true;
            } else if self.is_done() {
                // Text after the closing bracket on its line is not part of the payload.
                break;
            } else {
                self.between_texts(c);
            }
        }
        let kept = self.out.trim_end_matches([' ', '\t', '\r']).len();
        if !self.in_text {
            self.out.truncate(kept);
        }
    }

    fn in_text(&mut self, c: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
        match c {
            '\\' => match chars.next() {
                Some(escape @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                    self.out.push('\\');
                    self.out.push(escape);
                }
                Some(other) => self.out.push(other),
                None => {}
            },
            '"' => {
                self.in_text = false;
                self.out.push('"');
            }
            '”' if matches!(next_visible(chars), Some(',' | ':' | '}' | ']') | None) => {
                self.in_text = false;
                self.out.push('"');
            }
            '\t' => self.out.push_str("\\t"),
            c if c.is_control() => {}
            c => self.out.push(c),
        }
    }

    fn between_texts(&mut self, c: char) {
        match c {
            '"' | '“' | '”' => {
                self.in_text = true;
                self.add_missing_comma();
                self.out.push('"');
            }
            '{' | '[' => {
                self.began = true;
                self.depth += 1;
                self.deepest = self.deepest.max(self.depth);
                self.add_missing_comma();
                self.out.push(c);
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                self.drop_last_comma();
                self.out.push(c);
            }
            '\\' | '…' => {}
            '，' => self.out.push(','),
            '：' => self.out.push(':'),
            // Three dots mark an omission; a dot in a number has a digit before it.
            '.' if !self.out.ends_with(|c: char| c.is_ascii_digit()) => {}
            c if is_blank(c) => self.out.push(if c == '\t' { '\t' } else { ' ' }),
            c => self.out.push(c),
        }
    }

    fn add_missing_comma(&mut self) {
        let before = self.out.trim_end();
        if before.ends_with(['"', '}', ']']) {
            let at = before.len();
            self.out.insert(at, ',');
        }
    }

    fn drop_last_comma(&mut self) {
        let before = self.out.trim_end();
        if before.ends_with(',') {
            let at = before.len() - 1;
            self.out.remove(at);
        }
    }
}

fn next_visible(chars: &std::iter::Peekable<std::str::Chars<'_>>) -> Option<char> {
    chars.clone().find(|&c| !is_blank(c))
}
