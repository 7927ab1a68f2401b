//! Finds what to redact in a text.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use super::plain::Plain;

/// Fewer digits than this are an amount or a code rather than a phone number or a postcode.
pub(super) const FEWEST_DIGITS: usize = 4;

/// Fewer letters than this occur in unrelated words.
const FEWEST_LETTERS: usize = 2;

/// The same for one word of a longer value.
const FEWEST_OF_WORD: usize = 3;

/// What is looked for in a text: parts of the values, not of the text, because a text may be as long
/// as an answer.
#[derive(Default)]
pub(super) struct Wanted<'v> {
    /// Substrings of values, by length.
    pieces: BTreeMap<usize, HashSet<&'v [char]>>,
    /// Whole words.
    words: HashSet<&'v [char]>,
}

impl<'v> Wanted<'v> {
    /// Adds every substring of a value that has this length, or the whole of a shorter value.
    pub(super) fn add(&mut self, value: &'v Plain, length: usize) {
        let letters = &value.letters[..];
        if letters.len() < length {
            return self.add_short(letters);
        }
        let pieces = letters.windows(length).filter(|piece| identifies(piece));
        self.pieces.entry(length).or_default().extend(pieces);
    }

    /// A short value must be a whole word of the text; in scripts without spaces between words it
    /// may be anywhere.
    fn add_short(&mut self, letters: &'v [char]) {
        let length = letters.len();
        if length < fewest(letters, FEWEST_LETTERS) {
            return;
        }
        match letters.iter().all(char::is_ascii) {
            true => self.words.insert(letters),
            false => self.pieces.entry(length).or_default().insert(letters),
        };
    }

    /// Adds the words of a value, such as the first name of a full name.
    pub(super) fn add_words(&mut self, value: &'v Plain, counts: fn(&[char]) -> bool) {
        let words = value.words.iter();
        let words = words.map(|word| &value.letters[word.clone()]);
        let is_wanted = |word: &&[char]| counts(word) && word.len() >= fewest(word, FEWEST_OF_WORD);
        self.words.extend(words.filter(is_wanted));
    }

    /// The ranges of a text in bytes that contain something wanted, in order. Ranges without a
    /// letter or digit between them are merged.
    pub(super) fn places_in(&self, text: &Plain) -> Vec<Range<usize>> {
        let is_marked = self.marks_on(text);
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut joins = false;
        for (is_marked, place) in is_marked.iter().zip(&text.places) {
            match places.last_mut() {
                Some(last) if *is_marked && (joins || place.start < last.end) => {
                    last.end = place.end;
                }
                _ if *is_marked => places.push(place.clone()),
                _ => {}
            }
            joins = *is_marked;
        }
        places
    }

    /// For each letter of a text, whether it belongs to something wanted.
    fn marks_on(&self, text: &Plain) -> Vec<bool> {
        let mut is_marked = vec![false; text.letters.len()];
        for (length, pieces) in &self.pieces {
            for (start, piece) in text.letters.windows(*length).enumerate() {
                if pieces.contains(piece) {
                    is_marked[start..start + length].fill(true);
                }
            }
        }
        for word in &text.words {
            if self.words.contains(&text.letters[word.clone()]) {
                is_marked[word.clone()].fill(true);
            }
        }
        is_marked
    }
}

fn fewest(letters: &[char], of_letters: usize) -> usize {
    match letters.iter().all(char::is_ascii_digit) {
        true => FEWEST_DIGITS,
        false => of_letters,
    }
}

/// Whether a substring has at least two different characters; zeros in the middle of an id do not.
fn identifies(piece: &[char]) -> bool {
    piece.iter().any(|letter| *letter != piece[0])
}
