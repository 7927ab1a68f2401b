//! The interface between resolving and code generation: the fields of one API as a tree, and the findings about them.

use serde::{Deserialize, Serialize};

/// The resolved fields of one API.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tree {
    /// The API's name.
    pub api: String,
    /// Parameters of the call.
    pub request: Vec<Node>,
    /// Fields of a successful answer, without the envelope.
    pub response: Vec<Node>,
    /// Contradictions and decisions, in page order.
    pub findings: Vec<Finding>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// The name on the wire.
    pub name: String,
    /// Line of the page whose row documents it, from 1; `None` if only a sample shows it.
    pub line: Option<usize>,
    /// The type as documented.
    pub documented: Option<String>,
    /// Whether the page requires it; `None` if it does not say.
    pub required: Option<bool>,
    /// Whether the wire carries a list.
    pub list: bool,
    /// Whether a sample shows that it is, or is not, a list.
    pub list_proven: bool,
    /// Name of a list's inner element in full JSON and XML.
    pub wrapper: Option<String>,
    /// Whether a sample shows that name; otherwise it is derived from the documented type.
    pub wrapper_proven: bool,
    /// What the value, or one element of the list, is.
    pub kind: Kind,
    /// The kind of the sample's value; `None` if no sample shows one.
    pub sample_kind: Option<Kind>,
    /// The object type's name in the documentation, such as `GlobalMoneyStr`.
    pub type_name: Option<String>,
    /// The documented example.
    pub example: Option<String>,
    /// Whether the page calls it deprecated.
    pub deprecated: bool,
    /// The codes that the page documents as its values.
    pub codes: Vec<String>,
    /// Time zone documented for it, as an IANA name.
    pub zone: Option<String>,
    /// Fields of the object, documented ones first, in page order.
    pub children: Vec<Node>,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An object with fields.
    Object,
    /// An integer.
    Integer,
    /// Text.
    Text,
    /// A boolean.
    Boolean,
    /// A time, written as text.
    Time,
    /// A number with a fraction, to be kept as text.
    Decimal,
    /// An uploaded file.
    File,
    /// An object whose keys are data, not names of fields.
    Map,
    /// Neither the documentation nor a sample says.
    Unknown,
}

impl Kind {
    /// The kind in a word, for messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Integer => "integer",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Time => "time",
            Self::Decimal => "decimal",
            Self::File => "file",
            Self::Map => "map",
            Self::Unknown => "unknown",
        }
    }
}

/// A contradiction on a page, or a decision that nothing on the page proves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The table that it concerns.
    pub section: Section,
    /// The field's path, joined by dots; empty for the whole section.
    pub path: String,
    /// Line of the page, from 1.
    pub line: Option<usize>,
    /// The rule that decided.
    pub rule: Rule,
    /// What was found.
    pub found: String,
    /// How the contradiction was settled.
    pub settled: String,
    /// Whether a sample or an overlay proves the result.
    pub proven: bool,
}

/// One of the two tables of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// Parameters of the call.
    Request,
    /// Fields of the answer.
    Response,
}

impl Section {
    /// The section in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// How a decision was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The sample decides the parent.
    SamplePlaces,
    /// The mark or the indentation decides the parent.
    MarkPlaces,
    /// The order of rows decides the parent.
    OrderPlaces,
    /// Objects like this one, on the page or in other APIs, decide the parent.
    Likeness,
    /// The object that marks and order propose already has a row with that name.
    SameName,
    /// The sample shows other objects, and none of them has the field.
    SampleLacks,
    /// The overlay decides the parent.
    OverlayPlaces,
    /// The sample shows a list and the documentation says an object, or the reverse.
    KindBySample,
    /// No sample shows it. The evidence is an object with the same fields that a sample shows.
    KindByShape,
    /// No sample shows it, so it stays as documented.
    KindAsDocumented,
    /// The overlay decides between list and object.
    OverlayKind,
    /// The sample's value is of another kind than documented.
    TypeDiffers,
    /// Only a sample shows the field.
    SampleOnly,
    /// The sample follows another schema; only the table is used.
    OtherSchema,
    /// There is no sample to compare with.
    NoSample,
    /// Several rows with one name in one object become one field.
    OneKey,
    /// A part of the page could not be read.
    Unread,
    /// Sources contradict each other; the newer one is used, or what a sample shows.
    Newest,
    /// Only an older source has the field.
    OnlyInOlder,
}

impl Rule {
    /// The rule in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::SamplePlaces => "the sample decides the place",
            Self::MarkPlaces => "the mark decides the place",
            Self::OrderPlaces => "the order of rows decides the place",
            Self::Likeness => "similar objects decide the place",
            Self::SameName => "an earlier row has the same name",
            Self::SampleLacks => "the sample shows the other object without the field",
            Self::OverlayPlaces => "the overlay decides the place",
            Self::KindBySample => "the sample decides between list and object",
            Self::KindByShape => "a sample shows an object with the same fields",
            Self::KindAsDocumented => "as documented",
            Self::OverlayKind => "the overlay decides between list and object",
            Self::TypeDiffers => "documented type kept",
            Self::SampleOnly => "only the sample shows it",
            Self::OtherSchema => "the sample is ignored",
            Self::NoSample => "no sample on the page",
            Self::OneKey => "keys of an object are unique",
            Self::Unread => "could not be read",
            Self::Newest => "samples first, then the newest source",
            Self::OnlyInOlder => "fields of older sources are kept",
        }
    }
}

impl Tree {
    /// The number of nodes of a section, at any depth, that a row documents.
    pub fn documented(nodes: &[Node]) -> usize {
        nodes
            .iter()
            .map(|node| usize::from(node.line.is_some()) + Self::documented(&node.children))
            .sum()
    }

    /// The number of nodes of a section, at any depth.
    pub fn count(nodes: &[Node]) -> usize {
        nodes.iter().map(|n| 1 + Self::count(&n.children)).sum()
    }
}
