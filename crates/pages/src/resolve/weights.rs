//! The weights of the terms, each with what it protects; the test `weights` moves each and prints which pages then come
//! out otherwise.

use super::terms::{self, Step};

/// A term of the cost: its name, its weight, and what goes right because of it.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// The name, as findings and the test `weights` print it.
    pub name: &'static str,
    /// What one count costs; below zero it favours a place.
    pub weight: i32,
    /// What goes wrong without it, said as what is right.
    pub protects: &'static str,
    /// What its evidence is.
    pub(crate) kind: TermKind,
    /// How it counts.
    count: fn(&Step<'_, '_, '_>) -> i32,
}

/// What a term's evidence is.
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
        protects: "a row goes where the sample has its field",
        kind: TermKind::Sample,
        count: terms::shown,
    },
    Term {
        name: "absent",
        weight: 20,
        protects: "a row that no sample shows goes to an object that the sample leaves out",
        kind: TermKind::Sample,
        count: terms::absent,
    },
    Term {
        name: "unmatched",
        weight: 150,
        protects: "each row takes its field where the sample has one for each row of the name",
        kind: TermKind::Sample,
        count: terms::unmatched,
    },
    Term {
        name: "hardly_documented",
        weight: 25,
        protects: "an object whose inside is not documented takes no row of another",
        kind: TermKind::Sample,
        count: terms::hardly_documented,
    },
    Term {
        name: "like_others",
        weight: -15,
        protects: "objects of one type have the same fields, also where the sample leaves one out",
        kind: TermKind::Likeness,
        count: terms::like_others,
    },
    Term {
        name: "complete",
        weight: 90,
        protects: "an amount of money takes no foreign field, and no object a second field of a name",
        kind: TermKind::Likeness,
        count: terms::complete,
    },
    Term {
        name: "full",
        weight: 15,
        protects: "an absent object does not go into one that is complete",
        kind: TermKind::Likeness,
        count: terms::full,
    },
    Term {
        name: "empty",
        weight: 100,
        protects: "an object's rows follow its own",
        kind: TermKind::Order,
        count: terms::empty,
    },
    Term {
        name: "strange",
        weight: 3,
        protects: "a row that no sample shows goes where other APIs have it",
        kind: TermKind::Likeness,
        count: terms::strange,
    },
    Term {
        name: "against_mark",
        weight: 45,
        protects: "a marked row goes where its mark says unless the sample objects",
        kind: TermKind::Depth,
        count: terms::against_mark,
    },
    Term {
        name: "indent_too_deep",
        weight: 120,
        protects: "indentation is hardly ever too deep",
        kind: TermKind::Depth,
        count: terms::indent_too_deep,
    },
    Term {
        name: "against_indent",
        weight: 250,
        protects: "an indented row goes where it stands",
        kind: TermKind::Depth,
        count: terms::against_indent,
    },
    Term {
        name: "outward",
        weight: 10,
        protects: "without evidence a row stays with the row above it; of two fields of one name the nearer one is taken",
        kind: TermKind::Order,
        count: terms::outward,
    },
    Term {
        name: "back",
        weight: 50,
        protects: "the rows of an object stand together",
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
    /// What `counts` cost.
    pub(crate) fn cost(&self, counts: &Counts) -> i64 {
        let costs = counts.iter().zip(&self.0);
        costs
            .map(|(&count, &weight)| i64::from(count) * i64::from(weight))
            .sum()
    }

    /// What a row costs more that is not at the field which the sample has for it.
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
