//! A page as numbered lines, and the error that states a place on it.

/// A page's lines, numbered from 1, without line ends and byte-order mark.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// The page's file name.
    pub file: &'a str,
    /// The lines.
    pub lines: Vec<Line<'a>>,
}

/// One line of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Its number, from 1.
    pub number: usize,
    /// Its text.
    pub text: &'a str,
}

/// The text of a file, without its byte-order mark.
///
/// # Errors
///
/// When the bytes are not UTF-8.
pub(crate) fn text<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, ReadError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = &bytes[..error.valid_up_to()];
        let line = 1 + good.iter().filter(|&&byte| byte == b'\n').count();
        ReadError::new(line, "bytes that are not UTF-8", "a page in UTF-8").in_file(file)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

impl<'a> Page<'a> {
    /// Splits `text` into lines; `numbers` gives the line of the file for each of them, if it differs from the position.
    pub(crate) fn new(file: &'a str, text: &'a str, numbers: Option<&[usize]>) -> Self {
        let number = |index: usize| numbers.map_or(index + 1, |numbers| numbers[index]);
        let lines = text.lines().enumerate().map(|(index, text)| Line {
            number: number(index),
            text,
        });
        Self {
            file,
            lines: lines.collect(),
        }
    }
}

impl Line<'_> {
    /// Whether the line has no visible text.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.chars().all(is_blank)
    }
}

/// Every kind of white space that occurs on pages, including zero-width characters.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// Zero-width characters that editors insert.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
    )
}

/// A page that cannot be read: where, what was found, what was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the page {file}, line {line}: found {found}; wanted {wanted}")]
pub struct ReadError {
    /// File name of the page; empty until it is known.
    pub file: String,
    /// Line of the page, from 1.
    pub line: usize,
    /// What was found there.
    pub found: String,
    /// What was wanted.
    pub wanted: String,
}

impl ReadError {
    /// An error at `line`.
    pub(crate) fn new(line: usize, found: impl Into<String>, wanted: impl Into<String>) -> Self {
        Self {
            file: String::new(),
            line,
            found: found.into(),
            wanted: wanted.into(),
        }
    }

    /// The same error with the page's name.
    pub(crate) fn in_file(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }
}

/// `text` in quotes, shortened to a length that fits a message.
pub(crate) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let text = text.trim();
    if text.chars().count() <= MOST {
        return format!("{text:?}");
    }
    let cut: String = text.chars().take(MOST).collect();
    format!("{:?}", format!("{cut}…"))
}
