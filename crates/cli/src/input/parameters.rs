//! Reads the parameters of a call: `key=value` arguments and a JSON object.

use clap::Args;
use serde_json::value::RawValue;

use crate::failure::Failure;
use crate::input::Input;
use crate::input::members::{Members, kind};

/// The arguments with parameters.
#[derive(Args, Clone, Debug)]
pub(crate) struct ParameterArgs {
    /// Parameters; the value is everything after the first `=` and may be blank
    #[arg(value_name = "KEY=VALUE")]
    pairs: Vec<String>,

    /// Reads parameters from a JSON object, `-` for standard input
    #[arg(long, value_name = "FILE|-")]
    params_json: Option<Input>,
}

/// What to do with a value in the JSON object that is not a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotText {
    /// Refuse it, so that exactly what was written is signed.
    Refused,
    /// Send its JSON, as the platform expects objects, lists and numbers.
    AsJson,
}

impl ParameterArgs {
    /// The parameters in order. A repeated name is refused.
    ///
    /// No message shows a value, because it may be a session or a code.
    pub(crate) fn read(&self, not_text: NotText) -> Result<Vec<(String, String)>, Failure> {
        let mut params = Vec::with_capacity(self.pairs.len());
        for (index, pair) in self.pairs.iter().enumerate() {
            params.push(split(index, pair)?);
        }
        if let Some(input) = &self.params_json {
            params.extend(object(input, not_text)?);
        }
        once_each(&params)?;
        Ok(params)
    }
}

fn split(index: usize, pair: &str) -> Result<(String, String), Failure> {
    let place = index + 1;
    let doing = format!("read parameter {place}");
    match pair.split_once('=') {
        Some(("", _)) => Err(Failure::usage(doing, "no key", "key=value")),
        Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
        None => Err(Failure::usage(doing, "no \"=\"", "key=value")),
    }
}

fn object(input: &Input, not_text: NotText) -> Result<Vec<(String, String)>, Failure> {
    let doing = format!("read parameters from {input}");
    let text = input.text()?;
    let Members(members) = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let found = match error.classify() {
            _ if text.trim().is_empty() => "nothing".to_owned(),
            serde_json::error::Category::Data => "no object".to_owned(),
            _ => format!("broken JSON at line {line} column {column}"),
        };
        Failure::usage(&doing, found, "a JSON object of strings")
    })?;
    let wanted = "a text (an object or list as JSON in a text)";
    members
        .into_iter()
        .map(|(key, value)| match (parameter_text(value), not_text) {
            (Some(text), _) => Ok((key, text)),
            (None, NotText::AsJson) if value.get() != "null" => Ok((key, value.get().to_owned())),
            _ => Err(Failure::usage(
                &doing,
                format_args!("{} under {key:?}", kind(value)),
                wanted,
            )),
        })
        .collect()
}

fn parameter_text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

fn once_each(params: &[(String, String)]) -> Result<(), Failure> {
    let repeated = params
        .iter()
        .enumerate()
        .find(|(index, (key, _))| params[..*index].iter().any(|(earlier, _)| earlier == key));
    match repeated {
        Some((_, (key, _))) => Err(Failure::usage(
            "read the parameters",
            format_args!("{key:?} twice"),
            "each key once",
        )),
        None => Ok(()),
    }
}
