//! A quick check of an id that the platform gave the request. The check nearly always proves at
//! once that the id contains nothing of the request; comparing all values would cost more than the
//! rest of a successful call.

use super::PERSONAL_PIECE;

/// Whether [`Redactor::id`](super::Redactor::id) would leave an id unchanged, regardless of which
/// texts are secret or personal; `false` if only a full comparison can tell.
///
/// Redaction only affects an id, which is a single word with a digit, if it shares
/// [`PERSONAL_PIECE`] or more consecutive letters and digits with a value; and in a text without
/// escapes, these are in the same order as in its values.
pub(crate) fn is_clean<'a>(id: &str, texts: impl IntoIterator<Item = &'a str>) -> bool {
    let Some(pieces) = Pieces::of(id) else {
        return false;
    };
    texts.into_iter().all(|text| pieces.are_absent_from(text))
}

/// The substrings of an id of one length, each as a number.
struct Pieces<'a> {
    id: &'a str,
    /// One bit for each, at the position to which its number is mapped.
    bits: [u64; 16],
}

impl<'a> Pieces<'a> {
    /// `None` for anything except a single ASCII word with a digit in it.
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

/// Whether a text has no escapes and none of the wanted pieces. A piece is [`PERSONAL_PIECE`]
/// consecutive letters and digits, ignoring case and all other characters between them.
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

/// For each byte: a letter in lower case, a digit, [`BETWEEN`] or [`ESCAPE`].
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
/// A byte that may begin an escape, or is not ASCII.
const ESCAPE: u8 = 1;

/// The index of a word in [`Pieces::bits`] and its bit.
fn place(piece: u64) -> (usize, u64) {
    let place = piece.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
    ((place >> 6) as usize, 1 << (place & 63))
}
