//! Divides a sequence of cells, which the layout prints one below the other, into rows.
//!
//! Cells can be missing, and a description can be split into several cells, so that counting is not enough. Each way to
//! divide the sequence has a cost, which grows with the difference of its rows from complete ones; the cheapest way is
//! used.

mod traits;

use self::traits::Traits;
use super::division::{Division, NEVER, RowCosts};
use super::words::Column;

/// One cell of the sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Line of the page.
    pub line: usize,
    /// The cell's text, cleaned.
    pub text: String,
    /// What the layout shows about its place in a row.
    pub place: Place,
}

/// What the layout shows about a cell's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It begins a row.
    First,
    /// Nothing is shown.
    Any,
}

/// One row of the sequence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowCells {
    /// Line of the page.
    pub line: usize,
    /// The name.
    pub name: String,
    /// The type, if there is one.
    pub type_text: Option<String>,
    /// The cell that says whether it is required.
    pub required: Option<String>,
    /// The example.
    pub example: Option<String>,
    /// Default or maximum length.
    pub limit: Option<String>,
    /// The description, with its parts joined by blanks.
    pub description: String,
}

/// What is known about the rows in advance.
pub(crate) struct Expected<'a> {
    /// The columns that the table's head names.
    pub columns: &'a [Column],
    /// Whether a cell without a type after it can be the name of a field.
    pub is_field: &'a dyn Fn(&str) -> bool,
    /// Whether some names are known to be fields.
    pub knows_fields: bool,
    /// Whether rows without a [`Place::First`] are objects, as in the layout with bullets.
    pub unmarked_are_objects: bool,
}

const MISSING_TYPE: u32 = 50;
const MISSING_REQUIRED: u32 = 25;
const MISSING_OTHER: u32 = 10;
const EXTRA_CELL: u32 = 15;
const SWALLOWED_TYPE: u32 = 30;
const SWALLOWED_ROW: u32 = 60;
const UNLIKELY_OBJECT: u32 = 30;

/// Divides `cells`; `Err` contains the index of a cell that can neither begin a row nor be part of one.
pub(crate) fn rows(cells: &[Cell], expected: &Expected<'_>) -> Result<(Vec<RowCells>, u32), usize> {
    let traits: Vec<Traits> = cells
        .iter()
        .map(|cell| Traits::of(cell, expected))
        .collect();
    let plan = Plan::of(expected);
    let divide = |plan: &Plan| {
        Division::of(
            cells.len(),
            &Run {
                plan,
                traits: &traits,
            },
        )
    };
    let mut division = divide(&plan);
    // In some tables no leaf has an example, although the head has the column.
    if let Some(bare) = plan.bare().map(|bare| divide(&bare))
        && bare.cost() < division.cost()
    {
        division = bare;
    }
    let ends = division.ends()?;
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let is_nameless = |&(start, &end): &(usize, &usize)| plan.is_nameless(&traits[start..end]);
    if let Some((start, _)) = starts.clone().zip(&ends).find(is_nameless) {
        return Err(start);
    }
    let row = |(start, &end): (usize, &usize)| plan.row(&cells[start..end], &traits[start..end]);
    Ok((starts.zip(&ends).map(row).collect(), division.cost()))
}

/// How the table's columns assign the cells of a row.
struct Plan {
    has_required: bool,
    has_example: bool,
    /// Cells after the type and the word that says whether the field is required: the maximum and the usual number.
    most: usize,
    usual: usize,
    longest: usize,
    unmarked_are_objects: bool,
    /// Whether no leaf has an example.
    has_bare_leaves: bool,
}

/// The cells of a table, and how its columns assign them.
struct Run<'r> {
    plan: &'r Plan,
    traits: &'r [Traits],
}

impl RowCosts for Run<'_> {
    fn of_rows_from(&self, start: usize) -> impl Iterator<Item = u32> {
        let below = &self.traits[start..];
        let others = below.iter().take(self.plan.longest).skip(1);
        let longest = 1 + others.take_while(|cell| !cell.is_first).count();
        (1..=longest).map(move |length| self.plan.cost(&below[..length]))
    }
}

/// The positions of a row's cells by their meaning.
struct Parts {
    type_at: Option<usize>,
    required_at: Option<usize>,
    limit_at: Option<usize>,
    rest_at: usize,
}

impl Plan {
    fn of(expected: &Expected<'_>) -> Self {
        let has = |column| expected.columns.contains(&column);
        let free = [Column::Example, Column::Limit, Column::Description];
        let most = free.iter().filter(|&&column| has(column)).count();
        Self {
            has_required: has(Column::Required),
            has_example: has(Column::Example),
            most,
            usual: most - usize::from(has(Column::Limit)),
            longest: expected.columns.len() + 6,
            unmarked_are_objects: expected.unmarked_are_objects,
            has_bare_leaves: false,
        }
    }

    /// The same plan for a table in which no leaf has an example.
    fn bare(&self) -> Option<Self> {
        (self.has_example && self.usual > 0).then_some(Self {
            has_bare_leaves: true,
            ..*self
        })
    }

    fn cost(&self, row: &[Traits]) -> u32 {
        let Some(name) = row[0].name else {
            return NEVER;
        };
        let parts = self.parts(row);
        let by_type = match parts.type_at {
            Some(at) => row[at].type_cost.unwrap_or(0) + self.object_cost(&row[0], &row[at]),
            None if parts.required_at.is_some() || row[0].is_field || row[0].is_first => {
                MISSING_TYPE / 2
            }
            None => MISSING_TYPE,
        };
        let by_required = if self.has_required && parts.required_at.is_none() {
            MISSING_REQUIRED
        } else {
            0
        };
        let rest = row.len() - parts.rest_at;
        let without_example = usize::from(self.has_bare_leaves && row[0].is_first);
        let (most, usual) = (self.most - without_example, self.usual - without_example);
        let missing = usual.saturating_sub(rest);
        let without_limit = rest == most && most > usual && parts.limit_at.is_none();
        // After the cells that the columns have, the word of a type is more likely the type of another row.
        let beyond = row.get(parts.rest_at + most..).unwrap_or_default();
        let types = beyond.iter().filter(|cell| cell.is_known_type).count();
        let odd = beyond.len() + types + usize::from(without_limit);
        // A type below a possible name belongs to another row and is not a description, even more so if the sample has
        // the name.
        let pairs = row[parts.rest_at..].windows(2).enumerate();
        let swallowed: usize = pairs
            .filter(|(at, pair)| {
                let is_likely = at + 1 >= most || pair[0].is_field;
                let is_twin = is_likely && pair[1].is_type_of(&pair[0]);
                let is_other = pair[0].letters != row[0].letters;
                pair[0].name.is_some() && (pair[1].is_object_type || (is_twin && is_other))
            })
            .map(|(_, pair)| if pair[0].is_field { 2 } else { 1 })
            .sum();
        // A name, a type and a word that says whether the field is required belong to another row.
        let rows = row[parts.rest_at..]
            .windows(3)
            .filter(|three| three[0].name.is_some() && three[1].type_cost.is_some())
            .filter(|three| self.has_required && three[2].says_required && !three[2].is_blank)
            .count();
        name + by_type
            + by_required
            + times(rows, SWALLOWED_ROW)
            + times(missing, MISSING_OTHER)
            + times(odd, EXTRA_CELL)
            + times(swallowed, SWALLOWED_TYPE)
    }

    /// Whether the row's name is the word of a type, and there is no type: then its name is missing.
    fn is_nameless(&self, row: &[Traits]) -> bool {
        row[0].is_known_type && row[0].is_capital && self.parts(row).type_at.is_none()
    }

    /// If only leaves have a mark, an unmarked scalar and a marked object are unlikely.
    fn object_cost(&self, name: &Traits, cell: &Traits) -> u32 {
        let is_likely = name.is_first == cell.is_scalar || cell.is_list;
        if self.unmarked_are_objects && !is_likely {
            UNLIKELY_OBJECT
        } else {
            0
        }
    }

    fn parts(&self, row: &[Traits]) -> Parts {
        let mut next = 1;
        // A default or a maximum length may precede the other cells.
        let mut limit_at = None;
        let skip_limit = |next: &mut usize, limit_at: &mut Option<usize>| {
            if limit_at.is_none() && row.get(*next).is_some_and(|cell| cell.is_limit) {
                *limit_at = Some(*next);
                *next += 1;
            }
        };
        skip_limit(&mut next, &mut limit_at);
        let type_at = row.get(next).and_then(|cell| cell.type_cost).map(|_| next);
        // A blank cell still is the cell of its column.
        let is_blank = row.get(next).is_some_and(|cell| cell.is_blank);
        next += usize::from(type_at.is_some() || is_blank);
        skip_limit(&mut next, &mut limit_at);
        let says_required =
            self.has_required && row.get(next).is_some_and(|cell| cell.says_required);
        let required_at = says_required.then_some(next);
        next += usize::from(says_required);
        let limit_at = limit_at.or_else(|| (next..row.len()).find(|&at| row[at].is_limit));
        Parts {
            type_at,
            required_at,
            limit_at,
            rest_at: next,
        }
    }

    fn row(&self, cells: &[Cell], traits: &[Traits]) -> RowCells {
        let parts = self.parts(traits);
        let text = |at: usize| Some(cells[at].text.clone()).filter(|text| !text.is_empty());
        let rest = (parts.rest_at..cells.len()).filter(|&at| Some(at) != parts.limit_at);
        let mut rest: Vec<&str> = rest.map(|at| cells[at].text.as_str()).collect();
        // A single cell may be the example or the description; usually the example is missing.
        let has_example = self.has_example && rest.len() > 1;
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
}

fn times(count: usize, cost: u32) -> u32 {
    u32::try_from(count)
        .unwrap_or(u32::MAX / 1000)
        .saturating_mul(cost)
}

/// Whether a text is a default or a maximum length; these are printed with their own words.
pub(crate) fn is_limit(text: &str) -> bool {
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
    WORDS.iter().any(|word| {
        text.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    })
}

/// Whether `text` can be a field's name on the wire.
pub(crate) fn is_name(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars
        .next()
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '@'));
    first && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '@' | '.' | '-' | '/'))
}
