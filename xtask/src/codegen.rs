//! Writes `crates/models/src/generated` and other generated files, such as the sandbox's documented answers, from the
//! committed trees, samples and overlays.
//!
//! It has two steps: planning decides the types and names that a tree gets in Rust; emitting writes the code without
//! deciding anything. The crate `pages` has read the pages and settled their contradictions before.

mod api;
mod case;
mod emit;
mod lexicon;
mod overlay;
mod plan;
mod report;
mod rules;
mod sandbox;
mod skeleton;

use anyhow::{Context as _, bail};
use overlay::Overlay;
use pages::document::Document;
use pages::output::{self, Mode};
use pages::root::Root;
pub use report::words;
pub use skeleton::skeleton;

/// Writes the generated files, or reports which are stale. Missing descriptions of APIs that must be complete are
/// listed; a check fails because of them.
///
/// # Errors
///
/// When a tree, a rule or an overlay cannot be read or does not fit, or, with [`Mode::Check`], a file is stale.
pub fn run(root: &Root, mode: Mode) -> anyhow::Result<()> {
    let plan = plan(root)?;
    if let (Mode::Check, Some(sentence)) = (mode, plan.incomplete.first()) {
        bail!("{sentence}");
    }
    let mut files = emit::emit(root, &plan)?;
    files.push(sandbox::file(root)?);
    output::write_or_check(root, &files, mode, "cargo xtask codegen")?;
    println!("{}", plan.summary());
    for sentence in &plan.incomplete {
        println!("warning: {sentence}; until then `--check` fails");
    }
    Ok(())
}

/// The book's pages of APIs, one file per family, by their paths within the book.
///
/// # Errors
///
/// As [`run`].
pub fn api_pages(root: &Root) -> anyhow::Result<Vec<output::File>> {
    Ok(emit::api_pages(&plan(root)?))
}

/// The plan of every committed tree.
fn plan(root: &Root) -> anyhow::Result<api::Catalog> {
    let mut plan = plan::Planner::load(root)?;
    for document in Document::load_all(root)? {
        let overlay = Overlay::load(root, &document.api)?;
        plan.add(&document, overlay)
            .with_context(|| format!("planning the types of {}", document.api))?;
    }
    plan.finish()
}
