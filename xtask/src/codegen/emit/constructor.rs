//! Constructors of request objects: required fields first, optional fields by setters.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::api::{Field, FileField, Struct, Value};

/// The largest number of parameters that a reader of a call can distinguish.
const MOST_PARAMETERS: usize = 3;

/// How an object is constructed.
pub(super) enum Constructor<'a> {
    /// No field is required.
    Default,
    /// `new` takes the required fields, in order.
    Parameters(Vec<Part<'a>>),
    /// `new` takes a struct with the required fields.
    Parts(Vec<Part<'a>>),
}

/// A required field of a request.
pub(super) enum Part<'a> {
    Field(&'a Field),
    File(&'a FileField),
}

/// How `item` is constructed.
pub(super) fn by(item: &Struct) -> Constructor<'_> {
    let required = required(item);
    match required.len() {
        0 => Constructor::Default,
        _ if are_told_apart(&required) => Constructor::Parameters(required),
        _ => Constructor::Parts(required),
    }
}

/// Writes `new`, which takes the required fields, and a setter for each other field.
pub(super) fn constructor(item: &Struct) -> String {
    let constructor = match by(item) {
        Constructor::Default => String::new(),
        Constructor::Parameters(required) => by_parameters(item, &required),
        Constructor::Parts(required) => parts(item, &required) + &by_parts(item, &required),
    };
    constructor + &setters(item)
}

fn required(item: &Struct) -> Vec<Part<'_>> {
    let fields = item.fields.iter().filter(|field| field.required);
    let files = item.files.iter().filter(|file| file.required);
    fields
        .map(Part::Field)
        .chain(files.map(Part::File))
        .collect()
}

impl Part<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            Part::Field(field) => &field.name,
            Part::File(file) => &file.name,
        }
    }

    /// Whether a parameter takes `impl Into` of its type.
    pub(super) fn converts(&self) -> bool {
        matches!(self, Part::Field(field) if field.converts())
    }

    fn parameter_type(&self) -> String {
        match self {
            Part::Field(field) => field.parameter_type(),
            Part::File(_) => "crate::File".to_owned(),
        }
    }

    fn field_type(&self) -> String {
        match self {
            Part::Field(field) => field.rust_type(),
            Part::File(_) => "crate::File".to_owned(),
        }
    }

    /// The parts that this one can be confused with: all of the same kind, or only those of its own type.
    fn kind(&self) -> String {
        let kind = match self {
            Part::Field(field) => kind(field),
            Part::File(_) => None,
        };
        kind.map_or_else(|| self.parameter_type(), str::to_owned)
    }
}

/// Texts convert into any text type, and numbers into any number or id; so do elements of a list in `vec![1.into()]`. The
/// compiler therefore distinguishes two of a kind no better than a reader does.
fn kind(field: &Field) -> Option<&'static str> {
    match (&field.value, field.list) {
        (Value::Integer(_), false) => Some("number"),
        (Value::Integer(_), true) => Some("numbers"),
        (Value::Text(_), false) => Some("text"),
        (Value::Text(_), true) => Some("texts"),
        (Value::Boolean | Value::Record(_), _) => None,
    }
}

/// Whether the parameters are few, and the compiler refuses any two of them in the wrong order.
fn are_told_apart(required: &[Part<'_>]) -> bool {
    let kinds: BTreeSet<_> = required.iter().map(Part::kind).collect();
    required.len() <= MOST_PARAMETERS && kinds.len() == required.len()
}

fn by_parameters(item: &Struct, required: &[Part<'_>]) -> String {
    let parameters: Vec<_> = required
        .iter()
        .map(|part| format!("{}: {}", part.name(), part.parameter_type()))
        .collect();
    let values = required.iter().map(|part| match part.converts() {
        true => format!("{0}: {0}.into()", part.name()),
        false => part.name().to_owned(),
    });
    new(item, &parameters.join(", "), &values.collect::<Vec<_>>())
}

/// Parameters that could be mixed up get names: the parts are a struct whose literal does not compile without
/// every one of them.
fn parts(item: &Struct, required: &[Part<'_>]) -> String {
    let name = &item.name;
    let mut text = format!(
        "\n/// The required fields of a [`{name}`].\n#[derive(Clone)]\npub struct {name}Required {{"
    );
    for part in required {
        let _ = write!(
            text,
            "\n    /// See [`{name}::{0}`](struct@{name}#structfield.{0}).\n    pub {1}: {2},",
            part.name().trim_start_matches("r#"),
            part.name(),
            part.field_type()
        );
    }
    text + "\n}\n"
}

fn by_parts(item: &Struct, required: &[Part<'_>]) -> String {
    let values = required
        .iter()
        .map(|part| format!("{0}: required.{0}", part.name()));
    let parameters = format!("required: {}Required", item.name);
    new(item, &parameters, &values.collect::<Vec<_>>())
}

fn new(item: &Struct, parameters: &str, values: &[String]) -> String {
    let all = values.len() == item.fields.len() + item.files.len();
    let rest = if all { "" } else { ", ..Self::default()" };
    format!(
        "\nimpl {} {{\n    /// Sets the required fields and leaves all others unset.\n    \
         #[inline]\n    pub fn new({parameters}) -> Self {{\nSelf {{ {}{rest} }}\n}}\n}}\n",
        item.name,
        values.join(", ")
    )
}

/// Whether any field can be set after `new`.
pub(super) fn has_setters(item: &Struct) -> bool {
    let fields = item.fields.iter().any(|field| !field.required);
    item.in_request && (fields || item.files.iter().any(|file| !file.required))
}

/// The table of fields that can be set after `new`; empty if all fields are required.
fn setters(item: &Struct) -> String {
    let mut rows = String::new();
    for field in item.fields.iter().filter(|field| !field.required) {
        if field.deprecated {
            rows.push_str("    #[deprecated = \"so marked by the platform\"]\n");
        }
        let _ = writeln!(rows, "    {}: {};", field.name, field.setter());
    }
    for file in item.files.iter().filter(|file| !file.required) {
        let _ = writeln!(rows, "    {}: some(crate::File);", file.name);
    }
    match rows.as_str() {
        "" => rows,
        _ => format!("\nsetters!({} {{\n{rows}}});\n", item.name),
    }
}

impl Field {
    /// Whether a parameter takes `impl Into` of the field's type. Ids that are numbers do not, because two
    /// adjacent ones could be swapped.
    fn converts(&self) -> bool {
        !self.list && matches!(self.value, Value::Text(_))
    }

    fn parameter_type(&self) -> String {
        match self.converts() {
            true => format!("impl Into<{}>", self.value_type()),
            false => self.rust_type(),
        }
    }

    /// The setter of the field. For an id it takes `impl Into`, because the setter's name says which id it is; plain
    /// numbers keep their type, because a literal needs one.
    fn setter(&self) -> String {
        let of = self.value_type();
        let is_named = matches!(self.value, Value::Text(_) | Value::Integer(Some(_)));
        match (self.list, is_named) {
            (false, true) => format!("into(impl Into<{of}>)"),
            (false, false) => format!("some({of})"),
            (true, true) => format!("each(impl IntoIterator<Item = impl Into<{of}>>)"),
            (true, false) => format!("all(impl IntoIterator<Item = {of}>)"),
        }
    }
}
