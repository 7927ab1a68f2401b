//! Random values for any model, made from its table, and the choices of how to write them.

use std::cell::Cell;

use aliexpress_models::{Field, Kind, Shape};
use proptest::prelude::*;
use serde_json::Value;

#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Integer(i64),
    Boolean(bool),
    Text(String),
    /// A text in place of an integer.
    Wrong(&'static str),
    Object(&'static Shape, Vec<(&'static Field, Tree)>),
    List(Vec<Tree>),
}

/// An object of this shape with some of its fields.
pub(crate) fn object(shape: &'static Shape) -> BoxedStrategy<Tree> {
    let fields: Vec<_> = shape
        .fields
        .iter()
        .map(|field| member(shape, field))
        .collect();
    fields
        .prop_map(move |members| {
            let members = members.into_iter().flatten();
            // An empty list is the same as no value, and in XML an empty object, too.
            Tree::Object(
                shape,
                members.filter(|(_, value)| !value.is_empty()).collect(),
            )
        })
        .boxed()
}

fn member(
    parent: &'static Shape,
    field: &'static Field,
) -> BoxedStrategy<Option<(&'static Field, Tree)>> {
    let value = match field.kind {
        Kind::Integer => integer().boxed(),
        Kind::Boolean => any::<bool>().prop_map(Tree::Boolean).boxed(),
        Kind::Record(shape) => object(shape),
        Kind::Integers => list(integer().boxed()),
        Kind::Booleans => list(any::<bool>().prop_map(Tree::Boolean).boxed()),
        // A field of any type would read a text that is JSON as a JSON value.
        Kind::Text if field.free => prop_oneof![Just("a text"), Just("7")]
            .prop_map(|text| Tree::Text(text.to_owned()))
            .boxed(),
        Kind::Texts => list(text().boxed()),
        Kind::Records(shape) => list(object(shape)),
        _ => text().boxed(),
    };
    // Objects near the root are usually present; otherwise few values would be below them.
    let is_object = field.kind.shape().is_some();
    let chance = if is_object || parent.fields.len() < 5 {
        0.8
    } else {
        0.3
    };
    prop::option::weighted(chance, value.prop_map(move |value| (field, value))).boxed()
}

fn list(element: BoxedStrategy<Tree>) -> BoxedStrategy<Tree> {
    prop::collection::vec(element, 0..4)
        .prop_map(Tree::List)
        .boxed()
}

fn integer() -> impl Strategy<Value = Tree> {
    prop_oneof![any::<i64>(), -9..100_i64, Just(80_000_116_680_785_810)].prop_map(Tree::Integer)
}

fn text() -> impl Strategy<Value = Tree> {
    let chosen = proptest::sample::select(vec![
        "FINISH",
        "123456789012345678901234567890",
        "0.50",
        "true",
        "2019-03-06 12:01:17",
        "a & b <c> \"d\" 'e'",
        "]]>",
        " padded ",
        "line\r\nline\rline",
        "é漢😀",
        "\\u0041",
        "&amp;",
        "-0",
        "null",
        "{}",
    ]);
    prop_oneof![chosen.prop_map(str::to_owned), "[ -~é漢]{1,12}"].prop_map(Tree::Text)
}

impl Tree {
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Object(_, members) => members.is_empty(),
            Self::List(elements) => elements.is_empty(),
            _ => false,
        }
    }

    /// Whether `written` has every value of the tree.
    pub(crate) fn is_in(&self, written: &Value) -> bool {
        match (self, written) {
            (Self::Integer(value), written) => written.as_i64() == Some(*value),
            (Self::Boolean(value), written) => written.as_bool() == Some(*value),
            (Self::Text(text), written) => written.as_str() == Some(text),
            (Self::Wrong(_), _) => false,
            (Self::Object(_, members), Value::Object(written)) => {
                members.iter().all(|(field, value)| {
                    written
                        .get(field.key)
                        .is_some_and(|written| value.is_in(written))
                })
            }
            (Self::List(elements), Value::Array(written)) => {
                elements.len() == written.len()
                    && elements
                        .iter()
                        .zip(written)
                        .all(|(element, written)| element.is_in(written))
            }
            _ => false,
        }
    }

    /// Replaces one integer by a text that is not one; returns its path, or `None` if there are no integers.
    pub(crate) fn spoil(&mut self, choices: &Choices, wrong: &'static str) -> Option<String> {
        match self {
            Self::Integer(_) => {
                *self = Self::Wrong(wrong);
                Some(String::new())
            }
            Self::Object(_, members) => {
                let start = choices.below(members.len().max(1));
                members.rotate_left(start);
                members.iter_mut().find_map(|(field, value)| {
                    let path = value.spoil(choices, wrong)?;
                    let dot = if path.is_empty() || path.starts_with('[') {
                        ""
                    } else {
                        "."
                    };
                    Some(format!("{}{dot}{path}", field.key))
                })
            }
            Self::List(elements) => elements
                .iter_mut()
                .enumerate()
                .find_map(|(index, element)| {
                    let path = element.spoil(choices, wrong)?;
                    let dot = if path.is_empty() { "" } else { "." };
                    Some(format!("[{index}]{dot}{path}"))
                }),
            _ => None,
        }
    }
}

/// A list of random choices, read in a loop; all zeros give the plainest shape.
#[derive(Debug)]
pub(crate) struct Choices {
    bytes: Vec<u8>,
    at: Cell<usize>,
}

pub(crate) fn choices() -> impl Strategy<Value = Choices> {
    prop::collection::vec(any::<u8>(), 97).prop_map(|bytes| Choices {
        bytes,
        at: Cell::new(0),
    })
}

impl Choices {
    pub(crate) fn plain() -> Self {
        Self {
            bytes: vec![0],
            at: Cell::new(0),
        }
    }

    /// A choice from `0..count`, 0 being the plain one.
    pub(crate) fn below(&self, count: usize) -> usize {
        let at = self.at.get();
        self.at.set((at + 1) % self.bytes.len());
        usize::from(self.bytes[at]) * count / 256
    }

    pub(crate) fn one_of<T: Copy>(&self, options: &[T]) -> T {
        options[self.below(options.len())]
    }

    /// True once in `times` times.
    pub(crate) fn rarely(&self, times: usize) -> bool {
        self.below(times) == times - 1
    }

    /// The same elements, in a random order.
    pub(crate) fn shuffled<T>(&self, things: impl IntoIterator<Item = T>) -> Vec<T> {
        let mut shuffled = Vec::new();
        for thing in things {
            let place = shuffled.len() - self.below(shuffled.len() + 1);
            shuffled.insert(place, thing);
        }
        shuffled
    }
}
