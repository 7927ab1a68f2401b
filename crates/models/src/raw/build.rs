//! The tree, built from any [`Source`] and from any serde reader.

use std::fmt;

use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};

use super::Value;
use crate::fault::Fault;
use crate::record::ROUNDED;
use crate::source::{Key, Piece, Source};

/// How deep lists and objects may nest.
const MAX_DEPTH: usize = 128;
/// Bytes of the tree for each byte of the answer, and beside them. A list that grows takes, for a moment, its old memory
/// and a quarter more than that: 2.25 times 5 stays below twelve times the answer.
const SPREAD: usize = 5;
const FREE: usize = 1 << 20;
/// A list or an object of fewer is put together before its memory is reserved, and then takes what it needs.
const SMALL: usize = 16;
/// What an allocator keeps beside each block of the heap; a block is no smaller than three of these.
const BLOCK_HEAD: usize = size_of::<usize>();

/// How much deeper a tree may go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth(usize);

impl Default for Depth {
    fn default() -> Self {
        Self(MAX_DEPTH)
    }
}

impl Depth {
    fn deeper(self) -> Result<Self, Fault> {
        match self.0.checked_sub(1) {
            Some(left) => Ok(Self(left)),
            None => Err(Fault::unexpected(
                format!("at most {MAX_DEPTH} levels"),
                "more",
            )),
        }
    }
}

/// How many more bytes the nodes of a tree may take: `{}` has two bytes in an answer and many more in a tree.
#[derive(Debug)]
pub(crate) struct Nodes {
    room: usize,
    /// The elements of all small lists that are being read, the innermost list last.
    elements: Vec<Value>,
    /// The same of objects.
    members: Vec<Member>,
}

type Member = (Box<str>, Value);

impl Nodes {
    /// For a reader of which nothing is known.
    pub(crate) fn unbounded() -> Self {
        Self::with_room(usize::MAX)
    }

    /// For an answer of this many bytes.
    pub(crate) fn of(answer: usize) -> Self {
        Self::with_room(answer.saturating_mul(SPREAD).saturating_add(FREE))
    }

    fn with_room(room: usize) -> Self {
        Self {
            room,
            elements: Vec::new(),
            members: Vec::new(),
        }
    }

    /// Counts a block of the heap for a text; an empty one has none.
    #[inline]
    fn take_block(&mut self, bytes: usize) -> Result<(), Fault> {
        match bytes {
            0 => Ok(()),
            bytes => self.take(bytes.max(3 * BLOCK_HEAD) + BLOCK_HEAD),
        }
    }

    #[inline]
    fn take(&mut self, bytes: usize) -> Result<(), Fault> {
        match self.room.checked_sub(bytes) {
            Some(room) => {
                self.room = room;
                Ok(())
            }
            None => Err(Fault::unexpected(
                "values that are not much smaller than what they take in memory",
                "nearly empty ones",
            )),
        }
    }
}

/// Reads the next value.
pub(crate) fn read_value<S: Source>(
    source: &mut S,
    depth: Depth,
    nodes: &mut Nodes,
) -> Result<Value, Fault> {
    Ok(match source.value()? {
        Piece::Null => Value::Null,
        Piece::Boolean(value) => Value::Boolean(value),
        Piece::Integer(value) => Value::Integer(value),
        Piece::Digits(digits) => {
            nodes.take_block(digits.len())?;
            Value::Number(digits.into())
        }
        Piece::Text(text) => {
            nodes.take_block(text.len())?;
            Value::Text(text.into())
        }
        Piece::Object => read_members(source, depth, nodes)?,
        Piece::List => read_elements(source, depth, nodes)?,
    })
}

/// Reads the rest of an object or a list, the start of which has been read.
pub(crate) fn read_rest<S: Source>(
    start: Piece<'_>,
    source: &mut S,
    depth: Depth,
    nodes: &mut Nodes,
) -> Result<Value, Fault> {
    match start {
        Piece::Object => read_members(source, depth, nodes),
        _ => read_elements(source, depth, nodes),
    }
}

fn read_members<S: Source>(
    source: &mut S,
    depth: Depth,
    nodes: &mut Nodes,
) -> Result<Value, Fault> {
    match source.key(None)? {
        Key::Other(key) => {
            let first = key.into();
            read_members_from(first, source, depth, nodes)
        }
        Key::Likely | Key::End => Ok(Value::Object(Vec::new())),
    }
}

/// Reads the rest of an object, the first key of which has been read.
pub(crate) fn read_members_from<S: Source>(
    first: Box<str>,
    source: &mut S,
    depth: Depth,
    nodes: &mut Nodes,
) -> Result<Value, Fault> {
    let depth = depth.deeper()?;
    let mut object = Gathered::new(&nodes.members);
    nodes.take(BLOCK_HEAD)?;
    let mut key = first;
    loop {
        nodes.take_block(key.len())?;
        nodes.take(size_of::<Member>())?;
        let value = read_value(source, depth, nodes)?;
        object.push((key, value), &mut nodes.members);
        key = match source.key(None)? {
            Key::Other(key) => key.into(),
            Key::Likely | Key::End => break,
        };
    }
    Ok(Value::Object(object.into_vec(&mut nodes.members)))
}

fn read_elements<S: Source>(
    source: &mut S,
    depth: Depth,
    nodes: &mut Nodes,
) -> Result<Value, Fault> {
    let depth = depth.deeper()?;
    let mut list = Gathered::new(&nodes.elements);
    nodes.take(BLOCK_HEAD)?;
    while source.element()? {
        nodes.take(size_of::<Value>())?;
        let element = read_value(source, depth, nodes)?;
        list.push(element, &mut nodes.elements);
    }
    Ok(Value::List(list.into_vec(&mut nodes.elements)))
}

/// A list that is being read: on a stack that all share, and once it is long, in memory of its own.
///
/// A list of one that grew as others do would leave gaps in the heap that no other list of one fits into.
struct Gathered<T> {
    start: usize,
    own: Vec<T>,
}

impl<T> Gathered<T> {
    fn new(stack: &[T]) -> Self {
        Self {
            start: stack.len(),
            own: Vec::new(),
        }
    }

    #[inline]
    fn push(&mut self, item: T, stack: &mut Vec<T>) {
        if self.own.capacity() > 0 {
            if self.own.len() == self.own.capacity() {
                self.own.reserve_exact(self.own.len() / 4);
            }
            self.own.push(item);
            return;
        }
        stack.push(item);
        if stack.len() - self.start == SMALL {
            self.own.reserve_exact(2 * SMALL);
            self.own.extend(stack.drain(self.start..));
        }
    }

    fn into_vec(mut self, stack: &mut Vec<T>) -> Vec<T> {
        if self.own.capacity() == 0 {
            return stack.drain(self.start..).collect();
        }
        self.own.shrink_to_fit();
        self.own
    }
}

impl<'de> Deserialize<'de> for Value {
    /// From any reader. One that rounds numbers to floating point before it hands them over, such as serde_json's
    /// for what is no integer of 64 bits, has lost their digits already.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Build {
            depth: Depth::default(),
            rounding: Rounding::Ignored,
        })
    }
}

/// The same for a model, which refuses what a reader has rounded, and knows nothing of attributes.
pub(crate) fn for_model<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
    deserializer.deserialize_any(Build {
        depth: Depth::default(),
        rounding: Rounding::Marked,
    })
}

/// What becomes of floating point numbers whose digits may be lost.
#[derive(Clone, Copy, PartialEq)]
enum Rounding {
    Ignored,
    /// [`ROUNDED`] precedes their digits.
    Marked,
}

/// Builds a value from what a serde reader hands over.
#[derive(Clone, Copy)]
struct Build {
    depth: Depth,
    rounding: Rounding,
}

impl Build {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        Ok(Self {
            depth: self.depth.deeper().map_err(E::custom)?,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Build {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Build {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(match i64::try_from(value) {
            Ok(value) => Value::Integer(value),
            Err(_) => Value::Number(value.to_string().into()),
        })
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Number(value.to_string().into()))
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Number(value.to_string().into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;
        let is_exact = value.abs() < EXACT_BELOW;
        Ok(Value::Number(match self.rounding {
            Rounding::Marked if !is_exact => format!("{ROUNDED}{value:e}").into(),
            _ => value.to_string().into(),
        }))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(inside)? {
            list.push(element);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inside = self.deeper()?;
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<Box<str>>()? {
            let value = map.next_value_seed(inside)?;
            members.push((key, value));
        }
        Ok(match self.rounding {
            Rounding::Marked => without_attributes(members),
            Rounding::Ignored => Value::Object(members),
        })
    }
}

/// Other readers of XML hand attributes over as members with an `@`, and the text beside them as `$text`.
fn without_attributes(mut members: Vec<(Box<str>, Value)>) -> Value {
    let all = members.len();
    members.retain(|(key, value)| {
        !(key.starts_with('@') || key.starts_with('$') && value.is_nothing())
    });
    match &mut members[..] {
        [] if all > 0 => Value::Text(Box::default()),
        [(key, text)] if **key == *"$text" => std::mem::replace(text, Value::Null),
        _ => Value::Object(members),
    }
}
