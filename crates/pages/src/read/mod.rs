//! The first stage: a saved page becomes a [`FieldTable`]. One file per layout; the later stages do not depend on the
//! layout.

mod bullets;
mod cells;
mod code;
mod code_style;
mod depth;
mod division;
mod errors;
mod facts;
mod flattened;
mod found;
mod markdown;
mod markdown_table;
mod markup;
mod page;
mod payload;
mod portal;
mod tabs;
mod words;

use std::collections::{BTreeMap, HashSet};

pub use page::ReadError;
use page::{Page, quoted};

use crate::table::{FieldTable, Format, Layout, Role, Sample, Unread};
use found::Found;

/// The maximum number of samples on a page. Pages print only a few, and each is compared with all others.
const MOST_SAMPLES: usize = 100;

/// Reads `bytes`, saved as `file`: the page of one API, or a portal's JSON, which may describe several APIs.
///
/// `as_of` of a table is empty if the file has no date.
///
/// # Errors
///
/// When the layout is unknown, or a line of a table or sample cannot be read; the error names the line.
pub fn tables(file: &str, bytes: &[u8]) -> Result<Vec<FieldTable>, ReadError> {
    if portal::is_json(bytes) {
        return portal::read(file, bytes).map_err(|error| error.in_file(file));
    }
    page(file, bytes, "").map(|table| vec![table])
}

/// Reads the page `bytes`, saved as `file` and read on the day `read` (`yyyy-mm-dd`).
///
/// # Errors
///
/// When the layout is unknown, or a line of a table or sample cannot be read; the error names the line.
pub fn page(file: &str, bytes: &[u8], read: &str) -> Result<FieldTable, ReadError> {
    let text = page::text(file, bytes)?;
    let (text, numbers) = tabs::as_markdown(text);
    let page = Page::new(file, &text, numbers.as_deref());
    let table = || {
        let (layout, reader) = layout(&page)?;
        table(reader(&page)?, &page, layout, read)
    };
    table().map_err(|error| error.in_file(file))
}

type Reader = for<'a> fn(&Page<'a>) -> Result<Found<'a>, ReadError>;

fn layout(page: &Page<'_>) -> Result<(Layout, Reader), ReadError> {
    if markdown::is_layout(page) {
        Ok((Layout::Markdown, markdown::read))
    } else if bullets::is_layout(page) {
        Ok((Layout::Bullets, bullets::read))
    } else if flattened::is_layout(page) {
        Ok((Layout::Flattened, flattened::read))
    } else {
        let first = page.lines.iter().find(|line| !line.is_blank());
        let line = first.map_or(1, |line| line.number);
        let found = first.map_or("an empty page".to_owned(), |line| {
            format!("{} and no table of fields", quoted(line.text))
        });
        Err(ReadError::new(
            line,
            found,
            "a Markdown table, a head such as \"名称 类型 描述\", or \"Name\" and \"Type\" on separate lines",
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
    for (role, format, line, text) in &mut samples {
        if *role != Role::Request && *format == Format::Json {
            complete_root(&found.api, *line, text, &mut found.unread);
        }
    }
    Ok(FieldTable {
        as_of: read.to_owned(),
        request,
        response,
        samples: named(samples)?,
        error_codes: found.error_codes,
        enumerations: found.enumerations,
        unread: found.unread,
        ..FieldTable::empty(found.api, page.file.to_owned(), layout)
    })
}

/// Some pages print an answer under the API's name without `_response`, which the gateway never does.
fn complete_root(api: &str, line: usize, text: &mut String, unread: &mut Vec<Unread>) {
    let root = api.trim_matches('/').replace(['.', '/'], "_");
    let opening = text.find('"').map(|at| at + 1);
    let Some(at) = opening.filter(|&at| text[..at].trim_start().starts_with('{')) else {
        return;
    };
    let is_root = text[at..]
        .strip_prefix(root.as_str())
        .is_some_and(|rest| rest.starts_with('"'));
    if !is_root {
        return;
    }
    text.insert_str(at + root.len(), "_response");
    unread.push(Unread {
        line,
        message: format!(
            "cannot read the sample's root: found \"{root}\"; wanted \"{root}_response\""
        ),
        settled: Some("read as if it ended in _response".to_owned()),
    });
}

/// Names the samples' files: `answer.json`, and `answer_2.json` for a second one. Equal samples count once.
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
