//! Finds out which lines begin with a code in error tables with one row per line, its cells joined by blanks.
//!
//! A cell with several lines continues below its row, and sentences begin with words that might be codes. But tables
//! are regular: their codes are written in one style, and the text after the codes begins in the same way.

use super::cells::Reading;
use crate::read::code_style::Style;

/// A line's first word and how the rest begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Begin {
    style: Option<Style>,
    rest: Rest,
}

/// How a line continues after its first word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    /// The line has only one word.
    Nothing,
    /// With the same word again.
    Repeats,
    /// With a capital letter or a sign.
    Capital,
    /// With a small letter, as sentences do.
    Small,
    /// In Chinese.
    Chinese,
}

/// Reads the lines. The first one always begins with a code.
pub(super) fn read(lines: &[&str]) -> Vec<Reading> {
    let begins: Vec<_> = lines.iter().map(|line| Begin::of(line)).collect();
    let Some(&first) = begins.first() else {
        return Vec::new();
    };
    let is_distinctive = |begin: &&Begin| begin.is_distinctive();
    let main = begins.iter().find(is_distinctive).copied().unwrap_or(first);
    let rests = begins.iter().filter(|begin| begin.style == main.style);
    let habit = most_common(rests.map(|begin| begin.rest)).unwrap_or(main.rest);
    let is_row = |(at, begin): (usize, &Begin)| match at {
        0 => settled(true),
        _ => begin.is_row(main.style, habit),
    };
    begins.iter().enumerate().map(is_row).collect()
}

fn settled(is_code: bool) -> Reading {
    Reading {
        is_code,
        is_settled: true,
    }
}

fn most_common(rests: impl Iterator<Item = Rest>) -> Option<Rest> {
    let mut rests: Vec<_> = rests.collect();
    rests.sort_unstable();
    let longest = rests.chunk_by(Rest::eq).max_by_key(|chunk| chunk.len())?;
    longest.first().copied()
}

impl Begin {
    fn of(line: &str) -> Self {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        let second = words.next().unwrap_or_default();
        let rest = match second.chars().next() {
            None => Rest::Nothing,
            Some(_) if first == second => Rest::Repeats,
            Some(letter) if !letter.is_ascii() => Rest::Chinese,
            Some(letter) if letter.is_ascii_lowercase() => Rest::Small,
            Some(_) => Rest::Capital,
        };
        Self {
            style: Style::of(first),
            rest,
        }
    }

    /// Whether the first word alone shows that it is a code. A sentence may begin with a number, or with "AliExpress".
    fn is_distinctive(&self) -> bool {
        let is_joined = matches!(self.style, Some(Style::Shouted | Style::Joined));
        is_joined || self.rest == Rest::Repeats
    }

    fn is_row(&self, main: Option<Style>, habit: Rest) -> Reading {
        let Some(style) = self.style else {
            return settled(false);
        };
        let is_alike = main == Some(style);
        if self.is_distinctive() || is_alike && style.is_distinctive() {
            return settled(true);
        }
        let open = |is_code| Reading {
            is_code,
            is_settled: false,
        };
        match (self.rest, habit) {
            (Rest::Small, Rest::Small) if is_alike => open(true),
            (Rest::Small, Rest::Small) => open(false),
            (Rest::Small, _) => settled(false),
            _ if style == Style::Small && !is_alike => settled(false),
            (rest, habit) => Reading {
                is_code: true,
                is_settled: rest == habit,
            },
        }
    }
}
