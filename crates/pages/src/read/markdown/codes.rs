//! Codes on Markdown pages: error tables, and the values of enumerations.

use super::super::code_style::Style;
use super::super::errors;
use super::super::found;
use super::super::markdown_table::{TableRow, code_column, is_code_head, is_separator};
use super::super::markup::plain;
use super::super::page::{Line, quoted};
use super::Reader;
use crate::table::Enumeration;

impl<'a> Reader<'a, '_> {
    pub(super) fn error_table(&mut self, rows: &[TableRow<'a>]) {
        let head = &rows[0];
        let is_code_head = |at: &usize| errors::is_code_head(&head.text(*at));
        let named = (0..head.cells.len()).find(is_code_head);
        let column = named.unwrap_or(0);
        // The line after the row: lines are counted from 1.
        let is_ruled = self
            .lines
            .get(head.line)
            .is_some_and(|line| is_separator(line.text));
        let is_code = Style::of(&head.text(column)).is_some_and(Style::is_distinctive);
        let is_head = named.is_some() || is_ruled && !is_code;
        for row in &rows[usize::from(is_head)..] {
            self.found
                .error_row(row.line, &row.text(column), &row.text(column + 1));
        }
    }

    /// Codes outside of a table are reported, because nothing shows what is part of them.
    pub(super) fn error_line(&mut self, line: Line<'_>) {
        let text = plain(line.text);
        let first = text.split_whitespace().find(|word| *word != "-");
        let is_code = |word: &str| matches!(Style::of(word), Some(Style::Shouted | Style::Joined));
        if first.is_some_and(|word| is_code(word.trim_end_matches([':', '：']))) {
            self.found
                .error_unread(line.number, &quoted(&text), "the row of a table", None);
        }
    }

    pub(super) fn enumeration_table(&mut self, rows: &[TableRow<'a>]) {
        let column = code_column(rows);
        let values = rows
            .iter()
            .map(|row| row.text(column))
            .filter(|text| found::is_code(text) && !is_code_head(text));
        self.enumeration(rows[0].line, values.collect());
    }

    pub(super) fn enumeration_lines(&mut self, lines: &[Line<'_>]) {
        let mut values = Vec::new();
        for line in lines {
            let text = plain(line.text);
            let words: Vec<&str> = text
                .split([',', ';', '、', '，', '；', '|'])
                .map(str::trim)
                .filter(|word| !word.is_empty())
                .collect();
            if words.iter().all(|word| found::is_code(word)) {
                values.extend(words.iter().map(|word| (*word).to_owned()));
            }
        }
        let line = lines.first().map_or(self.section.line, |line| line.number);
        self.enumeration(line, values);
    }

    pub(super) fn enumeration(&mut self, line: usize, mut values: Vec<String>) {
        let mut seen = std::collections::BTreeSet::new();
        values.retain(|value| seen.insert(value.clone()));
        let Some(field) = self.section.field.clone() else {
            return;
        };
        match self.found.enumerations.last_mut() {
            Some(last) if last.field == field => last.values.extend(values),
            _ if values.is_empty() => {}
            _ => self.found.enumerations.push(Enumeration {
                line,
                field,
                values,
            }),
        }
    }
}
