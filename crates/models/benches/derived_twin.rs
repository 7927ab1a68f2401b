//! Prints the models as structs with serde's derive, for comparison: each field has one strict type.
//!
//! `cargo xtask bench` builds programs from it. It prints every API with models; with an argument, `derived_twin N`,
//! only every Nth API, starting with the first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aliexpress_models::{APIS, Field, Kind, Shape};

fn main() {
    let mut twin = Twin::default();
    let every = std::env::args().nth(1).and_then(|every| every.parse().ok());
    for api in APIS.iter().step_by(every.unwrap_or(1)) {
        let request = twin.record(api.request);
        let answer = twin.record(api.answer);
        let module = api.name.trim_start_matches('/').replace(['.', '/'], "_");
        let key = api.key;
        twin.modules.push_str(&format!(
            "/// `{name}`.\npub mod {module} {{\n    pub use super::{{{request} as Request, {answer} as Answer}};\n    \
             /// A full answer.\n{DERIVE}    pub struct Full {{\n        #[serde(rename = \"{key}\")]\n        \
             pub answer: Answer,\n    }}\n}}\n",
            name = api.name
        ));
    }
    println!(
        "//! Structs with serde's derive.\n\n{}\n{}",
        twin.structs, twin.modules
    );
}

const DERIVE: &str =
    "#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]\n";

#[derive(Default)]
struct Twin {
    structs: String,
    modules: String,
    /// The names of the structs so far, by the address of the table.
    names: BTreeMap<usize, String>,
}

impl Twin {
    /// The name of the struct for this table; writes the struct at the first call.
    fn record(&mut self, shape: &'static Shape) -> String {
        let address = std::ptr::from_ref(shape).addr();
        if let Some(name) = self.names.get(&address) {
            return name.clone();
        }
        let name = format!("{}{}", shape.name, self.names.len());
        self.names.insert(address, name.clone());
        let mut fields = String::new();
        for (index, field) in shape.fields.iter().enumerate() {
            let kind = self.kind(field);
            let alias = field.alias.map(|alias| format!(", alias = \"{alias}\""));
            let alias = alias.unwrap_or_default();
            let _ = writeln!(
                fields,
                "    /// `{key}`.\n    #[serde(rename = \"{key}\"{alias}, default, skip_serializing_if = \"Option::is_none\")]\n    \
                 pub field_{index}: Option<{kind}>,",
                key = field.key
            );
        }
        let _ = writeln!(
            self.structs,
            "/// {name}.\n{DERIVE}pub struct {name} {{\n{fields}}}\n"
        );
        name
    }

    fn kind(&mut self, field: &Field) -> String {
        match field.kind {
            Kind::Integer => "i64".to_owned(),
            Kind::Boolean => "bool".to_owned(),
            Kind::Record(shape) => self.record(shape),
            Kind::Integers => self.list(field, "i64"),
            Kind::Booleans => self.list(field, "bool"),
            Kind::Texts => self.list(field, "String"),
            Kind::Records(shape) => {
                let element = self.record(shape);
                self.list(field, &element)
            }
            _ => "String".to_owned(),
        }
    }

    /// A list in full answers: an object around the array.
    fn list(&mut self, field: &Field, element: &str) -> String {
        let Some(inner) = field.wrapper else {
            return format!("Vec<{element}>");
        };
        let count = self.structs.matches("pub struct ").count();
        let name = format!("List{count}");
        let _ = writeln!(
            self.structs,
            "/// A list.\n{DERIVE}pub struct {name} {{\n    /// `{inner}`.\n    #[serde(rename = \"{inner}\", default)]\n    \
             pub elements: Vec<{element}>,\n}}\n"
        );
        name
    }
}
