//! The fields of `fixtures/trees`, as APIs that the vendor draws, and what their samples leave out.

use pages::document::{self, Document};
use pages::tree;

use super::{Api, Field, Habits, Kind, Shallow};

/// Objects deeper than this are nested; pages of a layout with three marks do not show them.
const DEEPEST: usize = 8;

/// The fields of a document that rows can be drawn of.
fn fields(of: &[document::Field], depth: usize) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for field in of {
        if fields.iter().any(|other| other.name == field.name) {
            continue;
        }
        let children = if depth < DEEPEST {
            fields_below(field, depth)
        } else {
            Vec::new()
        };
        fields.push(Field {
            name: field.name.clone(),
            kind: kind(field, children.is_empty()),
            list: field.list,
            required: field.required == Some(true),
            shown: true,
            children,
        });
    }
    fields
}

fn fields_below(field: &document::Field, depth: usize) -> Vec<Field> {
    fields(&field.children, depth + 1)
}

fn kind(field: &document::Field, is_empty: bool) -> Kind {
    match field.kind {
        _ if !is_empty => Kind::Object,
        tree::Kind::Integer | tree::Kind::Decimal => Kind::Number,
        tree::Kind::Boolean => Kind::Boolean,
        tree::Kind::Time => Kind::Date,
        _ => Kind::Text,
    }
}

/// Objects before what is none, as many pages have it: the parent's scalars come after an object's.
fn objects_first(fields: &mut [Field]) {
    fields.sort_by_key(|field| !field.is_object());
    for field in fields {
        objects_first(&mut field.children);
    }
}

/// How many rows the samples leave out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Absent {
    /// One row in eight.
    OneInEight,
    /// Two rows in seven.
    TwoInSeven,
}

impl Absent {
    /// Of so many rows one is left out. All rows below it are absent, too, so that more than one in so many is.
    fn left_out(self) -> u64 {
        match self {
            Self::OneInEight => 19,
            Self::TwoInSeven => 8,
        }
    }
}

/// Leaves one row of `one_in` out of the samples, with all below it; which ones, `seed` decides.
fn hide(fields: &mut [Field], one_in: u64, seed: &mut u64) {
    for field in fields {
        *seed += 1;
        if mixed(*seed).is_multiple_of(one_in) {
            field.hide();
        } else {
            hide(&mut field.children, one_in, seed);
        }
    }
}

/// Leaves out objects of which every field is left out: hardly any sample of the platform shows an empty object.
fn hide_empty(fields: &mut [Field]) {
    for field in fields {
        hide_empty(&mut field.children);
        if field.is_object() && field.children.iter().all(|child| !child.shown) {
            field.shown = false;
        }
    }
}

/// A number in which every bit of `seed` has a part.
fn mixed(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Whether page number `at` takes up a habit: about a third of the pages do, in every mixture.
fn takes_up(at: usize, habit: u64) -> bool {
    mixed((at as u64) * 16 + habit).is_multiple_of(3)
}

/// The habits of page number `at`.
pub(crate) fn habits(at: usize) -> Habits {
    let has = |habit: u64| takes_up(at, habit);
    Habits {
        way: at % 60,
        chinese: has(0),
        escaped: has(1),
        codes: false,
        simplified: has(2),
        unwrapped: has(3),
        texts: has(4),
        shuffled: has(5),
        unfenced: has(6),
        indented: false,
        misindented: false,
        hollow: false,
        shallow: Shallow::some(has(7)),
        ragged: has(8),
        overstated: has(9),
        limits: has(10),
        extra: has(11),
    }
}

/// The habits of page number `at`, with some that few pages have: their rows do not show which tree is meant.
pub(crate) fn rare_habits(at: usize) -> Habits {
    let has = |habit: u64| takes_up(at, habit);
    Habits {
        indented: has(12),
        misindented: has(13),
        hollow: has(14),
        ..habits(at)
    }
}

/// The API of `document`, page number `at`, with the order of fields that some pages have.
pub(crate) fn api(document: &Document, at: usize) -> Api {
    let mut api = Api {
        name: document.api.clone(),
        request: fields(&document.request, 0),
        response: fields(&document.response, 0),
    };
    if at.is_multiple_of(3) {
        objects_first(&mut api.request);
        objects_first(&mut api.response);
    }
    api
}

/// Leaves rows of `api`, page number `at`, out of its samples; which ones, `draw` decides.
pub(crate) fn leave_out(api: &mut Api, at: usize, draw: u64, absent: Absent) {
    let mut seed = ((at as u64) << 32).wrapping_add(draw << 20);
    for fields in [&mut api.request, &mut api.response] {
        hide(fields, absent.left_out(), &mut seed);
        hide_empty(fields);
    }
}
