//! The layout with bullets: headings without marks, top rows with their cells joined by blanks, and below them one cell
//! per bullet. A `└` begins a leaf, and nothing shows depth.

mod rows;

use std::collections::BTreeSet;

use self::rows::{BULLETS, Rows, bullet};
use super::cells;
use super::errors::{self, COLUMNS, Text};
use super::found::{self, Found};
use super::markup::plain;
use super::page::{Line, Page, ReadError, is_blank, quoted};
use super::payload;
use super::words::{self, Column, Title};
use crate::table::{Role, Row};
use crate::type_text::TypeText;

/// Whether the page has a table head on one line, with the column names joined by blanks.
pub(crate) fn is_layout(page: &Page<'_>) -> bool {
    page.lines
        .iter()
        .any(|line| words::joined_head(line.text).is_some())
}

/// Reads the page.
pub(crate) fn read<'a>(page: &Page<'a>) -> Result<Found<'a>, ReadError> {
    let lines = &page.lines;
    let mut found = Found {
        api: found::api_name(lines)?,
        ..Found::default()
    };
    let titles = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, words::bare_title(line.text)?)));
    let starts: Vec<(usize, Title)> = titles.collect();
    let bodies = starts.iter().enumerate().map(|(index, &(start, title))| {
        let end = starts.get(index + 1).map_or(lines.len(), |&(end, _)| end);
        (title, lines[start], &lines[start + 1..end])
    });
    let has_request = starts.iter().any(|(_, title)| *title == Title::Request);
    no_leaf(&lines[..starts.first().map_or(0, |&(start, _)| start)])?;
    for (title, _, body) in bodies.clone() {
        match title {
            Title::RequestSample | Title::Demo => found.demo(body.to_vec()),
            Title::AnswerSample => payloads(body, Role::Answer, &mut found)?,
            Title::ErrorSample => payloads(body, Role::Error, &mut found)?,
            Title::ErrorCodes => error_codes(body, &mut found),
            Title::Request | Title::Response => continue,
            Title::Common if !has_request => no_request_head(body)?,
            _ => {}
        }
        no_leaf(body)?;
    }
    let texts: Vec<String> = found
        .samples
        .iter()
        .filter(|sample| sample.role == Role::Answer)
        .map(|sample| sample.payload.text.clone())
        .collect();
    let shown: BTreeSet<&str> = texts.iter().flat_map(|text| payload::names(text)).collect();
    for (title, line, body) in bodies {
        let (fields, names) = match title {
            Title::Request => (&mut found.request, &BTreeSet::new()),
            Title::Response => (&mut found.response, &shown),
            _ => continue,
        };
        if fields.is_some() {
            return Err(ReadError::new(
                line.number,
                format!("a second table {}", quoted(line.text)),
                "one table of each kind",
            ));
        }
        *fields = Some(table(body, names)?);
    }
    Ok(found)
}

fn payloads(body: &[Line<'_>], role: Role, found: &mut Found<'_>) -> Result<(), ReadError> {
    let mut at = 0;
    while at < body.len() {
        match payload::at(body, at)? {
            Some(payload) => {
                at = payload.end;
                found.sample(role, payload);
            }
            None => at += 1,
        }
    }
    Ok(())
}

/// The rows of the table in `body`; `shown` contains the names of fields in the samples.
fn table(body: &[Line<'_>], shown: &BTreeSet<&str>) -> Result<Vec<Row>, ReadError> {
    let head = body
        .iter()
        .enumerate()
        .find_map(|(at, line)| Some((at, words::joined_head(line.text)?)));
    let Some((at, columns)) = head else {
        let is_row = |line: &&Line<'_>| bullet(line.text, '•').is_some() || is_top_row(line);
        return match body.iter().find(is_row) {
            Some(line) => Err(ReadError::new(
                line.number,
                quoted(line.text),
                "a table head such as \"名称 类型 描述\" above it",
            )),
            None => Ok(Vec::new()),
        };
    };
    let bullets = &mut body[at + 1..].iter();
    let bullet = bullets.find_map(|line| first_bullet(line.text));
    let mut rows = Rows::new(columns, shown, bullet.unwrap_or('•'));
    for line in &body[at + 1..] {
        rows.line(line)?;
    }
    rows.finish()
}

/// Whether a line begins with a word that can be a name and is certainly a type.
fn is_top_row(line: &Line<'_>) -> bool {
    let text = plain(line.text);
    let mut words = text.split_whitespace();
    words.next().is_some_and(cells::is_name) && words.next().is_some_and(TypeText::is_known_word)
}

/// Checks that `lines`, which are outside the field tables, contain no row.
fn no_leaf(lines: &[Line<'_>]) -> Result<(), ReadError> {
    none(
        lines,
        is_leaf,
        "a row outside of a field table",
        "a title such as \"请求参数\" and a table head above it",
    )
}

/// Checks that `lines` contain no table of parameters if the page has none under its title.
fn no_request_head(lines: &[Line<'_>]) -> Result<(), ReadError> {
    let is_head =
        |text: &str| words::joined_head(text).is_some_and(|head| head.contains(&Column::Required));
    none(
        lines,
        is_head,
        "a table head without its own title",
        "the title \"请求参数\" above it",
    )
}

fn none(
    lines: &[Line<'_>],
    is_such: impl Fn(&str) -> bool,
    found: &str,
    wanted: &str,
) -> Result<(), ReadError> {
    match lines.iter().find(|line| is_such(line.text)) {
        Some(line) => {
            let found = format!("{found} ({})", quoted(line.text));
            Err(ReadError::new(line.number, found, wanted))
        }
        None => Ok(()),
    }
}

/// Whether the line is a bullet with a leaf's name.
fn is_leaf(text: &str) -> bool {
    bullet(text, '•').is_some_and(|cell| cell.trim_start_matches(is_blank).starts_with('└'))
}

/// The bullet with which the line begins, if there is one.
fn first_bullet(text: &str) -> Option<char> {
    let mut chars = text.trim_start_matches(is_blank).chars();
    let first = chars.next().filter(|c| BULLETS.contains(c))?;
    (first == '•' || chars.next().is_some_and(is_blank)).then_some(first)
}

/// Reads an error table: rows are lines of joined cells, or sequences of bullets with one cell each.
fn error_codes(body: &[Line<'_>], found: &mut Found<'_>) {
    let mut texts = body
        .iter()
        .filter(|line| !line.is_blank() && !words::is_nothing(line.text))
        .peekable();
    let mut columns = 0;
    while let Some(head) = texts.next_if(|line| is_error_head(line.text)) {
        columns += plain(head.text).split_whitespace().count();
    }
    let columns = if columns < 2 {
        COLUMNS
    } else {
        columns.min(COLUMNS)
    };
    let texts: Vec<_> = texts.map(|line| (bullet(line.text, '•'), line)).collect();
    for run in texts.chunk_by(|one, other| one.0.is_some() == other.0.is_some()) {
        let text = |(bullet, line): &(Option<&str>, &Line<'_>)| Text {
            line: line.number,
            text: plain(bullet.unwrap_or(line.text)),
        };
        let cells: Vec<_> = run.iter().map(text).collect();
        match run[0].0 {
            Some(_) => found.error_cells(&cells, columns),
            None => found.error_lines(&cells),
        }
    }
}

/// Whether a line contains column names of an error table, or one of them after a bullet.
fn is_error_head(text: &str) -> bool {
    let text = plain(bullet(text, '•').unwrap_or(text));
    let first = text.split_whitespace().next().unwrap_or_default();
    errors::is_head(&text)
        || errors::is_code_head(first)
        || text.to_lowercase().starts_with("error code ")
}
