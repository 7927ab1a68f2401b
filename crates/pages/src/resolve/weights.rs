//! The weights of the terms, each with what it protects; the test `weights` changes each and prints the pages whose trees
//! then differ.

use super::terms::{self, Step};

/// A term of the cost: its name, its weight, and its purpose.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// The name, as findings and the test `weights` print it.
    pub name: &'static str,
    /// What one count costs; below zero it favours a place.
    pub weight: i32,
    /// The rule that it enforces.
    pub protects: &'static str,
    /// The kind of its evidence.
    pub(crate) kind: TermKind,
    /// Counts the term at a step.
    count: fn(&Step<'_, '_, '_>) -> i32,
}

/// The kind of a term's evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TermKind {
    /// The sample.
    Sample,
    /// A mark or an indentation.
    Depth,
    /// The order of rows.
    Order,
    /// Objects like this one, on the page or in other APIs.
    Likeness,
}

/// How many terms there are.
pub const COUNT: usize = TERMS.len();

/// Each term's count at one row.
pub(crate) type Counts = [i32; COUNT];

/// Every term.
pub const TERMS: &[Term] = &[
    Term {
        name: "shown",
        weight: -10,
        protects: "a row is placed where the sample has its field",
        kind: TermKind::Sample,
        count: terms::shown,
    },
    Term {
        name: "absent",
        weight: 20,
        protects: "a row that no sample shows is placed in an object that the sample does not show",
        kind: TermKind::Sample,
        count: terms::absent,
    },
    Term {
        name: "unmatched",
        weight: 150,
        protects: "if the sample has a field for each row of a name, each row is placed at one of them",
        kind: TermKind::Sample,
        count: terms::unmatched,
    },
    Term {
        name: "hardly_documented",
        weight: 25,
        protects: "an object whose fields have no rows does not get rows of another object",
        kind: TermKind::Sample,
        count: terms::hardly_documented,
    },
    Term {
        name: "like_others",
        weight: -15,
        protects: "objects of one type have the same fields, even if the sample leaves one out",
        kind: TermKind::Likeness,
        count: terms::like_others,
    },
    Term {
        name: "complete",
        weight: 90,
        protects: "an amount of money gets no other fields, and no object gets two fields of the same name",
        kind: TermKind::Likeness,
        count: terms::complete,
    },
    Term {
        name: "full",
        weight: 15,
        protects: "an object that no sample shows is not placed in an object that is already complete",
        kind: TermKind::Likeness,
        count: terms::full,
    },
    Term {
        name: "empty",
        weight: 100,
        protects: "the rows of an object's fields come after the object's row, so it is not left empty",
        kind: TermKind::Order,
        count: terms::empty,
    },
    Term {
        name: "strange",
        weight: 3,
        protects: "a row that no sample shows is placed where other APIs have such a field",
        kind: TermKind::Likeness,
        count: terms::strange,
    },
    Term {
        name: "unlike",
        weight: 1,
        protects: "of places that cost as much, the one whose fields share a word with the row is used",
        kind: TermKind::Likeness,
        count: terms::unlike,
    },
    Term {
        name: "against_mark",
        weight: 45,
        protects: "a marked row is placed where its mark says, unless the sample contradicts",
        kind: TermKind::Depth,
        count: terms::against_mark,
    },
    Term {
        name: "indent_too_deep",
        weight: 120,
        protects: "a row is rarely indented deeper than its place",
        kind: TermKind::Depth,
        count: terms::indent_too_deep,
    },
    Term {
        name: "against_indent",
        weight: 250,
        protects: "an indented row is placed at the level of its indentation",
        kind: TermKind::Depth,
        count: terms::against_indent,
    },
    Term {
        name: "outward",
        weight: 10,
        protects: "without evidence a row is placed next to the row above it; of two fields of one name the nearer one is used",
        kind: TermKind::Order,
        count: terms::outward,
    },
    Term {
        name: "back",
        weight: 50,
        protects: "no rows of other objects are between the rows of one object",
        kind: TermKind::Order,
        count: terms::back,
    },
];

/// What one count of each term costs, in the order of [`TERMS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights(pub [i32; COUNT]);

impl Default for Weights {
    fn default() -> Self {
        Self(std::array::from_fn(|term| TERMS[term].weight))
    }
}

impl Weights {
    /// The cost of `counts`: the sum of count times weight.
    pub(crate) fn cost(&self, counts: &Counts) -> i64 {
        let costs = counts.iter().zip(&self.0);
        costs
            .map(|(&count, &weight)| i64::from(count) * i64::from(weight))
            .sum()
    }

    /// The extra cost of a row that is not at the field which the sample has for it.
    pub(crate) fn lost(&self) -> i64 {
        let of = |name: &str| {
            let at = TERMS.iter().position(|term| term.name == name);
            at.map_or(0, |at| i64::from(self.0[at]))
        };
        of("unmatched") - of("shown")
    }
}

/// What each term counts at `step`.
pub(crate) fn counts(step: &Step<'_, '_, '_>) -> Counts {
    std::array::from_fn(|term| (TERMS[term].count)(step))
}
