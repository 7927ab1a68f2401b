//! Fields as documented, and how those of one object are combined.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use pages::document::Field as Node;
use pages::tree::Kind;

use crate::codegen::api::{Field, Struct, Value, Wrapper};

/// The type that documentation and samples give to a scalar.
pub(super) fn ruled_value(node: &Node) -> Value {
    match node.kind {
        Kind::Integer => Value::Integer(None),
        Kind::Boolean => Value::Boolean,
        Kind::Decimal => Value::Text(Some("Amount".to_owned())),
        Kind::Time | Kind::Text if node.zone.as_deref() == Some("America/Los_Angeles") => {
            Value::Text(Some("PacificTime".to_owned()))
        }
        Kind::Time => Value::Text(Some("Time".to_owned())),
        // A field of any type is kept as JSON.
        Kind::Map => Value::Text(Some("JsonText".to_owned())),
        Kind::Text | Kind::File | Kind::Unknown | Kind::Object => Value::Text(None),
    }
}

/// The inner name that a sample shows, or that the platform's rule makes of the element: lists of
/// scalars were seen under `number` and `string` in full answers.
pub(super) fn wrapper(node: &Node) -> Option<Wrapper> {
    if let Some(name) = node.wrapper.clone() {
        return Some(Wrapper {
            name,
            proven: node.wrapper_proven,
        });
    }
    let name = match node.kind {
        _ if !node.list => return None,
        Kind::Object => return None,
        Kind::Integer => "number",
        Kind::Boolean => "boolean",
        Kind::Text | Kind::Time | Kind::Decimal | Kind::File | Kind::Map | Kind::Unknown => {
            "string"
        }
    };
    Some(Wrapper {
        name: name.to_owned(),
        proven: false,
    })
}

/// Rows of one name are one field already. If an object has a field and its alias, the two are also one.
pub(super) fn join_aliases(owner: &str, path: &str, fields: &mut Vec<Field>) -> anyhow::Result<()> {
    let mut joined: Vec<Field> = Vec::with_capacity(fields.len());
    for field in fields.drain(..) {
        let Some(known) = joined.iter_mut().find(|known| known.key == field.key) else {
            joined.push(field);
            continue;
        };
        if known.value != field.value
            || known.list != field.list
            || (known.alias.is_some() && field.alias.is_some())
        {
            let alias = field.alias.as_ref().or(known.alias.as_ref());
            bail!(
                "`type.{owner}.alias.{}` of the overlay makes a second `{}` of `{path}`, of another type; remove it, or \
                 give that object another name",
                alias.unwrap_or(&field.key),
                field.key
            );
        }
        known.alias = known.alias.take().or(field.alias);
        known.required |= field.required;
    }
    *fields = joined;
    Ok(())
}

/// If two keys would have the same name in Rust, the later one gets a number.
pub(super) fn keep_names_apart(fields: &mut [Field]) {
    let mut taken = BTreeSet::new();
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for field in fields {
        let plain = field.name.clone();
        while !taken.insert(field.name.clone()) {
            let number = numbers.entry(plain.clone()).or_insert(1);
            *number += 1;
            field.name = format!(
                "{}_{number}",
                plain.trim_start_matches("r#").trim_end_matches('_')
            );
        }
    }
}

impl Struct {
    /// Adds the facts that only another object with the same fields has; `false` if the fields differ.
    pub(super) fn try_merge(&mut self, other: &Self) -> bool {
        let keys = |item: &Self| {
            item.fields
                .iter()
                .map(|field| field.key.clone())
                .collect::<BTreeSet<_>>()
        };
        let pairs_agree = other.fields.iter().all(|field| {
            let own = self.fields.iter().find(|own| own.key == field.key);
            own.is_some_and(|own| own.value == field.value && own.list == field.list)
        });
        if keys(self) != keys(other) || !pairs_agree || self.files != other.files {
            return false;
        }
        for field in &other.fields {
            if let Some(own) = self.fields.iter_mut().find(|own| own.key == field.key) {
                own.alias = own.alias.take().or_else(|| field.alias.clone());
                own.required |= field.required;
                if own.wrapper.as_ref().is_none_or(|wrapper| !wrapper.proven) {
                    own.wrapper = field.wrapper.clone().or_else(|| own.wrapper.take());
                }
            }
        }
        true
    }

    pub(super) fn signature(&self) -> String {
        let keys: Vec<_> = self.fields.iter().map(|field| field.key.as_str()).collect();
        format!("({})", keys.join(", "))
    }
}
