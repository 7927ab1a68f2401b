//! Room 2: a [`FieldTable`] with its samples becomes a [`Tree`]. Every decision is taken here, by rule, and told.

mod build;
mod ground;
mod kinds;
mod lists;
mod nesting;
mod overlay;
mod placed;
mod prices;
mod recurring;
mod sample;
mod section;
mod types;
mod way;
pub mod weights;

pub(crate) use build::join;
pub(crate) use kinds::article;
pub use overlay::{Decisions, KindEntry, Place};

use crate::table::FieldTable;
use crate::tree::{Finding, Rule, Section, Tree};
use overlay::Places;
use section::Input;
use weights::Weights;

/// Resolves both sections of `table`.
///
/// # Errors
///
/// When a sample cannot be read, or an entry of the overlay names nothing or changes nothing.
pub fn resolve(table: &FieldTable, decisions: &Decisions) -> anyhow::Result<Tree> {
    resolve_weighed(table, decisions, Weights::default())
}

/// The same with other weights, to see what depends on each.
///
/// # Errors
///
/// As [`resolve`].
pub fn resolve_weighed(
    table: &FieldTable,
    decisions: &Decisions,
    weights: Weights,
) -> anyhow::Result<Tree> {
    let mut findings = Vec::new();
    for unread in &table.unread {
        findings.push(Finding {
            section: Section::Request,
            path: String::new(),
            line: Some(unread.line),
            rule: Rule::Unread,
            found: unread.message.clone(),
            settled: unread
                .settled
                .clone()
                .unwrap_or_else(|| "left out".to_owned()),
            proven: false,
        });
    }
    let mut nodes = |section| -> anyhow::Result<_> {
        let input = Input::new(table, section)?;
        let places = Places::of(decisions, &input)?;
        let placed = nesting::place_all(&input, &places, weights)?;
        build::nodes(&input, &placed, decisions, &mut findings)
    };
    let request = nodes(Section::Request)?;
    let response = nodes(Section::Response)?;
    Ok(Tree {
        api: table.api.clone(),
        request,
        response,
        findings,
    })
}
