//! The tree from any serde reader. This crate's own readers hand over digits, and nothing is lost.

use std::fmt;

use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor,
};

use super::Value;

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
    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.0.checked_sub(1) {
            Some(left) => Ok(Self(left)),
            None => Err(E::custom(format_args!(
                "expected at most {MAX_DEPTH} levels, found more"
            ))),
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
    fn take_block<E: Error>(&mut self, bytes: usize) -> Result<(), E> {
        match bytes {
            0 => Ok(()),
            bytes => self.take(bytes.max(3 * BLOCK_HEAD) + BLOCK_HEAD),
        }
    }

    fn take<E: Error>(&mut self, bytes: usize) -> Result<(), E> {
        match self.room.checked_sub(bytes) {
            Some(room) => {
                self.room = room;
                Ok(())
            }
            None => Err(E::custom(
                "expected values that are not much smaller than what they take in memory, found nearly empty ones",
            )),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    /// From any reader. One that rounds numbers to floating point before it hands them over, such as serde_json's
    /// for what is no integer of 64 bits, has lost their digits already.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut nodes = Nodes::unbounded();
        ValueSeed {
            depth: Depth::default(),
            nodes: &mut nodes,
        }
        .deserialize(deserializer)
    }
}

/// Reads one value.
pub(crate) struct ValueSeed<'a> {
    pub(crate) depth: Depth,
    pub(crate) nodes: &'a mut Nodes,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
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
        Ok(Value::Number(value.to_string().into()))
    }

    /// This crate's JSON reader hands over the digits of numbers that are no `i64`.
    fn visit_bytes<E: Error>(self, digits: &[u8]) -> Result<Value, E> {
        let digits = std::str::from_utf8(digits).map_err(|_| E::custom("expected digits"))?;
        self.nodes.take_block(digits.len())?;
        Ok(Value::Number(digits.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.nodes.take_block(text.len())?;
        Ok(Value::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let depth = self.depth.deeper()?;
        let nodes = self.nodes;
        let mut list = Gathered::new(&nodes.elements);
        nodes.take(BLOCK_HEAD)?;
        while let Some(element) = elements.next_element_seed(ValueSeed { depth, nodes })? {
            nodes.take(size_of::<Value>())?;
            list.push(element, &mut nodes.elements);
        }
        Ok(Value::List(list.into_vec(&mut nodes.elements)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let depth = self.depth.deeper()?;
        let nodes = self.nodes;
        let mut object = Gathered::new(&nodes.members);
        nodes.take(BLOCK_HEAD)?;
        while let Some(key) = map.next_key_seed(KeySeed)? {
            nodes.take_block(key.len())?;
            nodes.take(size_of::<Member>())?;
            let value = map.next_value_seed(ValueSeed { depth, nodes })?;
            object.push((key, value), &mut nodes.members);
        }
        Ok(Value::Object(object.into_vec(&mut nodes.members)))
    }
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

/// Reads a member's name.
pub(crate) struct KeySeed;

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Box<str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Box<str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Box<str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Box<str>, E> {
        Ok(key.into())
    }
}
