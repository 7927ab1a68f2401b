//! Divides a run of cells, which the layout prints one below the other, into rows.
//!
//! Cells go missing and descriptions break into several, so no count of cells is to be trusted. Each way to divide
//! the run has a price, by how far its rows are from complete ones, and the cheapest is taken.

use super::words::{self, Column};
use crate::type_text::{Element, TypeText};

/// One cell of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Line of the page.
    pub line: usize,
    /// The cell's text, cleaned.
    pub text: String,
    /// What the layout shows of its place in a row.
    pub place: Place,
}

/// What the layout shows of a cell's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It begins a row.
    First,
    /// Nothing is shown.
    Any,
}

/// One row of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowCells {
    /// Line of the page.
    pub line: usize,
    /// The name.
    pub name: String,
    /// The type, where there is one.
    pub type_text: Option<String>,
    /// The cell that says whether it is required.
    pub required: Option<String>,
    /// The example.
    pub example: Option<String>,
    /// Default or greatest length.
    pub limit: Option<String>,
    /// The description, its parts joined by blanks.
    pub description: String,
}

/// What is known beforehand of the rows.
pub(crate) struct Expected<'a> {
    /// The columns that the table's head names.
    pub columns: &'a [Column],
    /// Whether a cell may be a field's name although no type follows it.
    pub is_field: &'a dyn Fn(&str) -> bool,
    /// Whether rows without a [`Place::First`] are objects, as in the layout of bullets.
    pub unmarked_are_objects: bool,
}

const NEVER: u32 = u32::MAX / 4;
const MISSING_TYPE: u32 = 50;
const MISSING_REQUIRED: u32 = 25;
const MISSING_OTHER: u32 = 10;
const EXTRA_CELL: u32 = 15;
const ODD_TYPE: u32 = 10;
const ODD_NAME: u32 = 3;
const UNSEEN_NAME: u32 = 2;
const FOREIGN_NAME: u32 = 40;
const SMALL_TYPE: u32 = 15;
const UNLIKELY_OBJECT: u32 = 30;

/// Divides `cells`; `Err` holds the index of a cell that no row can begin with or hold.
pub(crate) fn rows(cells: &[Cell], expected: &Expected<'_>) -> Result<(Vec<RowCells>, u32), usize> {
    let longest = expected.columns.len() + 6;
    // best[i] is the price of the cheapest division of the cells before i, and where its last row begins.
    let mut best = vec![(NEVER, 0); cells.len() + 1];
    best[0].0 = 0;
    let mut reached = 0;
    for start in 0..cells.len() {
        if best[start].0 >= NEVER {
            continue;
        }
        reached = start;
        for end in start + 1..=(start + longest).min(cells.len()) {
            if end > start + 1 && cells[end - 1].place == Place::First {
                break;
            }
            let price = best[start].0 + price(&cells[start..end], expected);
            if price < best[end].0 {
                best[end] = (price, start);
            }
        }
    }
    if best[cells.len()].0 >= NEVER {
        return Err(reached);
    }
    let mut rows = Vec::new();
    let mut end = cells.len();
    while end > 0 {
        let start = best[end].1;
        rows.push(row(&cells[start..end], expected));
        end = start;
    }
    rows.reverse();
    Ok((rows, best[cells.len()].0))
}

fn price(cells: &[Cell], expected: &Expected<'_>) -> u32 {
    let Some(name) = name_price(&cells[0], expected) else {
        return NEVER;
    };
    let parts = parts(cells, expected);
    let mut price = name;
    price += match parts.type_at {
        Some(at) => type_price(&cells[0], &cells[at].text, expected),
        None if parts.required_at.is_some() || (expected.is_field)(&cells[0].text) => {
            MISSING_TYPE / 2
        }
        None if cells[0].place == Place::First => MISSING_TYPE / 2,
        None => MISSING_TYPE,
    };
    let has = |column| expected.columns.contains(&column);
    if has(Column::Required) && parts.required_at.is_none() {
        price += MISSING_REQUIRED;
    }
    let wanted = expected
        .columns
        .iter()
        .filter(|&&column| is_free(column))
        .count();
    let usual = if has(Column::Limit) {
        wanted - 1
    } else {
        wanted
    };
    let rest = cells.len() - parts.rest_at;
    let missing = u32::try_from(usual.saturating_sub(rest)).unwrap_or(0);
    let extra = u32::try_from(rest.saturating_sub(wanted)).unwrap_or(0);
    let limit = u32::from(rest == wanted && wanted > usual && parts.limit_at.is_none());
    // A type's word among them is more likely to be the type of a row of its own.
    let beyond = cells.get(parts.rest_at + wanted..).unwrap_or_default();
    let types = beyond
        .iter()
        .filter(|cell| TypeText::is_known_word(&cell.text))
        .count();
    let types = u32::try_from(types).unwrap_or(0);
    price + missing * MISSING_OTHER + (extra + limit + types) * EXTRA_CELL
}

fn is_free(column: Column) -> bool {
    matches!(
        column,
        Column::Example | Column::Limit | Column::Description
    )
}

struct Parts {
    type_at: Option<usize>,
    required_at: Option<usize>,
    limit_at: Option<usize>,
    rest_at: usize,
}

/// Which cells of a row are what, by their content.
fn parts(cells: &[Cell], expected: &Expected<'_>) -> Parts {
    let mut next = 1;
    let text = |at: usize| cells.get(at).map(|cell| cell.text.as_str());
    let type_at = text(next)
        .filter(|text| looks_like_type(text))
        .map(|_| next);
    // A blank cell is a cell of its column all the same.
    if type_at.is_some() || text(next) == Some("") {
        next += 1;
    }
    let mut required_at = None;
    if expected.columns.contains(&Column::Required) {
        required_at = text(next)
            .filter(|text| text.is_empty() || words::required(text).is_some())
            .map(|_| next);
        next += usize::from(required_at.is_some());
    }
    let limit_at = (next..cells.len()).find(|&at| is_limit(&cells[at].text));
    Parts {
        type_at,
        required_at,
        limit_at,
        rest_at: next,
    }
}

fn row(cells: &[Cell], expected: &Expected<'_>) -> RowCells {
    let parts = parts(cells, expected);
    let text = |at: usize| Some(cells[at].text.clone()).filter(|text| !text.is_empty());
    let mut rest: Vec<&str> = (parts.rest_at..cells.len())
        .filter(|&at| Some(at) != parts.limit_at)
        .map(|at| cells[at].text.as_str())
        .collect();
    // Of a single cell nobody can tell whether it is the example or the description; most often the example is missing.
    let has_example = expected.columns.contains(&Column::Example) && rest.len() > 1;
    let example = has_example.then(|| rest.remove(0).to_owned());
    RowCells {
        line: cells[0].line,
        name: cells[0].text.clone(),
        type_text: parts.type_at.and_then(text),
        required: parts.required_at.and_then(text),
        example: example.filter(|text| !text.is_empty()),
        limit: parts.limit_at.and_then(text),
        description: rest.join(" ").trim().to_owned(),
    }
}

/// Defaults and greatest lengths are printed with their own words.
fn is_limit(text: &str) -> bool {
    const WORDS: [&str; 8] = [
        "默认值",
        "最大列表长度",
        "最大长度",
        "最大值",
        "最小值",
        "default:",
        "default value:",
        "max ",
    ];
    let lower = text.to_lowercase();
    WORDS.iter().any(|word| lower.starts_with(word))
}

fn name_price(cell: &Cell, expected: &Expected<'_>) -> Option<u32> {
    let name = &cell.text;
    if !is_name(name) {
        return None;
    }
    let mut price = 0;
    if !name.is_ascii() {
        price += FOREIGN_NAME;
    }
    if name.starts_with(|c: char| c.is_uppercase()) || TypeText::is_known_word(name) {
        price += ODD_NAME;
    }
    if !(expected.is_field)(name) {
        price += UNSEEN_NAME;
    }
    Some(price)
}

/// Whether `text` can be a field's name on the wire.
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars
        .next()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '@'));
    first && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '@' | '.' | '-' | '/'))
}

fn looks_like_type(text: &str) -> bool {
    TypeText::is_known_word(text)
        || TypeText::parse(text).element != Element::Unknown
        || (text.len() == 1 && text.starts_with(|c: char| c.is_ascii_digit()))
}

fn type_price(name: &Cell, text: &str, expected: &Expected<'_>) -> u32 {
    let parsed = TypeText::parse(text);
    let is_code = text.len() == 1;
    if expected.unmarked_are_objects {
        let scalar = parsed.element.is_scalar();
        let unlikely = (name.place == Place::First) != scalar && !parsed.list;
        return u32::from(is_code) * ODD_TYPE / 2 + if unlikely { UNLIKELY_OBJECT } else { 0 };
    }
    if is_code {
        ODD_TYPE / 2
    } else if text.starts_with(|c: char| c.is_lowercase()) {
        SMALL_TYPE
    } else if TypeText::is_known_word(text) {
        0
    } else {
        ODD_TYPE
    }
}
