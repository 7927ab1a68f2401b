//! What the documentation prints about answers: samples, and the codes that a field may have.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use aliexpress_models::Api;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::members;

#[derive(Deserialize)]
struct Documented {
    /// Sample answers, by API.
    samples: HashMap<String, Sample>,
    /// Codes, by API and path.
    codes: HashMap<String, HashMap<String, Vec<String>>>,
}

/// A sample answer.
#[derive(Deserialize)]
#[serde(transparent)]
struct Sample {
    printed: String,
    /// Its contents; read at the first use.
    #[serde(skip)]
    contents: OnceLock<Option<Map<String, Value>>>,
}

static DOCUMENTED: LazyLock<Documented> = LazyLock::new(|| {
    let data = serde_json::from_str(include_str!("../../data/documented.json"));
    // A test reads this file, so that it cannot be invalid.
    data.unwrap_or_else(|error| panic!("cannot read data/documented.json: {error}"))
});

/// The codes that the documentation lists for a field of an answer; empty if it lists none.
pub(super) fn codes(api: &str, path: &str) -> &'static [String] {
    let fields = DOCUMENTED.codes.get(api);
    fields
        .and_then(|fields| fields.get(path))
        .map_or(&[], |codes| codes)
}

/// The contents of an API's sample answer; `None` if the documentation has none.
pub(super) fn sample(api: &Api) -> Option<Map<String, Value>> {
    let sample = DOCUMENTED.samples.get(api.name)?;
    let contents = sample.contents.get_or_init(|| {
        let answer = api.decode(sample.printed.as_bytes()).ok()?.outcome.ok()?;
        Some(members(serde_json::to_value(answer.as_ref()).ok()?))
    });
    contents.clone().filter(|contents| !contents.is_empty())
}

#[cfg(test)]
mod tests {
    use aliexpress_models::{APIS, Form};

    use super::*;
    use crate::apis::answer;
    use crate::apis::habits::Habits;

    /// Every sample can be sent as an answer: it reads as a model, and is equal after it is written again.
    #[test]
    fn every_sample_is_read_and_written_again() {
        let mut count = 0;
        for api in APIS {
            let Some(contents) = sample(api) else {
                assert!(!DOCUMENTED.samples.contains_key(api.name), "{}", api.name);
                continue;
            };
            count += 1;
            let (of, mut habits) = ((api.key, api.answer), Habits::documented());
            let written = answer::write(
                of,
                contents.clone().into(),
                "1",
                Form::FullJson,
                &mut habits,
            );
            let again = api.decode(written.as_bytes()).unwrap().outcome.unwrap();
            let again = serde_json::to_value(again.as_ref()).unwrap();
            assert_eq!(Value::Object(contents), again, "{}", api.name);
        }
        assert_eq!(count, DOCUMENTED.samples.len());
    }
}
