//! Writes `crates/models/src/generated` and what goes with it from the committed tables and overlays.
//!
//! Three rooms: the tables are what the pages say, resolving and planning decide what that means in Rust,
//! and emitting writes it down without deciding anything.

mod api;
mod emit;
mod overlay;
mod plan;

use anyhow::Context as _;

use overlay::Overlay;
use pages::output::{self, Mode};
use pages::resolve::resolve;
use pages::root::Root;
use pages::same_key::merged;
use pages::table::FieldTable;

/// Writes the generated files, or says which are stale.
pub fn run(root: &Root, mode: Mode) -> anyhow::Result<()> {
    let plan = plan(root)?;
    let files = emit::emit(&plan);
    output::write_or_check(root, &files, mode, "cargo xtask codegen")?;
    println!("{}", plan.summary());
    Ok(())
}

/// What is to be written for every committed table.
fn plan(root: &Root) -> anyhow::Result<api::Catalog> {
    // What the pages say.
    let tables = FieldTable::load_all(root)?;

    // What it means: the tree of fields, then their types and names.
    let mut plan = plan::Planner::new(overlay::Shared::load(root)?);
    for table in &tables {
        let overlay = Overlay::load(root, &table.api)?;
        let tree = resolve(table, &overlay.decisions())
            .with_context(|| format!("resolving {}", table.api))?;
        plan.add(table, &merged(tree), overlay)
            .with_context(|| format!("planning the types of {}", table.api))?;
    }
    plan.finish()
}
