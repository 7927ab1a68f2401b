//! Finds what to redact in a text.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::plain::Plain;

/// Fewer digits than this are an amount or a code rather than a phone number or a postcode.
pub(super) const FEWEST_DIGITS: usize = 4;

/// Fewer letters than this occur in unrelated words.
const FEWEST_LETTERS: usize = 2;

/// The same for one word of a longer value.
const FEWEST_OF_WORD: usize = 3;

/// The substrings of a text that have one length, with their positions.
type Pieces<'a> = HashMap<&'a [char], Vec<usize>>;

/// The letters of a text that were found in a value.
pub(super) struct Marks<'a> {
    plain: &'a Plain,
    is_marked: Vec<bool>,
    /// By length. A substring that was found is marked everywhere and removed, so that the time is
    /// linear in the lengths of text and value instead of their product.
    pieces: BTreeMap<usize, Pieces<'a>>,
    words: Pieces<'a>,
}

impl<'a> Marks<'a> {
    pub(super) fn on(plain: &'a Plain) -> Self {
        let mut words = Pieces::new();
        for word in &plain.words {
            let letters = &plain.letters[word.clone()];
            words.entry(letters).or_default().push(word.start);
        }
        Self {
            plain,
            is_marked: vec![false; plain.letters.len()],
            pieces: BTreeMap::new(),
            words,
        }
    }

    /// Marks every substring of a value that has this length, or the whole of a shorter value.
    pub(super) fn find(&mut self, value: &Plain, length: usize) {
        let letters = &value.letters[..];
        if letters.len() < length {
            return self.find_short(letters);
        }
        let plain = self.plain;
        let pieces = self
            .pieces
            .entry(length)
            .or_insert_with(|| pieces_of(plain, length));
        for piece in letters.windows(length).filter(|piece| identifies(piece)) {
            mark(&mut self.is_marked, pieces.remove(piece), length);
        }
    }

    /// A short value must be a whole word of the text; in scripts without spaces between words it
    /// may be anywhere.
    fn find_short(&mut self, letters: &[char]) {
        let length = letters.len();
        if length < fewest(letters, FEWEST_LETTERS) {
            return;
        }
        if letters.iter().all(char::is_ascii) {
            let places = self.words.remove(letters);
            return mark(&mut self.is_marked, places, length);
        }
        let plain = self.plain;
        let pieces = self
            .pieces
            .entry(length)
            .or_insert_with(|| pieces_of(plain, length));
        mark(&mut self.is_marked, pieces.remove(letters), length);
    }

    /// Marks the words of a value that are words of the text, such as the first name of a full
    /// name.
    pub(super) fn find_words(&mut self, value: &Plain, counts: fn(&[char]) -> bool) {
        for word in &value.words {
            let letters = &value.letters[word.clone()];
            if counts(letters) && letters.len() >= fewest(letters, FEWEST_OF_WORD) {
                let places = self.words.remove(letters);
                mark(&mut self.is_marked, places, letters.len());
            }
        }
    }

    /// The marked ranges of the text in bytes, in order. Ranges without a letter or digit between
    /// them are merged.
    pub(super) fn places(&self) -> Vec<Range<usize>> {
        let mut places: Vec<Range<usize>> = Vec::new();
        let mut joins = false;
        for (is_marked, place) in self.is_marked.iter().zip(&self.plain.places) {
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

fn pieces_of(plain: &Plain, length: usize) -> Pieces<'_> {
    let mut pieces = Pieces::new();
    for (start, piece) in plain.letters.windows(length).enumerate() {
        pieces.entry(piece).or_default().push(start);
    }
    pieces
}

fn mark(is_marked: &mut [bool], starts: Option<Vec<usize>>, length: usize) {
    for start in starts.unwrap_or_default() {
        is_marked[start..start + length].fill(true);
    }
}
