//! How a request's object comes into being: with what the platform requires, and no more.

use std::fmt::Write as _;

use super::super::api::{Field, Struct, Value};

/// How many parameters a reader of a call can tell apart.
const MOST_PARAMETERS: usize = 3;

/// A part without which the platform refuses a request.
struct Required<'a> {
    name: &'a str,
    parameter_type: String,
    field_type: String,
    converts: bool,
}

/// `new`; the fields that are not required are set afterwards.
pub(super) fn constructor(item: &Struct) -> String {
    let fields = item
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| Required {
            name: &field.name,
            parameter_type: field.parameter_type(),
            field_type: field.rust_type(),
            converts: field.converts(),
        });
    let files = item
        .files
        .iter()
        .filter(|file| file.required)
        .map(|file| Required {
            name: &file.name,
            parameter_type: "crate::File".to_owned(),
            field_type: "crate::File".to_owned(),
            converts: false,
        });
    let required: Vec<_> = fields.chain(files).collect();
    match required.len() {
        0 => String::new(),
        1..=MOST_PARAMETERS => by_parameters(item, &required),
        _ => by_parts(item, &required),
    }
}

fn by_parameters(item: &Struct, required: &[Required<'_>]) -> String {
    let parameters: Vec<_> = required
        .iter()
        .map(|part| format!("{}: {}", part.name, part.parameter_type))
        .collect();
    let signature = format!("pub fn new({}) -> Self {{", parameters.join(", "));
    let values = required.iter().map(|part| match part.converts {
        true => format!("{0}: {0}.into()", part.name),
        false => part.name.to_owned(),
    });
    implementation(item, &signature, &values.collect::<Vec<_>>())
}

/// Many parameters of one type would be mixed up, so that they get names: the parts are a struct whose
/// literal does not compile without every one of them.
fn by_parts(item: &Struct, required: &[Required<'_>]) -> String {
    let name = &item.name;
    let mut text = format!(
        "\n/// What a [`{name}`] cannot do without.\n#[derive(Clone)]\npub struct {name}Required {{"
    );
    for part in required {
        let _ = write!(
            text,
            "\n    /// See [`{name}::{0}`].\n    pub {1}: {2},",
            part.name.trim_start_matches("r#"),
            part.name,
            part.field_type
        );
    }
    text.push_str("\n}\n");
    let signature = format!("    pub fn new(required: {name}Required) -> Self {{");
    let values = required
        .iter()
        .map(|part| format!("{0}: required.{0}", part.name));
    text + &implementation(item, &signature, &values.collect::<Vec<_>>())
}

fn implementation(item: &Struct, signature: &str, values: &[String]) -> String {
    let all = values.len() == item.fields.len() + item.files.len();
    let rest = if all { "" } else { ", ..Self::default()" };
    let body = format!("Self {{ {}{rest} }}\n", values.join(", "));
    format!(
        "\nimpl {} {{\n    /// With what the platform requires; everything else is left unset.\n{signature}\n{body}    }}\n}}\n",
        item.name
    )
}

impl Field {
    /// Whether a parameter takes whatever becomes the field's type. Ids that are numbers do not: two of
    /// them side by side could be swapped.
    fn converts(&self) -> bool {
        !self.list && matches!(self.value, Value::Text(_))
    }

    fn parameter_type(&self) -> String {
        match self.converts() {
            true => format!("impl Into<{}>", self.value_type()),
            false => self.rust_type(),
        }
    }
}
