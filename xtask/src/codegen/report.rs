//! Reports missing descriptions, and checks the APIs that must be described completely.

use std::fmt::Write as _;

use pages::root::Root;

use super::api::{Api, Catalog, Family, Field, Struct, Value};
use super::lexicon::Lexicon;
use super::rules::matches;

/// The missing descriptions of one API.
pub(crate) struct Missing {
    fields: usize,
    /// Fields without a description.
    open: usize,
    /// Fields, objects and error codes without a description, each with its place.
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
        let all: Vec<_> = own.chain(api.used_types(&family.types)).collect();
        for item in &all {
            missing.add(item);
        }
        let undecided = all
            .iter()
            .filter(|item| item.money.is_none() && item.no_price.is_none())
            .filter(|item| prices(item, &all).len() > 1);
        let undecided = undecided.map(|item| format!("which price of {} counts", item.name));
        missing.without.extend(undecided);
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

    /// The number of fields of the API without a description.
    pub(crate) fn fields_without(&self) -> usize {
        self.open
    }
}

/// The fields of an answer's object that state money, without lists.
pub(crate) fn prices<'a>(item: &'a Struct, known: &[&Struct]) -> Vec<&'a str> {
    let states_money = |field: &&Field| match &field.value {
        Value::Text(named) => named.as_deref() == Some("Amount"),
        Value::Record(name) => known
            .iter()
            .any(|item| item.name == *name && item.money.is_some()),
        Value::Integer(_) | Value::Boolean => false,
    };
    if item.in_request {
        return Vec::new();
    }
    let single = item.fields.iter().filter(|field| !field.list);
    single
        .filter(states_money)
        .map(|field| field.key.as_str())
        .collect()
}

/// Counts missing descriptions per API, and lists them for the APIs that match `patterns`.
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
                "{:5} of {:5} fields without a description  {}",
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

/// A sentence for each API that must be complete and is not.
pub(crate) fn incomplete(catalog: &Catalog, lexicon: &Lexicon) -> Vec<String> {
    let complete = |(_, api): &(&Family, &Api)| lexicon.is_complete(&api.name);
    let sentences = catalog.apis().filter(complete).map(|(family, api)| {
        let missing = Missing::of(api, family).without;
        let sentence = format!(
            "{} must be described completely: found no description of {}; wanted one in its overlay or in \
             fixtures/overlay/words.toml",
            api.name,
            missing.join(", ")
        );
        (!missing.is_empty()).then_some(sentence)
    });
    sentences.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::super::plan::money::tests::{amount, object, text};
    use super::*;

    #[test]
    fn an_object_of_several_amounts_has_several_prices() {
        let fields = vec![amount("before"), amount("after"), text("currency")];
        let mut item = object("Variant", fields, None);
        assert_eq!(prices(&item, &[]), ["before", "after"]);
        // Lists of amounts and parameters of requests are not prices to choose from.
        item.fields[0].list = true;
        assert_eq!(prices(&item, &[]), ["after"]);
        item.in_request = true;
        assert_eq!(prices(&item, &[]), [""; 0]);
    }
}
