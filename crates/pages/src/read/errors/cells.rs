//! Finds out which cells are codes in error tables with one cell per line.
//!
//! Rows have one to three cells, and nothing shows where one ends. But tables are regular: their codes are written in
//! one style, their rows have the same number of cells, and their messages repeat the codes, or are words, or are other
//! codes. The cost of a reading grows with its difference from a regular table. If the cheapest reading in which a cell
//! is a code and the cheapest one in which it is not cost about the same, nothing on the page decides about the cell.

use std::collections::{BTreeMap, HashMap};

use super::super::division::{Division, NEVER, RowCosts};
use crate::read::code_style::Style;

/// A smaller difference of costs decides nothing.
const LEAST_MARGIN: u32 = 3;
/// The most cells of a row, unless possible codes are further apart.
const LONGEST: usize = 24;
/// The cost of codes that are not all written alike.
const ANY_STYLE: u32 = 2;

/// How a cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Whether it is a code.
    pub is_code: bool,
    /// Whether the page settles that.
    pub is_settled: bool,
}

/// How the cells of a table are read.
#[derive(Debug)]
pub(super) struct Table {
    pub readings: Vec<Reading>,
    /// The difference of the cheapest reading from a regular table.
    pub cost: u32,
}

/// Reads the cells of a table with `columns` columns; the first is a code in any case.
pub(super) fn read(texts: &[&str], columns: usize) -> Table {
    let cells = cells(texts);
    let longest = longest(&cells);
    let mut costs = vec![Costs::default(); cells.len()];
    let mut cost = NEVER;
    let mut best = None;
    for main in mains(&cells) {
        for width in 1..=columns {
            for messages in [Messages::Repeat, Messages::Words, Messages::Codes] {
                let habits = Habits {
                    cells: &cells,
                    columns,
                    longest,
                    main,
                    width,
                    messages,
                };
                let whole = habits.add_costs(&mut costs);
                if whole < cost {
                    cost = whole;
                    best = Some(habits);
                }
            }
        }
    }
    let reading = |(costs, cell): (Costs, &Cell)| {
        let is_code = costs.code <= costs.words;
        // If codes are plain words, a word that can be one of them is not decided, unless the messages show it.
        let may_be_both = |best: &Habits<'_>| {
            best.messages != Messages::Repeat
                && !best.main.style.is_distinctive()
                && cell.style == Some(best.main.style)
        };
        let is_open = !is_code && best.as_ref().is_some_and(may_be_both);
        Reading {
            is_code,
            is_settled: costs.code.abs_diff(costs.words) >= LEAST_MARGIN && !is_open,
        }
    };
    let readings = costs.into_iter().zip(&cells).map(reading).collect();
    Table { readings, cost }
}

/// What shows whether a cell is a code.
#[derive(Clone, Copy)]
struct Cell {
    style: Option<Style>,
    /// Whether it equals the cell before.
    repeats: bool,
    /// Whether the same text is elsewhere in the table, too.
    recurs: bool,
}

fn cells(texts: &[&str]) -> Vec<Cell> {
    let repeats = |at: usize| at > 0 && texts[at] == texts[at - 1];
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for at in (0..texts.len()).filter(|&at| !repeats(at)) {
        *counts.entry(texts[at]).or_default() += 1;
    }
    let cell = |at: usize| Cell {
        style: Style::of(texts[at]),
        repeats: repeats(at),
        recurs: counts.get(texts[at]).is_some_and(|&count| count > 1),
    };
    (0..texts.len()).map(cell).collect()
}

/// How many cells a row may have: at least as many as there are in sequence without a possible code.
fn longest(cells: &[Cell]) -> usize {
    let rows = cells.chunk_by(|_, next| next.style.is_none() || next.repeats);
    rows.map(<[Cell]>::len).fold(LONGEST, usize::max)
}

/// The assumed style of a table's codes.
#[derive(Clone, Copy)]
struct Main {
    style: Style,
    /// Whether other distinctive styles occur among them.
    is_any: bool,
}

/// The styles to try: the first cell's style and every distinctive one alone, and the most common one together with
/// others.
fn mains(cells: &[Cell]) -> Vec<Main> {
    let mut counts: BTreeMap<Style, usize> = BTreeMap::new();
    let telling = cells.iter().filter_map(|cell| cell.style);
    for style in telling.filter(|style| style.is_distinctive()) {
        *counts.entry(style).or_default() += 1;
    }
    let first = cells.first().and_then(|cell| cell.style);
    let weak = first.filter(|style| !style.is_distinctive());
    let alone = counts.keys().copied().chain(weak);
    let mut mains: Vec<Main> = alone
        .map(|style| Main {
            style,
            is_any: false,
        })
        .collect();
    let common = counts.iter().max_by_key(|(_, count)| **count);
    mains.extend(common.filter(|_| counts.len() > 1).map(|(&style, _)| Main {
        style,
        is_any: true,
    }));
    mains
}

/// The lowest cost of a reading in which a cell is a code, and of one in which it is not.
#[derive(Clone, Copy)]
struct Costs {
    code: u32,
    words: u32,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            code: NEVER,
            words: NEVER,
        }
    }
}

/// The assumed regularities of a table.
struct Habits<'c> {
    cells: &'c [Cell],
    columns: usize,
    /// The most cells of a row.
    longest: usize,
    main: Main,
    /// How many cells its rows have.
    width: usize,
    messages: Messages,
}

/// What the cells after the codes are assumed to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Messages {
    /// The same codes again.
    Repeat,
    Words,
    /// Other codes. Only if all rows are complete, because otherwise codes without a message look the same.
    Codes,
}

impl RowCosts for Habits<'_> {
    fn of_rows_from(&self, start: usize) -> impl Iterator<Item = u32> {
        let longest = (self.cells.len() - start).min(self.longest);
        let rows = (0..longest).scan(self.first_cost(start), move |cost, place| {
            let kept = place.min(self.columns);
            if place > 0 {
                *cost = cost
                    .saturating_add(self.words(start + place, kept))
                    .min(NEVER);
            }
            (*cost < NEVER).then(|| cost.saturating_add(self.end(kept)).min(NEVER))
        });
        rows.fuse()
    }
}

impl Habits<'_> {
    /// Lowers `costs` to those of the readings with these habits, and returns the lowest cost of a whole reading.
    fn add_costs(&self, costs: &mut [Costs]) -> u32 {
        let division = Division::of(self.cells.len(), self);
        for (costs, [code, words]) in costs.iter_mut().zip(division.by_cell(self)) {
            costs.code = costs.code.min(code);
            costs.words = costs.words.min(words);
        }
        division.cost()
    }

    /// The cost of a code at `start`. The first cell of the table also has the cost of its habits.
    fn first_cost(&self, start: usize) -> u32 {
        if start > 0 {
            return self.code(start);
        }
        let any = u32::from(self.main.is_any) * ANY_STYLE;
        // The cells below a code and its message may be their solution, or codes without a message.
        let full = u32::from(self.width == self.columns) * 2;
        let codes = u32::from(self.messages == Messages::Codes) * if full == 0 { 3 } else { 2 };
        self.code(0).saturating_add(any + full + codes).min(NEVER)
    }

    /// The cost of a row that ends after the cell at `place`.
    fn end(&self, place: usize) -> u32 {
        let length = (place + 1).min(self.columns);
        let difference = u32::try_from(length.abs_diff(self.width)).unwrap_or(NEVER);
        match self.messages {
            Messages::Repeat => 2 * difference + u32::from(length == 1),
            Messages::Words => 2 * difference,
            Messages::Codes if place + 1 == self.width => 0,
            Messages::Codes => NEVER,
        }
    }

    /// The cost of a code at `at`.
    fn code(&self, at: usize) -> u32 {
        let cell = self.cells[at];
        let twice = if cell.recurs { 2 } else { 0 };
        match cell.style {
            _ if cell.repeats => NEVER,
            None => NEVER,
            Some(style) if style == self.main.style => twice,
            Some(style) if style.is_distinctive() && self.main.is_any => twice + 1,
            Some(style) if style.is_distinctive() => twice + 2,
            Some(Style::Small) => twice + 5,
            Some(_) => twice + 3,
        }
    }

    /// The cost of words at `at`, which is the cell `place` of its row.
    fn words(&self, at: usize, place: usize) -> u32 {
        let cell = self.cells[at];
        let is_message = place == 1;
        let is_distinctive = cell.style.is_some_and(Style::is_distinctive);
        let habit = match self.messages {
            _ if !is_message => 0,
            Messages::Codes if is_distinctive && !cell.repeats => return self.code(at),
            Messages::Codes => NEVER,
            _ => u32::from(cell.repeats != (self.messages == Messages::Repeat)) * 3,
        };
        let beyond = u32::from(place == self.columns) * 7;
        let style = match cell.style {
            None => 0,
            Some(_) if is_message && cell.repeats => 0,
            Some(style) if style == self.main.style => u32::from(style.is_distinctive()) * 6,
            Some(style) if style.is_distinctive() && self.main.is_any => 6,
            // A code may be explained by another code.
            Some(style) if style.is_distinctive() => u32::from(!is_message) * 3,
            Some(Style::Small) => 0,
            Some(_) => 1,
        };
        habit + beyond + style
    }
}
