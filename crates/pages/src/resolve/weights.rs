//! The weights of the search for lost nesting, each with what it protects; `prices` says how they add
//! up. `pages weights` moves each and prints which pages then come out otherwise.

/// What each reason for or against a place costs; less is better, and below zero speaks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The sample shows the row's field in this object, and no other row has taken it.
    pub shown: i32,
    /// The sample shows the row's field here, where it may also be the envelope's.
    pub envelope: i32,
    /// The sample shows this object without the row's field.
    pub silent: i32,
    /// The row leaves a field of the sample without a row, though it is the last of its name.
    pub forgone: i32,
    /// The same of a field that is an object.
    pub forgone_object: i32,
    /// Another object of the same documented type is shown with the row's field.
    pub like_others: i32,
    /// The object has a shape that recurs, or others of its type are shown, and it is complete without the row.
    pub complete: i32,
    /// Per field of an object that the row would close although a row of that name is still to come.
    pub left_behind: i32,
    /// The same where that row is the only one of its name, and the sample has the field nowhere else.
    pub surely_left_behind: i32,
    /// The most that closing objects costs.
    pub most_left: i32,
    /// Most of what the sample shows of this object has no row anywhere.
    pub hardly_documented: i32,
    /// The row is an object that no sample shows, and this object has a row for all that is shown of it.
    pub first_object: i32,
    /// The object has a row of that name already, but the row is indented as its own.
    pub same_name: i32,
    /// Per level between this object and the row that the sample shows and no row documents.
    pub undocumented_level: i32,
    /// The documented type is an object's and the sample's value a scalar, or the reverse.
    pub other_kind: i32,
    /// Per level that a mark is too deep for where the sample shows the row.
    pub mark_too_deep: i32,
    /// Per level that an indentation is too shallow for where the sample shows the row.
    pub indent_too_shallow: i32,
    /// Per level that an indentation is too deep for where the sample shows the row.
    pub indent_too_deep: i32,
    /// Per level that a place differs from the mark where the sample is silent.
    pub against_mark: i32,
    /// Per level that a place differs from the indentation where the sample is silent.
    pub against_indent: i32,
    /// Per level further out than the object that took the last row, where the sample is silent.
    pub outward: i32,
    /// The same where the sample shows the row.
    pub outward_shown: i32,
    /// A row that no sample shows goes back into an object that rows have left.
    pub back_silent: i32,
    /// The same of a row that the sample shows there.
    pub back_shown: i32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            shown: -30,
            envelope: 8,
            silent: 30,
            forgone: 20,
            forgone_object: 400,
            like_others: -15,
            complete: 90,
            left_behind: 30,
            surely_left_behind: 150,
            most_left: 300,
            hardly_documented: 25,
            first_object: 15,
            same_name: 100,
            undocumented_level: 50,
            other_kind: 30,
            mark_too_deep: 20,
            indent_too_shallow: 50,
            indent_too_deep: 120,
            against_mark: 75,
            against_indent: 150,
            outward: 10,
            outward_shown: 5,
            back_silent: 50,
            back_shown: 20,
        }
    }
}

/// A weight by its name.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The field of [`Weights`].
    pub name: &'static str,
    /// What goes wrong without it, said as what is right.
    pub protects: &'static str,
    /// The weight in a set of them.
    pub of: fn(&mut Weights) -> &mut i32,
}

/// Every weight.
pub const ALL: &[Entry] = &[
    Entry {
        name: "shown",
        protects: "a row goes where the sample has its field",
        of: |weights| &mut weights.shown,
    },
    Entry {
        name: "envelope",
        protects: "`code` or `message` inside the answer against the envelope's own",
        of: |weights| &mut weights.envelope,
    },
    Entry {
        name: "silent",
        protects: "a row that no sample shows goes to an object that the sample leaves out",
        of: |weights| &mut weights.silent,
    },
    Entry {
        name: "forgone",
        protects: "the last row of a name takes the field that is left",
        of: |weights| &mut weights.forgone,
    },
    Entry {
        name: "forgone_object",
        protects: "an object's row takes the object that is left, with all below it",
        of: |weights| &mut weights.forgone_object,
    },
    Entry {
        name: "like_others",
        protects: "objects of one type have the same fields, also where the sample leaves one out",
        of: |weights| &mut weights.like_others,
    },
    Entry {
        name: "complete",
        protects: "an amount of money takes no foreign field",
        of: |weights| &mut weights.complete,
    },
    Entry {
        name: "left_behind",
        protects: "an object stays open for its rows",
        of: |weights| &mut weights.left_behind,
    },
    Entry {
        name: "surely_left_behind",
        protects: "an object stays open for rows that can go nowhere else",
        of: |weights| &mut weights.surely_left_behind,
    },
    Entry {
        name: "most_left",
        protects: "marks are heard in large tables",
        of: |weights| &mut weights.most_left,
    },
    Entry {
        name: "hardly_documented",
        protects: "an object whose inside is not documented takes no row of another",
        of: |weights| &mut weights.hardly_documented,
    },
    Entry {
        name: "first_object",
        protects: "an absent object does not go into one that is complete",
        of: |weights| &mut weights.first_object,
    },
    Entry {
        name: "same_name",
        protects: "a repeated row stays where it is indented",
        of: |weights| &mut weights.same_name,
    },
    Entry {
        name: "undocumented_level",
        protects: "a level is only assumed where nothing else explains the row",
        of: |weights| &mut weights.undocumented_level,
    },
    Entry {
        name: "other_kind",
        protects: "of two fields of one name, a row takes the one of its kind",
        of: |weights| &mut weights.other_kind,
    },
    Entry {
        name: "mark_too_deep",
        protects: "of two fields of one name, a row takes the one its mark means",
        of: |weights| &mut weights.mark_too_deep,
    },
    Entry {
        name: "indent_too_shallow",
        protects: "indentation is believed more than marks",
        of: |weights| &mut weights.indent_too_shallow,
    },
    Entry {
        name: "indent_too_deep",
        protects: "indentation is hardly ever too deep",
        of: |weights| &mut weights.indent_too_deep,
    },
    Entry {
        name: "against_mark",
        protects: "a marked row goes where its mark says unless the sample objects",
        of: |weights| &mut weights.against_mark,
    },
    Entry {
        name: "against_indent",
        protects: "an indented row goes where it stands",
        of: |weights| &mut weights.against_indent,
    },
    Entry {
        name: "outward",
        protects: "without evidence a row stays with the row above it",
        of: |weights| &mut weights.outward,
    },
    Entry {
        name: "outward_shown",
        protects: "of two fields of one name, the nearer one is taken",
        of: |weights| &mut weights.outward_shown,
    },
    Entry {
        name: "back_silent",
        protects: "the rows of an object stand together",
        of: |weights| &mut weights.back_silent,
    },
    Entry {
        name: "back_shown",
        protects: "rows of an object may be interrupted, but seldom are",
        of: |weights| &mut weights.back_shown,
    },
];
