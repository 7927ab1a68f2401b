//! Writes the file of scalar types that several APIs share.

use super::super::api::{Catalog, Codes, Flags, Id};
use super::docs::comment;
use super::{file, header, structs};
use pages::output::File;

pub(super) fn shared(catalog: &Catalog) -> File {
    let mut text = header("fixtures/overlay/shared.toml");
    text.push_str("//! Ids, code lists, bit masks and objects that several APIs have in common.\n");
    let mut macros = Vec::new();
    if !catalog.codes.is_empty() {
        macros.push("codes");
    }
    if !catalog.flags.is_empty() {
        macros.push("flags");
    }
    if !catalog.ids.is_empty() {
        macros.push("id");
    }
    text.push_str(&structs::shared_imports(catalog, &macros));
    catalog
        .ids
        .iter()
        .for_each(|id| text.push_str(&self::id(id)));
    catalog
        .codes
        .iter()
        .for_each(|codes| text.push_str(&self::codes(codes)));
    catalog
        .flags
        .iter()
        .for_each(|flags| text.push_str(&self::flags(flags)));
    catalog
        .shared
        .iter()
        .for_each(|item| text.push_str(&structs::item(item)));
    file("shared", text)
}

fn id(id: &Id) -> String {
    let wire = if id.text { "String" } else { "i64" };
    format!(
        "\nid! {{\n{}    {}({wire})\n}}\n",
        comment("///", "    ", &id.doc),
        id.name
    )
}

fn codes(codes: &Codes) -> String {
    let mut text = format!(
        "\ncodes! {{\n{}    {} {{\n",
        comment("///", "    ", &codes.doc),
        codes.name
    );
    for code in &codes.values {
        let doc = code
            .doc
            .clone()
            .unwrap_or_else(|| format!("`{}`.", code.value));
        text.push_str(&comment("///", "        ", &doc));
        text.push_str(&format!("        {} = {:?},\n", code.name, code.value));
    }
    text + "    }\n}\n"
}

fn flags(flags: &Flags) -> String {
    let mut text = format!(
        "\nflags! {{\n{}    {} {{\n",
        comment("///", "    ", &flags.doc),
        flags.name
    );
    for bit in &flags.bits {
        text.push_str(&comment("///", "        ", &bit.doc));
        text.push_str(&format!("        {} = {},\n", bit.name, bit.value));
    }
    text + "    }\n}\n"
}
