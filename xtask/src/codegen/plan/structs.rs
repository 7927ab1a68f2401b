//! Objects of a tree as structs: which of them are the same type, what it is called, what its fields are.
//!
//! Objects with the same name and the same fields are one type. Where the fields differ, the name alone
//! does not decide: an overlay merges them by declaring an alias, or they become types of their own.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;

use super::Planner;
use super::names::{camel, identifier, snake};
use crate::codegen::api::{Field, Money, Struct, Value, Wrapper};
use crate::codegen::overlay::{FieldWords, Overlay, TypeEntry, Wire};
use pages::root::Root;
use pages::table::{Enumeration, FieldTable};
use pages::tree::{Kind, Node, Section, Tree};

pub(super) fn plan(
    table: &FieldTable,
    tree: &Tree,
    request: &str,
    answer: &str,
    overlay: &Overlay,
    planner: &mut Planner,
) -> anyhow::Result<(Vec<Struct>, BTreeMap<String, String>)> {
    let mut objects = Objects {
        api: &tree.api,
        enumerations: &table.enumerations,
        overlay,
        planner,
        roots: [request, answer],
        stem: camel(tree.api.trim_start_matches("aliexpress.")),
        structs: Vec::new(),
        visited: 0,
        used: BTreeSet::new(),
        judged: BTreeMap::new(),
    };
    objects.root(Section::Request, request, &tree.request)?;
    objects.root(Section::Response, answer, &tree.response)?;
    objects.check_use()?;
    objects.structs.sort_by_key(|planned| planned.order);
    let structs = objects.structs.into_iter().map(|planned| planned.item);
    Ok((structs.collect(), objects.judged))
}

struct Objects<'a> {
    api: &'a str,
    /// Code lists that have a heading of their own on the page.
    enumerations: &'a [Enumeration],
    overlay: &'a Overlay,
    planner: &'a mut Planner,
    roots: [&'a str; 2],
    /// The call's name as the start of a type's name.
    stem: String,
    structs: Vec<Planned>,
    visited: usize,
    /// Overlay entries that had something to say, as `type` or `type.field` or `type.alias.name`.
    used: BTreeSet<String>,
    /// What the page says of each field that the overlay names, by path.
    judged: BTreeMap<String, String>,
}

struct Planned {
    item: Struct,
    section: Section,
    /// Place among all objects, parents before their children.
    order: usize,
}

/// Names that generated modules have already: Rust's own and those that they import.
const TAKEN: [&str; 20] = [
    "Amount",
    "Answer",
    "Box",
    "Clone",
    "Default",
    "Err",
    "ErrorCode",
    "Monetary",
    "None",
    "Ok",
    "Option",
    "PacificTime",
    "Request",
    "Result",
    "Retry",
    "Self",
    "Some",
    "String",
    "Time",
    "Vec",
];

/// An object under its name.
struct Object<'a> {
    section: Section,
    path: String,
    /// Name of the field that holds it; none for the parameters and the answer themselves.
    field: Option<&'a str>,
    documented: Option<&'a str>,
    nodes: &'a [Node],
}

impl Objects<'_> {
    fn root(&mut self, section: Section, name: &str, nodes: &[Node]) -> anyhow::Result<()> {
        let object = Object {
            section,
            path: section.word().to_owned(),
            field: None,
            documented: None,
            nodes,
        };
        self.object(&object, Some(name)).map(drop)
    }

    /// Plans an object with all below it and gives its struct's name.
    fn object(&mut self, object: &Object<'_>, root_name: Option<&str>) -> anyhow::Result<String> {
        let order = self.visited;
        self.visited += 1;
        let named = self.judged_name(object)?;
        let judged = named.is_some();
        let name = match (root_name, named) {
            (Some(root), _) => root.to_owned(),
            (None, Some(name)) if TAKEN.contains(&name.as_str()) => {
                bail!(
                    "`type.{name}` of the overlay has a name that generated modules have for something else"
                )
            }
            (None, Some(name)) => name,
            (None, None) => self.ruled_name(object),
        };
        let entry = self.overlay.types.get(&name);
        let mut fields = Vec::new();
        for node in object.nodes {
            fields.push(self.field(object, &name, entry, node)?);
        }
        if let Some(entry) = entry {
            fields.extend(self.added_fields(object, &name, entry)?);
        }
        check_keys(&name, &object.path, &fields)?;
        keep_names_apart(&mut fields);
        if entry.is_some() {
            self.used.insert(name.clone());
        }
        let item = Struct {
            doc: entry.and_then(|entry| entry.doc.clone()),
            money: self.money(&name, entry, &fields)?,
            name,
            fields,
            in_request: object.section == Section::Request,
        };
        self.merge(object, item, order, judged || root_name.is_some())
    }

    /// The name by rule: the documented type's, else the field's; with the call's name before it where Rust
    /// or the generated module has the name for something else.
    fn ruled_name(&self, object: &Object<'_>) -> String {
        let name = camel(object.documented.or(object.field).unwrap_or_default());
        let shared = &self.planner.shared;
        let taken = |name: &str| {
            TAKEN.contains(&name)
                || self.roots.contains(&name)
                || shared.id.contains_key(name)
                || shared.codes.contains_key(name)
                || shared.flags.contains_key(name)
        };
        let longer = format!("{}{name}", self.stem);
        if !taken(&name) {
            name
        } else if !taken(&longer) {
            longer
        } else {
            format!("{longer}Object")
        }
    }

    /// The name that the overlay gives to an object: by its path, its documented type or its fields.
    fn judged_name(&self, object: &Object<'_>) -> anyhow::Result<Option<String>> {
        let own: BTreeSet<&str> = object.nodes.iter().map(|node| node.name.as_str()).collect();
        let by = |test: &dyn Fn(&TypeEntry) -> bool| -> anyhow::Result<Option<String>> {
            let mut names = self
                .overlay
                .types
                .iter()
                .filter(|(_, entry)| test(entry))
                .map(|(name, _)| name);
            match (names.next(), names.next()) {
                (Some(first), Some(second)) => bail!(
                    "both `type.{first}` and `type.{second}` of the overlay claim the object `{}`; take it out of one",
                    object.path
                ),
                (first, _) => Ok(first.cloned()),
            }
        };
        if let Some(name) = by(&|entry| entry.paths.contains(&object.path))? {
            return Ok(Some(name));
        }
        if let Some(name) =
            by(&|entry| entry.of.is_some() && entry.of.as_deref() == object.documented)?
        {
            return Ok(Some(name));
        }
        by(&|entry| {
            !entry.with.is_empty()
                && entry
                    .with
                    .iter()
                    .map(String::as_str)
                    .collect::<BTreeSet<_>>()
                    == own
        })
    }

    fn field(
        &mut self,
        object: &Object<'_>,
        owner: &str,
        entry: Option<&TypeEntry>,
        node: &Node,
    ) -> anyhow::Result<Field> {
        let key = match entry.and_then(|entry| entry.alias.get(&node.name)) {
            Some(key) => {
                self.used.insert(format!("{owner}.alias.{}", node.name));
                key.clone()
            }
            None => node.name.clone(),
        };
        let words = match entry.and_then(|entry| entry.fields.get(&key)) {
            Some(words) => {
                self.used.insert(format!("{owner}.{key}"));
                self.judge(object, owner, &key, node)?;
                words.words()
            }
            None => FieldWords::default(),
        };
        let value = self.value(object, owner, node, &words)?;
        let in_request = object.section == Section::Request;
        let as_text = in_request
            && node.sample_kind == Some(Kind::Text)
            && matches!(value, Value::Integer(_) | Value::Boolean);
        if words.required && node.required == Some(true) {
            bail!("`type.{owner}.fields.{key}` says `required`, and so does the page; remove it");
        }
        if words.deprecated && node.deprecated {
            bail!("`type.{owner}.fields.{key}` says `deprecated`, and so does the page; remove it");
        }
        let name = identifier(&snake(&key));
        if words.name.as_ref() == Some(&name) {
            bail!(
                "`type.{owner}.fields.{key}` gives the name that the field has anyway; remove it"
            );
        }
        Ok(Field {
            alias: (key != node.name).then(|| node.name.clone()),
            name: words.name.unwrap_or(name),
            doc: words.doc,
            value,
            list: node.list,
            wrapper: wrapper(node),
            required: in_request && (words.required || node.required == Some(true)),
            personal: words.personal,
            deprecated: words.deprecated || node.deprecated,
            as_text,
            key,
        })
    }

    /// Words were written for what a field was; where the page has retyped it, somebody has to look again.
    fn judge(
        &mut self,
        object: &Object<'_>,
        owner: &str,
        key: &str,
        node: &Node,
    ) -> anyhow::Result<()> {
        let path = format!("{}.{}", object.path, node.name);
        let list = if node.list { "list of " } else { "" };
        let documented = node.documented.as_deref().unwrap_or("undocumented");
        let now = format!("{documented}, {list}{}", node.kind.word());
        if let Some(before) = self.overlay.judged.get(&path)
            && *before != now
        {
            bail!(
                "`type.{owner}.fields.{key}` of the overlay was written when `{path}` was `{before}`; the page makes it \
                 `{now}`; mend the entry, then remove the line of `{path}` in {}",
                Root::at("").judged(self.api).display()
            );
        }
        self.judged.insert(path, now);
        Ok(())
    }

    fn added_fields(
        &mut self,
        object: &Object<'_>,
        owner: &str,
        entry: &TypeEntry,
    ) -> anyhow::Result<Vec<Field>> {
        let mut fields = Vec::new();
        for (key, added) in &entry.add {
            let at = format!("type.{owner}.add.{key}");
            if object.nodes.iter().any(|node| node.name == *key) {
                bail!(
                    "`{at}` of the overlay adds a field that the page has now; move its words to `fields`"
                );
            }
            fields.push(Field {
                value: self.named_value(&at, &added.value, &[])?,
                key: key.clone(),
                alias: None,
                name: identifier(&snake(key)),
                doc: Some(added.doc.clone()),
                list: false,
                wrapper: None,
                required: false,
                personal: added.personal,
                deprecated: false,
                as_text: false,
            });
        }
        Ok(fields)
    }

    fn value(
        &mut self,
        object: &Object<'_>,
        owner: &str,
        node: &Node,
        words: &FieldWords,
    ) -> anyhow::Result<Value> {
        let at = format!("type.{owner}.fields.{}", node.name);
        if node.kind == Kind::Object {
            if words.value.is_some() {
                bail!("`{at}` gives a scalar type to an object; name objects under `type` instead");
            }
            // What a call takes without saying what is in it, the caller gives as JSON text.
            if node.children.is_empty()
                && object.field.is_none()
                && object.section == Section::Request
            {
                return Ok(Value::Text(None));
            }
            let child = Object {
                section: object.section,
                path: format!("{}.{}", object.path, node.name),
                field: Some(&node.name),
                documented: node.type_name.as_deref(),
                nodes: &node.children,
            };
            return Ok(Value::Record(self.object(&child, None)?));
        }
        let ruled = ruled_value(node);
        let Some(name) = &words.value else {
            return Ok(ruled);
        };
        let headed = self
            .enumerations
            .iter()
            .filter(|list| list.field == node.name);
        let listed = node
            .codes
            .iter()
            .chain(headed.flat_map(|list| &list.values));
        let listed: Vec<_> = listed.cloned().collect();
        let value = self.named_value(&at, name, &listed)?;
        if value == ruled {
            bail!("`{at}` gives the type `{name}`, which the field has anyway; remove it");
        }
        Ok(value)
    }

    fn named_value(&mut self, at: &str, name: &str, listed: &[String]) -> anyhow::Result<Value> {
        let shared = &self.planner.shared;
        let named = Some(name.to_owned());
        let value = match name {
            "Integer" => return Ok(Value::Integer(None)),
            "Text" => return Ok(Value::Text(None)),
            "Boolean" => return Ok(Value::Boolean),
            "Time" | "PacificTime" | "Amount" => return Ok(Value::Text(named)),
            _ if shared.flags.contains_key(name) => Value::Integer(named),
            _ if shared
                .id
                .get(name)
                .is_some_and(|id| id.wire == Wire::Integer) =>
            {
                Value::Integer(named)
            }
            _ if shared.id.contains_key(name) => Value::Text(named),
            _ if shared.codes.contains_key(name) => {
                let documented = self.planner.documented.entry(name.to_owned()).or_default();
                for code in listed {
                    if !documented.contains(code) {
                        documented.push(code.clone());
                    }
                }
                Value::Text(named)
            }
            _ => bail!(
                "`{at}` has the type `{name}`; wanted Integer, Text, Boolean, Time, PacificTime, Amount or a type of \
                 fixtures/overlay/shared.toml"
            ),
        };
        self.planner.used.insert(name.to_owned());
        Ok(value)
    }

    fn money(
        &self,
        owner: &str,
        entry: Option<&TypeEntry>,
        fields: &[Field],
    ) -> anyhow::Result<Option<Money>> {
        let Some(money) = entry.and_then(|entry| entry.money.as_ref()) else {
            return Ok(None);
        };
        let name = |key: &str| match fields.iter().find(|field| field.key == key) {
            Some(field) => Ok(field.name.clone()),
            None => bail!(
                "`type.{owner}.money` names the field `{key}`, which the object does not have"
            ),
        };
        Ok(Some(Money {
            amount: name(&money.amount)?,
            currency_code: name(&money.currency_code)?,
            cent: money.cent.as_deref().map(name).transpose()?,
            cent_factor: money.cent_factor.as_deref().map(name).transpose()?,
        }))
    }

    /// Makes the object one of the structs, new or known, and gives that one's name.
    fn merge(
        &mut self,
        object: &Object<'_>,
        mut item: Struct,
        order: usize,
        judged: bool,
    ) -> anyhow::Result<String> {
        let plain = item.name.clone();
        let parent = object
            .path
            .rsplit('.')
            .nth(1)
            .map(camel)
            .unwrap_or_default();
        let numbered = (2..).map(|number| format!("{plain}{number}"));
        for name in [plain.clone(), format!("{parent}{plain}")]
            .into_iter()
            .chain(numbered)
        {
            item.name = name;
            let Some(known) = self
                .structs
                .iter_mut()
                .find(|known| known.item.name == item.name)
            else {
                break;
            };
            if known.section == object.section && known.item.try_merge(&item) {
                known.order = known.order.min(order);
                return Ok(item.name);
            }
            if judged {
                bail!(
                    "the overlay calls `{}` a `{plain}`, but its fields are {}, where another `{plain}` has {}; \
                     declare an `alias` with a `reason`, or give it another name",
                    object.path,
                    item.signature(),
                    known.item.signature()
                );
            }
        }
        let name = item.name.clone();
        self.structs.push(Planned {
            item,
            section: object.section,
            order,
        });
        Ok(name)
    }

    fn check_use(&self) -> anyhow::Result<()> {
        for (name, entry) in &self.overlay.types {
            if !self.used.contains(name) {
                bail!(
                    "`type.{name}` of the overlay is no object of this API any more; remove the entry, or mend its \
                     `paths`, `of` or `with`"
                );
            }
            if let Some(field) = entry
                .fields
                .keys()
                .find(|field| !self.used.contains(&format!("{name}.{field}")))
            {
                bail!(
                    "`type.{name}.fields.{field}` of the overlay names a field that the page does not have (any \
                     more); rename or remove the entry"
                );
            }
            if let Some(alias) = entry
                .alias
                .keys()
                .find(|alias| !self.used.contains(&format!("{name}.alias.{alias}")))
            {
                bail!(
                    "`type.{name}.alias.{alias}` of the overlay names no field (any more); remove it"
                );
            }
        }
        Ok(())
    }
}

/// The type that documentation and samples give to a scalar.
fn ruled_value(node: &Node) -> Value {
    match node.kind {
        Kind::Integer => Value::Integer(None),
        Kind::Boolean => Value::Boolean,
        Kind::Decimal => Value::Text(Some("Amount".to_owned())),
        Kind::Time | Kind::Text if node.zone.as_deref() == Some("America/Los_Angeles") => {
            Value::Text(Some("PacificTime".to_owned()))
        }
        Kind::Time => Value::Text(Some("Time".to_owned())),
        Kind::Text | Kind::File | Kind::Unknown | Kind::Object => Value::Text(None),
    }
}

/// The inner name that a sample shows, or that the platform's rule makes of the element: lists of
/// scalars were seen under `number` and `string` in full answers.
fn wrapper(node: &Node) -> Option<Wrapper> {
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
        Kind::Text | Kind::Time | Kind::Decimal | Kind::File | Kind::Unknown => "string",
    };
    Some(Wrapper {
        name: name.to_owned(),
        proven: false,
    })
}

/// Rows of one name are one field already; an alias may still give a field the key of another.
fn check_keys(owner: &str, path: &str, fields: &[Field]) -> anyhow::Result<()> {
    let mut seen = BTreeMap::new();
    for field in fields {
        let Some(other) = seen.insert(&field.key, field) else {
            continue;
        };
        let alias = field.alias.as_ref().or(other.alias.as_ref());
        bail!(
            "`type.{owner}.alias.{}` of the overlay makes a second `{}` of `{path}`; remove it, or give that object \
             another name",
            alias.unwrap_or(&field.key),
            field.key
        );
    }
    Ok(())
}

/// Two keys may become one name in Rust; the later one then carries a number.
fn keep_names_apart(fields: &mut [Field]) {
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
    /// Takes over what another object of the same fields knows more; false if the fields differ.
    fn try_merge(&mut self, other: &Self) -> bool {
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
        if keys(self) != keys(other) || !pairs_agree {
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

    fn signature(&self) -> String {
        let keys: Vec<_> = self.fields.iter().map(|field| field.key.as_str()).collect();
        format!("({})", keys.join(", "))
    }
}
