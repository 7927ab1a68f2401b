//! `aliexpress apis`: the APIs that have models.

use aliexpress_models::{APIS, Api, Field, Shape};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::output::Output;
use crate::table::table;

pub(crate) fn run(output: &mut Output) -> Result<(), Failure> {
    if output.wants_json() {
        return output.json(&APIS.iter().map(described).collect::<Vec<_>>());
    }
    let rows = APIS.iter().map(|api| {
        let count = api.error_codes.len().to_string();
        [api.name.to_owned(), parameters(api.request), count]
    });
    output.line(table(
        ["API", "parameters (* required)", "error codes"],
        rows,
    ))?;
    output
        .line("\nAny other API of the platform can be called, too: aliexpress call API KEY=VALUE…")
}

fn parameters(shape: &Shape) -> String {
    let names = shape.fields.iter().map(|field| match field.required {
        true => format!("{}*", field.key),
        false => field.key.to_owned(),
    });
    names.collect::<Vec<_>>().join("\n")
}

fn described(api: &Api) -> Value {
    json!({
        "name": api.name,
        "parameters": api.request.fields.iter().map(parameter).collect::<Vec<_>>(),
        "error_codes": api.error_codes.iter().map(|code| code.code).collect::<Vec<_>>(),
    })
}

fn parameter(field: &Field) -> Value {
    json!({ "name": field.key, "required": field.required })
}
