//! The facts that the reader of a layout has found, before they become a table, and the functions that all layouts
//! share.

use super::cells::{RowCells, is_name};
use super::code_style::Style;
use super::facts::facts;
use super::markup::{plain, single_spaced};
use super::page::{Line, ReadError, quoted};
use super::payload::Payload;
use super::words;
use crate::table::{Depth, Enumeration, ErrorCode, Role, Row, Unread};
use crate::type_text::TypeText;

/// The facts of a page.
#[derive(Debug, Default)]
pub(crate) struct Found<'a> {
    /// The API's name.
    pub api: String,
    /// Rows of the request table; `None` when there is no such table.
    pub request: Option<Vec<Row>>,
    /// Rows of the response table; `None` when there is no such table.
    pub response: Option<Vec<Row>>,
    /// Payloads with their roles.
    pub samples: Vec<FoundSample>,
    /// Parts that are demo code.
    pub demos: Vec<Vec<Line<'a>>>,
    /// Codes of the error table.
    pub error_codes: Vec<ErrorCode>,
    /// Code lists.
    pub enumerations: Vec<Enumeration>,
    /// Places that could not be read.
    pub unread: Vec<Unread>,
}

/// A payload with its role.
#[derive(Debug)]
pub(crate) struct FoundSample {
    /// Its role.
    pub role: Role,
    /// The payload.
    pub payload: Payload,
}

impl<'a> Found<'a> {
    /// Adds a payload. A payload whose root is that of a refusal is a refusal under every heading.
    pub(crate) fn sample(&mut self, role: Role, payload: Payload) {
        let is_refusal = payload
            .text
            .trim_start_matches(['{', '<', '"', ' ', '\n', '\r', '\t'])
            .starts_with("error_response");
        let role = if is_refusal { Role::Error } else { role };
        self.samples.push(FoundSample { role, payload });
    }

    /// Adds a part of demo code.
    pub(crate) fn demo(&mut self, lines: Vec<Line<'a>>) {
        if !lines.is_empty() {
            self.demos.push(lines);
        }
    }
}

/// Rows from their cells. `depth` gives the depth that the layout shows for each.
pub(crate) fn rows(
    cells: Vec<RowCells>,
    depth: impl Fn(&RowCells) -> Depth,
) -> Result<Vec<Row>, ReadError> {
    cells
        .into_iter()
        .map(|cells| {
            let depth = depth(&cells);
            row(cells, depth)
        })
        .collect()
}

/// A row from its cells.
pub(crate) fn row(cells: RowCells, depth: Depth) -> Result<Row, ReadError> {
    if !is_name(&cells.name) {
        return Err(ReadError::new(
            cells.line,
            quoted(&cells.name),
            "a field's name",
        ));
    }
    let example = cells.example.unwrap_or_default();
    let facts = facts(&cells.description, &example);
    let is_leaf = cells
        .type_text
        .as_deref()
        .is_none_or(|text| TypeText::parse(text).element.is_scalar());
    let required = cells
        .required
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    Ok(Row {
        line: cells.line,
        name: cells.name,
        type_text: cells.type_text.map(|text| single_spaced(&text)),
        required: required.and_then(words::required),
        depth,
        example: Some(example).filter(|text| is_leaf && !text.is_empty()),
        deprecated: facts.deprecated,
        codes: facts.codes,
        zone: facts.zone,
    })
}

/// The API's name: the first one on the page, or else in the demo code.
///
/// # Errors
///
/// When no line contains one.
pub(crate) fn api_name(lines: &[Line<'_>]) -> Result<String, ReadError> {
    for line in lines {
        let text = plain(line.text);
        // Backquotes without a blank may separate the method and the name.
        let words = text.split(|c: char| {
            c.is_whitespace() || matches!(c, '：' | '"' | '\'' | ',' | '(' | ')' | '#' | '>')
        });
        for word in words {
            let word = word.trim_matches(|c: char| matches!(c, ':' | '.' | ';' | '。'));
            if is_api_name(word) {
                return Ok(word.to_owned());
            }
        }
    }
    let line = lines.first().map_or(1, |line| line.number);
    Err(ReadError::new(
        line,
        "no API name on the page",
        "a name such as \"aliexpress.ds.order.create\"",
    ))
}

/// Whether `text` names a business call or, by its path, a system call.
pub(crate) fn is_api_name(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    if let Some(path) = text.strip_prefix('/') {
        return path.split('/').count() >= 2 && path.split('/').all(is_part);
    }
    const NO_API: [&str; 8] = ["com", "cn", "net", "org", "html", "htm", "www", "io"];
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() >= 3
        && parts.iter().copied().all(is_part)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !parts.iter().any(|part| NO_API.contains(part))
}

/// Whether a cell contains a code rather than words.
pub(crate) fn is_code(text: &str) -> bool {
    let is_token = text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/'));
    let stands_out = text.contains(|c: char| {
        c == '_' || c == '-' || c == '.' || c.is_ascii_digit() || c.is_ascii_uppercase()
    });
    !text.is_empty() && is_token && stands_out && !text.ends_with(['.', ':'])
}

/// An error code. Its message is kept if it is a code, too.
pub(crate) fn error_code(line: usize, code: &str, message: &str) -> ErrorCode {
    let tells =
        |message: &&str| *message != code && Style::of(message).is_some_and(Style::is_distinctive);
    let message = Some(message).filter(tells);
    ErrorCode {
        line,
        code: code.to_owned(),
        message: message.map(str::to_owned),
    }
}
