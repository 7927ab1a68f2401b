//! The parts of a page with one cell per line: its titled tables, and where they end.

use super::super::errors;
use super::super::found;
use super::super::markup::plain;
use super::super::page::{Line, ReadError, quoted};
use super::super::words::{self, Column, Title};
use crate::type_text::TypeText;

/// The lines; without blank lines if nearly every line is followed by one.
pub(super) fn single_spaced<'a>(lines: &[Line<'a>]) -> Vec<Line<'a>> {
    let filled = lines.iter().filter(|line| !line.is_blank()).count();
    let followed = lines
        .windows(2)
        .filter(|pair| !pair[0].is_blank() && pair[1].is_blank())
        .count();
    let is_double = followed * 10 >= filled * 9;
    lines
        .iter()
        .copied()
        .filter(|line| !is_double || !line.is_blank())
        .collect()
}

/// A titled part of the page, as indices of lines.
pub(super) struct Part {
    pub title: Title,
    pub start: usize,
    pub columns: Vec<Column>,
    pub body: usize,
    pub end: usize,
}

pub(super) fn parts(lines: &[Line<'_>]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut at = 0;
    let mut after_tables = None;
    while at < lines.len() {
        if let Some(part) = part_at(lines, at) {
            if let Some(last) = parts.last_mut() {
                last.end = at;
            }
            at = part.body.max(at + 1);
            parts.push(part);
        } else if !parts.is_empty() && ends_tables(lines, at) {
            after_tables = Some(at);
            break;
        } else {
            at += 1;
        }
    }
    if let Some(last) = parts.last_mut() {
        last.end = after_tables.unwrap_or(lines.len());
    }
    without_described(parts)
}

/// An error if there is a table head outside of the parts: then the table's title or a line of its head is missing, or
/// a line of the head is repeated.
pub(super) fn stray_head(lines: &[Line<'_>], parts: &[Part]) -> Option<ReadError> {
    let end = parts.last().map_or(lines.len(), |part| part.end);
    // A field can have the name of a column, but column names begin with a capital.
    let is_column = |at: usize| {
        let text = lines[at].text.trim();
        !text.starts_with(char::is_lowercase) && words::column(text).is_some()
    };
    let bodies = std::iter::once(0).chain(parts.iter().map(|part| part.body));
    let heads = parts.iter().map(|part| part.start).chain([end]);
    let outside_heads = bodies.zip(heads).flat_map(|(body, head)| body..head);
    let filled: Vec<usize> = outside_heads.filter(|&at| !lines[at].is_blank()).collect();
    let is_stray = |three: &&[usize]| three.iter().all(|&at| is_column(at));
    let is_twice = |part: &&Part| {
        let said =
            |at: usize| (part.start..part.body).any(|head| lines[head].text == lines[at].text);
        let is_type = |at: usize| TypeText::is_known_word(&plain(lines[at].text));
        part.body < end
            && is_column(part.body)
            && said(part.body)
            && !filled_below(lines, part.body).is_some_and(is_type)
    };
    let stray = filled.windows(3).find(is_stray).map(|three| three[0]);
    let at = stray.or_else(|| parts.iter().find(is_twice).map(|part| part.body))?;
    Some(ReadError::new(
        lines[at].number,
        format!("a table's head out of place ({})", quoted(lines[at].text)),
        "a title such as \"Parameter\" or \"Response Parameters\", and below it \"Name\", \"Type\" and the other \
         columns",
    ))
}

/// The parts without those whose title is really a description with the same words: such a part has no head, and
/// another part with the same title has one.
fn without_described(parts: Vec<Part>) -> Vec<Part> {
    let mut kept: Vec<Part> = Vec::new();
    let with_head: Vec<Title> = parts
        .iter()
        .filter(|part| !part.columns.is_empty())
        .map(|part| part.title)
        .collect();
    for part in parts {
        match kept.last_mut() {
            Some(last) if part.columns.is_empty() && with_head.contains(&part.title) => {
                last.end = part.end;
            }
            _ => kept.push(part),
        }
    }
    kept
}

/// The part whose title is on line `at`. A title is followed by its table's head or by the next title.
fn part_at(lines: &[Line<'_>], at: usize) -> Option<Part> {
    let text = lines[at].text;
    if let Some(body) = error_head(lines, at) {
        return Some(Part {
            title: Title::ErrorCodes,
            start: at,
            columns: Vec::new(),
            body,
            end: lines.len(),
        });
    }
    let title = words::bare_title(text)
        .filter(|title| matches!(title, Title::Request | Title::Response))?;
    let mut columns = Vec::new();
    let mut body = at + 1;
    while let Some(line) = lines.get(body) {
        match words::column(line.text) {
            _ if line.is_blank() => {}
            Some(column) if !columns.contains(&column) => columns.push(column),
            _ => break,
        }
        body += 1;
    }
    let is_head = columns.contains(&Column::Name) && columns.contains(&Column::Type);
    let is_empty = columns.is_empty()
        && lines.get(body).is_none_or(|line| {
            words::bare_title(line.text).is_some()
                || error_head(lines, body).is_some()
                || ends_tables(lines, body)
        });
    (is_head || is_empty).then_some(Part {
        title,
        start: at,
        columns,
        body,
        end: lines.len(),
    })
}

/// Where the rows of the error table begin whose title or head is on line `at`.
fn error_head(lines: &[Line<'_>], at: usize) -> Option<usize> {
    // Fields and their descriptions can have the names of columns, but column names begin with a capital.
    let is_small = |at: usize| lines[at].text.trim_start().starts_with(char::is_lowercase);
    let is_head = |at: usize| errors::is_head(&plain(lines[at].text)) && !is_small(at);
    if !is_code_title(lines[at].text) || is_small(at) {
        return None;
    }
    let mut body = at;
    while let Some(next) = filled_below(lines, body).filter(|&next| is_head(next)) {
        body = next;
    }
    (body > at).then_some(body + 1)
}

/// The next line below `at` that is not blank.
fn filled_below(lines: &[Line<'_>], at: usize) -> Option<usize> {
    (at + 1..lines.len()).find(|&below| !lines[below].is_blank())
}

pub(super) fn is_code_title(text: &str) -> bool {
    matches!(plain(text).to_lowercase().as_str(), "error code" | "错误码")
}

/// Whether the demo code begins on line `at`: a line with the method and the API's name below it, or a tab with a
/// language.
fn ends_tables(lines: &[Line<'_>], at: usize) -> bool {
    const METHODS: [&str; 4] = ["GET/POST", "GET", "POST", "POST/GET"];
    const TABS: [&str; 6] = ["JAVA", "PHP", ".NET", "RUBY", "PYTHON", "CURL"];
    const RETURNS: [&str; 2] = ["Streamlined Return", "Non-Refinement Return"];
    let text = lines[at].text.trim();
    // Searched for these few lines only, because there can be many blank lines.
    let next = || filled_below(lines, at).map_or("", |next| lines[next].text.trim());
    (METHODS.contains(&text) && found::is_api_name(next()))
        || (TABS.contains(&text) && TABS.contains(&next()))
        || RETURNS.contains(&text)
}
