//! The features of crates with one feature per family, between two marker lines of their manifests.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use pages::output::File;
use pages::root::Root;

use super::super::api::{Catalog, Family};

const BEGIN: &str = "# Families of APIs, written by `cargo xtask codegen`; do not edit.\n";
const END: &str = "# End of the families.\n";

/// A crate with features per family.
struct Crate {
    manifest: &'static str,
    /// Default features other than families.
    default: &'static [&'static str],
    /// The crates in which a feature turns on the feature of the same name.
    below: &'static [&'static str],
}

const CRATES: &[Crate] = &[
    Crate {
        manifest: "crates/models/Cargo.toml",
        default: &["json", "xml", "serde", "drift", "lines", "encode"],
        below: &[],
    },
    Crate {
        manifest: "crates/client/Cargo.toml",
        default: &[],
        below: &["aliexpress-models"],
    },
];

/// The manifests with their features; manifests that do not exist are left out, because another root has none.
pub(super) fn manifests(root: &Root, catalog: &Catalog) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    for one in CRATES {
        let path = root.path().join(one.manifest);
        if !path.exists() {
            continue;
        }
        let text =
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let (Some((before, rest)), Some((_, after))) =
            (text.split_once(BEGIN), text.split_once(END))
        else {
            bail!(
                "cannot write the features of {}: found no lines {BEGIN:?} and {END:?}; wanted both",
                one.manifest
            );
        };
        if !rest.contains(END) {
            bail!(
                "cannot write the features of {}: found {END:?} before {BEGIN:?}",
                one.manifest
            );
        }
        files.push(File {
            path: PathBuf::from(one.manifest),
            text: format!("{before}{BEGIN}{}{END}{after}", features(one, catalog)),
        });
    }
    Ok(files)
}

fn features(one: &Crate, catalog: &Catalog) -> String {
    let names = |families: &mut dyn Iterator<Item = &Family>| {
        let names: Vec<_> = families
            .map(|family| format!("{:?}", family.name))
            .collect();
        names.join(", ")
    };
    let mut text = String::new();
    let on = one
        .default
        .iter()
        .map(|name| format!("{name:?}, "))
        .collect::<String>();
    let default = names(&mut catalog.families.iter().filter(|family| family.default));
    let _ = writeln!(text, "default = [{on}{default}]");
    let _ = writeln!(
        text,
        "# Every family.\nall = [{}]",
        names(&mut catalog.families.iter())
    );
    for family in &catalog.families {
        let below: Vec<_> = one
            .below
            .iter()
            .map(|name| format!("\"{name}/{}\"", family.name))
            .collect();
        let _ = writeln!(
            text,
            "# {}\n{} = [{}]",
            family.doc,
            family.name,
            below.join(", ")
        );
    }
    text
}
