//! Reads the codes of error tables whose cells are not separated by lines, and reports what the page leaves open.

mod cells;
mod lines;

use super::code_style::Style;
use super::found::{self, Found};
use super::page::quoted;
use super::words;
use crate::table::Unread;
use cells::Reading;

/// How many columns the vendor's error tables have: code, message, solution.
pub(crate) const COLUMNS: usize = 3;

/// Whether this is the head of a column with codes.
pub(crate) fn is_code_head(text: &str) -> bool {
    matches!(
        text.trim().to_lowercase().as_str(),
        "code"
            | "error code"
            | "errorcode"
            | "error_code"
            | "sub code"
            | "subcode"
            | "sub_code"
            | "错误码"
            | "错误代码"
            | "错误编码"
    )
}

/// Whether this is the head of a column of an error table.
pub(crate) fn is_head(text: &str) -> bool {
    let other = matches!(
        text.trim().to_lowercase().as_str(),
        "error message"
            | "errormessage"
            | "error_message"
            | "error msg"
            | "message"
            | "msg"
            | "description"
            | "solution"
            | "错误描述"
            | "错误信息"
            | "描述"
            | "解决方案"
    );
    other || is_code_head(text)
}

/// A cell, or a line of joined cells, with its line number on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text {
    pub line: usize,
    pub text: String,
}

impl Text {
    fn whole(&self) -> &str {
        &self.text
    }

    fn first_word(&self) -> &str {
        self.text.split_whitespace().next().unwrap_or_default()
    }
}

impl Found<'_> {
    /// Reads a table of one cell per line that has `columns` columns.
    pub(crate) fn error_cells(&mut self, texts: &[Text], columns: usize) {
        let texts = self.skip_to_code(texts, Text::whole);
        let filled: Vec<_> = texts
            .iter()
            .filter(|text| !text.text.is_empty())
            .cloned()
            .collect();
        let read = |texts: &[Text]| {
            let texts: Vec<_> = texts.iter().map(|text| text.text.as_str()).collect();
            cells::read(&texts, columns)
        };
        // A blank line is an empty cell on some pages and only space on others; the reading that fits better is used.
        let (spaced, dense) = (read(texts), read(&filled));
        let (texts, readings) = match spaced.cost <= dense.cost {
            true => (texts, spaced.readings),
            false => (&filled[..], dense.readings),
        };
        for (at, reading) in readings.iter().enumerate() {
            let message = match readings.get(at + 1) {
                Some(next) if !next.is_code => texts[at + 1].text.as_str(),
                _ => "",
            };
            self.error_code(&texts[at], &texts[at].text, message, *reading);
        }
    }

    /// Reads a table of one row per line.
    pub(crate) fn error_lines(&mut self, texts: &[Text]) {
        let texts = self.skip_to_code(texts, Text::first_word);
        let lines: Vec<_> = texts.iter().map(|text| text.text.as_str()).collect();
        for (text, reading) in texts.iter().zip(lines::read(&lines)) {
            let message = text.text.split_whitespace().nth(1).unwrap_or_default();
            self.error_code(text, text.first_word(), message, reading);
        }
    }

    /// The texts from the first one that can be a code. Texts before it are reported.
    fn skip_to_code<'t>(&mut self, texts: &'t [Text], word: impl Fn(&Text) -> &str) -> &'t [Text] {
        let start = texts
            .iter()
            .position(|text| Style::of(word(text)).is_some())
            .unwrap_or(texts.len());
        for Text { line, text } in &texts[..start] {
            if !text.is_empty() && !words::is_nothing(text) {
                self.no_code(*line, text);
            }
        }
        &texts[start..]
    }

    /// Keeps a row whose cells the page shows, if it has a code. Words in the place of a code are reported.
    pub(crate) fn error_row(&mut self, line: usize, code: &str, message: &str) {
        if Style::of(code).is_some() {
            self.error_codes
                .push(found::error_code(line, code, message));
        } else if !code.is_empty() && !words::is_nothing(code) {
            self.no_code(line, code);
        }
    }

    fn no_code(&mut self, line: usize, text: &str) {
        self.error_unread(line, &quoted(text), "a code", None);
    }

    /// Reports what an error table leaves open.
    pub(crate) fn error_unread(
        &mut self,
        line: usize,
        found: &str,
        wanted: &str,
        settled: Option<&str>,
    ) {
        self.unread.push(Unread {
            line,
            message: format!("reading the error table: found {found}; wanted {wanted}"),
            settled: settled.map(str::to_owned),
        });
    }

    fn error_code(&mut self, text: &Text, code: &str, message: &str, reading: Reading) {
        if reading.is_code {
            self.error_codes
                .push(found::error_code(text.line, code, message));
        }
        if !reading.is_settled {
            let settled = if reading.is_code {
                "read as a code"
            } else {
                "read as words"
            };
            let found = format!(
                "{}, which may be a code of its own or belong to the one above",
                quoted(&text.text)
            );
            self.error_unread(text.line, &found, "rows that are all alike", Some(settled));
        }
    }
}
