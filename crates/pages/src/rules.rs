//! `fixtures/rules.toml`: rules on pages that are data, not code.

use std::collections::BTreeSet;
use std::fs;

use anyhow::Context as _;
use serde::Deserialize;

use crate::root::Root;

/// The default rules. A folder given with `--root` may contain another file.
const DEFAULT: &str = include_str!("../../../fixtures/rules.toml");

/// The file; code generation reads its own parts of it.
#[derive(Debug, Deserialize)]
struct File {
    import: Rules,
}

/// The part for importing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Parameters of the gateway. Pages list them, but they are not parameters of an API.
    pub gateway_parameters: BTreeSet<String>,
}

/// The text of `fixtures/rules.toml` below `root`, or of the workspace's own file if there is none.
///
/// # Errors
///
/// When the file cannot be read.
pub fn text(root: &Root) -> anyhow::Result<String> {
    let path = root.path().join("fixtures/rules.toml");
    match path.exists() {
        true => fs::read_to_string(&path).with_context(|| format!("reading {}", path.display())),
        false => Ok(DEFAULT.to_owned()),
    }
}

impl Rules {
    /// Reads the rules below `root`.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn load(root: &Root) -> anyhow::Result<Self> {
        let file: File = toml::from_str(&text(root)?).context("reading fixtures/rules.toml")?;
        Ok(file.import)
    }
}
