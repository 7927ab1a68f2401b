//! The sandbox's answers for APIs that it does not implement: documented samples and codes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use pages::document::{Document, Field};
use pages::output::File;
use pages::root::{Root, file_stem};
use pages::table::{Format, Role};
use serde::Serialize;

/// The content of the data file, by API.
#[derive(Default, Serialize)]
struct Documented {
    /// The sample answer in full JSON, as it is printed.
    samples: BTreeMap<String, String>,
    /// The documented codes of an answer's fields, by path.
    codes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// The sandbox's data file.
pub(super) fn file(root: &Root) -> anyhow::Result<File> {
    let mut documented = Documented::default();
    for document in Document::load_all(root)? {
        if let Some(sample) = sample(root, &document)? {
            documented.samples.insert(document.api.clone(), sample);
        }
        let mut codes = BTreeMap::new();
        collect(&document.response, "", &mut codes);
        if !codes.is_empty() {
            documented.codes.insert(document.api, codes);
        }
    }
    Ok(File {
        path: PathBuf::from("crates/sandbox/data/documented.json"),
        text: serde_json::to_string_pretty(&documented)? + "\n",
    })
}

fn sample(root: &Root, document: &Document) -> anyhow::Result<Option<String>> {
    let answers = document.samples.iter().filter(|sample| {
        sample.role == Role::Answer && sample.format == Format::Json && !sample.foreign
    });
    let Some(sample) = answers.min_by_key(|sample| &sample.file) else {
        return Ok(None);
    };
    let path = root
        .path()
        .join("fixtures/samples")
        .join(file_stem(&document.api))
        .join(&sample.file);
    let text = fs::read_to_string(&path);
    Ok(Some(
        text.with_context(|| format!("reading {}", path.display()))?,
    ))
}

fn collect(fields: &[Field], above: &str, codes: &mut BTreeMap<String, Vec<String>>) {
    for field in fields {
        let path = match above {
            "" => field.name.clone(),
            above => format!("{above}.{}", field.name),
        };
        collect(&field.children, &path, codes);
        if !field.codes.is_empty() {
            codes.insert(path, field.codes.clone());
        }
    }
}
