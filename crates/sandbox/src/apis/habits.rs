//! How the live platform's answers differ from its documentation.

use aliexpress_models::{Field, Kind};
use fastrand::Rng;

use crate::node::{Node, Words};

/// How an answer differs from the documented form.
pub(super) struct Habits {
    /// `None` if answers are as documented.
    drift: Option<Rng>,
}

impl Habits {
    /// Answers as documented.
    pub(super) fn documented() -> Self {
        Self { drift: None }
    }

    /// Numbers and booleans sometimes come as texts, a list of one element as a bare object, empty texts instead of
    /// absent ones, and lists under other inner names [third parties].
    pub(super) fn live(rng: Rng) -> Self {
        Self { drift: Some(rng) }
    }

    /// Whether answers have exactly the documented form.
    pub(super) fn are_documented(&self) -> bool {
        self.drift.is_none()
    }

    /// True once in `many` times.
    fn one_in(&mut self, many: u32) -> bool {
        self.drift.as_mut().is_some_and(|rng| rng.u32(..many) == 0)
    }

    pub(super) fn boolean(&mut self, value: bool) -> Node {
        match self.one_in(3) {
            true => value.to_string().into(),
            false => Node::Boolean(value),
        }
    }

    pub(super) fn number(&mut self, number: serde_json::Number) -> Node {
        match self.one_in(3) {
            true => number.to_string().into(),
            false => Node::Number(number),
        }
    }

    /// Whether a text that has no value is written as an empty one.
    pub(super) fn writes_blank(&mut self, field: &Field) -> bool {
        matches!(field.kind, Kind::Text) && self.one_in(4)
    }

    /// The inner name of a list.
    pub(super) fn inner_name(&mut self, documented: &'static str) -> Words {
        match self.one_in(4) {
            true if documented.ends_with("_d_t_o") => documented.trim_end_matches("_d_t_o").into(),
            true => format!("{documented}_d_t_o").into(),
            false => documented.into(),
        }
    }

    /// The elements of a list under its inner name; sometimes the bare object if there is only one.
    pub(super) fn elements(&mut self, mut elements: Vec<Node>) -> Node {
        let is_alone = matches!(elements[..], [Node::Object(_)]);
        match is_alone && self.one_in(2) {
            true => elements.remove(0),
            false => Node::List(elements),
        }
    }
}
