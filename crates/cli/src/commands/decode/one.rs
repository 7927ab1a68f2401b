//! Prints one answer, or its differences from the model.

use aliexpress::codes::business_refusal;
use aliexpress_models::{Api, DecodeError, Drift, Envelope, Record, drift, raw};
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::{Deserializer, json};

use super::DecodeArgs;
use super::sources::Stored;
use crate::failure::Failure;
use crate::failure::exit::Exit;
use crate::output::Output;
use crate::output::refusal;
use crate::output::table::table;
use crate::output::tree::tree;
use crate::printable::printable;

pub(super) fn run(
    args: &DecodeArgs,
    stored: &Stored,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let bytes = &*stored.bytes;
    let Some(api) = args.api.or_else(|| Api::recognise(bytes)) else {
        return unrecognised(bytes, output);
    };
    if args.drift {
        let found = drift(bytes, api).map_err(|error| undecodable(stored, api, &error))?;
        show_drift(&found, output)?;
        return Ok(match args.strict && !found.is_empty() {
            true => Exit::Drift,
            false => Exit::Done,
        });
    }
    let envelope = api.decode(bytes);
    let envelope = envelope.map_err(|error| undecodable(stored, api, &error))?;
    match envelope.outcome {
        Ok(ref answer) => {
            show_answer(&**answer, &envelope, output)?;
            match business_refusal(api.name, bytes) {
                Some(refusal) => Err(refusal::refused_in_answer(api.name, &refusal)),
                None => Ok(Exit::Done),
            }
        }
        Err(refusal) => refusal::show(&refusal, output).map(|()| Exit::Refused),
    }
}

/// A refusal has the same model for every API; any other answer needs the name of its API.
fn unrecognised(bytes: &[u8], output: &mut Output) -> Result<Exit, Failure> {
    let envelope = raw::decode_raw(bytes).map_err(|error| {
        hint_at_lines(bytes, Failure::new(Exit::Undecodable, error.to_string()))
    })?;
    match envelope.outcome {
        Err(refusal) => refusal::show(&refusal, output).map(|()| Exit::Refused),
        Ok(_) => Err(Failure::usage(
            "recognise the API of the answer",
            "no name of a known API around it",
            "--api NAME",
        )),
    }
}

fn undecodable(stored: &Stored, api: &Api, error: &DecodeError) -> Failure {
    let failure = Failure::new(Exit::Undecodable, error.to_string());
    match error.expected() {
        Some(_) => failure.hint(format!(
            "aliexpress decode {} --api {} --drift lists all differences from the model",
            stored.origin.as_argument(),
            api.name
        )),
        None => hint_at_lines(&stored.bytes, failure),
    }
}

/// Adds a hint if the text holds several answers, as from `cat *.json`: each must be on a separate line.
fn hint_at_lines(bytes: &[u8], failure: Failure) -> Failure {
    let mut values = Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    match (values.next(), values.next()) {
        (Some(Ok(_)), Some(Ok(_))) => failure.hint(
            "the input holds several answers: write each on one line, as `jq -c .` does, or keep a file for each",
        ),
        _ => failure,
    }
}

/// An answer in simplified form.
#[derive(Serialize)]
pub(super) struct Simplified<'a> {
    #[serde(flatten)]
    pub(super) answer: &'a dyn Record,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request_id: Option<&'a str>,
}

fn show_answer(
    answer: &dyn Record,
    envelope: &Envelope<Box<dyn Record>>,
    output: &mut Output,
) -> Result<(), Failure> {
    let request_id = envelope.request_id.as_deref();
    if output.wants_json() {
        return output.json(&Simplified { answer, request_id });
    }
    match tree(answer) {
        empty if empty.is_empty() => output.line("the answer has no content")?,
        text => output.line(text)?,
    }
    output.request_id(request_id)
}

fn show_drift(drift: &Drift, output: &mut Output) -> Result<(), Failure> {
    if output.wants_json() {
        let coerced = drift.coerced.iter().map(|coercion| {
            json!({ "path": coercion.path, "expected": coercion.expected, "found": coercion.found })
        });
        return output.json(&json!({
            "unknown": drift.unknown,
            "coerced": coerced.collect::<Vec<_>>(),
            "missing": drift.missing,
        }));
    }
    if drift.is_empty() {
        output.line("the answer has no unknown fields and no unexpected types")?;
    }
    list(output, "not in the model", &drift.unknown)?;
    if !drift.coerced.is_empty() {
        let rows = drift.coerced.iter().map(|coercion| {
            let texts = [&*coercion.path, coercion.expected, &*coercion.found];
            texts.map(|text| printable(text).into_owned())
        });
        output.line("of another type than documented, but decoded:")?;
        output.line(table(["field", "documented", "found"], rows))?;
    }
    list(output, "not in the answer", &drift.missing)
}

fn list(output: &mut Output, heading: &str, paths: &[String]) -> Result<(), Failure> {
    if paths.is_empty() {
        return Ok(());
    }
    output.line(format_args!("{heading}:"))?;
    let mut lines = paths.iter();
    lines.try_for_each(|path| output.line(format_args!("  {}", printable(path))))
}
