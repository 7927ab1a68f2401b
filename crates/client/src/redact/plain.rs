//! Texts as they are compared: letters and digits alone, without case and encoding.

use std::ops::Range;

use zeroize::Zeroize as _;

/// How many encodings may lie on top of each other.
const LAYERS: usize = 4;

/// The letters and digits of a text, and where they are in it.
pub(super) struct Plain {
    pub(super) letters: Vec<char>,
    /// Where each is in the text, in bytes.
    pub(super) places: Vec<Range<usize>>,
    /// The words, by their letters.
    pub(super) words: Vec<Range<usize>>,
}

/// A character and the place of what stands for it.
#[derive(Clone)]
struct Unit {
    character: char,
    place: Range<usize>,
}

impl Plain {
    pub(super) fn of(text: &str) -> Self {
        let mut plain = Self {
            letters: Vec::with_capacity(text.len()),
            places: Vec::with_capacity(text.len()),
            words: Vec::new(),
        };
        let is_bare = |byte: &u8| byte.is_ascii() && !matches!(byte, b'%' | b'\\' | b'&');
        if text.as_bytes().iter().all(is_bare) {
            // As most values and ids are: nothing is to be decoded, and each byte is a character.
            let units = text.bytes().enumerate();
            plain.take(units.map(|(at, byte)| (char::from(byte), at..at + 1)));
        } else {
            let units = decode_layers(text).into_iter();
            plain.take(units.map(|unit| (unit.character, unit.place)));
        }
        plain
    }

    fn take(&mut self, units: impl Iterator<Item = (char, Range<usize>)>) {
        let mut word = 0;
        for (character, place) in units {
            if character.is_ascii_alphanumeric() {
                self.letters.push(character.to_ascii_lowercase());
                self.places.push(place);
            } else if character.is_alphanumeric() {
                for letter in character.to_uppercase().flat_map(char::to_lowercase) {
                    self.letters.push(letter);
                    self.places.push(place.clone());
                }
            } else {
                self.end_word(&mut word);
            }
        }
        self.end_word(&mut word);
    }

    fn end_word(&mut self, start: &mut usize) {
        let end = self.letters.len();
        if *start < end {
            self.words.push(*start..end);
        }
        *start = end;
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.letters.zeroize();
    }
}

/// The characters of a text after all its encodings are undone.
fn decode_layers(text: &str) -> Vec<Unit> {
    let characters = text.char_indices();
    let mut units: Vec<_> = characters
        .map(|(start, character)| Unit {
            character,
            place: start..start + character.len_utf8(),
        })
        .collect();
    for _ in 0..LAYERS {
        let decoded = decode(&units);
        let is_done = decoded.len() == units.len();
        units = decoded;
        if is_done {
            break;
        }
    }
    units
}

/// Undoes one layer of encoding. Every escape is longer than what it stands for.
fn decode(units: &[Unit]) -> Vec<Unit> {
    let mut output = Vec::with_capacity(units.len());
    let mut rest = units;
    while let Some(first) = rest.first() {
        let taken = match first.character {
            '%' => percent(rest, &mut output),
            '\\' => backslash(rest, &mut output),
            '&' => entity(rest, &mut output),
            _ => 0,
        };
        if taken == 0 {
            output.push(first.clone());
        }
        rest = &rest[taken.max(1)..];
    }
    output
}

/// A run of `%XX`, which together are UTF-8.
fn percent(units: &[Unit], output: &mut Vec<Unit>) -> usize {
    let bytes: Vec<u8> = units
        .chunks_exact(3)
        .map_while(|unit| match unit[0].character {
            '%' => number(&unit[1..], 16).and_then(|byte| u8::try_from(byte).ok()),
            _ => None,
        })
        .collect();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            push(output, character, &units[at..at + 3 * character.len_utf8()]);
            at += 3 * character.len_utf8();
        }
        if !chunk.invalid().is_empty() {
            let length = 3 * chunk.invalid().len();
            push(output, char::REPLACEMENT_CHARACTER, &units[at..at + length]);
            at += length;
        }
    }
    at
}

/// `\n`, `\"`, `\u0041`, `\ud83d\ude00`, `\u{41}`, `\x41`.
fn backslash(units: &[Unit], output: &mut Vec<Unit>) -> usize {
    let Some(second) = units.get(1) else { return 0 };
    let (character, length) = match second.character {
        'u' => unicode(units).unwrap_or(('u', 2)),
        'x' => hexadecimal(units, 2..4).unwrap_or(('x', 2)),
        'n' | 'r' | 't' | 'b' | 'f' | '0' => (' ', 2),
        character => (character, 2),
    };
    push(output, character, &units[..length]);
    length
}

fn unicode(units: &[Unit]) -> Option<(char, usize)> {
    if units.get(2)?.character == '{' {
        let length = units
            .iter()
            .take(12)
            .position(|unit| unit.character == '}')?;
        let code = number(&units[3..length], 16)?;
        return Some((char::from_u32(code)?, length + 1));
    }
    let high = number(units.get(2..6)?, 16)?;
    if let Some(character) = char::from_u32(high) {
        return Some((character, 6));
    }
    let follows = units.get(6)?.character == '\\' && units.get(7)?.character == 'u';
    let low = number(units.get(8..12)?, 16).filter(|_| follows)?;
    let pair = [u16::try_from(high).ok()?, u16::try_from(low).ok()?];
    let character = char::decode_utf16(pair).next()?.ok()?;
    Some((character, 12))
}

fn hexadecimal(units: &[Unit], digits: Range<usize>) -> Option<(char, usize)> {
    let end = digits.end;
    Some((char::from_u32(number(units.get(digits)?, 16)?)?, end))
}

/// `&amp;`, `&#65;`, `&#x41;`.
fn entity(units: &[Unit], output: &mut Vec<Unit>) -> usize {
    let Some(end) = units.iter().take(12).position(|unit| unit.character == ';') else {
        return 0;
    };
    let name: String = units[1..end].iter().map(|unit| unit.character).collect();
    let character = match name.as_str() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match (name.strip_prefix("#x"), name.strip_prefix('#')) {
            (Some(_), _) => number(&units[3..end], 16).and_then(char::from_u32),
            (None, Some(_)) => number(&units[2..end], 10).and_then(char::from_u32),
            (None, None) => None,
        },
    };
    match character {
        Some(character) => {
            push(output, character, &units[..=end]);
            end + 1
        }
        None => 0,
    }
}

fn number(digits: &[Unit], radix: u32) -> Option<u32> {
    let first = digits.first()?;
    first.character.to_digit(radix)?;
    digits.iter().try_fold(0_u32, |number, digit| {
        number
            .checked_mul(radix)?
            .checked_add(digit.character.to_digit(radix)?)
    })
}

fn push(output: &mut Vec<Unit>, character: char, from: &[Unit]) {
    if let (Some(first), Some(last)) = (from.first(), from.last()) {
        let place = first.place.start..last.place.end;
        output.push(Unit { character, place });
    }
}
