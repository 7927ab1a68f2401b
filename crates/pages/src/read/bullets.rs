//! The layout of bullets: headings without marks, top rows with their cells joined by blanks, and below them one
//! cell per bullet, where a `└` begins a leaf and nothing shows depth.

use std::collections::BTreeSet;

use super::cells::{self, Cell, Expected, Place, RowCells};
use super::depth::{self, Lead};
use super::errors::{self, COLUMNS, Text};
use super::found::{self, Found};
use super::markup::{plain, undressed};
use super::page::{Line, Page, ReadError, is_blank, quoted};
use super::payload;
use super::words::{self, Column, Title};
use crate::table::{Depth, Role, Row};
use crate::type_text::{Element, TypeText};

/// Whether the page has a table head on one line, its heads joined by blanks.
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

/// The rows of the table in `body`; `shown` are the names of fields in the samples.
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
    let mut rows = Rows {
        columns,
        shown,
        bullet: body[at + 1..]
            .iter()
            .find_map(|line| first_bullet(line.text))
            .unwrap_or('•'),
        rows: Vec::new(),
        run: Vec::new(),
        after_blank: false,
    };
    for line in &body[at + 1..] {
        rows.line(line)?;
    }
    rows.finish()
}

/// Whether a line begins with what may be a name and is surely a type.
fn is_top_row(line: &Line<'_>) -> bool {
    let text = plain(line.text);
    let mut words = text.split_whitespace();
    words.next().is_some_and(cells::is_name) && words.next().is_some_and(TypeText::is_known_word)
}

/// The rows of a table while it is read.
struct Rows<'s> {
    columns: Vec<Column>,
    /// Names that samples show.
    shown: &'s BTreeSet<&'s str>,
    /// What is in front of each cell.
    bullet: char,
    /// The rows so far, with what is before their names.
    rows: Vec<(RowCells, Lead, Top)>,
    /// Bullets not yet divided into rows.
    run: Vec<(Cell, Lead)>,
    after_blank: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Top {
    Yes,
    No,
}

impl Rows<'_> {
    fn line(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
        if line.is_blank() {
            self.after_blank = true;
            return Ok(());
        }
        if let Some(text) = bullet(line.text, self.bullet) {
            self.bullet(line.number, text);
        } else if let Some(row) = self.top_row(line) {
            self.divide()?;
            self.rows.push((row, depth::name_cell("").lead, Top::Yes));
        } else if !words::is_nothing(line.text) && !self.continues(line) {
            return Err(ReadError::new(
                line.number,
                quoted(line.text),
                "a row: a name and a type, or a bullet",
            ));
        }
        self.after_blank = false;
        Ok(())
    }

    fn bullet(&mut self, line: usize, text: &str) {
        let cell = depth::name_cell(&undressed(text));
        let (text, place) = if cell.lead.is_branch() {
            (cell.name, Place::First)
        } else {
            (plain(text), Place::Any)
        };
        self.run.push((Cell { line, text, place }, cell.lead));
    }

    /// A line without a bullet continues the cell above, if there is one and no blank line between.
    fn continues(&mut self, line: &Line<'_>) -> bool {
        if self.after_blank && !line.text.starts_with(is_blank) {
            return false;
        }
        let text = line.text.trim_start_matches(is_blank);
        let limit = plain(text.strip_prefix(BULLETS).unwrap_or(text));
        if cells::is_limit(&limit) && !self.run.is_empty() {
            self.bullet(line.number, &limit);
            return true;
        }
        let more = plain(text);
        let description = match (self.run.last_mut(), self.rows.last_mut()) {
            (Some((cell, _)), _) => &mut cell.text,
            (None, Some((row, ..))) => &mut row.description,
            (None, None) => return false,
        };
        description.push(' ');
        description.push_str(&more);
        true
    }

    /// A top row: name, type, and in a request whether it is required, joined by blanks.
    fn top_row(&self, line: &Line<'_>) -> Option<RowCells> {
        if line.text.starts_with(is_blank) {
            return None;
        }
        let text = plain(line.text);
        let mut words = text.split_whitespace().peekable();
        let name = words.next().filter(|name| cells::is_name(name))?;
        let mut type_text = words.next()?.to_owned();
        let is_split =
            words.peek() == Some(&"[]") || (type_text == "Field" && words.peek() == Some(&"List"));
        if is_split {
            type_text.push(' ');
            type_text.push_str(words.next()?);
        }
        let is_code = type_text.len() == 1 && type_text.starts_with(|c: char| c.is_ascii_digit());
        if TypeText::parse(&type_text).element == Element::Unknown
            && !TypeText::is_known_word(&type_text)
            && !is_code
        {
            return None;
        }
        let has = |column| self.columns.contains(&column);
        let required = if has(Column::Required) {
            words.next_if(|word| words::required(word).is_some())
        } else {
            None
        };
        let rest: Vec<&str> = words.collect();
        let example = if has(Column::Example) {
            joined_example(&rest, &type_text)
        } else {
            0
        };
        Some(RowCells {
            line: line.number,
            name: name.to_owned(),
            type_text: Some(type_text),
            required: required.map(str::to_owned),
            example: Some(rest[..example].join(" ")).filter(|text| !text.is_empty()),
            limit: None,
            description: rest[example..].join(" "),
        })
    }

    /// Divides the bullets read since the last top row into rows.
    fn divide(&mut self) -> Result<(), ReadError> {
        let run = std::mem::take(&mut self.run);
        let cells: Vec<Cell> = run.iter().map(|(cell, _)| cell.clone()).collect();
        let all_branch = cells
            .iter()
            .filter(|cell| cell.place == Place::First)
            .count()
            > 0
            && run.iter().any(|(_, lead)| lead.is_indented());
        let expected = Expected {
            columns: &self.columns,
            is_field: &|name| self.shown.contains(name),
            knows_fields: !self.shown.is_empty(),
            unmarked_are_objects: !all_branch,
        };
        let (rows, _) = cells::rows(&cells, &expected).map_err(|at| {
            ReadError::new(
                cells[at].line,
                quoted(&cells[at].text),
                "a row: bullets with a name, a type and what the table's head names",
            )
        })?;
        let mut leads = run.iter();
        for row in rows {
            let lead = leads
                .find(|(cell, _)| cell.line == row.line)
                .map(|(_, lead)| *lead);
            self.rows.push((
                row,
                lead.unwrap_or_else(|| depth::name_cell("").lead),
                Top::No,
            ));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<Row>, ReadError> {
        self.divide()?;
        // Where objects have no `└`, the blanks before those of leaves show nothing.
        let mut below = self.rows.iter().filter(|(_, _, top)| *top == Top::No);
        let is_indented = below.clone().any(|(_, lead, _)| lead.is_indented())
            && below.all(|(_, lead, _)| lead.is_branch());
        let depths = if is_indented {
            self.shown_depths()
        } else {
            self.least_depths()
        };
        let rows = self.rows.into_iter().zip(depths);
        rows.map(|((cells, ..), depth)| found::row(cells, depth))
            .collect()
    }

    fn shown_depths(&self) -> Vec<Depth> {
        let leads: Vec<_> = self.rows.iter().map(|(_, lead, _)| *lead).collect();
        let containers = self.rows.iter().map(|(cells, ..)| {
            let element = cells
                .type_text
                .as_deref()
                .map(|text| TypeText::parse(text).element);
            matches!(element, Some(Element::Object(_)))
        });
        depth::depths(&leads, &containers.collect::<Vec<_>>())
    }

    fn least_depths(&self) -> Vec<Depth> {
        let depth = |top: &Top| {
            if *top == Top::Yes {
                Depth::Exact(0)
            } else {
                Depth::AtLeast(1)
            }
        };
        self.rows.iter().map(|(_, _, top)| depth(top)).collect()
    }
}

/// How many of a top row's last words are its example; dates have two.
fn joined_example(rest: &[&str], type_text: &str) -> usize {
    let is_scalar = TypeText::parse(type_text).element.is_scalar();
    let is_date = rest
        .first()
        .is_some_and(|word| word.len() == 10 && word.matches('-').count() == 2);
    let is_time = rest
        .get(1)
        .is_some_and(|word| word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()));
    match rest.len() {
        0 | 1 => 0,
        _ if !is_scalar => 0,
        _ if is_date && is_time => 2,
        _ => 1,
    }
}

/// What browsers and converters turn a bullet into.
const BULLETS: [char; 12] = ['•', '*', '-', '+', '·', '◦', '●', '▪', '■', '‣', '∙', '–'];

/// What follows the line's bullet, blanks in front kept: they may be an indentation. A `└` is never running text,
/// whatever is before it.
fn bullet(text: &str, bullet: char) -> Option<&str> {
    let text = text.trim_start_matches(is_blank);
    let rest = text
        .strip_prefix(bullet)
        .filter(|rest| bullet == '•' || rest.starts_with(is_blank) || rest.is_empty());
    let branch = || {
        let rest = text.strip_prefix(BULLETS).unwrap_or(text);
        rest.trim_start_matches(is_blank)
            .starts_with('└')
            .then_some(rest)
    };
    let rest = rest.or_else(branch)?;
    Some(rest.strip_prefix(is_blank).unwrap_or(rest))
}

/// Makes sure that no row is in `lines`, which are of no field table.
fn no_leaf(lines: &[Line<'_>]) -> Result<(), ReadError> {
    none(
        lines,
        is_leaf,
        "a row outside of a field table",
        "a title such as \"请求参数\" and a table head above it",
    )
}

/// Makes sure that no table of parameters is in `lines`, where the page has none under its own title.
fn no_request_head(lines: &[Line<'_>]) -> Result<(), ReadError> {
    let is_head =
        |text: &str| words::joined_head(text).is_some_and(|head| head.contains(&Column::Required));
    none(
        lines,
        is_head,
        "a table's head under no title of its own",
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

/// The bullet that the line begins with, if it does.
fn first_bullet(text: &str) -> Option<char> {
    let mut chars = text.trim_start_matches(is_blank).chars();
    let first = chars.next().filter(|c| BULLETS.contains(c))?;
    (first == '•' || chars.next().is_some_and(is_blank)).then_some(first)
}

/// Reads an error table: rows are lines of joined cells, or runs of bullets with a cell each.
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

/// Whether a line holds heads of an error table, or one of them after a bullet.
fn is_error_head(text: &str) -> bool {
    let text = plain(bullet(text, '•').unwrap_or(text));
    let first = text.split_whitespace().next().unwrap_or_default();
    errors::is_head(&text)
        || errors::is_code_head(first)
        || text.to_lowercase().starts_with("error code ")
}
