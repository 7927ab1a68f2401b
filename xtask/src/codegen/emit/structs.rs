//! A struct, its `record!` table and, for requests, its constructor.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::api::{Catalog, Field, Struct, Value};
use super::super::plan::HAND_WRITTEN;
use super::constructor::{constructor, has_setters};
use super::docs::comment;
use super::money::money;

pub(super) fn item(item: &Struct) -> String {
    let mut text = String::from("\n");
    text.push_str(&comment("///", "", &item.doc));
    let _ = write!(
        text,
        "#[derive(Clone, Default)]\n#[non_exhaustive]\npub struct {} {{",
        item.name
    );
    for field in &item.fields {
        text.push('\n');
        text.push_str(&comment("///", "    ", &field.doc));
        if field.deprecated {
            text.push_str("    #[deprecated = \"so marked by the platform\"]\n");
        }
        let _ = write!(text, "    pub {}: {},", field.name, field.rust_type());
    }
    for file in &item.files {
        text.push('\n');
        text.push_str(&comment("///", "    ", &file.doc));
        let value = if file.required {
            "crate::File"
        } else {
            "Option<crate::File>"
        };
        let _ = write!(text, "    pub {}: {value},", file.name);
    }
    text.push_str("\n}\n");
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
            (field.free, " .free()"),
        ] {
            text.push_str(if holds { note } else { "" });
        }
        text.push_str(";\n");
    }
    text + "});\n"
}

/// The imports of `structs`, and of the list of this `item`: the family's common types, shared types and items of the
/// crate.
pub(super) fn imports(
    structs: &[Struct],
    item: Option<&str>,
    common: &[Struct],
    catalog: &Catalog,
    also: &BTreeSet<&'static str>,
) -> String {
    let own: BTreeSet<&str> = structs.iter().map(|item| item.name.as_str()).collect();
    let mut used = named(structs);
    used.extend(item);
    let used = || used.iter().copied().filter(|name| !own.contains(name));
    let of =
        |names: &dyn Fn(&str) -> bool| used().filter(|name| names(name)).collect::<BTreeSet<_>>();
    let scalars = catalog.scalars();
    let is_shared = |name: &str| {
        scalars.contains_key(name) || catalog.shared.iter().any(|item| item.name == name)
    };
    let is_common = |name: &str| common.iter().any(|item| item.name == name);
    let mut crate_items = of(&|name| HAND_WRITTEN.contains(&name));
    crate_items.extend(also);
    crate_items.extend(of_money(structs));
    let mut text = import("super::types", &of(&is_common));
    text.push_str(&import("crate::record", &macros(structs)));
    text.push_str(&import("crate::shared", &of(&is_shared)));
    text + &import("crate", &crate_items)
}

/// The imports of the structs that state money.
fn of_money(structs: &[Struct]) -> Vec<&'static str> {
    let money: Vec<_> = structs
        .iter()
        .filter_map(|item| item.money.as_ref())
        .collect();
    let mut items = Vec::new();
    if !money.is_empty() {
        items.extend(["Amount", "Monetary"]);
    }
    if money.iter().any(|money| money.whose.is_some()) {
        items.push("CurrencyOf");
    }
    items
}

pub(super) fn shared_imports(catalog: &Catalog, macros: &[&'static str]) -> String {
    let mut text = String::from("\n");
    if !catalog.shared.is_empty() {
        text.push_str(&import("crate::record", &self::macros(&catalog.shared)));
    }
    text.push_str(&import("crate::scalars", &macros.iter().copied().collect()));
    let mut scalars: BTreeSet<&str> = named(&catalog.shared);
    scalars.retain(|name| HAND_WRITTEN.contains(name));
    scalars.extend(of_money(&catalog.shared));
    text.push_str(&import("crate", &scalars));
    if text.trim().is_empty() {
        String::new()
    } else {
        text
    }
}

/// The macros of `record` that the structs use.
fn macros(structs: &[Struct]) -> BTreeSet<&'static str> {
    let mut macros = BTreeSet::from(["record"]);
    if structs.iter().any(has_setters) {
        macros.insert("setters");
    }
    macros
}

fn import(path: &str, names: &BTreeSet<&str>) -> String {
    let list: Vec<_> = names.iter().copied().collect();
    match list.as_slice() {
        [] => String::new(),
        [only] => format!("use {path}::{only};\n"),
        names => format!("use {path}::{{{}}};\n", names.join(", ")),
    }
}

/// Names of the types that fields have.
fn named(structs: &[Struct]) -> BTreeSet<&str> {
    let fields = structs.iter().flat_map(|item| &item.fields);
    let names = fields.filter_map(|field| match &field.value {
        Value::Integer(Some(name)) | Value::Text(Some(name)) | Value::Record(name) => {
            Some(name.as_str())
        }
        _ => None,
    });
    names.collect()
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

    pub(in crate::codegen) fn value_type(&self) -> &str {
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
