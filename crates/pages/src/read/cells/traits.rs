//! What the content of a cell shows about it, regardless of its place.

use super::super::words;
use super::{Cell, Expected, Place, is_limit, is_name};
use crate::type_text::{Element, TypeText};

const ODD_TYPE: u32 = 30;
const CODE_TYPE: u32 = 5;
const ODD_NAME: u32 = 3;
const TYPE_AS_NAME: u32 = 30;
const UNSEEN_NAME: u32 = 2;
const UNSEEN_OBJECT: u32 = 12;
const FOREIGN_NAME: u32 = 40;
const SMALL_TYPE: u32 = 15;

/// What the content of a cell shows about it, regardless of its place.
pub(super) struct Traits {
    /// Its letters and digits, in lower case.
    pub(super) letters: String,
    pub(super) is_capital: bool,
    pub(super) is_first: bool,
    pub(super) is_blank: bool,
    /// The cost of reading the cell as a name; `None` if it cannot be one.
    pub(super) name: Option<u32>,
    /// Whether a row with this name may lack a type.
    pub(super) is_field: bool,
    /// The cost of reading the cell as a type; `None` if it cannot be one.
    pub(super) type_cost: Option<u32>,
    /// Whether, as a type, it is that of a scalar or a list.
    pub(super) is_scalar: bool,
    pub(super) is_list: bool,
    /// Whether it is a type word that every page uses.
    pub(super) is_known_type: bool,
    /// Whether it almost certainly is the type of an object.
    pub(super) is_object_type: bool,
    pub(super) says_required: bool,
    pub(super) is_limit: bool,
}

impl Traits {
    pub(super) fn of(cell: &Cell, expected: &Expected<'_>) -> Self {
        let text = cell.text.as_str();
        let doc = TypeText::parse(text);
        let is_known_type = TypeText::is_known_word(text);
        let is_code = text.len() == 1 && text.starts_with(|c: char| c.is_ascii_digit());
        let type_cost = match doc.element {
            _ if words::required(text).is_some() => None,
            _ if is_code => Some(CODE_TYPE),
            _ if is_known_type && text.starts_with(|c: char| c.is_lowercase()) => Some(SMALL_TYPE),
            _ if is_known_type => Some(0),
            Element::Unknown => None,
            _ if expected.unmarked_are_objects => Some(0),
            _ => Some(ODD_TYPE),
        };
        let is_field = (expected.is_field)(text);
        let is_unseen = expected.knows_fields && expected.unmarked_are_objects && !is_field;
        let by_mark = if is_unseen && cell.place == Place::Any {
            UNSEEN_OBJECT
        } else {
            0
        };
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        Self {
            letters: letters.flat_map(char::to_lowercase).collect(),
            is_capital: text.starts_with(|c: char| c.is_uppercase()),
            is_first: cell.place == Place::First,
            is_blank: text.is_empty(),
            name: name_cost(text, is_known_type, is_field).map(|cost| cost + by_mark),
            is_field,
            type_cost,
            is_scalar: doc.element.is_scalar(),
            is_list: doc.list,
            is_known_type,
            is_object_type: expected.unmarked_are_objects && is_object_type(text),
            says_required: text.is_empty() || words::required(text).is_some(),
            is_limit: is_limit(text),
        }
    }

    /// Whether, as a type, it is the one that a field called `name` would have: `Currency` for `currency`.
    pub(super) fn is_type_of(&self, name: &Self) -> bool {
        self.is_capital && !name.is_capital && self.letters == name.letters
    }
}

fn name_cost(name: &str, is_known_type: bool, is_field: bool) -> Option<u32> {
    if !is_name(name) {
        return None;
    }
    let is_unlikely = name.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    let by_letters = match (is_unlikely, is_known_type) {
        (true, true) => TYPE_AS_NAME,
        (false, false) => 0,
        _ => ODD_NAME,
    };
    let by_alphabet = if name.is_ascii() { 0 } else { FOREIGN_NAME };
    let by_sample = if is_field { 0 } else { UNSEEN_NAME };
    Some(by_letters + by_alphabet + by_sample)
}

/// Whether `text` is written like the name of a type and unlike a word: `GlobalMoneyStr`, `OrderDto []`.
fn is_object_type(text: &str) -> bool {
    let TypeText { list, element } = TypeText::parse(text);
    let is_camel_case = text
        .as_bytes()
        .windows(2)
        .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    matches!(element, Element::Object(Some(_))) && (list || is_camel_case)
}
