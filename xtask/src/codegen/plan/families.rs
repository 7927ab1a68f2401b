//! Finds the types that several APIs of a family share: objects of the same name and the same fields become one type.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;

use super::structs::TAKEN;
use crate::codegen::api::{Api, Struct, Value};
use crate::codegen::case::camel;

/// Moves types that several of `apis` have out of them, and returns those types.
pub(super) fn common_types(apis: &mut [Api], family: &str) -> anyhow::Result<Vec<Struct>> {
    let mut groups: BTreeMap<(String, String), Vec<(usize, usize)>> = BTreeMap::new();
    for (at, api) in apis.iter().enumerate() {
        for (place, item) in api.structs.iter().enumerate() {
            if let Some(base) = &item.base {
                let key = (base.clone(), signature(item, api));
                groups.entry(key).or_default().push((at, place));
            }
        }
    }
    let count = |members: &[(usize, usize)]| {
        members
            .iter()
            .map(|(api, _)| api)
            .collect::<BTreeSet<_>>()
            .len()
    };
    groups.retain(|_, members| count(members) > 1);
    let mut groups: Vec<_> = groups.into_iter().collect();
    // The type that most APIs have gets the plain name.
    groups.sort_by_key(|(key, members)| (std::cmp::Reverse(count(members)), key.clone()));
    let mut names = BTreeSet::new();
    let mut renames: Vec<BTreeMap<String, String>> = vec![BTreeMap::new(); apis.len()];
    let mut kept = Vec::new();
    for ((base, _), members) in groups {
        let name = free_name(&base, &members, apis, family, &names)?;
        names.insert(name.clone());
        for &(api, place) in &members {
            let old = apis[api].structs[place].name.clone();
            renames[api].insert(old, name.clone());
        }
        kept.push((name, members));
    }
    let mut types = Vec::new();
    for (name, members) in kept {
        let Some(&(api, place)) = members.first() else {
            continue;
        };
        let mut item = apis[api].structs[place].clone();
        for &(other, place) in &members[1..] {
            item.learn(&apis[other].structs[place]);
        }
        item.name = name;
        item.rename(&renames[api]);
        types.push(item);
    }
    for (api, renames) in apis.iter_mut().zip(&renames) {
        keep_apart(api, renames, &names)?;
    }
    types.sort_by(|one: &Struct, other| one.name.cmp(&other.name));
    Ok(types)
}

/// The plain name, else one with the name of a call before it that has the type.
fn free_name(
    base: &str,
    members: &[(usize, usize)],
    apis: &[Api],
    family: &str,
    names: &BTreeSet<String>,
) -> anyhow::Result<String> {
    let is_root = |name: &str| {
        apis.iter().any(|api| {
            let fixed = api.structs.iter().filter(|item| item.base.is_none());
            fixed
                .map(|item| item.name.as_str())
                .any(|fixed| fixed == name)
        })
    };
    let free =
        |name: &String| !names.contains(name) && !TAKEN.contains(&name.as_str()) && !is_root(name);
    let mut stems: Vec<_> = members
        .iter()
        .map(|&(api, _)| camel(&apis[api].module))
        .collect();
    stems.sort_by_key(|stem| (stem.len(), stem.clone()));
    let candidates = std::iter::once(base.to_owned())
        .chain(
            std::iter::once(format!("{}{base}", camel(family))).filter(|_| TAKEN.contains(&base)),
        )
        .chain(stems.iter().map(|stem| format!("{stem}{base}")))
        .chain(stems.iter().map(|stem| format!("{stem}{base}Object")));
    match candidates.into_iter().find(free) {
        Some(name) => Ok(name),
        None => bail!("no name is left for the common type `{base}`; name it in an overlay"),
    }
}

/// Removes the common types from an API; a type of the API with the name of a common one gets a longer name.
fn keep_apart(
    api: &mut Api,
    renames: &BTreeMap<String, String>,
    common: &BTreeSet<String>,
) -> anyhow::Result<()> {
    api.structs.retain(|item| !renames.contains_key(&item.name));
    let mut all = renames.clone();
    let imported: BTreeSet<_> = renames.values().collect();
    let own: BTreeSet<_> = api.structs.iter().map(|item| item.name.clone()).collect();
    for item in &api.structs {
        if item.base.is_none() || !common.contains(&item.name) {
            continue;
        }
        let longer = format!("{}{}", camel(&api.module), item.name);
        if own.contains(&longer) || imported.contains(&longer) {
            bail!(
                "{} has two types that would be called `{longer}`; name one in the overlay",
                api.name
            );
        }
        all.insert(item.name.clone(), longer);
    }
    for item in &mut api.structs {
        if let Some(name) = all.get(&item.name) {
            item.name.clone_from(name);
        }
        item.rename(&all);
    }
    Ok(())
}

/// The identity of a type: its fields with all inner objects, regardless of Rust names and descriptions.
fn signature(item: &Struct, api: &Api) -> String {
    let mut fields: Vec<_> = item
        .fields
        .iter()
        .map(|field| {
            let value = match &field.value {
                Value::Record(name) => {
                    let below = api.structs.iter().find(|item| item.name == *name);
                    // A type that an overlay names stays in its API, and so do the types that contain it.
                    let base = |item: &Struct| {
                        item.base
                            .clone()
                            .unwrap_or_else(|| format!("{} of {}", item.name, api.name))
                    };
                    below.map_or_else(
                        || name.clone(),
                        |below| format!("{}({})", base(below), signature(below, api)),
                    )
                }
                scalar => format!("{scalar:?}"),
            };
            format!(
                "{}:{value}:{}:{}:{}:{}:{}",
                field.key, field.list, field.required, field.personal, field.as_text, field.free
            )
        })
        .collect();
    fields.sort();
    format!(
        "{} {:?} {:?} {}",
        item.in_request,
        item.files,
        item.money,
        fields.join(";")
    )
}

impl Struct {
    fn rename(&mut self, names: &BTreeMap<String, String>) {
        for field in &mut self.fields {
            if let Value::Record(name) = &mut field.value
                && let Some(new) = names.get(name)
            {
                name.clone_from(new);
            }
        }
    }

    /// Adds the facts that only another object with the same fields has.
    fn learn(&mut self, other: &Self) {
        for field in &mut self.fields {
            let Some(other) = other.fields.iter().find(|other| other.key == field.key) else {
                continue;
            };
            if field.wrapper.as_ref().is_none_or(|wrapper| !wrapper.proven)
                && other.wrapper.is_some()
            {
                field.wrapper.clone_from(&other.wrapper);
            }
            field.deprecated &= other.deprecated;
            if other.worded && !field.worded {
                field.doc.clone_from(&other.doc);
                field.worded = true;
            }
        }
        if other.worded && !self.worded {
            self.doc.clone_from(&other.doc);
            self.worded = true;
        }
    }
}
