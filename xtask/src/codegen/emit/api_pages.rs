//! Pages of the book: every API of a family with its parameters, its answer and an example call.
//!
//! They are written when the book is built and are not committed, because they repeat the generated code.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::super::api::{Api, Catalog, Family, Field, Struct, Value};
use super::docs::call;
use super::rust_call::RustCall;
use pages::output::File;

/// One page per family, below the book's `apis`.
pub(crate) fn api_pages(catalog: &Catalog) -> Vec<File> {
    let pages = catalog.families.iter().map(|family| File {
        path: PathBuf::from(format!("apis/{}.md", family.name)),
        text: family_page(catalog, family),
    });
    pages.collect()
}

fn family_page(catalog: &Catalog, family: &Family) -> String {
    let mut text = format!(
        "# Family `{}`\n\n{} Feature `{}`. Required fields are marked with an asterisk.\n",
        family.name, family.doc, family.name
    );
    for api in &family.apis {
        let _ = write!(text, "\n## {}\n\n", api.name);
        if let Some(doc) = &api.doc {
            for paragraph in doc.split("\n\n") {
                let _ = writeln!(text, "{}\n", one_line(paragraph));
            }
        }
        let _ = writeln!(text, "{}\n", call(api));
        examples(&mut text, catalog, family, api);
        let shown = &mut BTreeSet::new();
        let scope = Scope {
            own: &api.structs,
            family: &family.types,
            shared: &catalog.shared,
        };
        text.push_str("### Parameters\n");
        scope.table(&mut text, &api.request, shown);
        text.push_str("\n### Answer\n");
        scope.table(&mut text, &api.answer, shown);
        errors(&mut text, api);
    }
    text
}

/// The codes that only this API has. Those with an explanation link to it.
fn errors(text: &mut String, api: &Api) {
    if api.errors.is_empty() {
        return;
    }
    text.push_str("\n### Error codes\n\n");
    for error in &api.errors {
        let _ = match &error.words {
            Some(words) => writeln!(
                text,
                "- [`{}`](../errors-of-apis.md#{}): {}.",
                error.code,
                heading(&error.code),
                one_line(&words.meaning)
            ),
            None => writeln!(text, "- `{}`", error.code),
        };
    }
}

/// The anchor of a code's heading, as mdBook makes it.
fn heading(code: &str) -> String {
    let letters = code.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        _ if letter.is_alphanumeric() || "-_".contains(letter) => Some(letter.to_ascii_lowercase()),
        _ => None,
    });
    letters.collect()
}

/// A call with every required parameter, at the terminal and in Rust.
fn examples(text: &mut String, catalog: &Catalog, family: &Family, api: &Api) {
    let request = api.structs.iter().find(|item| item.name == api.request);
    let fields = request
        .map(|item| item.fields.as_slice())
        .unwrap_or_default();
    let required: Vec<_> = fields
        .iter()
        .filter(|field| field.required)
        .map(|field| match (&field.value, field.list) {
            (_, true) => format!(" {}='[…]'", field.key),
            (Value::Record(_), _) => format!(" {}='{{…}}'", field.key),
            _ => format!(" {}=…", field.key),
        })
        .collect();
    let _ = writeln!(
        text,
        "```sh\naliexpress call {}{}\n```\n\n```rust\n{}```\n",
        api.name,
        required.concat(),
        RustCall::text(catalog, family, api)
    );
}

/// Where the objects of one API are found.
struct Scope<'a> {
    own: &'a [Struct],
    family: &'a [Struct],
    shared: &'a [Struct],
}

impl<'a> Scope<'a> {
    fn find(&self, name: &str) -> Option<&'a Struct> {
        let mut all = self.own.iter().chain(self.family).chain(self.shared);
        all.find(|item| item.name == name)
    }

    /// The fields of an object, then those of the objects in it, each once.
    fn table(&self, text: &mut String, name: &str, shown: &mut BTreeSet<String>) {
        let Some(item) = self.find(name).filter(|_| shown.insert(name.to_owned())) else {
            return;
        };
        if item.fields.is_empty() && item.files.is_empty() {
            text.push_str("\nNone.\n");
            return;
        }
        text.push_str("\n| field | type | meaning |\n| --- | --- | --- |\n");
        for field in &item.fields {
            let _ = writeln!(
                text,
                "| `{}`{} | {} | {} |",
                field.key,
                if field.required { " *" } else { "" },
                kind(field),
                cell(&field.doc)
            );
        }
        for file in &item.files {
            let mark = if file.required { " *" } else { "" };
            let _ = writeln!(
                text,
                "| `{}`{mark} | a file | {} |",
                file.key,
                cell(&file.doc)
            );
        }
        for field in &item.fields {
            if let Value::Record(inner) = &field.value
                && !shown.contains(inner)
            {
                let _ = write!(text, "\n**{inner}**\n");
                self.table(text, inner, shown);
            }
        }
    }
}

fn kind(field: &Field) -> String {
    let one = match &field.value {
        Value::Integer(None) => "integer".to_owned(),
        Value::Boolean => "boolean".to_owned(),
        Value::Text(None) => "text".to_owned(),
        Value::Integer(Some(name)) | Value::Text(Some(name)) => format!("`{name}`"),
        Value::Record(name) => format!("**{name}**"),
    };
    match field.list {
        true => format!("list of {one}"),
        false => one,
    }
}

/// A text that fits into a table's cell.
fn cell(text: &str) -> String {
    one_line(text).replace('|', "\\|")
}

fn one_line(text: &str) -> String {
    // Links to items of the Rust documentation do not exist in the book.
    let text = text.replace("](", "] (");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
