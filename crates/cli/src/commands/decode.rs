//! `aliexpress decode`: a saved answer, or what in it differs from the model.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use aliexpress_models::{
    APIS, Api, BusinessRefusal, DecodeError, Drift, Envelope, Record, drift, raw,
};
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::input::Input;
use crate::output::Output;
use crate::printable::printable;
use crate::refusal;
use crate::table::table;
use crate::tree::tree;

#[derive(Args, Clone, Debug)]
pub(crate) struct DecodeArgs {
    /// The answer, JSON or XML, full or simplified; `-` reads standard input
    #[arg(value_name = "FILE|-")]
    answer: Input,

    /// The API that gave it
    #[arg(long, value_name = "NAME", value_parser = api_named)]
    api: &'static Api,

    /// Lists where the answer and the model of it differ instead
    #[arg(long)]
    drift: bool,

    /// Ends with exit code 10 where the answer holds what the model does not expect
    #[arg(long, requires = "drift")]
    strict: bool,
}

/// Hundreds of names are no help in an error; those that are like the one given are.
fn api_named(name: &str) -> Result<&'static Api, String> {
    Api::find(name).ok_or_else(|| {
        let words = |name: &str| {
            name.split(['.', '/'])
                .map(str::to_owned)
                .collect::<BTreeSet<_>>()
        };
        let own = words(name);
        let alike = |api: &&Api| own.intersection(&words(api.name)).count();
        let mut near: Vec<_> = APIS
            .iter()
            .filter(|api| alike(api) + 1 >= own.len() && own.len() > 1)
            .collect();
        near.sort_by_key(|api| (Reverse(alike(api)), api.name));
        let near: Vec<_> = near.iter().take(3).map(|api| api.name).collect();
        match near.is_empty() {
            true => "no API of that name has a model; `aliexpress apis` lists those that have"
                .to_owned(),
            false => format!(
                "no API of that name has a model; similar: {}",
                near.join(", ")
            ),
        }
    })
}

pub(crate) fn run(args: &DecodeArgs, output: &mut Output) -> Result<Exit, Failure> {
    let bytes = args.answer.bytes()?;
    if args.drift {
        let found = drift(&bytes, args.api).map_err(|error| undecodable(args, &error))?;
        show_drift(&found, output)?;
        return Ok(match args.strict && !found.is_empty() {
            true => Exit::Drift,
            false => Exit::Done,
        });
    }
    let envelope = args.api.decode(&bytes);
    let envelope = envelope.map_err(|error| undecodable(args, &error))?;
    match envelope.outcome {
        Ok(ref answer) => {
            show_answer(&**answer, &envelope, output)?;
            match said_no(&bytes) {
                Some(refusal) => Err(refusal::said_no(args.api.name, &refusal)),
                None => Ok(Exit::Done),
            }
        }
        Err(refusal) => refusal::show(&refusal, output).map(|()| Exit::Refused),
    }
}

fn said_no(bytes: &[u8]) -> Option<BusinessRefusal> {
    raw::decode_raw(bytes)
        .ok()?
        .outcome
        .ok()?
        .business_refusal()
}

fn undecodable(args: &DecodeArgs, error: &DecodeError) -> Failure {
    let failure = Failure::new(Exit::Undecodable, error.to_string());
    match error.expected() {
        Some(_) => failure.hint(format!(
            "aliexpress decode {} --api {} --drift lists all that differs from the model",
            args.answer.as_argument(),
            args.api.name
        )),
        None => failure,
    }
}

/// The simplified form of an answer, whatever form it came in.
#[derive(Serialize)]
struct Simplified<'a> {
    #[serde(flatten)]
    answer: &'a dyn Record,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
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
        output.line("the answer holds nothing that the model does not expect")?;
    }
    list(output, "not in the model", &drift.unknown)?;
    if !drift.coerced.is_empty() {
        let rows = drift.coerced.iter().map(|coercion| {
            let texts = [&*coercion.path, coercion.expected, &*coercion.found];
            texts.map(|text| printable(text).into_owned())
        });
        output.line("in another shape than documented, but read:")?;
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
