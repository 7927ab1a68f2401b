//! Made-up APIs, and a vendor that draws them as pages in every layout and with every habit that pages show.
#![allow(dead_code, reason = "each test and the benchmark use a part of it")]

pub(crate) mod draw;
pub(crate) mod known;
pub(crate) mod large;
pub(crate) mod sample;
pub(crate) mod twin;

/// A made-up field.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub name: String,
    pub kind: Kind,
    pub list: bool,
    pub required: bool,
    /// Whether samples show it.
    pub shown: bool,
    pub children: Vec<Field>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Number,
    Boolean,
    Date,
    Object,
}

/// A made-up API.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub name: String,
    pub request: Vec<Field>,
    pub response: Vec<Field>,
}

/// How a page draws its API.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Habits {
    /// Which of the habits below are taken up, for choices that have several ways.
    pub way: usize,
    /// Chinese headings and words.
    pub chinese: bool,
    /// `\_` for `_`, also in code.
    pub escaped: bool,
    /// Type codes for type names.
    pub codes: bool,
    /// Answers without `…_response`, lists without wrappers.
    pub simplified: bool,
    /// No `…_response`, but wrapped lists.
    pub unwrapped: bool,
    /// Numbers and booleans as text.
    pub texts: bool,
    /// Sample keys in another order than rows.
    pub shuffled: bool,
    /// Samples without fences, a blank line after each line.
    pub unfenced: bool,
    /// Indentation with `└` instead of marks.
    pub indented: bool,
    /// With `indented`, some rows one level too deep or too shallow.
    pub misindented: bool,
    /// Some objects without rows of their fields.
    pub hollow: bool,
    /// Deeper marks one level too shallow.
    pub shallow: Shallow,
    /// Rows whose last cells are missing, or that have too many.
    pub ragged: bool,
    /// Object fields documented as lists.
    pub overstated: bool,
    /// Extra `更多限制` cells.
    pub limits: bool,
    /// Fields in samples that no row names.
    pub extra: bool,
}

/// Which deeper marks are one level too shallow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Shallow {
    #[default]
    None,
    /// Those of every other row.
    Some,
    All,
}

impl Shallow {
    pub(crate) fn some(has: bool) -> Self {
        if has { Self::Some } else { Self::None }
    }
}

impl Habits {
    /// The level at which row number `at` is indented, at `depth`.
    pub(crate) fn indentation(self, depth: usize, at: usize) -> usize {
        match (self.misindented, at % 9) {
            (true, 3) => depth + 1,
            (true, 7) => depth.saturating_sub(1),
            _ => depth,
        }
    }

    /// The fields of row number `at` that have rows.
    pub(crate) fn documented(self, field: &Field, at: usize) -> &[Field] {
        if self.hollow && at % 5 == 2 {
            &[]
        } else {
            &field.children
        }
    }
}

impl Field {
    pub(crate) fn is_object(&self) -> bool {
        self.kind == Kind::Object
    }

    /// Leaves it out of samples, with all below it.
    pub(crate) fn hide(&mut self) {
        self.shown = false;
        self.children.iter_mut().for_each(Field::hide);
    }
}

/// Rows below `fields`, themselves counted.
pub(crate) fn count(fields: &[Field]) -> usize {
    fields.iter().map(|field| 1 + count(&field.children)).sum()
}

/// Rows below `fields` that samples show, themselves counted.
pub(crate) fn count_shown(fields: &[Field]) -> usize {
    let of = |field: &Field| usize::from(field.shown) + count_shown(&field.children);
    fields.iter().map(of).sum()
}
