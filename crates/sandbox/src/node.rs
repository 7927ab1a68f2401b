//! The contents of answers before they are written.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

/// A name or a text. Most names are constants of this program; most values are not.
pub(crate) type Words = Cow<'static, str>;

/// A value of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Boolean(bool),
    Number(serde_json::Number),
    Text(Words),
    /// A list. In XML, an element for each of its elements, under the same name.
    List(Vec<Node>),
    Object(Fields),
    /// An object that occurs in many answers, not yet written.
    Shared(Arc<Shared>),
    /// JSON that is already written; only in answers in JSON.
    Written(Arc<str>),
}

/// An object that occurs in many answers, such as a product, and its JSON after it was first written.
#[derive(Debug, PartialEq)]
pub(crate) struct Shared {
    pub(crate) contents: Fields,
    pub(crate) simplified: OnceLock<Arc<str>>,
    pub(crate) full: OnceLock<Arc<str>>,
}

impl From<Fields> for Shared {
    fn from(contents: Fields) -> Self {
        Self {
            contents,
            simplified: OnceLock::new(),
            full: OnceLock::new(),
        }
    }
}

/// The fields of an object, each name once.
///
/// A list is smaller and faster than a map, because it is filled once and read once in a table's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fields(Vec<(Words, Node)>);

impl Fields {
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their approximate size in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        let field = |(name, value): &(Words, Node)| name.len() + 64 + value.bytes();
        self.0.iter().map(field).sum()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a field whose name is new.
    pub(crate) fn push(&mut self, name: impl Into<Words>, value: impl Into<Node>) {
        self.0.push((name.into(), value.into()));
    }

    /// Removes a field; the order of the others may change.
    pub(crate) fn take(&mut self, name: &str) -> Option<(Words, Node)> {
        let place = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.swap_remove(place))
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Node)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }
}

impl<const COUNT: usize> From<[(&'static str, Node); COUNT]> for Fields {
    fn from(fields: [(&'static str, Node); COUNT]) -> Self {
        let fields = fields.into_iter();
        Self(
            fields
                .map(|(name, value)| (Cow::Borrowed(name), value))
                .collect(),
        )
    }
}

impl FromIterator<(Words, Node)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Words, Node)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl IntoIterator for Fields {
    type Item = (Words, Node);
    type IntoIter = std::vec::IntoIter<(Words, Node)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Map<String, Value>> for Fields {
    fn from(members: Map<String, Value>) -> Self {
        let members = members.into_iter();
        members
            .map(|(name, value)| (Cow::Owned(name), value.into()))
            .collect()
    }
}

impl Node {
    fn bytes(&self) -> usize {
        match self {
            Node::Text(words) => words.len(),
            Node::List(elements) => elements.iter().map(|element| 64 + element.bytes()).sum(),
            Node::Object(fields) => fields.bytes(),
            Node::Shared(shared) => shared.contents.bytes(),
            Node::Written(json) => json.len(),
            Node::Null | Node::Boolean(_) | Node::Number(_) => 0,
        }
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Node::Null,
            Value::Bool(value) => Node::Boolean(value),
            Value::Number(number) => Node::Number(number),
            Value::String(text) => text.into(),
            Value::Array(values) => values.into_iter().map(Node::from).collect(),
            Value::Object(members) => Node::Object(members.into()),
        }
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Node::Text(Cow::Owned(text))
    }
}

impl From<&'static str> for Node {
    fn from(text: &'static str) -> Self {
        Node::Text(Cow::Borrowed(text))
    }
}

impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Node::Number(number.into())
    }
}

impl From<usize> for Node {
    fn from(number: usize) -> Self {
        Node::Number(number.into())
    }
}

impl From<Fields> for Node {
    fn from(fields: Fields) -> Self {
        Node::Object(fields)
    }
}

impl<const COUNT: usize> From<[(&'static str, Node); COUNT]> for Node {
    fn from(fields: [(&'static str, Node); COUNT]) -> Self {
        Node::Object(fields.into())
    }
}

impl FromIterator<Node> for Node {
    fn from_iter<I: IntoIterator<Item = Node>>(elements: I) -> Self {
        Node::List(elements.into_iter().collect())
    }
}
