//! Names and values of a query or a form, as browsers write them (`application/x-www-form-urlencoded`).

use std::borrow::Cow;

/// The names and values, still encoded.
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let pairs = text.split(|byte| *byte == b'&');
    pairs
        .filter(|pair| !pair.is_empty())
        .map(|pair| match memchr::memchr(b'=', pair) {
            Some(place) => (&pair[..place], &pair[place + 1..]),
            None => (pair, &b""[..]),
        })
}

/// Decodes a name or a value, with U+FFFD in place of bytes that are not UTF-8. The buffer can be reused.
pub(crate) fn decode<'a>(written: &'a [u8], buffer: &'a mut Vec<u8>) -> Cow<'a, str> {
    let Some(plain) = memchr::memchr2(b'+', b'%', written) else {
        return String::from_utf8_lossy(written);
    };
    buffer.clear();
    buffer.extend_from_slice(&written[..plain]);
    let mut rest = &written[plain..];
    while let Some((&first, others)) = rest.split_first() {
        let (byte, others) = match (first, others) {
            (b'+', _) => (b' ', others),
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high * 16 + low, after),
                // Without two hex digits, a percent sign is itself.
                _ => (b'%', others),
            },
            _ => (first, others),
        };
        buffer.push(byte);
        rest = others;
    }
    String::from_utf8_lossy(buffer)
}

/// The value of a hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// It reads like the library `form_urlencoded`, which allocates twice for each pair.
        #[test]
        fn pairs_are_read_like_form_urlencoded_reads_them(
            text in prop::collection::vec(prop_oneof![
                prop::sample::select(&b"&&==%%++0aAfF"[..]),
                any::<u8>(),
            ], 0..80),
        ) {
            let expected: Vec<_> = form_urlencoded::parse(&text).into_owned().collect();
            let (mut name, mut value) = (Vec::new(), Vec::new());
            let found: Vec<_> = pairs(&text)
                .map(|pair| {
                    let name = decode(pair.0, &mut name).into_owned();
                    (name, decode(pair.1, &mut value).into_owned())
                })
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
