//! Labelled lines for people.

use std::fmt;

use super::table::labelled;
use crate::printable::printable;

/// Labels with texts. A blank text has no line.
#[derive(Default)]
pub(crate) struct Facts(Vec<(&'static str, String)>);

impl Facts {
    pub(crate) fn add(&mut self, label: &'static str, text: impl Into<Option<String>>) {
        let text = text.into().filter(|text| !text.trim().is_empty());
        self.0.extend(text.map(|text| (label, text)));
    }
}

impl fmt::Display for Facts {
    /// Writes each on its own line, indented, with control characters escaped. Long texts are wrapped at the width of
    /// the terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter();
        f.write_str(&labelled(rows.map(|(label, text)| {
            (format!("  {label}"), printable(text).into_owned())
        })))
    }
}

/// Joins the texts that are neither missing nor blank; `None` if there are none.
pub(crate) fn joined<'a>(
    separator: &str,
    texts: impl IntoIterator<Item = &'a Option<String>>,
) -> Option<String> {
    let texts: Vec<_> = texts
        .into_iter()
        .flatten()
        .map(|text| text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    Some(texts.join(separator)).filter(|text| !text.is_empty())
}
