//! The Markdown layout: headings with `#`, tables with `|`, code in fences, depth by round marks or indentation.

mod codes;
mod fences;

use self::fences::{fence_end, is_fence};
use super::cells::RowCells;
use super::depth::{self, NameCell};
use super::found::{self, Found};
use super::markdown_table::{TableRow, field_head, is_code_list, is_separator};
use super::markup::{self, plain};
use super::page::{Line, Page, ReadError, is_blank, quoted};
use super::payload;
use super::words::{self, Column, Title};
use crate::table::{Role, Row};
use crate::type_text::{Element, TypeText};

/// Whether the page has a Markdown table.
pub(crate) fn is_layout(page: &Page<'_>) -> bool {
    page.lines.iter().any(|line| is_separator(line.text))
}

/// Reads the page.
pub(crate) fn read<'a>(page: &Page<'a>) -> Result<Found<'a>, ReadError> {
    let mut reader = Reader {
        lines: &page.lines,
        found: Found {
            api: found::api_name(&page.lines)?,
            ..Found::default()
        },
        section: Section::default(),
        fields: [Fields::default(), Fields::default()],
        boundary: 0,
    };
    let mut at = 0;
    while at < page.lines.len() {
        at = reader.step(at)?;
    }
    reader.finish()
}

struct Reader<'a, 'p> {
    lines: &'p [Line<'a>],
    found: Found<'a>,
    section: Section,
    /// The request's and the response's field tables.
    fields: [Fields; 2],
    /// The index of the next line at which a payload without a fence must end; searched when such a payload begins.
    boundary: usize,
}

/// The current heading.
#[derive(Default)]
struct Section {
    title: Option<Title>,
    level: usize,
    /// The field that an enumeration's heading names.
    field: Option<String>,
    line: usize,
}

/// A field table, possibly printed in several pieces.
#[derive(Default)]
struct Fields {
    columns: Option<Vec<Column>>,
    rows: Vec<(RowCells, NameCell)>,
}

impl<'a> Reader<'a, '_> {
    /// Reads the part that begins on line `at`; returns the line after it.
    fn step(&mut self, at: usize) -> Result<usize, ReadError> {
        let line = self.lines[at];
        let text = line.text.trim_start_matches(is_blank);
        if is_fence(text) {
            return self.fence(at);
        }
        if text.starts_with('|') {
            return self.table(at);
        }
        if text.starts_with('#') {
            self.heading(line);
            return Ok(at + 1);
        }
        if let Some(title) = words::bare_title(line.text) {
            self.section = Section {
                title: Some(title),
                level: 1,
                field: None,
                line: line.number,
            };
            return Ok(at + 1);
        }
        match self.section.title {
            Some(Title::Demo) => self.demo_line(line),
            Some(Title::Enumeration) if !line.text.contains(char::is_lowercase) => {
                self.enumeration_lines(&[line])
            }
            Some(Title::ErrorCodes) => self.error_line(line),
            Some(Title::Enumeration | Title::Prose | Title::Common) => {}
            _ => return self.loose_payload(at),
        }
        Ok(at + 1)
    }

    fn heading(&mut self, line: Line<'a>) {
        let text = line.text.trim_start_matches(is_blank);
        let level = text.chars().take_while(|&c| c == '#').count();
        // An empty heading, as editors leave them behind, begins no section.
        if plain(&text[level..]).trim().is_empty() {
            return;
        }
        let title = words::title(text);
        let is_below = level > self.section.level;
        if title.is_none() && is_below {
            self.section.field = named_field(text).or(self.section.field.take());
            return;
        }
        // A heading below the table of an answer's fields may say "response" again, and does not begin another table.
        let field = named_field(text);
        self.section = Section {
            title,
            level,
            field,
            line: line.number,
        };
    }

    fn demo_line(&mut self, line: Line<'a>) {
        match self.found.demos.last_mut() {
            Some(demo)
                if demo
                    .last()
                    .is_some_and(|last| last.number + 1 == line.number) =>
            {
                demo.push(line)
            }
            _ => self.found.demo(vec![line]),
        }
    }

    fn fence(&mut self, at: usize) -> Result<usize, ReadError> {
        let end = fence_end(self.lines, at);
        let body = &self.lines[at + 1..end.body];
        let is_call = body.iter().any(|line| is_call(line.text));
        match self.section.title {
            Some(Title::Demo) => self.found.demo(body.to_vec()),
            _ if is_call => self.found.demo(body.to_vec()),
            Some(Title::Enumeration) => self.enumeration_lines(body),
            Some(Title::Prose | Title::Common) => {}
            _ => self.payloads(body)?,
        }
        Ok(end.next)
    }

    /// Reads every payload in a fence's body.
    fn payloads(&mut self, body: &[Line<'a>]) -> Result<(), ReadError> {
        let mut at = 0;
        while at < body.len() {
            match payload::at(body, at)? {
                Some(payload) => {
                    at = payload.end;
                    self.found.sample(self.role(), payload);
                }
                None => at += 1,
            }
        }
        Ok(())
    }

    /// Reads a payload outside of a fence, up to the next heading. Other text is ignored.
    fn loose_payload(&mut self, at: usize) -> Result<usize, ReadError> {
        let line = self.lines[at];
        let text = line.text.trim_start_matches(is_blank);
        if is_call(text) {
            self.demo_line(line);
            return Ok(at + 1);
        }
        if !payload::begins(line) || (text.starts_with('<') && markup::is_html(text)) {
            return Ok(at + 1);
        }
        let end = self.boundary_below(at);
        let Some(payload) = payload::at(&self.lines[at..end], 0)? else {
            return Ok(at + 1);
        };
        let next = at + payload.end;
        self.found.sample(self.role(), payload);
        Ok(next)
    }

    /// The first heading, fence or table below line `at`. Pages may have thousands of small payloads before it.
    fn boundary_below(&mut self, at: usize) -> usize {
        let ends = |line: &Line<'_>| {
            line.text.starts_with('#')
                || is_fence(line.text)
                || is_separator(line.text)
                || words::bare_title(line.text).is_some()
        };
        if self.boundary <= at {
            let length = self.lines[at..].iter().position(ends);
            self.boundary = length.map_or(self.lines.len(), |length| at + length);
        }
        self.boundary
    }

    fn role(&self) -> Role {
        match self.section.title {
            Some(Title::Request | Title::RequestSample) => Role::Request,
            Some(Title::ErrorSample | Title::ErrorCodes) => Role::Error,
            _ => Role::Answer,
        }
    }

    fn table(&mut self, at: usize) -> Result<usize, ReadError> {
        // A row below other rows may have lost its first bar.
        let is_row = |line: &&Line<'_>| {
            let text = line.text.trim_start_matches(is_blank);
            text.starts_with('|')
                || (!text.starts_with('#') && !is_fence(text) && text.contains(" | "))
        };
        let length = self.lines[at..].iter().take_while(is_row).count();
        let rows: Vec<TableRow<'a>> = self.lines[at..at + length]
            .iter()
            .filter_map(|line| TableRow::new(*line))
            .collect();
        self.table_rows(&rows)?;
        Ok(at + length)
    }

    fn table_rows(&mut self, rows: &[TableRow<'a>]) -> Result<(), ReadError> {
        let Some(first) = rows.first() else {
            return Ok(());
        };
        let head = field_head(first);
        let which = match self.section.title {
            Some(Title::Request | Title::RequestSample) => 0,
            Some(Title::Response | Title::AnswerSample) => 1,
            Some(Title::Enumeration) => {
                self.enumeration_table(rows);
                return Ok(());
            }
            Some(Title::ErrorCodes | Title::ErrorSample) => {
                self.error_table(rows);
                return Ok(());
            }
            Some(Title::Prose | Title::Common | Title::Demo) => return Ok(()),
            None if head.is_none() => return Ok(()),
            None => {
                return Err(ReadError::new(
                    first.line,
                    "a field table under no known heading",
                    "a heading such as \"Request Parameter\" or \"Response Struct\" above it",
                ));
            }
        };
        match (head, self.fields[which].columns.clone()) {
            (_, Some(columns)) if first.looks_like_field(&columns) => {
                self.field_rows(which, &columns, rows)
            }
            (Some(columns), _) => {
                self.fields[which].columns = Some(columns.clone());
                self.field_rows(which, &columns, &rows[1..])
            }
            (None, Some(_)) if is_code_list(rows) => {
                self.enumeration_table(rows);
                Ok(())
            }
            (None, _) => Err(ReadError::new(
                first.line,
                quoted(&first.cells.join(" | ")),
                "a table head with a name and a type column",
            )),
        }
    }

    fn field_rows(
        &mut self,
        which: usize,
        columns: &[Column],
        rows: &[TableRow<'a>],
    ) -> Result<(), ReadError> {
        for row in rows {
            if field_head(row).is_some_and(|head| has_same_head(&head, columns)) {
                continue;
            }
            if let Some(cells) = row.field(columns) {
                self.fields[which].rows.push(cells);
            } else if self.fields[which].rows.is_empty() || row.has_type(columns) {
                return Err(ReadError::new(
                    row.line,
                    format!("a row without a name ({})", quoted(&row.cells.join(" | "))),
                    "a field's name in its first cell",
                ));
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Found<'a>, ReadError> {
        let [request, response] = std::mem::take(&mut self.fields);
        self.found.request = request.finish()?;
        self.found.response = response.finish()?;
        Ok(self.found)
    }
}

impl Fields {
    fn finish(self) -> Result<Option<Vec<Row>>, ReadError> {
        if self.columns.is_none() {
            return Ok(None);
        }
        let leads: Vec<_> = self.rows.iter().map(|(_, name)| name.lead).collect();
        let is_container: Vec<_> = self
            .rows
            .iter()
            .map(|(cells, _)| is_container(cells))
            .collect();
        let depths = depth::depths(&leads, &is_container);
        let rows = self
            .rows
            .into_iter()
            .zip(depths)
            .map(|((cells, _), depth)| found::row(cells, depth));
        rows.collect::<Result<_, _>>().map(Some)
    }
}

/// Whether a head has the names and types in the same columns as the table. A field may be called `type`, and be
/// described as a name.
fn has_same_head(head: &[Column], columns: &[Column]) -> bool {
    let at = |columns: &[Column], column| columns.iter().position(|&c| c == column);
    [Column::Name, Column::Type]
        .iter()
        .all(|&column| at(head, column) == at(columns, column))
}

fn is_container(cells: &RowCells) -> bool {
    let element = cells
        .type_text
        .as_deref()
        .map(|text| TypeText::parse(text).element);
    matches!(element, Some(Element::Object(_)))
}

/// The field named by a heading: in quotes, or as its only word with an underscore.
fn named_field(heading: &str) -> Option<String> {
    let text = plain(heading.trim_start_matches('#'));
    let quoted = text.split(['"', '“', '”', '\'']).nth(1).map(str::trim);
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'));
    let name = quoted.filter(|name| !name.is_empty()).or_else(|| {
        let mut words: Vec<_> = words.filter(|word| word.contains('_')).collect();
        words.dedup();
        (words.len() == 1).then(|| words[0])
    });
    name.map(str::to_owned).or_else(|| {
        let first = text.split_whitespace().next()?;
        let says = text.to_lowercase();
        (says.contains("enum") || says.contains("枚举"))
            .then(|| first.trim_end_matches("枚举").to_owned())
    })
}

fn is_call(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["addapiparam", "add_api_param", "add\\_api\\_param"]
        .iter()
        .any(|call| lower.contains(call))
}
