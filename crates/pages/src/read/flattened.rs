//! The layout in which each cell is on its own line, without separators between cells, and without any sign of depth.

mod parts;

use std::collections::BTreeSet;

use self::parts::{Part, is_code_title, parts, single_spaced, stray_head};
use super::cells::{self, Cell, Expected, Place, RowCells};
use super::errors::{COLUMNS, Text};
use super::found::{self, Found};
use super::markup::plain;
use super::page::{Line, Page, ReadError, is_blank, quoted};
use super::words::{self, Column, Title};
use super::{code, payload};
use crate::table::{Depth, Role};
use crate::type_text::TypeText;

/// The marks that some pages print before names.
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
    // A blank line is an empty cell on some pages and only space on others; the reading that fits better is used.
    let spaced = cells::rows(&with_blanks, &expected);
    let dense = cells::rows(&without, &expected);
    match (spaced, dense) {
        (Ok((rows, cost)), Ok((_, other))) if cost < other => Ok(rows),
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

/// The lines, one cell each: rows that are on one line, with tabs between their cells, are split, and bullets
/// before names are removed.
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
    // One row per line, with tabs between the cells.
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

/// Reads what follows the tables: demo code, then samples.
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
