//! What the program does at a terminal.

pub mod fields;
pub mod import;
pub mod steps;

use std::path::Path;

use anyhow::Context;

/// A page's file name and bytes.
fn page(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let bytes =
        std::fs::read(path).with_context(|| format!("reading the page {}", path.display()))?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    Ok((name.unwrap_or_default(), bytes))
}

/// The current day in UTC, as `yyyy-mm-dd`.
fn today() -> String {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .to_string()
}
