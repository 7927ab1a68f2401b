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
    id: &'a [u8],
    /// A bit for each, at the place that its number is mapped to.
    bits: [u64; 16],
}

impl<'a> Pieces<'a> {
    /// `None` for anything but one word of ASCII with a digit in it.
    fn of(id: &'a str) -> Option<Self> {
        let id = id.as_bytes();
        let is_word = id.iter().all(u8::is_ascii_alphanumeric);
        if id.len() < PERSONAL_PIECE || !is_word || !id.iter().any(u8::is_ascii_digit) {
            return None;
        }
        let mut bits = [0; 16];
        for piece in pieces(id) {
            let (word, bit) = place(piece);
            bits[word] |= bit;
        }
        Some(Self { id, bits })
    }

    fn are_absent_from(&self, text: &str) -> bool {
        let is_bare = |byte: &u8| byte.is_ascii() && !matches!(byte, b'%' | b'\\' | b'&');
        text.as_bytes().iter().all(is_bare)
            && pieces(text.as_bytes()).all(|piece| {
                let (word, bit) = place(piece);
                self.bits[word] & bit == 0 || pieces(self.id).all(|ours| ours != piece)
            })
    }
}

/// Every [`PERSONAL_PIECE`] letters and digits in a row, whatever else is between them, without case.
fn pieces(text: &[u8]) -> impl Iterator<Item = u64> {
    const MASK: u64 = (1 << (8 * PERSONAL_PIECE)) - 1;
    let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let numbers = letters.scan(0, |last, letter| {
        *last = (*last << 8 | u64::from(letter.to_ascii_lowercase())) & MASK;
        Some(*last)
    });
    numbers.skip(PERSONAL_PIECE - 1)
}

/// The number and the bit of a word of [`Pieces::bits`].
fn place(piece: u64) -> (usize, u64) {
    let place = piece.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 54;
    ((place >> 6) as usize, 1 << (place & 63))
}
