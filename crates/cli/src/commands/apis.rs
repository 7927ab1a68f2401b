//! `aliexpress apis`: lists the APIs that have models.

use std::fmt::Write;

use aliexpress_models::{APIS, Api, Effect, Field, Kind, Shape};
use clap::Args;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::input::similar::similar;
use crate::output::Output;
use crate::output::table::{labelled, table};

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress apis\n  aliexpress apis aliexpress.ds.product.get\n  aliexpress apis --json"
)]
pub(crate) struct ApisArgs {
    /// Shows only this API: its parameters and the fields of its answer
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(crate) fn run(args: &ApisArgs, output: &mut Output) -> Result<(), Failure> {
    if let Some(name) = &args.name {
        let api = Api::find(name).ok_or_else(|| unknown(name))?;
        return match output.wants_json() {
            true => output.json(&described(api)),
            false => output.line(shown(api)),
        };
    }
    if output.wants_json() {
        return output.json(&APIS.iter().map(described).collect::<Vec<_>>());
    }
    let rows = APIS.iter().map(|api| {
        let (required, others): (Vec<_>, Vec<_>) =
            api.request.fields.iter().partition(|field| field.required);
        let required: Vec<_> = required.iter().map(|field| field.key).collect();
        [
            api.name.to_owned(),
            effect(api).to_owned(),
            required.join(", "),
            others.len().to_string(),
            api.error_codes.len().to_string(),
        ]
    });
    output.line(table(
        [
            "API",
            "effect",
            "required parameters",
            "optional",
            "error codes",
        ],
        rows,
    ))?;
    output.line("\nOther APIs can be called, too: aliexpress call API KEY=VALUE…")
}

/// The error for an unknown name. It lists similar names.
fn unknown(name: &str) -> Failure {
    let wanted = match similar(name, APIS.iter().map(|api| api.name)).as_slice() {
        [] => "one that `aliexpress apis` lists".to_owned(),
        some => format!("one of {}", some.join(", ")),
    };
    Failure::usage("show an API", format_args!("no model of {name:?}"), wanted)
}

fn effect(api: &Api) -> &'static str {
    match api.call.effect {
        Effect::Read => "reads",
        _ => "writes",
    }
}

fn shown(api: &Api) -> String {
    let does = effect(api);
    let mut text = format!("{}  {does}\n\nparameters (* required)\n", api.name);
    tree(&mut text, api.request, &mut Vec::new());
    text.push_str("\nanswer\n");
    tree(&mut text, api.answer, &mut Vec::new());
    if !api.error_codes.is_empty() {
        text.push_str("\nerror codes\n");
    }
    let codes = api.error_codes.iter();
    text += &labelled(codes.map(|code| (format!("  {}", code.code), code.meaning.to_owned())));
    text.truncate(text.trim_end().len());
    text
}

/// Writes the fields of an object, with the fields of inner objects below. An object that contains itself is not
/// repeated.
fn tree(text: &mut String, shape: &'static Shape, above: &mut Vec<&'static str>) {
    let indent = "  ".repeat(above.len() + 1);
    if shape.fields.is_empty() {
        let _ = writeln!(text, "{indent}none");
    }
    let name = |field: &Field| format!("{}{}", field.key, if field.required { "*" } else { "" });
    let width = shape.fields.iter().map(|field| name(field).len()).max();
    let width = width.unwrap_or_default();
    for field in shape.fields {
        let _ = writeln!(text, "{indent}{:width$}  {}", name(field), kind(field));
        if let Some(inner) = inner(field)
            && !above.contains(&inner.name)
        {
            above.push(shape.name);
            tree(text, inner, above);
            above.pop();
        }
    }
}

fn inner(field: &Field) -> Option<&'static Shape> {
    match field.kind {
        Kind::Record(shape) | Kind::Records(shape) => Some(shape),
        _ => None,
    }
}

fn kind(field: &Field) -> &'static str {
    match field.kind {
        _ if field.free => "any JSON",
        Kind::Integer => "whole number",
        Kind::Boolean => "true or false",
        Kind::Text => "text",
        Kind::Record(_) => "object",
        Kind::Integers => "list of whole numbers",
        Kind::Booleans => "list of true or false",
        Kind::Texts => "list of texts",
        Kind::Records(_) => "list of objects",
        _ => "value",
    }
}

fn described(api: &Api) -> Value {
    json!({
        "name": api.name,
        "parameters": fields(api.request, &mut Vec::new()),
        "answer": fields(api.answer, &mut Vec::new()),
        "error_codes": api.error_codes.iter().map(|code| code.code).collect::<Vec<_>>(),
    })
}

fn fields(shape: &'static Shape, above: &mut Vec<&'static str>) -> Vec<Value> {
    above.push(shape.name);
    let fields = shape.fields.iter().map(|field| {
        let mut value =
            json!({ "name": field.key, "kind": kind(field), "required": field.required });
        if let Some(inner) = inner(field)
            && !above.contains(&inner.name)
        {
            value["fields"] = fields(inner, above).into();
        }
        value
    });
    let fields = fields.collect();
    above.pop();
    fields
}
