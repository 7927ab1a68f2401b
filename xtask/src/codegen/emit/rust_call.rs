//! An API's call in Rust, for its page in the book and for a test that compiles and runs it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use pages::output::File;

use super::super::api::{Api, Catalog, Family, Struct, Value};
use super::constructor::{Constructor, Part, by};

/// A call that sets the required fields only.
pub(super) struct RustCall<'a> {
    catalog: &'a Catalog,
    family: &'a Family,
    api: &'a Api,
    /// The types by the module that has them.
    imports: BTreeMap<String, BTreeSet<String>>,
}

impl<'a> RustCall<'a> {
    /// The imports, the request and the call, in lines.
    pub(super) fn text(catalog: &'a Catalog, family: &'a Family, api: &'a Api) -> String {
        let mut call = Self {
            catalog,
            family,
            api,
            imports: BTreeMap::new(),
        };
        let request = call.object(&api.request, 0);
        let mut text = String::new();
        for (module, names) in &call.imports {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let _ = match names.as_slice() {
                [name] => writeln!(text, "use aliexpress::models::{module}{name};"),
                names => writeln!(
                    text,
                    "use aliexpress::models::{module}{{{}}};",
                    names.join(", ")
                ),
            };
        }
        text + &format!("\nlet request = {request};\nlet reply = client.call(&request)?;\n")
    }

    /// The object with its required fields, indented by `depth` steps.
    fn object(&mut self, name: &str, depth: usize) -> String {
        let Some((module, item)) = self.find(name) else {
            return format!("{name}::default()");
        };
        self.import(&module, name);
        let step = "    ".repeat(depth + 1);
        match by(item) {
            Constructor::Default => format!("{name}::default()"),
            Constructor::Parameters(parts) => {
                let values = parts
                    .iter()
                    .map(|part| self.value(part, part.converts(), depth));
                format!("{name}::new({})", values.collect::<Vec<_>>().join(", "))
            }
            Constructor::Parts(parts) => {
                self.import(&module, &format!("{name}Required"));
                let mut text = format!("{name}::new({name}Required {{\n");
                for part in &parts {
                    let value = self.value(part, false, depth + 1);
                    let _ = writeln!(text, "{step}{}: {value},", part.name());
                }
                text + &"    ".repeat(depth) + "})"
            }
        }
    }

    /// A value of the part's type; a parameter with `impl Into` takes a plain text.
    fn value(&mut self, part: &Part<'_>, converts: bool, depth: usize) -> String {
        let Part::Field(field) = part else {
            self.import("", "File");
            return "File::new(\"photo.jpg\", \"its bytes\")".to_owned();
        };
        let one = match &field.value {
            Value::Integer(None) => "1".to_owned(),
            Value::Integer(Some(_)) => "1.into()".to_owned(),
            Value::Boolean => "true".to_owned(),
            Value::Text(_) if converts => "\"…\"".to_owned(),
            Value::Text(_) => "\"…\".into()".to_owned(),
            Value::Record(name) => self.object(name, depth),
        };
        match field.list {
            true => format!("vec![{one}]"),
            false => one,
        }
    }

    fn import(&mut self, module: &str, name: &str) {
        let names = self.imports.entry(module.to_owned()).or_default();
        names.insert(name.to_owned());
    }

    /// The object, and the module that it is in.
    fn find(&self, name: &str) -> Option<(String, &'a Struct)> {
        let family = &self.family.name;
        let places = [
            (
                format!("{family}::{}::", self.api.module),
                &self.api.structs,
            ),
            (format!("{family}::types::"), &self.family.types),
            ("shared::".to_owned(), &self.catalog.shared),
        ];
        places.into_iter().find_map(|(module, items)| {
            let item = items.iter().find(|item| item.name == name)?;
            Some((module, item))
        })
    }
}

/// A test that makes the call of every API of the default features.
pub(super) fn test(catalog: &Catalog) -> File {
    let mut text = super::header("fixtures/trees and fixtures/overlay");
    text.push_str(
        "//! The calls of the API pages, of the families that a program has by default: each compiles and reaches the\n\
         //! sandbox, which may refuse what its made-up values ask for.\n\nmod sandboxed;\n\nuse sandboxed::check;\n",
    );
    for (family, api) in catalog.apis().filter(|(family, _)| family.default) {
        let _ = write!(
            text,
            "\n#[test]\nfn {}_{}() {{\n    check(|client| {{\n{}        drop(reply);\n        Ok(())\n    }});\n}}\n",
            family.name,
            api.module,
            RustCall::text(catalog, family, api)
        );
    }
    File {
        path: PathBuf::from("docs/tests/tests/api_calls.rs"),
        text,
    }
}
