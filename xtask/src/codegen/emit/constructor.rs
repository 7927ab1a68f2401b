//! How a request's object comes into being: with what the platform requires, and no more.

use std::fmt::Write as _;

use super::super::api::{Field, Struct, Value};

/// How wide rustfmt lets a line be, and the fields of a literal on one line.
const WIDTH: usize = 100;
const LITERAL_WIDTH: usize = 18;

/// How many parameters a reader of a call can tell apart.
const MOST_PARAMETERS: usize = 3;

/// `new`; the fields that are not required are set afterwards.
pub(super) fn constructor(item: &Struct) -> String {
    let required: Vec<_> = item.fields.iter().filter(|field| field.required).collect();
    match required.len() {
        0 => String::new(),
        1..=MOST_PARAMETERS => by_parameters(item, &required),
        _ => by_parts(item, &required),
    }
}

fn by_parameters(item: &Struct, required: &[&Field]) -> String {
    let parameters: Vec<_> = required
        .iter()
        .map(|field| format!("{}: {}", field.name, field.parameter_type()))
        .collect();
    let one_line = format!("    pub fn new({}) -> Self {{", parameters.join(", "));
    let signature = match one_line.len() <= WIDTH {
        true => one_line,
        false => format!(
            "    pub fn new(\n        {},\n    ) -> Self {{",
            parameters.join(",\n        ")
        ),
    };
    let values = required.iter().map(|field| match field.converts() {
        true => format!("{0}: {0}.into()", field.name),
        false => field.name.clone(),
    });
    implementation(item, &signature, &values.collect::<Vec<_>>())
}

/// Many parameters of one type would be mixed up, so that they get names: the parts are a struct whose
/// literal does not compile without every one of them.
fn by_parts(item: &Struct, required: &[&Field]) -> String {
    let name = &item.name;
    let mut text = format!(
        "\n/// What a [`{name}`] cannot do without.\n#[derive(Clone)]\npub struct {name}Required {{"
    );
    for field in required {
        let _ = write!(
            text,
            "\n    /// See [`{name}::{0}`].\n    pub {1}: {2},",
            field.name.trim_start_matches("r#"),
            field.name,
            field.rust_type()
        );
    }
    text.push_str("\n}\n");
    let signature = format!("    pub fn new(required: {name}Required) -> Self {{");
    let values = required
        .iter()
        .map(|field| format!("{0}: required.{0}", field.name));
    text + &implementation(item, &signature, &values.collect::<Vec<_>>())
}

fn implementation(item: &Struct, signature: &str, values: &[String]) -> String {
    let all = values.len() == item.fields.len();
    let one_line = values.join(", ");
    let body = if all && one_line.len() <= LITERAL_WIDTH {
        format!("        Self {{ {one_line} }}\n")
    } else {
        let mut body = String::from("        Self {\n");
        for value in values {
            let _ = writeln!(body, "            {value},");
        }
        body.push_str(if all {
            ""
        } else {
            "            ..Self::default()\n"
        });
        body + "        }\n"
    };
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
