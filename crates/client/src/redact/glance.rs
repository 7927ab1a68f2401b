//! A first look at the platform's name for an exchange: nearly always it is certain at once that nothing of the request
//! is in it. Taking the request apart would cost more than all else of a call that succeeds.

use super::PERSONAL_PIECE;

/// Whether [`Redactor::id`](super::Redactor::id) would leave an id as it is, whichever of the texts are secrets or
/// personal; `false` where that takes a closer look.
///
/// An id that is one word with a digit loses only what has [`PERSONAL_PIECE`] letters and digits in a row in common with
/// it, or more; and a text without escapes has them in the same order as the values in it.
pub(crate) fn is_clean<'a>(id: &str, texts: impl IntoIterator<Item = &'a str>) -> bool {
    let Some(pieces) = Pieces::of(id) else {
        return false;
    };
    texts.into_iter().all(|text| pieces.are_absent_from(text))
}

/// The pieces of an id, each as a number.
struct Pieces<'a> {
    id: &'a str,
    /// A bit for each, at the place that its number is mapped to.
    bits: [u64; 16],
}

impl<'a> Pieces<'a> {
    /// `None` for anything but one word of ASCII with a digit in it.
    fn of(id: &'a str) -> Option<Self> {
        let is_word = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if id.len() < PERSONAL_PIECE || !is_word || !id.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut bits = [0; 16];
        none(id, |piece| {
            let (word, bit) = place(piece);
            bits[word] |= bit;
            false
        });
        Some(Self { id, bits })
    }

    fn are_absent_from(&self, text: &str) -> bool {
        none(text, |piece| {
            let (word, bit) = place(piece);
            self.bits[word] & bit != 0 && !none(self.id, |ours| ours == piece)
        })
    }
}

/// Whether a text has no escapes and none of the wanted pieces. A piece is [`PERSONAL_PIECE`] letters and digits in a row,
/// whatever else is between them, without case.
fn none(text: &str, mut is_wanted: impl FnMut(u64) -> bool) -> bool {
    const MASK: u64 = (1 << (8 * PERSONAL_PIECE)) - 1;
    let (mut piece, mut letters) = (0, 0);
    for byte in text.bytes() {
        match LETTERS[usize::from(byte)] {
            BETWEEN => {}
            ESCAPE => return false,
            letter => {
                piece = (piece << 8 | u64::from(letter)) & MASK;
                letters += 1;
                if letters >= PERSONAL_PIECE && is_wanted(piece) {
                    return false;
                }
            }
        }
    }
    true
}

/// Of a letter or a digit, the same without case.
static LETTERS: [u8; 256] = {
    let mut table = [BETWEEN; 256];
    let mut index = 0;
    while index < 256 {
        let byte = index as u8;
        if byte.is_ascii_alphanumeric() {
            table[index] = byte.to_ascii_lowercase();
        } else if !byte.is_ascii() || matches!(byte, b'%' | b'\\' | b'&') {
            table[index] = ESCAPE;
        }
        index += 1;
    }
    table
};

/// Neither letter nor digit.
const BETWEEN: u8 = 0;
/// What may stand for another character, or is none of ASCII.
const ESCAPE: u8 = 1;

/// The number and the bit of a word of [`Pieces::bits`].
fn place(piece: u64) -> (usize, u64) {
    let place = piece.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
    ((place >> 6) as usize, 1 << (place & 63))
}
