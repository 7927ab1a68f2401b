//! The second stage: turns a [`FieldTable`] with its samples into a [`Tree`]. All decisions on structure are made here,
//! by rule, and reported.

mod build;
pub mod catalogue;
mod chain;
mod explain;
mod findings;
mod kinds;
mod layers;
mod likeness;
mod lists;
mod open;
mod overlay;
mod page;
mod placed;
mod places;
mod recurring;
mod rows;
mod sample;
mod search;
mod sections;
mod shown;
mod terms;
mod types;
pub mod weights;
mod wording;
mod words;

pub(crate) use kinds::article;
pub use overlay::{Decisions, KindEntry, Place};
pub use placed::Effort;
pub(crate) use wording::join;

use crate::root::Root;
use crate::table::FieldTable;
use crate::tree::{Finding, Rule, Section, Tree};
use catalogue::Catalogue;
use overlay::Places;
use sections::Input;
use weights::Weights;

/// The evidence, other than the page itself, that decides where rows belong.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// The weight of each term of the cost.
    pub weights: Weights,
    /// The fields that objects of other APIs have.
    pub catalogue: Catalogue,
}

impl Model {
    /// Combines the default weights with a catalogue of the committed tables below `root`.
    ///
    /// # Errors
    ///
    /// If a table cannot be read.
    pub fn load(root: &Root) -> anyhow::Result<Self> {
        Ok(Self {
            weights: Weights::default(),
            catalogue: Catalogue::load(root)?,
        })
    }
}

/// Counts the work of placing the rows of both sections of `table`. No overlay is applied.
///
/// # Errors
///
/// When a sample cannot be read.
pub fn effort(table: &FieldTable, model: &Model) -> anyhow::Result<Effort> {
    let mut effort = Effort::default();
    for section in [Section::Request, Section::Response] {
        let input = Input::new(table, section)?;
        let places = Places::default();
        effort += search::place_all(&input, &places, &model.weights, &model.catalogue)?.effort;
    }
    Ok(effort)
}

/// Resolves both sections of `table`.
///
/// # Errors
///
/// If a sample cannot be read, or an entry of the overlay names nothing or changes nothing.
pub fn resolve(table: &FieldTable, decisions: &Decisions, model: &Model) -> anyhow::Result<Tree> {
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
        let placed = search::place_all(&input, &places, &model.weights, &model.catalogue)?;
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
