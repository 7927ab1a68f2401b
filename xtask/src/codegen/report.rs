//! What has no description yet: a report, and the check that nothing is missing where all must be there.

use std::fmt::Write as _;

use pages::root::Root;

use super::api::{Api, Catalog, Family, Struct};
use super::lexicon::Lexicon;
use super::rules::matches;

/// What one API lacks.
pub(crate) struct Missing {
    fields: usize,
    /// Fields without words.
    open: usize,
    /// Fields, objects and error codes without words, each with its place.
    without: Vec<String>,
}

impl Missing {
    pub(crate) fn of(api: &Api, family: &Family) -> Self {
        let mut missing = Self {
            fields: 0,
            open: 0,
            without: Vec::new(),
        };
        if api.doc.is_none() {
            missing.without.push("the call itself".to_owned());
        }
        let own = api.structs.iter();
        for item in own.chain(api.used_types(&family.types)) {
            missing.add(item);
        }
        let codes = api.errors.iter().filter(|error| error.words.is_none());
        let codes = codes.map(|error| format!("the error code {}", error.code));
        missing.without.extend(codes);
        missing
    }

    fn add(&mut self, item: &Struct) {
        self.fields += item.fields.len() + item.files.len();
        if !item.worded {
            self.without.push(format!("the object {}", item.name));
        }
        let fields = item.fields.iter().map(|field| (&field.key, field.worded));
        let files = item.files.iter().map(|file| (&file.key, file.worded));
        let open = fields.chain(files).filter(|(_, worded)| !worded);
        let before = self.without.len();
        let open = open.map(|(key, _)| format!("{}.{key}", item.name));
        self.without.extend(open);
        self.open += self.without.len() - before;
    }

    /// How many of the fields of the API have no words.
    pub(crate) fn fields_without(&self) -> usize {
        self.open
    }
}

/// Counts per API what has no description, and names it for the APIs that `patterns` ask for.
///
/// # Errors
///
/// When the models cannot be planned.
pub fn words(root: &Root, patterns: &[String]) -> anyhow::Result<String> {
    let catalog = super::plan(root)?;
    let mut text = String::new();
    for family in &catalog.families {
        for api in &family.apis {
            let asked = patterns.iter().any(|pattern| matches(pattern, &api.name));
            let missing = Missing::of(api, family);
            if !patterns.is_empty() && !asked {
                continue;
            }
            writeln!(
                text,
                "{:5} of {:5} fields without words  {}",
                missing.open, missing.fields, api.name
            )?;
            for place in missing.without.iter().filter(|_| asked) {
                writeln!(text, "      {place}")?;
            }
        }
    }
    writeln!(text, "{}", catalog.summary())?;
    Ok(text)
}

/// A sentence for each API that must have words for everything and lacks some.
pub(crate) fn incomplete(catalog: &Catalog, lexicon: &Lexicon) -> Vec<String> {
    let complete = |(_, api): &(&Family, &Api)| lexicon.is_complete(&api.name);
    let sentences = catalog.apis().filter(complete).map(|(family, api)| {
        let missing = Missing::of(api, family).without;
        let sentence = format!(
            "{} must have words for everything, and lacks them for {}; write them in its overlay or in \
             fixtures/overlay/words.toml",
            api.name,
            missing.join(", ")
        );
        (!missing.is_empty()).then_some(sentence)
    });
    sentences.flatten().collect()
}
