//! `fixtures/overlay/words.toml`: descriptions of fields by name, so that overlays need not repeat them.
//!
//! A group states where its descriptions apply: in which APIs, on which side, in which objects. The first group that
//! applies is used, unless an overlay has its own description.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context as _, bail};
use pages::document::Field;
use pages::root::Root;
use pages::tree::{Kind, Section};
use serde::Deserialize;

use super::case::snake;
use super::rules::matches;

/// The shared descriptions.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lexicon {
    /// APIs of which every field and every object must have a description.
    #[serde(default)]
    complete: Vec<String>,
    #[serde(default, rename = "words")]
    groups: Vec<Group>,
    /// Descriptions that some field has, as group and place.
    #[serde(skip)]
    used: BTreeSet<(usize, Place)>,
}

/// Names with the meaning that they have in certain places.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    /// Names of APIs, with `*` at an end.
    #[serde(default)]
    apis: Vec<String>,
    #[serde(default)]
    side: Option<Section>,
    /// Names of the fields that contain the object in which it is, in snake case; `request` and `response` for the
    /// roots.
    #[serde(default, rename = "in")]
    within: Vec<String>,
    /// Fields that the same object must have, in snake case.
    #[serde(default)]
    siblings: Vec<String>,
    #[serde(default)]
    kinds: Vec<Kind>,
    /// Descriptions by the field's name in snake case.
    #[serde(default)]
    fields: BTreeMap<String, String>,
    /// Descriptions of objects, by the name of the field that holds them.
    #[serde(default)]
    objects: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Field(String),
    Object(String),
}

/// The position of a field or an object.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) api: &'a str,
    pub(crate) side: Section,
    /// Name of the field that holds the object of the field, or the object around the object; `None` for the roots.
    pub(crate) holder: Option<&'a str>,
    /// Fields of the object.
    pub(crate) siblings: &'a [Field],
}

impl Lexicon {
    pub(crate) fn load(root: &Root) -> anyhow::Result<Self> {
        let path = root.path().join("fixtures/overlay/words.toml");
        if !path.exists() {
            return Ok(Self::default());
        }
        let reading = || format!("reading {}", path.display());
        let text = fs::read_to_string(&path).with_context(reading)?;
        let lexicon: Self = toml::from_str(&text).with_context(reading)?;
        lexicon.check().with_context(reading)?;
        Ok(lexicon)
    }

    fn check(&self) -> anyhow::Result<()> {
        for group in &self.groups {
            let entries = || group.fields.iter().chain(&group.objects);
            if let Some((name, _)) = entries().find(|(name, _)| snake(name) != **name) {
                bail!(
                    "cannot use the description of `{name}`: found a name that is not in snake case; wanted snake case"
                );
            }
            if let Some((name, _)) = entries().find(|(_, words)| words.trim().is_empty()) {
                bail!("cannot use the description of `{name}`: found it blank; wanted a sentence");
            }
        }
        Ok(())
    }

    /// The description of a field.
    pub(crate) fn field(&mut self, at: At<'_>, field: &Field) -> Option<&str> {
        let name = snake(&field.name);
        let index = self
            .groups
            .iter()
            .position(|group| group.fits(at, field) && group.fields.contains_key(&name))?;
        let words = self.groups[index].fields.get(&name)?;
        self.used.insert((index, Place::Field(name)));
        Some(words)
    }

    /// The description of the object in the field `name`, whose siblings are `at.siblings`.
    pub(crate) fn object(&mut self, at: At<'_>, name: &str) -> Option<&str> {
        let name = snake(name);
        let fits = |group: &Group| group.is_at(at) && group.objects.contains_key(&name);
        let index = self.groups.iter().position(fits)?;
        let words = self.groups[index].objects.get(&name)?;
        self.used.insert((index, Place::Object(name)));
        Some(words)
    }

    /// Whether everything of the API must have a description.
    pub(crate) fn is_complete(&self, api: &str) -> bool {
        self.complete.iter().any(|pattern| matches(pattern, api))
    }

    /// Fails on descriptions that no field has, because the reason for them no longer exists.
    pub(crate) fn check_use(&self) -> anyhow::Result<()> {
        for (index, group) in self.groups.iter().enumerate() {
            let fields = group.fields.keys().cloned().map(Place::Field);
            let objects = group.objects.keys().cloned().map(Place::Object);
            let unused = fields
                .chain(objects)
                .filter(|place| !self.used.contains(&(index, place.clone())));
            let unused: Vec<_> = unused
                .map(|(Place::Field(name) | Place::Object(name))| name)
                .collect();
            if !unused.is_empty() {
                bail!(
                    "cannot use the descriptions of {} in group {} of fixtures/overlay/words.toml: found no field that they fit, or \
                     an earlier group that fits; remove them",
                    unused.join(", "),
                    index + 1
                );
            }
        }
        Ok(())
    }
}

impl Group {
    fn fits(&self, at: At<'_>, field: &Field) -> bool {
        self.is_at(at) && (self.kinds.is_empty() || self.kinds.contains(&field.kind))
    }

    fn is_at(&self, at: At<'_>) -> bool {
        let holder = at.holder.map_or_else(|| at.side.word().to_owned(), snake);
        let is_present =
            |name: &String| at.siblings.iter().any(|field| snake(&field.name) == *name);
        self.side.is_none_or(|side| side == at.side)
            && (self.apis.is_empty() || self.apis.iter().any(|one| matches(one, at.api)))
            && (self.within.is_empty() || self.within.contains(&holder))
            && self.siblings.iter().all(is_present)
    }
}
