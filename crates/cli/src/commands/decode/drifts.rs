//! The differences of many answers from the models: each one once, with the number of answers that have it.

use std::collections::BTreeMap;

use aliexpress_models::{Api, Drift};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::Output;
use crate::output::table::table;
use crate::printable::printable;

/// The differences found so far.
#[derive(Default)]
pub(super) struct Drifts(BTreeMap<&'static str, OfApi>);

#[derive(Default)]
struct OfApi {
    answers: u64,
    unknown: BTreeMap<String, u64>,
    coerced: BTreeMap<String, Coerced>,
    missing: BTreeMap<String, u64>,
}

struct Coerced {
    expected: &'static str,
    /// The kind of value in the first answer with this difference.
    found: String,
    answers: u64,
}

impl Drifts {
    pub(super) fn add(&mut self, api: &'static Api, drift: Drift) {
        let own = self.0.entry(api.name).or_default();
        own.answers += 1;
        for path in drift.unknown {
            *own.unknown.entry(path).or_default() += 1;
        }
        for path in drift.missing {
            *own.missing.entry(path).or_default() += 1;
        }
        for coercion in drift.coerced {
            let coerced = own.coerced.entry(coercion.path).or_insert(Coerced {
                expected: coercion.expected,
                found: coercion.found,
                answers: 0,
            });
            coerced.answers += 1;
        }
    }

    /// Adds the differences that were found in later answers.
    pub(super) fn merge(&mut self, later: Drifts) {
        for (api, other) in later.0 {
            let own = self.0.entry(api).or_default();
            own.answers += other.answers;
            for (path, count) in other.unknown {
                *own.unknown.entry(path).or_default() += count;
            }
            for (path, count) in other.missing {
                *own.missing.entry(path).or_default() += count;
            }
            for (path, coerced) in other.coerced {
                match own.coerced.get_mut(&path) {
                    Some(known) => known.answers += coerced.answers,
                    None => {
                        own.coerced.insert(path, coerced);
                    }
                }
            }
        }
    }

    /// Whether any answer has fields or shapes that its model does not expect.
    pub(super) fn any(&self) -> bool {
        let mut apis = self.0.values();
        apis.any(|own| !own.unknown.is_empty() || !own.coerced.is_empty())
    }

    pub(super) fn show(&self, output: &mut Output) -> Result<(), Failure> {
        if output.wants_json() {
            let apis = self.0.iter().map(|(api, own)| own.to_json(api));
            return output.json(&apis.collect::<Vec<_>>());
        }
        for (api, own) in &self.0 {
            output.line(format_args!("{api}, answers: {}", own.answers))?;
            let rows = own.rows();
            match rows.is_empty() {
                true => output.line("  no unknown fields and no unexpected types")?,
                false => output.line(table(["field", "documented", "found", "answers"], rows))?,
            }
        }
        Ok(())
    }
}

impl OfApi {
    fn to_json(&self, api: &str) -> Value {
        let coerced = self.coerced.iter().map(|(path, coerced)| {
            json!({
                "path": path,
                "expected": coerced.expected,
                "found": coerced.found,
                "answers": coerced.answers,
            })
        });
        json!({
            "api": api,
            "answers": self.answers,
            "unknown": self.unknown,
            "coerced": coerced.collect::<Vec<_>>(),
            "missing": self.missing,
        })
    }

    /// Unknown fields and fields of another shape. Missing fields are left out, because hardly any answer has all
    /// fields.
    fn rows(&self) -> Vec<[String; 4]> {
        let cell = |text: &str| printable(text).into_owned();
        let unknown = self.unknown.iter().map(|(path, count)| {
            [
                cell(path),
                "not in the model".to_owned(),
                String::new(),
                count.to_string(),
            ]
        });
        let coerced = self.coerced.iter().map(|(path, coerced)| {
            [
                cell(path),
                coerced.expected.to_owned(),
                cell(&coerced.found),
                coerced.answers.to_string(),
            ]
        });
        unknown.chain(coerced).collect()
    }
}
