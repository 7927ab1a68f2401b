//! The part of a hand-written overlay that decides places and kinds, with its reasons.
//!
//! An entry may overrule the rules, or confirm a decision that nothing on the page proves. An entry that says the same
//! as a sample changes nothing, and is an error.

use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::sections::Input;
use crate::root::Root;
use crate::tree::Section;

/// Decisions on one API that no rule can take.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Decisions {
    /// Parents of rows.
    #[serde(default)]
    pub place: Vec<Place>,
    /// Lists and objects.
    #[serde(default)]
    pub kind: Vec<KindEntry>,
}

/// The parent of a row.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Place {
    /// The table.
    pub section: Section,
    /// The row's name.
    pub row: String,
    /// Which of the rows with that name, in page order, counted from 1.
    #[serde(default = "first")]
    pub nth: usize,
    /// Path of the parent, joined by dots. Empty for the top.
    pub parent: String,
    /// The reason for the decision.
    pub reason: String,
}

/// Whether a field is a list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct KindEntry {
    /// The table.
    pub section: Section,
    /// Path of the field, joined by dots.
    pub path: String,
    /// Whether it is a list.
    pub list: bool,
    /// The reason for the decision.
    pub reason: String,
}

fn first() -> usize {
    1
}

impl Decisions {
    /// The decisions of `api`'s overlay; `None` when there is no overlay.
    ///
    /// # Errors
    ///
    /// If the overlay cannot be read.
    pub fn load(root: &Root, api: &str) -> anyhow::Result<Self> {
        let path = root.overlay(api);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("reading the overlay {}", path.display()));
            }
        };
        toml::from_str(&text).with_context(|| format!("reading the overlay {}", path.display()))
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "overlay entry [[place]] {} row {:?} nth {}",
            self.section.word(),
            self.row,
            self.nth
        )
    }
}

impl std::fmt::Display for KindEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "overlay entry [[kind]] {} {:?}",
            self.section.word(),
            self.path
        )
    }
}

/// The places of one section, by row.
#[derive(Debug, Default)]
pub(crate) struct Places<'o>(HashMap<usize, &'o Place>);

impl<'o> Places<'o> {
    /// Finds the row of each entry.
    ///
    /// # Errors
    ///
    /// If an entry names a row that the table does not have.
    pub(crate) fn of(decisions: &'o Decisions, input: &Input<'_>) -> anyhow::Result<Self> {
        let mut places = HashMap::new();
        for place in decisions
            .place
            .iter()
            .filter(|place| place.section == input.section)
        {
            let mut named =
                (0..input.rows.len()).filter(|&at| input.rows[at].row.name == place.row);
            let Some(at) = place
                .nth
                .checked_sub(1)
                .and_then(|before| named.nth(before))
            else {
                bail!("{place}: the table has no such row; correct or remove the entry");
            };
            if places.insert(at, place).is_some() {
                bail!("{place}: another entry places the same row; remove one of them");
            }
        }
        Ok(Self(places))
    }

    /// The entry for row `at`.
    pub(crate) fn of_row(&self, at: usize) -> Option<&'o Place> {
        self.0.get(&at).copied()
    }
}
