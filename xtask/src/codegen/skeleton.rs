//! Writes the skeleton of an overlay: everything that has no description yet, to be completed by hand.

use std::fmt::Write as _;

use anyhow::{Context as _, bail};
use pages::root::Root;

use super::api::{Api, Struct};
use super::overlay::Overlay;

/// The entries that the overlay of `api` lacks, as TOML.
///
/// # Errors
///
/// When the API has no tree, or the models cannot be planned.
pub fn skeleton(root: &Root, api: &str) -> anyhow::Result<String> {
    let catalog = super::plan(root)?;
    let overlay = Overlay::load(root, api)?;
    let Some((family, planned)) = catalog.apis().find(|(_, planned)| planned.name == api) else {
        bail!(
            "cannot write an overlay for {api}: found no tree of it; wanted one that `cargo xtask import` has written"
        );
    };
    let path = Root::at("").overlay(api);
    let mut text = format!(
        "# Decisions about {api}: names, types, descriptions. Written by hand, in {}.\n",
        path.display()
    );
    if !overlay.present {
        let _ = write!(
            text,
            "\ndoc = \"\"\"\n\"\"\" # what the call is for\n# module = {:?}\n# request = {:?}\n# answer = {:?}\n",
            planned.module, planned.request, planned.answer
        );
    }
    for item in planned.structs.iter() {
        entry(&mut text, item, planned, &overlay).context("writing the skeleton")?;
    }
    for item in planned.used_types(&family.types) {
        entry(&mut text, item, planned, &overlay).context("writing the skeleton")?;
    }
    for error in planned.errors.iter().filter(|error| error.words.is_none()) {
        let _ = write!(
            text,
            "\n[error.{:?}]\nmeaning = \"\"\ncause = \"\"\nadvice = \"\"\nretry = \"never\" # after_change, later\n",
            error.code
        );
    }
    Ok(text)
}

fn entry(text: &mut String, item: &Struct, api: &Api, overlay: &Overlay) -> anyhow::Result<()> {
    let known = overlay.types.get(&item.name);
    let open: Vec<_> = item.fields.iter().filter(|field| !field.worded).collect();
    if open.is_empty() && known.is_some_and(|known| known.doc.is_some()) {
        return Ok(());
    }
    writeln!(text)?;
    if known.is_none() {
        writeln!(text, "[type.{}]", item.name)?;
        let is_root = item.name == api.request || item.name == api.answer;
        if !is_root {
            writeln!(text, "paths = [{}]", paths(item))?;
        }
        writeln!(text, "doc = \"\" # {}\n", item.doc)?;
    }
    writeln!(text, "[type.{}.fields]", item.name)?;
    for field in open {
        writeln!(text, "{:?} = \"\" # {}", field.key, field.doc)?;
    }
    Ok(())
}

fn paths(item: &Struct) -> String {
    let paths: Vec<_> = item.paths.iter().map(|path| format!("{path:?}")).collect();
    paths.join(", ")
}
