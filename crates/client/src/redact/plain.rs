//! The form in which texts are compared: letters and digits alone, without case, accents and
//! encoding.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;
use zeroize::Zeroize as _;

/// How many encodings may be nested.
const LAYERS: usize = 4;

/// The letters and digits of a text, and their positions.
pub(super) struct Plain {
    pub(super) letters: Vec<char>,
    /// The position of each in the text, in bytes.
    pub(super) places: Vec<Range<usize>>,
    /// The words, as ranges of letters.
    pub(super) words: Vec<Range<usize>>,
}

/// A decoded character and the range of text that encodes it.
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
            // The usual case: nothing is encoded, and each byte is a character.
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
            } else if character.is_ascii() {
                self.end_word(&mut word);
            } else {
                self.take_other(character, &place, &mut word);
            }
        }
        self.end_word(&mut word);
    }

    /// Adds a character outside of ASCII, without its accents, which may be separate characters,
    /// and in normal width. Digits of other scripts become ASCII digits.
    fn take_other(&mut self, character: char, place: &Range<usize>, word: &mut usize) {
        for part in std::iter::once(character).nfkd() {
            if canonical_combining_class(part) != 0 {
                continue;
            }
            if !part.is_alphanumeric() {
                self.end_word(word);
                continue;
            }
            let digit = digit(part);
            let letters = part.to_uppercase().flat_map(char::to_lowercase);
            for letter in letters {
                self.letters.push(digit.unwrap_or(letter));
                self.places.push(place.clone());
            }
        }
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

/// The zeros of scripts with their own digits, which follow in order.
const ZEROS: [u32; 12] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x17E0,
];

/// The value of a digit of another script.
fn digit(character: char) -> Option<char> {
    let code = u32::from(character);
    let value = ZEROS
        .into_iter()
        .find_map(|zero| code.checked_sub(zero).filter(|value| *value < 10))?;
    char::from_digit(value, 10)
}

/// The characters of a text after all its encodings are decoded.
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

/// Decodes one layer of encoding. Every escape is longer than its character.
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

/// A run of `%XX`, which together are UTF-8, or Latin-1 if that is invalid; or one `%uXXXX`.
fn percent(units: &[Unit], output: &mut Vec<Unit>) -> usize {
    let code = units
        .get(1)
        .filter(|unit| matches!(unit.character, 'u' | 'U'));
    let code = code.and_then(|_| number(units.get(2..6)?, 16));
    if let Some(character) = code.and_then(char::from_u32) {
        push(output, character, &units[..6]);
        return 6;
    }
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
        for byte in chunk.invalid() {
            push(output, char::from(*byte), &units[at..at + 3]);
            at += 3;
        }
    }
    at
}

/// `\n`, `\"`, `\u0041`, `\ud83d\ude00`, `\u{41}`, `\U00000041`, `\x41`.
fn backslash(units: &[Unit], output: &mut Vec<Unit>) -> usize {
    let Some(second) = units.get(1) else { return 0 };
    let (character, length) = match second.character {
        'u' => unicode(units).unwrap_or(('u', 2)),
        'x' => hexadecimal(units, 2..4).unwrap_or(('x', 2)),
        'U' => hexadecimal(units, 2..10).unwrap_or(('U', 2)),
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

/// `&amp;`, `&eacute;`, `&#65;`, `&#x41;`; the last two also without the semicolon.
fn entity(units: &[Unit], output: &mut Vec<Unit>) -> usize {
    if units.get(1).is_some_and(|unit| unit.character == '#') {
        return numbered(units, output);
    }
    let Some(end) = units.iter().take(12).position(|unit| unit.character == ';') else {
        return 0;
    };
    let name: String = units[1..end].iter().map(|unit| unit.character).collect();
    match named(&name) {
        Some(character) => {
            push(output, character, &units[..=end]);
            end + 1
        }
        None => 0,
    }
}

fn numbered(units: &[Unit], output: &mut Vec<Unit>) -> usize {
    let (start, radix) = match units.get(2).map(|unit| unit.character) {
        Some('x' | 'X') => (3, 16),
        _ => (2, 10),
    };
    let digits = units[start.min(units.len())..].iter();
    let length = digits
        .take_while(|unit| unit.character.is_digit(radix))
        .count();
    let end = start + length;
    let code = units
        .get(start..end)
        .and_then(|digits| number(digits, radix));
    let Some(character) = code.and_then(char::from_u32) else {
        return 0;
    };
    let is_ended = units.get(end).is_some_and(|unit| unit.character == ';');
    let end = end + usize::from(is_ended);
    push(output, character, &units[..end]);
    end
}

/// The HTML entities that may occur in a name, a phone number or a token. A letter with an accent
/// is that letter here.
fn named(name: &str) -> Option<char> {
    const ACCENTS: [&str; 13] = [
        "acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "caron", "breve", "macr",
        "slash", "strok", "ogon",
    ];
    let character = match name {
        "amp" | "AMP" => '&',
        "lt" | "LT" => '<',
        "gt" | "GT" => '>',
        "quot" | "QUOT" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" | "shy" | "zwj" | "zwnj" | "Tab" | "NewLine"
        | "middot" | "ndash" | "mdash" | "hyphen" | "dash" | "plus" | "sol" | "bsol" | "comma"
        | "period" | "colon" | "lpar" | "rpar" | "commat" | "lowbar" | "equals" | "num"
        | "percnt" | "rsquo" | "lsquo" => ' ',
        "szlig" => 'ß',
        "aelig" | "AElig" => 'æ',
        "oelig" | "OElig" => 'œ',
        _ => {
            let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
            ACCENTS.contains(&&name[1..]).then_some(letter)?
        }
    };
    Some(character)
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
