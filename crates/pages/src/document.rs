//! What importing writes and code generation reads: `fixtures/trees/<api>.toml`, with everything that is known about
//! one API.
//!
//! One line per field, parents before their children, so that an import can be reviewed as a diff of `fixtures/trees`.

use std::fs;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::lines;
use crate::root::Root;
use crate::table::{Format, Role, write};
use crate::tree::{Kind, Rule};
use crate::type_text::{Element, TypeText};

/// Everything that the sources say about one API, merged.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The API's name.
    pub api: String,
    /// Its sources, newest first.
    pub sources: Vec<SourceRef>,
    /// HTTP methods as the newest source prints them.
    pub verb: Option<String>,
    /// Whether a session must be given; `None` if no source says so.
    pub session: Option<bool>,
    /// Codes of its error tables, each once.
    pub error_codes: Vec<String>,
    /// Payloads that its sources print.
    pub samples: Vec<SampleRef>,
    /// Parameters of the call.
    pub request: Vec<Field>,
    /// Fields of a successful answer, without the envelope.
    pub response: Vec<Field>,
}

/// A source of one API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRef {
    /// Its name.
    pub name: String,
    /// The day or month on which it was current.
    pub as_of: String,
    /// File name of the page.
    pub page: String,
    /// Rows of its request table.
    #[serde(default)]
    pub request: usize,
    /// Rows of its response table.
    #[serde(default)]
    pub response: usize,
}

/// A payload below `fixtures/samples/<api>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleRef {
    /// Its file name.
    pub file: String,
    /// What it is a sample of.
    pub role: Role,
    /// How it is written.
    pub format: Format,
    /// Whether it follows another schema than the tables, so that models need not read it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub foreign: bool,
}

/// One field, as all sources together describe it.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name on the wire.
    pub name: String,
    /// What the value, or one element of the list, is.
    pub kind: Kind,
    /// Whether the wire carries a list.
    pub list: bool,
    /// Whether a sample shows that it is, or is not, a list.
    pub list_proven: bool,
    /// Name of a list's inner element in full JSON and XML.
    pub wrapper: Option<String>,
    /// Whether a sample shows that name; otherwise it is derived from the documented type.
    pub wrapper_proven: bool,
    /// The type as documented.
    pub documented: Option<String>,
    /// The object type's name in the documentation.
    pub type_name: Option<String>,
    /// Whether the field is required; `None` if no source says.
    pub required: Option<bool>,
    /// Whether the newest source that has it calls it deprecated.
    pub deprecated: bool,
    /// Codes documented as its values.
    pub codes: Vec<String>,
    /// Time zone documented for it, as an IANA name.
    pub zone: Option<String>,
    /// The documented example.
    pub example: Option<String>,
    /// The kind of a sample's value.
    pub sample_kind: Option<Kind>,
    /// Line of the newest source's row; `None` when only a sample shows it.
    pub line: Option<usize>,
    /// The rule that placed it or decided its kind; `None` if nothing was to be decided.
    pub rule: Option<Rule>,
    /// Whether a sample or an overlay proves the result of that rule.
    pub proven: bool,
    /// The sources that have it, newest first; empty if all of them have it.
    pub only_in: Vec<String>,
    /// Fields of the object.
    pub children: Vec<Field>,
}

/// A field as one line of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at: String,
    kind: Kind,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    list: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    list_shown: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrapper: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    wrapper_shown: bool,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    documented: Option<String>,
    /// Only if the documented type does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    deprecated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    codes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    example: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sample: Option<Kind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unproven: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    only_in: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    api: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verb: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<bool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    error_codes: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(flatten)]
    head: Head,
    #[serde(default)]
    sources: Vec<SourceRef>,
    #[serde(default)]
    samples: Vec<SampleRef>,
    #[serde(default)]
    request: Vec<Line>,
    #[serde(default)]
    response: Vec<Line>,
}

impl Document {
    /// Reads a committed tree from its text.
    ///
    /// # Errors
    ///
    /// When it is not TOML of this form, or a field comes before its parent.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let file: File = toml::from_str(text)?;
        Ok(Self {
            api: file.head.api,
            sources: file.sources,
            verb: file.head.verb,
            session: file.head.session,
            error_codes: file.head.error_codes,
            samples: file.samples,
            request: nested(file.request)?,
            response: nested(file.response)?,
        })
    }

    /// Reads every committed tree, in the order of their file names.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub fn load_all(root: &Root) -> anyhow::Result<Vec<Self>> {
        let folder = root.trees();
        let mut paths = Vec::new();
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("reading the folder {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                paths.push(path);
            }
        }
        paths.sort();
        let read = |path: &std::path::PathBuf| {
            let text = fs::read_to_string(path)?;
            Self::parse(&text)
        };
        paths
            .iter()
            .map(|path| read(path).with_context(|| format!("reading the tree {}", path.display())))
            .collect()
    }

    /// The tree as the text of its file.
    ///
    /// # Errors
    ///
    /// When it cannot be written as TOML.
    pub fn to_toml(&self) -> anyhow::Result<String> {
        let head = toml::to_string(&Head {
            api: self.api.clone(),
            verb: self.verb.clone(),
            session: self.session,
            error_codes: self.error_codes.clone(),
        })?;
        let mut text = format!(
            "# What the sources say of one API, merged; written by `cargo xtask import`; do not edit.\n\n{head}"
        );
        text.push_str(&lines::array("sources", &self.sources)?);
        text.push_str(&lines::array("samples", &self.samples)?);
        for (key, fields) in [("request", &self.request), ("response", &self.response)] {
            let mut lines = Vec::new();
            flat(fields, "", &mut lines);
            text.push_str(&lines::array(key, &lines)?);
        }
        Ok(text)
    }

    /// Writes the tree below `root` if it differs from the committed one; returns whether it did.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn save(&self, root: &Root) -> anyhow::Result<bool> {
        let path = root.tree(&self.api);
        let text = self.to_toml()?;
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return Ok(false);
        }
        write(&path, &text)?;
        Ok(true)
    }

    /// Fields of a section, at any depth.
    pub fn count(fields: &[Field]) -> usize {
        fields
            .iter()
            .map(|field| 1 + Self::count(&field.children))
            .sum()
    }
}

fn flat(fields: &[Field], above: &str, lines: &mut Vec<Line>) {
    for field in fields {
        let name = field.name.replace('\\', "\\\\").replace('.', "\\.");
        let at = match above {
            "" => name,
            above => format!("{above}.{name}"),
        };
        lines.push(Line {
            kind: field.kind,
            list: field.list,
            list_shown: field.list_proven,
            wrapper: field.wrapper.clone(),
            wrapper_shown: field.wrapper_proven,
            of: field
                .type_name
                .clone()
                .filter(|name| type_name(field.documented.as_deref()).as_ref() != Some(name)),
            documented: field.documented.clone(),
            required: field.required,
            deprecated: field.deprecated,
            codes: field.codes.clone(),
            zone: field.zone.clone(),
            example: field.example.clone(),
            sample: field.sample_kind,
            line: field.line,
            rule: field.rule,
            unproven: !field.proven,
            only_in: field.only_in.clone(),
            at: at.clone(),
        });
        flat(&field.children, &at, lines);
    }
}

fn type_name(documented: Option<&str>) -> Option<String> {
    match TypeText::parse(documented?).element {
        Element::Object(name) => name,
        _ => None,
    }
}

fn nested(lines: Vec<Line>) -> anyhow::Result<Vec<Field>> {
    let mut top: Vec<Field> = Vec::new();
    for line in lines {
        let mut steps = steps(&line.at);
        let Some(name) = steps.pop() else {
            bail!("a field has no name; wanted one in `at`");
        };
        let mut siblings = &mut top;
        for step in &steps {
            // Lines follow those of their parents, so the parent is the last field with its name.
            let parent = siblings.iter_mut().rev().find(|field| field.name == *step);
            let Some(parent) = parent else {
                bail!(
                    "found the field `{}` and not the one above it; wanted parents before their children",
                    line.at
                );
            };
            siblings = &mut parent.children;
        }
        siblings.push(Field {
            name,
            kind: line.kind,
            list: line.list,
            list_proven: line.list_shown,
            wrapper: line.wrapper,
            wrapper_proven: line.wrapper_shown,
            type_name: line.of.or_else(|| type_name(line.documented.as_deref())),
            documented: line.documented,
            required: line.required,
            deprecated: line.deprecated,
            codes: line.codes,
            zone: line.zone,
            example: line.example,
            sample_kind: line.sample,
            line: line.line,
            rule: line.rule,
            proven: !line.unproven,
            only_in: line.only_in,
            children: Vec::new(),
        });
    }
    Ok(top)
}

/// The names of a path; a dot or backslash in a name is escaped by a backslash.
fn steps(at: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut letters = at.chars();
    while let Some(letter) = letters.next() {
        let last = steps.last_mut();
        match (letter, last) {
            ('.', _) => steps.push(String::new()),
            ('\\', Some(last)) => last.extend(letters.next()),
            (letter, Some(last)) => last.push(letter),
            (_, None) => {}
        }
    }
    steps
}
