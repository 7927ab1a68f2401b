//! The interface between reading and resolving: the facts of a page, without decisions and without its sentences.
//!
//! A table is saved as `fixtures/tables/<source>/<api>.toml`, one line per row, and its sample payloads as files in
//! `fixtures/samples/<api>/`. Several sources may document one API; each has its own table.

mod files;

pub(crate) use files::write;
pub use files::{file_stems, newest_first};

use serde::{Deserialize, Serialize};

/// Everything one source states about one API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldTable {
    /// The API's name, such as `aliexpress.ds.order.create`.
    pub api: String,
    /// Name of the source, such as `page` or `sdk`; `fixtures/sources.toml` says what each of them is.
    #[serde(default)]
    pub source: String,
    /// File name of the page.
    pub page: String,
    /// The day or month of the page, `yyyy-mm-dd` or `yyyy-mm`; the day on which it was read if it has no date.
    pub as_of: String,
    /// The layout of the page.
    pub layout: Layout,
    /// HTTP methods that the source names, as printed: `GET/POST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verb: Option<String>,
    /// Number of the document on the platform's portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Rows of the request table, in page order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request: Vec<Row>,
    /// Rows of the response table, in page order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response: Vec<Row>,
    /// Payloads printed on the page.
    #[serde(default, rename = "sample", skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<Sample>,
    /// Codes of the page's error table.
    #[serde(default, rename = "error_code", skip_serializing_if = "Vec::is_empty")]
    pub error_codes: Vec<ErrorCode>,
    /// Code lists that have their own table or block.
    #[serde(default, rename = "enumeration", skip_serializing_if = "Vec::is_empty")]
    pub enumerations: Vec<Enumeration>,
    /// Places on the page with a fact that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// The layout of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// One cell per line, without lines between cells.
    Flattened,
    /// Tables with `|`, headings with `#`.
    Markdown,
    /// One cell per bullet, with the cells of top rows joined by blanks.
    Bullets,
    /// JSON of the newer portal, its fields as parameters.
    Portal,
    /// JSON of the newer portal, its fields as examples.
    PortalExamples,
    /// JSON of the older portal.
    Legacy,
    /// The documentation in the vendor's generated SDK, in the older portal's JSON.
    Sdk,
}

/// One row of a field table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Line of the page, from 1.
    pub line: usize,
    /// The field's name on the wire.
    pub name: String,
    /// The type as documented, cleaned of markup; `None` if the cell is missing.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_text: Option<String>,
    /// Whether the page requires the field; `None` if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// What the layout shows of the row's depth.
    #[serde(default, skip_serializing_if = "Depth::is_unsaid")]
    pub depth: Depth,
    /// The example value, if the row has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// Whether the page calls the field deprecated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Codes that the description lists as the field's values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// Time zone that the description names for the value, as an IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// What a layout shows of a row's depth; the top level is 0.
///
/// Written as `"mark 1"`, `"exact 2"` or `"at least 1"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Depth {
    /// Nothing.
    #[default]
    Unsaid,
    /// A mark such as `◎`. Pages are known to have marks that are too shallow.
    Mark(usize),
    /// An indentation or a top line, which the vendor's software draws.
    Exact(usize),
    /// A bullet: some level below the top.
    AtLeast(usize),
}

impl Depth {
    fn is_unsaid(&self) -> bool {
        *self == Self::Unsaid
    }

    /// The level, if one is shown.
    pub fn level(self) -> Option<usize> {
        match self {
            Self::Mark(level) | Self::Exact(level) => Some(level),
            Self::Unsaid | Self::AtLeast(_) => None,
        }
    }
}

impl From<Depth> for String {
    fn from(depth: Depth) -> Self {
        match depth {
            Depth::Unsaid => Self::new(),
            Depth::Mark(level) => format!("mark {level}"),
            Depth::Exact(level) => format!("exact {level}"),
            Depth::AtLeast(level) => format!("at least {level}"),
        }
    }
}

impl TryFrom<String> for Depth {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (word, level) = text.rsplit_once(' ').unwrap_or(("", &text));
        let level = || {
            level.parse().map_err(|_| {
                format!("found depth {text:?}; wanted a word and a level, such as \"mark 1\"")
            })
        };
        match word {
            "" if text.is_empty() => Ok(Self::Unsaid),
            "mark" => level().map(Self::Mark),
            "exact" => level().map(Self::Exact),
            "at least" => level().map(Self::AtLeast),
            _ => Err(format!(
                "found depth {text:?}; wanted \"mark\", \"exact\" or \"at least\" and a level"
            )),
        }
    }
}

/// A payload printed on the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// What it is a sample of.
    pub role: Role,
    /// How it is written.
    pub format: Format,
    /// File name in `fixtures/samples/<api>/`.
    pub file: String,
    /// Line of the page where it begins, from 1.
    pub line: usize,
    /// The payload; kept in the file, not in the table.
    #[serde(skip)]
    pub text: String,
}

/// The role of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The parameters of a call: one JSON object with a key per parameter.
    Request,
    /// A successful answer.
    Answer,
    /// A refusal.
    Error,
}

/// How a payload is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// JSON.
    Json,
    /// XML, possibly without a single root.
    Xml,
}

/// A code of the page's error table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorCode {
    /// Line of the page, from 1.
    pub line: usize,
    /// The code.
    pub code: String,
    /// The message cell, if it is a code, too, and differs from the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A code list with its own table or block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Enumeration {
    /// Line of the page where it begins, from 1.
    pub line: usize,
    /// The field that the heading names.
    pub field: String,
    /// The codes, in page order.
    pub values: Vec<String>,
}

/// A place on the page with a fact that could not be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unread {
    /// Line of the page, from 1.
    pub line: usize,
    /// What was being read, what was found and what was wanted.
    pub message: String,
    /// How it was read nevertheless; `None` if it was left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<String>,
}

impl FieldTable {
    /// A table with only the API's name, without source and day.
    pub fn empty(api: String, page: String, layout: Layout) -> Self {
        Self {
            api,
            source: String::new(),
            page,
            as_of: String::new(),
            layout,
            verb: None,
            document: None,
            request: Vec::new(),
            response: Vec::new(),
            samples: Vec::new(),
            error_codes: Vec::new(),
            enumerations: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Sets the source of the table. Samples of the page keep their plain names; those of other sources begin with the
    /// name of the source, so that no source overwrites the samples of another one.
    pub fn set_source(&mut self, name: &str) {
        name.clone_into(&mut self.source);
        if name == "page" {
            return;
        }
        for sample in &mut self.samples {
            sample.file = format!("{name}_{}", sample.file);
        }
    }

    /// Whether the source shows the structure, so that nothing has to be decided.
    pub fn shows_structure(&self) -> bool {
        let rows = || self.request.iter().chain(&self.response);
        rows().all(|row| matches!(row.depth, Depth::Exact(_)))
    }

    /// Samples of one role, in page order.
    pub fn samples_of(&self, role: Role) -> impl Iterator<Item = &Sample> {
        self.samples
            .iter()
            .filter(move |sample| sample.role == role)
    }
}
