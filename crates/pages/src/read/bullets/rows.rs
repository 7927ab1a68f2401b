//! Reads the rows of a table whose cells have bullets: top rows on one line each, and sequences of bullets between
//! them.

use std::collections::BTreeSet;

use super::super::cells::{self, Cell, Expected, Place, RowCells};
use super::super::depth::{self, Lead};
use super::super::found;
use super::super::markup::{plain, without_markup};
use super::super::page::{Line, ReadError, is_blank, quoted};
use super::super::words::{self, Column};
use crate::table::{Depth, Row};
use crate::type_text::{Element, TypeText};

/// The rows of a table that is being read.
pub(super) struct Rows<'s> {
    columns: Vec<Column>,
    /// Names of fields in the samples.
    shown: &'s BTreeSet<&'s str>,
    /// The bullet in front of each cell.
    bullet: char,
    /// The rows so far, with the marks before their names.
    rows: Vec<(RowCells, Lead, Top)>,
    /// Bullets that are not divided into rows yet.
    run: Vec<(Cell, Lead)>,
    after_blank: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Top {
    Yes,
    No,
}

impl<'s> Rows<'s> {
    /// Begins a table with these columns, whose cells have `bullet` before them.
    pub(super) fn new(columns: Vec<Column>, shown: &'s BTreeSet<&'s str>, bullet: char) -> Self {
        Self {
            columns,
            shown,
            bullet,
            rows: Vec::new(),
            run: Vec::new(),
            after_blank: false,
        }
    }

    pub(super) fn line(&mut self, line: &Line<'_>) -> Result<(), ReadError> {
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
        let cell = depth::name_cell(&without_markup(text));
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

    pub(super) fn finish(mut self) -> Result<Vec<Row>, ReadError> {
        self.divide()?;
        // If objects have no `└`, the indentation of leaves shows nothing.
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

/// The characters into which browsers and converters turn a bullet.
pub(super) const BULLETS: [char; 12] = ['•', '*', '-', '+', '·', '◦', '●', '▪', '■', '‣', '∙', '–'];

/// The text after the line's bullet, with its leading blanks, which may be an indentation. A `└` never begins running
/// text, whatever is before it.
pub(super) fn bullet(text: &str, bullet: char) -> Option<&str> {
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
