//! Arrays in TOML with one element per line, so that a changed row is a changed line.

use std::fmt::Write as _;

use anyhow::{Context as _, ensure};
use serde::Serialize;

/// `key = [ … ]` with one inline table per line. Empty if there are no elements.
///
/// # Errors
///
/// When an element is not a flat table of texts, numbers, booleans and lists of those.
pub(crate) fn array<T: Serialize>(key: &str, elements: &[T]) -> anyhow::Result<String> {
    let mut text = String::new();
    if elements.is_empty() {
        return Ok(text);
    }
    let _ = writeln!(text, "{key} = [");
    for element in elements {
        let pairs = toml::to_string(element).with_context(|| format!("writing `{key}` as TOML"))?;
        let pairs: Vec<_> = pairs.lines().collect();
        ensure!(
            pairs.iter().all(|pair| pair.contains(" = ")
                && !pair.contains("\"\"\"")
                && !pair.contains("'''")),
            "cannot write `{key}` a line per element: found a text of several lines; wanted one without line ends"
        );
        let _ = writeln!(text, "    {{ {} }},", pairs.join(", "));
    }
    text.push_str("]\n");
    Ok(text)
}
