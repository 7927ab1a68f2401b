//! Decodes answers without a model: the envelope around a tree.

use super::{DecodeError, Format, decode_tree};
use crate::envelope::{ApiError, Envelope, REFUSAL};
use crate::record::{Room, Shaped as _, read_field};
use crate::refusal::has_data;
use crate::tree::{Value, Walk};

/// A tree, and the format in which it was written.
pub(crate) struct Tree {
    pub(crate) value: Value,
    pub(crate) format: Format,
}

/// Decodes any answer without a model: JSON or XML, full or simplified, data or refusal.
///
/// The data is the content of `<api>_response` or, without an envelope, the whole object, including
/// `code` and `request_id`.
///
/// # Errors
///
/// When the bytes are not UTF-8, are neither JSON nor XML, are cut short, nest deeper than 128
/// levels, or contain so many nearly empty values that these would take many times their size in
/// memory. A refusal by the platform is not an error here, but an [`outcome`](Envelope::outcome).
pub fn decode_raw(bytes: &[u8]) -> Result<Envelope<Value>, DecodeError> {
    let tree = read_tree("", bytes)?;
    Ok(open(tree))
}

/// Parses any JSON or XML document completely, without interpreting an envelope. An XML document is
/// an object with one member, its root.
///
/// # Errors
///
/// As [`decode_raw`].
pub fn parse(bytes: &[u8]) -> Result<Value, DecodeError> {
    Ok(read_tree("", bytes)?.value)
}

/// Reads the tree with its envelope; `api` is for the error.
pub(crate) fn read_tree(api: &'static str, bytes: &[u8]) -> Result<Tree, DecodeError> {
    let (value, format) = decode_tree(api, bytes)?;
    Ok(Tree { value, format })
}

/// The envelope around an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Around<'v> {
    /// `error_response`, with its contents.
    Refusal(&'v Value),
    /// The key of a full answer, or the root of an XML document, with its contents.
    Key(&'v str, &'v Value),
    /// Nothing.
    Bare,
}

impl Tree {
    /// The envelope around the answer.
    pub(crate) fn around(&self) -> Around<'_> {
        let members = self.value.members().unwrap_or_default();
        match self.inside().and_then(|index| members.get(index)) {
            Some((key, value)) if **key == *REFUSAL => Around::Refusal(value),
            Some((key, value)) => Around::Key(key, value),
            None => Around::Bare,
        }
    }

    /// Whether the platform refused the call. Decoding with a model and without both use this rule.
    ///
    /// Under `error_response`, it did. Without an envelope, it did if there is a `code` other than success and no data;
    /// beside data the code is the API's, and must not be read as a refusal, because a write that succeeded would be
    /// repeated. Inside `…_response`, and under any other XML root, a `code` always is the API's.
    pub(crate) fn is_refused(&self) -> bool {
        match self.around() {
            Around::Refusal(_) => true,
            Around::Key(..) => false,
            Around::Bare => error_of(&self.value).has_refusing_code() && !has_data(&self.value),
        }
    }

    /// The index of the answer or refusal among the members of the root; `None` if it is the root itself.
    fn inside(&self) -> Option<usize> {
        let members = self.value.members()?;
        let is_refusal = |(key, value): &(Box<str>, Value)| {
            **key == *REFUSAL
                && match value {
                    Value::Null => false,
                    // XML has no null: an empty element is a refusal without code or message.
                    value if value.is_nothing() => {
                        self.format == Format::Xml || !has_data(&self.value)
                    }
                    _ => true,
                }
        };
        if let Some(index) = members.iter().position(is_refusal) {
            return Some(index);
        }
        // Simplified answers have these beside their fields. One of the fields may have a name that ends like the key
        // of a full answer.
        let simplified = members
            .iter()
            .any(|(key, _)| matches!(&**key, "request_id" | "code"));
        members.iter().position(|(key, _)| {
            self.format == Format::Xml
                || **key != *REFUSAL && key.ends_with("_response") && !simplified
                // The platform's guide prints one of its answers in this way.
                || members.len() == 1 && key.starts_with("aliexpress_")
        })
    }
}

/// Removes the envelope.
fn open(mut tree: Tree) -> Envelope<Value> {
    let refused = tree.is_refused();
    let inside = match (tree.inside(), &mut tree.value) {
        (Some(index), Value::Object(members)) => members.swap_remove(index).1,
        _ => tree.value,
    };
    let error = error_of(&inside);
    Envelope {
        request_id: error.request_id.clone(),
        trace_id: error.trace_id.clone(),
        outcome: match refused {
            true => Err(error),
            // `<…_response/>`: an answer without content.
            false if inside.is_nothing() => Ok(Value::Object(Vec::new())),
            false => Ok(inside),
        },
    }
}

/// The fields of an envelope that are among the members of a value.
pub(crate) fn error_of(value: &Value) -> ApiError {
    let mut error = ApiError::default();
    let Some(members) = value.members() else {
        return error;
    };
    // One by one, so that a member of another type does not prevent the others from being read.
    for (key, value) in members {
        if value.scalar().is_some()
            && let Some(index) = ApiError::SHAPE.find(key, 0)
        {
            let mut walk = Walk::new(value);
            let _ = read_field(&mut error, index, &mut walk, &mut Room::unbounded());
        }
    }
    error
}
