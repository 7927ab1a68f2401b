//! Builds the tree from any [`Source`].

use super::Value;
use crate::fault::Fault;
use crate::source::{Key, Piece, Source};

/// How deep lists and objects may nest.
const MAX_DEPTH: usize = 128;
/// Bytes of the tree for each byte of the answer, and a constant in addition. While a list grows, it briefly takes its
/// old memory and 1.25 times that: 2.25 times 5 stays below twelve times the answer.
const SPREAD: usize = 5;
const FREE: usize = 1 << 20;
/// A list or object with fewer elements is collected before its memory is reserved, and then takes exactly what it
/// needs.
const SMALL: usize = 16;
/// What an allocator adds to each block of the heap, in bytes; a block is at least three times as large.
const BLOCK_HEAD: usize = size_of::<usize>();

/// How many more levels a tree may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth(usize);

impl Default for Depth {
    fn default() -> Self {
        Self(MAX_DEPTH)
    }
}

impl Depth {
    pub(super) fn deeper(self) -> Result<Self, Fault> {
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
    /// The members of all small objects that are being read.
    members: Vec<Member>,
}

type Member = (Box<str>, Value);

impl Nodes {
    /// For a reader whose size is unknown.
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

    /// Counts a block of the heap for a text; an empty text has none.
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
                "values that take little more memory than their text",
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

/// A list that is being read: first on a stack that all lists share, and once it is long, in its own memory.
///
/// If small lists grew step by step, they would leave gaps in the heap that no other list fits into.
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
