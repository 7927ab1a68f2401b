//! Error tables of one cell per line: which cells are codes.
//!
//! Rows have one to three cells, and nothing shows where one ends. Tables are regular, though: their codes are
//! written alike, their rows have the same number of cells, and the messages repeat the codes, or are words, or
//! codes. The cost of a reading grows with its distance from that. If the cheapest reading in which a cell is a code
//! and the cheapest one in which it is not cost about the same, nothing on the page decides about the cell.

use std::collections::{BTreeMap, HashMap};

use super::super::division::{Division, NEVER, RowPrices};
use crate::read::code_style::Style;

/// A smaller difference of cost decides nothing.
const LEAST_MARGIN: u32 = 3;
/// The most cells of a row, unless what may be codes stands further apart.
const LONGEST: usize = 24;
/// The cost of codes that are not all written alike.
const ANY_STYLE: u32 = 2;

/// A cell, read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Whether it is a code.
    pub is_code: bool,
    /// Whether the page settles that.
    pub is_settled: bool,
}

/// The cells of a table, read.
#[derive(Debug)]
pub(super) struct Table {
    pub readings: Vec<Reading>,
    /// How far the cheapest reading is from a regular table.
    pub price: u32,
}

/// Reads the cells of a table with `columns` columns; the first is a code in any case.
pub(super) fn read(texts: &[&str], columns: usize) -> Table {
    let cells = cells(texts);
    let longest = longest(&cells);
    let mut prices = vec![Prices::default(); cells.len()];
    let mut price = NEVER;
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
                let whole = habits.add_prices(&mut prices);
                if whole < price {
                    price = whole;
                    best = Some(habits);
                }
            }
        }
    }
    let reading = |(prices, cell): (Prices, &Cell)| {
        let is_code = prices.code <= prices.words;
        // If codes are plain words, a word that can be one of them is not decided, unless the messages show it.
        let may_be_both = |best: &Habits<'_>| {
            best.messages != Messages::Repeat
                && !best.main.style.is_telling()
                && cell.style == Some(best.main.style)
        };
        let is_open = !is_code && best.as_ref().is_some_and(may_be_both);
        Reading {
            is_code,
            is_settled: prices.code.abs_diff(prices.words) >= LEAST_MARGIN && !is_open,
        }
    };
    let readings = prices.into_iter().zip(&cells).map(reading).collect();
    Table { readings, price }
}

/// What of a cell tells whether it is a code.
#[derive(Clone, Copy)]
struct Cell {
    style: Option<Style>,
    /// Whether it is the same as the one before.
    repeats: bool,
    /// Whether it is elsewhere in the table, too.
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

/// How many cells a row may have: as many as there are without anything that may be a code, at least.
fn longest(cells: &[Cell]) -> usize {
    let rows = cells.chunk_by(|_, next| next.style.is_none() || next.repeats);
    rows.map(<[Cell]>::len).fold(LONGEST, usize::max)
}

/// How the codes of a table are supposed to be written.
#[derive(Clone, Copy)]
struct Main {
    style: Style,
    /// Whether other telling styles occur among them.
    is_any: bool,
}

/// The first cell's style, and every telling one: alone, and the most common with others.
fn mains(cells: &[Cell]) -> Vec<Main> {
    let mut counts: BTreeMap<Style, usize> = BTreeMap::new();
    let telling = cells.iter().filter_map(|cell| cell.style);
    for style in telling.filter(|style| style.is_telling()) {
        *counts.entry(style).or_default() += 1;
    }
    let first = cells.first().and_then(|cell| cell.style);
    let weak = first.filter(|style| !style.is_telling());
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
struct Prices {
    code: u32,
    words: u32,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            code: NEVER,
            words: NEVER,
        }
    }
}

/// What a table is supposed to keep to.
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

/// What the cells after the codes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Messages {
    /// The codes again.
    Repeat,
    Words,
    /// Other codes. Only if all rows are complete, for else codes without a message look the same.
    Codes,
}

impl RowPrices for Habits<'_> {
    fn of_rows_from(&self, start: usize) -> impl Iterator<Item = u32> {
        let longest = (self.cells.len() - start).min(self.longest);
        let rows = (0..longest).scan(self.first_price(start), move |price, place| {
            let kept = place.min(self.columns);
            if place > 0 {
                *price = price
                    .saturating_add(self.words(start + place, kept))
                    .min(NEVER);
            }
            (*price < NEVER).then(|| price.saturating_add(self.end(kept)).min(NEVER))
        });
        rows.fuse()
    }
}

impl Habits<'_> {
    /// Lowers `prices` to those of the readings that are supposed to keep to these habits; gives the least.
    fn add_prices(&self, prices: &mut [Prices]) -> u32 {
        let division = Division::of(self.cells.len(), self);
        for (prices, [code, words]) in prices.iter_mut().zip(division.by_cell(self)) {
            prices.code = prices.code.min(code);
            prices.words = prices.words.min(words);
        }
        division.price()
    }

    /// The cost of a code at `start`. The first cell of the table also has the cost of its habits.
    fn first_price(&self, start: usize) -> u32 {
        if start > 0 {
            return self.code(start);
        }
        let any = u32::from(self.main.is_any) * ANY_STYLE;
        // What is below a code and its message may be their solution, or a code without a message.
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

    /// The price of a code at `at`.
    fn code(&self, at: usize) -> u32 {
        let cell = self.cells[at];
        let twice = if cell.recurs { 2 } else { 0 };
        match cell.style {
            _ if cell.repeats => NEVER,
            None => NEVER,
            Some(style) if style == self.main.style => twice,
            Some(style) if style.is_telling() && self.main.is_any => twice + 1,
            Some(style) if style.is_telling() => twice + 2,
            Some(Style::Small) => twice + 5,
            Some(_) => twice + 3,
        }
    }

    /// The cost of words at `at`, which is the row's cell `place`.
    fn words(&self, at: usize, place: usize) -> u32 {
        let cell = self.cells[at];
        let is_message = place == 1;
        let is_telling = cell.style.is_some_and(Style::is_telling);
        let habit = match self.messages {
            _ if !is_message => 0,
            Messages::Codes if is_telling && !cell.repeats => return self.code(at),
            Messages::Codes => NEVER,
            _ => u32::from(cell.repeats != (self.messages == Messages::Repeat)) * 3,
        };
        let beyond = u32::from(place == self.columns) * 7;
        let style = match cell.style {
            None => 0,
            Some(_) if is_message && cell.repeats => 0,
            Some(style) if style == self.main.style => u32::from(style.is_telling()) * 6,
            Some(style) if style.is_telling() && self.main.is_any => 6,
            // A code may be explained by another code.
            Some(style) if style.is_telling() => u32::from(!is_message) * 3,
            Some(Style::Small) => 0,
            Some(_) => 1,
        };
        habit + beyond + style
    }
}
