//! Turns the objects of a tree into structs: decides which of them are one type, its name and its fields.
//!
//! Objects with the same name and the same fields are one type. If only the names agree, an overlay merges the
//! objects by declaring an alias, or they become separate types.

use std::collections::BTreeSet;

use anyhow::{Context as _, bail, ensure};

use super::fields::{join_aliases, keep_names_apart, ruled_value, wrapper};
use super::money;
use super::names::{identifier, type_name};
use super::words::{self, Said};
use super::{BUILT_IN, HAND_WRITTEN, Planner};
use crate::codegen::api::{Field, FileField, Money, Struct, Value};
use crate::codegen::case::snake;
use crate::codegen::lexicon::At;
use crate::codegen::overlay::{FieldWords, Overlay, TypeEntry};
use pages::document::{Document, Field as Node};
use pages::tree::{Kind, Section};

/// The type of objects whose keys are data: they are kept as JSON.
const FREE: &str = "JsonText";

/// The names of an API and its two roots.
pub(super) struct Names<'a> {
    pub(super) family: &'a str,
    /// The module's name as the start of a type's name.
    pub(super) stem: String,
    pub(super) request: &'a str,
    pub(super) answer: &'a str,
}

pub(super) fn plan(
    document: &Document,
    names: &Names<'_>,
    overlay: &Overlay,
    planner: &mut Planner,
) -> anyhow::Result<Vec<Struct>> {
    let mut objects = Objects {
        document,
        names,
        overlay,
        planner,
        structs: Vec::new(),
        visited: 0,
        used: BTreeSet::new(),
    };
    objects.root(Section::Request, names.request, &document.request)?;
    objects.root(Section::Response, names.answer, &document.response)?;
    objects.check_use()?;
    objects.structs.sort_by_key(|planned| planned.order);
    let structs = objects.structs.into_iter().map(|planned| planned.item);
    Ok(structs.collect())
}

struct Objects<'a> {
    document: &'a Document,
    names: &'a Names<'a>,
    overlay: &'a Overlay,
    planner: &'a mut Planner,
    structs: Vec<Planned>,
    visited: usize,
    /// Overlay entries that were used, as `type` or `type.field` or `type.alias.name`.
    used: BTreeSet<String>,
}

struct Planned {
    item: Struct,
    section: Section,
    /// Position among all objects, parents before their children.
    order: usize,
}

/// Names that generated modules use already: Rust's own and those that they import.
pub(super) const TAKEN: &[&str] = &[
    "Amount",
    "Answer",
    "Api",
    "Box",
    "Call",
    "Clone",
    "Copy",
    "Debug",
    "Decimal",
    "Default",
    "Effect",
    "EpochMillis",
    "Eq",
    "Err",
    "ErrorCode",
    "File",
    "From",
    "Into",
    "Joined",
    "JsonText",
    "CurrencyOf",
    "Monetary",
    "None",
    "Ok",
    "Option",
    "PacificTime",
    "Record",
    "Request",
    "Result",
    "RetryClass",
    "Self",
    "Session",
    "Shaped",
    "Some",
    "String",
    "Time",
    "Url",
    "Vec",
    "Verb",
];

/// An object and its position.
struct Object<'a> {
    section: Section,
    path: String,
    /// Name of the field that holds it; `None` for the parameters and the answer themselves.
    field: Option<&'a str>,
    documented: Option<&'a str>,
    /// Whether it is an element of a list.
    is_element: bool,
    nodes: &'a [Node],
}

impl<'a> Object<'a> {
    /// The position of its fields.
    fn at(&self, api: &'a str) -> At<'a> {
        At {
            api,
            side: self.section,
            holder: self.field,
            siblings: self.nodes,
        }
    }

    /// The position of the object itself, with its own fields.
    fn around(&'a self, api: &'a str) -> At<'a> {
        At {
            holder: self.path.rsplit('.').nth(1),
            ..self.at(api)
        }
    }
}

impl Objects<'_> {
    fn root(&mut self, section: Section, name: &str, nodes: &[Node]) -> anyhow::Result<()> {
        let object = Object {
            section,
            path: section.word().to_owned(),
            field: None,
            documented: None,
            is_element: false,
            nodes,
        };
        self.object(&object, Some(name)).map(drop)
    }

    /// Plans an object with all inner objects, and returns the name of its struct.
    fn object(&mut self, object: &Object<'_>, root_name: Option<&str>) -> anyhow::Result<String> {
        let order = self.visited;
        self.visited += 1;
        let named = self.judged_name(object)?;
        let judged = named.is_some();
        let name = match (root_name, named) {
            (Some(root), _) => root.to_owned(),
            (None, Some(name)) if TAKEN.contains(&name.as_str()) => {
                bail!(
                    "`type.{name}` of the overlay has a name that generated modules use for something else"
                )
            }
            (None, Some(name)) => name,
            (None, None) => self.ruled_name(object),
        };
        let entry = self.overlay.types.get(&name);
        let mut fields = Vec::new();
        let mut files = Vec::new();
        for node in object.nodes {
            // Files are sent separately from the other parameters.
            if node.kind == Kind::File
                && object.field.is_none()
                && object.section == Section::Request
            {
                files.push(self.file(object, &name, entry, node));
                continue;
            }
            fields.push(self.field(object, &name, entry, node)?);
        }
        if let Some(entry) = entry {
            fields.extend(self.added_fields(object, &name, entry)?);
        }
        join_aliases(&name, &object.path, &mut fields)?;
        keep_names_apart(&mut fields);
        if entry.is_some() {
            self.used.insert(name.clone());
        }
        let is_fixed = judged || root_name.is_some();
        let (doc, worded) = self.object_words(object, entry);
        let item = Struct {
            doc,
            worded,
            money: self.money(&name, entry, &fields)?,
            no_price: entry.and_then(|entry| entry.no_price.clone()),
            base: (!is_fixed).then(|| self.base_name(object)),
            paths: vec![object.path.clone()],
            name,
            fields,
            files,
            in_request: object.section == Section::Request,
        };
        self.merge(object, item, order, is_fixed)
    }

    /// The name by rule: the documented type's, else the field's; in the singular for the element of a list.
    fn base_name(&self, object: &Object<'_>) -> String {
        let name = object.documented.or(object.field).unwrap_or_default();
        type_name(name, object.is_element, &self.planner.rules.names)
    }

    /// The name by rule, prefixed by the call's name if Rust or the generated module uses the name for
    /// something else.
    fn ruled_name(&self, object: &Object<'_>) -> String {
        let name = self.base_name(object);
        let taken = |name: &str| {
            self.planner.is_taken(name) || [self.names.request, self.names.answer].contains(&name)
        };
        let longer = format!("{}{name}", self.names.stem);
        if !taken(&name) {
            name
        } else if !taken(&longer) {
            longer
        } else {
            format!("{longer}Object")
        }
    }

    /// The description of an object, and whether it is hand-written; the roots need none.
    fn object_words(&mut self, object: &Object<'_>, entry: Option<&TypeEntry>) -> (String, bool) {
        if let Some(doc) = entry.and_then(|entry| entry.doc.clone()) {
            return (doc, true);
        }
        let api = &self.document.api;
        let at = object.around(api);
        match (object.field, object.section) {
            (None, Section::Request) => (format!("Parameters of `{api}`."), true),
            (None, Section::Response) => (format!("Answer of `{api}`."), true),
            (Some(field), _) => match self.planner.lexicon.object(at, field) {
                Some(doc) => (doc.to_owned(), true),
                None => {
                    let doc = words::object(field, object.documented, object.is_element);
                    (doc, false)
                }
            },
        }
    }

    fn file(
        &mut self,
        object: &Object<'_>,
        owner: &str,
        entry: Option<&TypeEntry>,
        node: &Node,
    ) -> FileField {
        let said = entry.and_then(|entry| entry.fields.get(&node.name));
        if said.is_some() {
            self.used.insert(format!("{owner}.{}", node.name));
        }
        let said = said.map(|said| said.words()).unwrap_or_default();
        let shared = || {
            let at = object.at(&self.document.api);
            let doc = self.planner.lexicon.field(at, node)?;
            Some(Said::Anywhere(doc.to_owned()))
        };
        let doc = said.doc.map(Said::Here).or_else(shared);
        FileField {
            key: node.name.clone(),
            name: said.name.unwrap_or_else(|| identifier(&snake(&node.name))),
            worded: doc.is_some(),
            doc: words::field(
                node,
                doc,
                &Value::Text(None),
                self.document,
                &self.planner.sources,
            ),
            required: said.required.unwrap_or(node.required == Some(true)),
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
                words.words()
            }
            None => FieldWords::default(),
        };
        let value = self.value(object, owner, &key, node, &words)?;
        let is_free = node.kind == Kind::Object && !matches!(value, Value::Record(_));
        let has_words = matches!(value, Value::Text(_) | Value::Integer(_));
        let in_request = object.section == Section::Request;
        let is_text = node.sample_kind == Some(Kind::Text)
            || (node.sample_kind.is_none() && node.kind == Kind::Text);
        let as_text = in_request && is_text && matches!(value, Value::Integer(_) | Value::Boolean);
        if let Some(required) = words.required
            && required == (node.required == Some(true))
        {
            bail!(
                "`type.{owner}.fields.{key}` says `required = {required}`, and so do the sources; remove it"
            );
        }
        if words.deprecated && node.deprecated {
            bail!("`type.{owner}.fields.{key}` says `deprecated`, and so does the page; remove it");
        }
        let said = match words.doc {
            Some(doc) => Some(Said::Here(doc)),
            None => {
                let at = object.at(&self.document.api);
                let shared = self.planner.lexicon.field(at, node);
                shared.map(|doc| Said::Anywhere(doc.to_owned()))
            }
        };
        let name = identifier(&snake(&key));
        if words.name.as_ref() == Some(&name) {
            bail!(
                "`type.{owner}.fields.{key}` gives the name that the field has anyway; remove it"
            );
        }
        Ok(Field {
            alias: (key != node.name).then(|| node.name.clone()),
            name: words.name.unwrap_or(name),
            worded: said.is_some(),
            doc: words::field(node, said, &value, self.document, &self.planner.sources),
            value,
            list: node.list,
            wrapper: wrapper(node),
            required: in_request && words.required.unwrap_or(node.required == Some(true)),
            personal: words.personal || (has_words && self.planner.rules.is_personal(&key)),
            deprecated: words.deprecated || node.deprecated,
            as_text,
            free: node.kind == Kind::Map || is_free,
            key,
        })
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
                doc: added.doc.clone(),
                worded: true,
                list: false,
                wrapper: None,
                required: false,
                personal: added.personal || self.planner.rules.is_personal(key),
                deprecated: false,
                as_text: false,
                free: false,
            });
        }
        Ok(fields)
    }

    fn value(
        &mut self,
        object: &Object<'_>,
        owner: &str,
        key: &str,
        node: &Node,
        words: &FieldWords,
    ) -> anyhow::Result<Value> {
        let at = format!("type.{owner}.fields.{}", node.name);
        if node.kind == Kind::Object && words.value.as_deref() == Some(FREE) {
            return self.named_value(&at, FREE, &[]);
        }
        if node.kind == Kind::Object {
            if words.value.is_some() {
                bail!(
                    "`{at}` gives a scalar type to an object; wanted `{FREE}`, for an object whose keys are data, or a \
                     name under `type`"
                );
            }
            let child = Object {
                section: object.section,
                path: format!("{}.{}", object.path, node.name),
                field: Some(&node.name),
                documented: node.type_name.as_deref(),
                is_element: node.list,
                nodes: &node.children,
            };
            return Ok(Value::Record(self.object(&child, None)?));
        }
        let section = object.section;
        let rule =
            self.planner
                .rules
                .scalar(key, node, section, (self.names.family, &self.document.api));
        let ruled = match rule.map(str::to_owned) {
            Some(name) if words.value.is_none() => self.named_value(&at, &name, &node.codes)?,
            // Naming a type counts as use; the rule's type is not used if the overlay names another.
            Some(name) => self.planner.known_value(&name).unwrap_or(Value::Text(None)),
            None => ruled_value(node),
        };
        let Some(name) = &words.value else {
            return Ok(ruled);
        };
        let listed = node.codes.clone();
        let value = self.named_value(&at, name, &listed)?;
        if value == ruled {
            bail!("`{at}` gives the type `{name}`, which the field has anyway; remove it");
        }
        Ok(value)
    }

    fn named_value(&mut self, at: &str, name: &str, listed: &[String]) -> anyhow::Result<Value> {
        let Some(value) = self.planner.known_value(name) else {
            bail!(
                "`{at}` has the type `{name}`; wanted {} or a type of fixtures/overlay/shared.toml",
                [&BUILT_IN[..], &HAND_WRITTEN].concat().join(", ")
            )
        };
        if self.planner.shared.codes.contains_key(name) {
            let documented = self.planner.documented.entry(name.to_owned()).or_default();
            for code in listed {
                if !documented.contains(code) {
                    documented.push(code.clone());
                }
            }
        }
        self.planner.used.insert(name.to_owned());
        Ok(value)
    }

    /// The fields that state money: by the overlay, or else by their names.
    fn money(
        &self,
        owner: &str,
        entry: Option<&TypeEntry>,
        fields: &[Field],
    ) -> anyhow::Result<Option<Money>> {
        if entry.is_some_and(|entry| entry.no_price.is_some()) {
            let is_said = entry.is_some_and(|entry| entry.money.is_some());
            ensure!(
                !is_said,
                "`type.{owner}` says which price counts, and that none does"
            );
            return Ok(None);
        }
        let Some(entry) = entry.and_then(|entry| entry.money.as_ref()) else {
            let rules = &self.planner.rules.money;
            return Ok(rules.iter().find_map(|rule| money::by_rule(rule, fields)));
        };
        let known = self.structs.iter().map(|planned| &planned.item);
        let known = known.chain(&self.planner.shared_structs);
        let money = money::by_entry(entry, fields, &known.collect::<Vec<_>>());
        money
            .with_context(|| format!("reading `type.{owner}.money`"))
            .map(Some)
    }

    /// Adds the object to the structs, unless an equal one exists, and returns the struct's name.
    fn merge(
        &mut self,
        object: &Object<'_>,
        mut item: Struct,
        order: usize,
        judged: bool,
    ) -> anyhow::Result<String> {
        let plain = item.name.clone();
        // If another object has the name, the enclosing objects distinguish them.
        let around = object.path.rsplit('.').skip(1);
        let longer = around.scan(plain.clone(), |name, parent| {
            *name = format!(
                "{}{name}",
                type_name(parent, true, &self.planner.rules.names)
            );
            Some(name.clone())
        });
        let longer: Vec<_> = longer.collect();
        let numbered = (2..).map(|number| format!("{plain}{number}"));
        for name in std::iter::once(plain.clone()).chain(longer).chain(numbered) {
            if name != plain && self.planner.is_taken(&name) {
                continue;
            }
            item.name = name;
            let Some(known) = self
                .structs
                .iter_mut()
                .find(|known| known.item.name == item.name)
            else {
                break;
            };
            if known.section == object.section && known.item.try_merge(&item) {
                known.item.paths.append(&mut item.paths);
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
                    "`type.{name}` of the overlay fits no object of this API (any more); remove the entry, or correct its \
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
