//! A struct, its table, and for requests its constructor.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::api::{Api, Catalog, Field, Money, Struct, Value};
use super::constructor::constructor;
use super::docs::comment;

/// How wide rustfmt lets a line be.
const WIDTH: usize = 100;

pub(super) fn item(item: &Struct) -> String {
    let mut text = String::from("\n");
    if let Some(doc) = &item.doc {
        text.push_str(&comment("///", "", doc));
    }
    let _ = write!(
        text,
        "#[derive(Clone, Default)]\n#[non_exhaustive]\npub struct {} {{",
        item.name
    );
    for field in &item.fields {
        text.push('\n');
        if let Some(doc) = &field.doc {
            text.push_str(&comment("///", "    ", doc));
        }
        if field.deprecated {
            text.push_str("    #[deprecated = \"so marked by the platform\"]\n");
        }
        let _ = write!(text, "    pub {}: {},", field.name, field.rust_type());
    }
    text.push_str(if item.fields.is_empty() {
        "}\n"
    } else {
        "\n}\n"
    });
    text.push_str(&table(item));
    if item.in_request {
        text.push_str(&constructor(item));
    }
    if let Some(money) = &item.money {
        text.push_str(&self::money(&item.name, money));
    }
    text
}

fn table(item: &Struct) -> String {
    let mut text = format!("\nrecord!({} {{\n", item.name);
    for (index, field) in item.fields.iter().enumerate() {
        let _ = write!(
            text,
            "    {index}: {:?} => {} {}",
            field.key,
            field.word(),
            field.name
        );
        if let Some(alias) = &field.alias {
            let _ = write!(text, " .alias({alias:?})");
        }
        if let Some(wrapper) = &field.wrapper {
            let note = if wrapper.proven {
                "inner"
            } else {
                "inner_unproven"
            };
            let _ = write!(text, " .{note}({:?})", wrapper.name);
        }
        for (holds, note) in [
            (field.required, " .required()"),
            (field.personal, " .personal()"),
            (field.as_text, " .written_as_text()"),
        ] {
            text.push_str(if holds { note } else { "" });
        }
        text.push_str(";\n");
    }
    text + "});\n"
}

fn money(name: &str, money: &Money) -> String {
    let mut text = format!(
        "\nimpl Monetary for {name} {{\n    fn amount(&self) -> Option<&Amount> {{\n        self.{}.as_ref()\n    }}\n\n    \
         fn currency_code(&self) -> Option<&str> {{\n        self.{}.as_deref()\n    }}\n",
        money.amount, money.currency_code
    );
    for (method, field) in [("cent", &money.cent), ("cent_factor", &money.cent_factor)] {
        if let Some(field) = field {
            let _ = write!(
                text,
                "\n    fn {method}(&self) -> Option<i64> {{\n        self.{field}\n    }}\n"
            );
        }
    }
    text + "}\n"
}

pub(super) fn imports(api: &Api, catalog: &Catalog) -> String {
    let mut crate_items = BTreeSet::from(["Answer", "Request"]);
    if !api.errors.is_empty() {
        crate_items.insert("ErrorCode");
    }
    if api.errors.iter().any(|error| error.words.is_some()) {
        crate_items.insert("Retry");
    }
    let shared = used_shared(&api.structs, catalog);
    let mut text = String::new();
    if !shared.is_empty() {
        text.push_str(&import("super::shared", &shared));
    }
    text.push_str("use crate::record::record;\n");
    crate_items.extend(used_scalars(&api.structs));
    text + &import("crate", &crate_items)
}

pub(super) fn shared_imports(catalog: &Catalog, macros: &[&str]) -> String {
    let mut text = String::from("\n");
    if !catalog.shared.is_empty() {
        text.push_str("use crate::record::record;\n");
    }
    if !macros.is_empty() {
        text.push_str(&import("crate::scalars", &macros.iter().copied().collect()));
    }
    let scalars = used_scalars(&catalog.shared);
    if !scalars.is_empty() {
        text.push_str(&import("crate", &scalars));
    }
    if text.trim().is_empty() {
        String::new()
    } else {
        text
    }
}

fn import(path: &str, names: &BTreeSet<&str>) -> String {
    let names: Vec<_> = names.iter().copied().collect();
    if let [only] = names.as_slice() {
        return format!("use {path}::{only};\n");
    }
    let one_line = format!("use {path}::{{{}}};", names.join(", "));
    if one_line.len() <= WIDTH {
        return one_line + "\n";
    }
    let mut text = format!("use {path}::{{\n");
    let mut line = String::from("   ");
    for name in names {
        if line.len() + name.len() + 2 > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = String::from("   ");
        }
        let _ = write!(line, " {name},");
    }
    text + &line + "\n};\n"
}

fn used_scalars(structs: &[Struct]) -> BTreeSet<&'static str> {
    let fields = || structs.iter().flat_map(|item| &item.fields);
    let mut names = BTreeSet::new();
    for name in ["Amount", "PacificTime", "Time"] {
        if fields().any(|field| field.value == Value::Text(Some(name.to_owned()))) {
            names.insert(name);
        }
    }
    if structs.iter().any(|item| item.money.is_some()) {
        names.extend(["Amount", "Monetary"]);
    }
    names
}

fn used_shared<'a>(structs: &'a [Struct], catalog: &Catalog) -> BTreeSet<&'a str> {
    let scalars = catalog.scalars();
    let is_shared = |name: &str| {
        scalars.contains_key(name) || catalog.shared.iter().any(|item| item.name == name)
    };
    let names = structs
        .iter()
        .flat_map(|item| &item.fields)
        .filter_map(|field| match &field.value {
            Value::Integer(Some(name)) | Value::Text(Some(name)) | Value::Record(name) => {
                Some(name.as_str())
            }
            _ => None,
        });
    names.filter(|name| is_shared(name)).collect()
}

impl Field {
    /// The word of the `record!` table, with the type of an object.
    fn word(&self) -> String {
        let word = match self.value {
            Value::Integer(_) => "integer",
            Value::Boolean => "boolean",
            Value::Text(_) => "text",
            Value::Record(_) => "record",
        };
        let plural = if self.list { "s" } else { "" };
        match &self.value {
            Value::Record(name) => format!("{word}{plural}({name})"),
            _ => format!("{word}{plural}"),
        }
    }

    pub(super) fn value_type(&self) -> &str {
        match &self.value {
            Value::Integer(None) => "i64",
            Value::Boolean => "bool",
            Value::Text(None) => "String",
            Value::Integer(Some(name)) | Value::Text(Some(name)) | Value::Record(name) => name,
        }
    }

    pub(super) fn rust_type(&self) -> String {
        match (self.list, self.required) {
            (true, _) => format!("Vec<{}>", self.value_type()),
            (false, true) => self.value_type().to_owned(),
            (false, false) => format!("Option<{}>", self.value_type()),
        }
    }
}
