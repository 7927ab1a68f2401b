//! Room 1: a page as saved becomes a [`FieldTable`]. One file per layout; nothing later asks which layout it was.

mod bullets;
mod cells;
mod code;
mod depth;
mod errors;
mod facts;
mod flattened;
mod found;
mod markdown;
mod markdown_table;
mod markup;
mod page;
mod payload;
mod words;

use std::collections::{BTreeMap, HashSet};

pub use page::ReadError;
use page::{Page, quoted};

use crate::table::{FieldTable, Format, Layout, Role, Sample};
use found::Found;

/// Pages print a handful of samples; all of them are compared with each other.
const MOST_SAMPLES: usize = 100;

/// Reads the page `bytes`, saved as `file` and read on the day `read` (`yyyy-mm-dd`).
///
/// # Errors
///
/// When the layout is unknown, or a line of a table or sample cannot be read; the error names the line.
pub fn page(file: &str, bytes: &[u8], read: &str) -> Result<FieldTable, ReadError> {
    let page = Page::new(file, bytes)?;
    let table = || {
        let layout = layout(&page)?;
        let found = match layout {
            Layout::Flattened => flattened::read(&page)?,
            Layout::Markdown => markdown::read(&page)?,
            Layout::Bullets => bullets::read(&page)?,
        };
        table(found, &page, layout, read)
    };
    table().map_err(|error| error.in_file(file))
}

fn layout(page: &Page<'_>) -> Result<Layout, ReadError> {
    if markdown::is_layout(page) {
        Ok(Layout::Markdown)
    } else if bullets::is_layout(page) {
        Ok(Layout::Bullets)
    } else if flattened::is_layout(page) {
        Ok(Layout::Flattened)
    } else {
        let first = page.lines.iter().find(|line| !line.is_blank());
        let line = first.map_or(1, |line| line.number);
        let found = first.map_or("an empty page".to_owned(), |line| {
            format!("{} and no table of fields", quoted(line.text))
        });
        Err(ReadError::new(
            line,
            found,
            "a Markdown table, a head such as \"名称 类型 描述\", or \"Name\" and \"Type\" on lines of their own",
        ))
    }
}

fn table(
    mut found: Found<'_>,
    page: &Page<'_>,
    layout: Layout,
    read: &str,
) -> Result<FieldTable, ReadError> {
    let Some(response) = found.response.take() else {
        let line = page.lines.last().map_or(1, |line| line.number);
        return Err(ReadError::new(
            line,
            "no table of the answer's fields",
            "a table below a heading such as \"Response Struct\"",
        ));
    };
    let request = found.request.take().unwrap_or_default();
    let fields: Vec<&str> = request.iter().map(|row| row.name.as_str()).collect();
    let mut samples = Vec::new();
    for demo in &found.demos {
        for call in code::calls(demo, &fields, &mut found.unread) {
            samples.push((Role::Request, Format::Json, call.line, call.json));
        }
    }
    for sample in found.samples {
        samples.push((
            sample.role,
            sample.payload.format,
            sample.payload.line,
            sample.payload.text,
        ));
    }
    Ok(FieldTable {
        api: found.api,
        page: page.file.to_owned(),
        read: read.to_owned(),
        layout,
        request,
        response,
        samples: named(samples)?,
        error_codes: found.error_codes,
        enumerations: found.enumerations,
        unread: found.unread,
    })
}

/// Samples with file names: `answer.json`, and `answer_2.json` for a second one. Equal ones count once.
fn named(samples: Vec<(Role, Format, usize, String)>) -> Result<Vec<Sample>, ReadError> {
    let mut counts: BTreeMap<(Role, Format), usize> = BTreeMap::new();
    let mut seen = HashSet::new();
    let mut named: Vec<Sample> = Vec::new();
    for (role, format, line, text) in samples {
        let text = format!("{}\n", text.trim_end());
        if !seen.insert((role, text.clone())) {
            continue;
        }
        if named.len() == MOST_SAMPLES {
            let found = format!("one more sample than {MOST_SAMPLES}");
            return Err(ReadError::new(line, found, "the page of one API"));
        }
        let count = counts.entry((role, format)).or_insert(0);
        *count += 1;
        let role_word = match role {
            Role::Request => "request",
            Role::Answer => "answer",
            Role::Error => "error",
        };
        let extension = match format {
            Format::Json => "json",
            Format::Xml => "xml",
        };
        let number = if *count == 1 {
            String::new()
        } else {
            format!("_{count}")
        };
        named.push(Sample {
            role,
            format,
            file: format!("{role_word}{number}.{extension}"),
            line,
            text,
        });
    }
    Ok(named)
}
