//! The layout in which each cell is on its own line, with nothing between cells and nothing to show depth.

use std::collections::BTreeSet;

use super::cells::{self, Cell, Expected, Place, RowCells};
use super::errors::{self, COLUMNS, Text};
use super::found::{self, Found};
use super::markup::plain;
use super::page::{Line, Page, ReadError, is_blank, quoted};
use super::words::{self, Column, Title};
use super::{code, payload};
use crate::table::{Depth, Role};
use crate::type_text::TypeText;

/// What some pages print before names.
const BULLETS: [char; 6] = ['•', '*', '·', '◦', '●', '└'];

/// Whether the page has a table head with one column's name per line.
pub(crate) fn is_layout(page: &Page<'_>) -> bool {
    let lines: Vec<_> = page.lines.iter().filter(|line| !line.is_blank()).collect();
    lines.windows(2).any(|pair| {
        words::column(pair[0].text) == Some(Column::Name)
            && words::column(pair[1].text) == Some(Column::Type)
    })
}

/// Reads the page.
pub(crate) fn read<'a>(page: &Page<'a>) -> Result<Found<'a>, ReadError> {
    let lines = &single_spaced(&page.lines)[..];
    let mut found = Found {
        api: found::api_name(lines)?,
        ..Found::default()
    };
    let parts = parts(lines);
    if let Some(error) = stray_head(lines, &parts) {
        return Err(error);
    }
    let tail = parts.last().map_or(0, |part| part.end);
    read_tail(&lines[tail..], &mut found)?;
    let calls = found
        .demos
        .iter()
        .flat_map(|demo| code::calls(demo, &[], &mut Vec::new()));
    let payloads = found
        .samples
        .iter()
        .map(|sample| sample.payload.text.clone());
    let texts: Vec<String> = payloads.chain(calls.map(|call| call.json)).collect();
    let shown: BTreeSet<&str> = texts.iter().flat_map(|text| payload::names(text)).collect();
    let (mut request, mut response) = (None, None);
    for part in &parts {
        let body = &lines[part.body..part.end];
        match part.title {
            Title::Request if request.is_none() => {
                request = Some(rows(body, &part.columns, &shown)?)
            }
            Title::Response if response.is_none() => {
                response = Some(rows(body, &part.columns, &shown)?)
            }
            Title::ErrorCodes => error_codes(lines, part, &mut found),
            _ => {
                let line = lines[part.start];
                return Err(ReadError::new(
                    line.number,
                    format!("a second table {}", quoted(line.text)),
                    "one table of each kind",
                ));
            }
        }
    }
    found.request = request
        .map(|rows| found::rows(rows, |_| Depth::Unsaid))
        .transpose()?;
    found.response = response
        .map(|rows| found::rows(rows, |_| Depth::Unsaid))
        .transpose()?;
    Ok(found)
}

/// The lines without the blank ones, where a blank line follows nearly every other.
fn single_spaced<'a>(lines: &[Line<'a>]) -> Vec<Line<'a>> {
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
struct Part {
    title: Title,
    start: usize,
    columns: Vec<Column>,
    body: usize,
    end: usize,
}

fn parts(lines: &[Line<'_>]) -> Vec<Part> {
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

/// A table's head that is where no part has one: then its title is missing, or one of its own lines; or a line of
/// a head that comes twice.
fn stray_head(lines: &[Line<'_>], parts: &[Part]) -> Option<ReadError> {
    let end = parts.last().map_or(lines.len(), |part| part.end);
    // A field may be called as a column is, but pages write columns with a capital.
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

/// The parts without those that are a description made of a title's words: they have no head, and another part with
/// that title has one.
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

/// The part whose title is on line `at`: a title is followed by its table's head, or by the next title.
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

/// Where the rows of an error table begin whose title or head is on line `at`.
fn error_head(lines: &[Line<'_>], at: usize) -> Option<usize> {
    // Fields and their descriptions may be called as the columns are, but those have a capital.
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

fn is_code_title(text: &str) -> bool {
    matches!(plain(text).to_lowercase().as_str(), "error code" | "错误码")
}

/// Whether the demo code begins on line `at`: a method line with the API's name below, or a tab with a language.
fn ends_tables(lines: &[Line<'_>], at: usize) -> bool {
    const METHODS: [&str; 4] = ["GET/POST", "GET", "POST", "POST/GET"];
    const TABS: [&str; 6] = ["JAVA", "PHP", ".NET", "RUBY", "PYTHON", "CURL"];
    const RETURNS: [&str; 2] = ["Streamlined Return", "Non-Refinement Return"];
    let text = lines[at].text.trim();
    // Looked up for those few lines only: blank ones may be many.
    let next = || filled_below(lines, at).map_or("", |next| lines[next].text.trim());
    (METHODS.contains(&text) && found::is_api_name(next()))
        || (TABS.contains(&text) && TABS.contains(&next()))
        || RETURNS.contains(&text)
}

fn rows(
    body: &[Line<'_>],
    columns: &[Column],
    shown: &BTreeSet<&str>,
) -> Result<Vec<RowCells>, ReadError> {
    let cell = |line: &Line<'_>| Cell {
        line: line.number,
        text: plain(line.text),
        place: Place::Any,
    };
    let expected = Expected {
        columns,
        is_field: &|name| shown.contains(name),
        knows_fields: !shown.is_empty(),
        unmarked_are_objects: false,
    };
    let body: Vec<Line<'_>> = body
        .iter()
        .copied()
        .filter(|line| !words::is_nothing(line.text))
        .collect();
    let body = one_cell_per_line(&body);
    let trimmed = trim_blank(&body);
    let with_blanks: Vec<Cell> = trimmed.iter().map(cell).collect();
    let without: Vec<Cell> = trimmed
        .iter()
        .filter(|line| !line.is_blank())
        .map(cell)
        .collect();
    // A blank line is an empty cell on some pages and mere space on others; the reading that fits better holds.
    let spaced = cells::rows(&with_blanks, &expected);
    let dense = cells::rows(&without, &expected);
    match (spaced, dense) {
        (Ok((rows, price)), Ok((_, other))) if price < other => Ok(rows),
        (_, Ok((rows, _))) | (Ok((rows, _)), Err(_)) => Ok(rows),
        (Err(_), Err(at)) => {
            let cell = &without[at];
            Err(ReadError::new(
                cell.line,
                quoted(&cell.text),
                "a field's name, type and description, one per line",
            ))
        }
    }
}

/// The lines with rows taken apart that are on one line, their cells divided by tabs, and without bullets before
/// names.
fn one_cell_per_line<'a>(body: &[Line<'a>]) -> Vec<Line<'a>> {
    let mut lines = Vec::with_capacity(body.len());
    for (at, &Line { number, text }) in body.iter().enumerate() {
        let unmarked = text.trim_start_matches(|c| is_blank(c) || BULLETS.contains(&c));
        let mut cells = unmarked.split('\t').map(str::trim);
        let name = cells.next().filter(|name| cells::is_name(&plain(name)));
        let is_type = |text: &str| TypeText::is_known_word(&plain(text));
        let next = body.get(at + 1).map(|line| line.text);
        let text = match (name, cells.next()) {
            (Some(_), Some(second)) if is_type(second) => {
                lines.extend(unmarked.split('\t').map(|text| Line { number, text }));
                continue;
            }
            (Some(_), None) if next.is_some_and(is_type) => unmarked,
            _ => text,
        };
        lines.push(Line { number, text });
    }
    lines
}

fn trim_blank<'a, 'b>(lines: &'b [Line<'a>]) -> &'b [Line<'a>] {
    let start = lines
        .iter()
        .position(|line| !line.is_blank())
        .unwrap_or(lines.len());
    let end = lines
        .iter()
        .rposition(|line| !line.is_blank())
        .map_or(start, |at| at + 1);
    &lines[start..end]
}

/// Reads the error table whose head begins on `lines[part.start]`.
fn error_codes(lines: &[Line<'_>], part: &Part, found: &mut Found<'_>) {
    let heads = &lines[part.start..part.body];
    let titles = heads
        .iter()
        .take_while(|line| is_code_title(line.text))
        .count();
    let columns = (heads.len() - titles + 1).clamp(2, COLUMNS);
    let body = &lines[part.body..part.end];
    if body
        .iter()
        .all(|line| line.is_blank() || words::is_nothing(line.text))
    {
        return;
    }
    let text = |line: &Line<'_>| Text {
        line: line.number,
        text: plain(line.text),
    };
    let is_row = |line: &Line<'_>| line.text.trim().contains('\t');
    // Rows on lines of their own, their cells divided by tabs.
    if body.iter().filter(|line| !line.is_blank()).all(is_row) {
        for line in body {
            let mut cells = line.text.split('\t').map(plain);
            let code = cells.next().unwrap_or_default();
            found.error_row(line.number, &code, &cells.next().unwrap_or_default());
        }
        return;
    }
    found.error_cells(
        &trim_blank(body).iter().map(text).collect::<Vec<_>>(),
        columns,
    );
}

/// What follows the tables: demo code, then samples.
fn read_tail<'a>(lines: &[Line<'a>], found: &mut Found<'a>) -> Result<(), ReadError> {
    let is_return = |line: &Line<'_>| line.text.trim().ends_with("Return");
    let is_code = |line: &Line<'_>| line.text.trim_end().ends_with([';', ')']);
    let samples = lines
        .iter()
        .position(is_return)
        .or_else(|| lines.iter().rposition(is_code).map(|at| at + 1))
        .unwrap_or(0);
    found.demo(lines[..samples].to_vec());
    let mut at = samples;
    while at < lines.len() {
        let Some(payload) = payload::at(lines, at)? else {
            let text = lines[at].text.trim_start();
            if text.starts_with('"') && text.contains("\":") {
                return Err(ReadError::new(
                    lines[at].number,
                    format!(
                        "a sample without its beginning ({})",
                        quoted(lines[at].text)
                    ),
                    "a line with \"{\" above it",
                ));
            }
            at += 1;
            continue;
        };
        at = payload.end;
        found.sample(Role::Answer, payload);
    }
    Ok(())
}
