//! The body of a form, as `application/x-www-form-urlencoded`.

/// The content type that goes with [`encode`].
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded;charset=UTF-8";

/// Encodes parameters in the order given, one `name=value` each, joined by `&`.
///
/// Names and values are encoded as UTF-8; ASCII letters, digits and `*-._` stay as they are, a space
/// becomes `+`, every other byte `%XX`. A parameter without a value is written as `name=`.
///
/// ```
/// use aliexpress_transport::form;
///
/// let body = form::encode(&[("method", "a.b"), ("name", "Zoë & co")]);
/// assert_eq!(body, "method=a.b&name=Zo%C3%AB+%26+co");
/// ```
pub fn encode(params: &[(&str, &str)]) -> String {
    // With the full capacity from the start, because a reallocation would leave a copy of secrets in memory.
    let lengths = params
        .iter()
        .map(|(name, value)| length(name) + length(value) + 2);
    let mut body = vec![0; lengths.sum::<usize>() + SPARE];
    let mut end = 0;
    for (name, value) in params {
        if end > 0 {
            end = put(&mut body, end, b"&");
        }
        end = append(&mut body, end, name);
        end = put(&mut body, end, b"=");
        end = append(&mut body, end, value);
    }
    body.truncate(end);
    String::from_utf8(body).expect("an encoded form is ASCII")
}

/// How a byte is written: up to three bytes, and how many of them count.
type Written = [u8; 4];

/// A whole entry is copied even if only one of its bytes counts, so that the buffer needs a few bytes more.
const SPARE: usize = 3;

static WRITTEN: [Written; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut table = [[b'%', 0, 0, 3]; 256];
    let mut index = 0;
    while index < 256 {
        let byte = index as u8;
        table[index] = match byte {
            b' ' => [b'+', 0, 0, 1],
            byte if stays(byte) => [byte, 0, 0, 1],
            _ => {
                let (high, low) = (byte >> 4, byte & 15);
                [b'%', DIGITS[high as usize], DIGITS[low as usize], 3]
            }
        };
        index += 1;
    }
    table
};

/// Whether a byte is written as it is.
const fn stays(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_')
}

/// The length of a text after encoding, in bytes.
fn length(text: &str) -> usize {
    let lengths = text.bytes().map(|byte| WRITTEN[usize::from(byte)][3]);
    lengths.map(usize::from).sum()
}

/// Writes a text at `end` and returns the new end. It goes byte by byte, because parameters hold
/// JSON, in which unescaped runs are short, and form_urlencoded works by runs.
fn append(body: &mut [u8], mut end: usize, text: &str) -> usize {
    for byte in text.bytes() {
        let written = &WRITTEN[usize::from(byte)];
        body[end..end + written.len()].copy_from_slice(written);
        end += usize::from(written[3]);
    }
    end
}

fn put(body: &mut [u8], end: usize, byte: &[u8; 1]) -> usize {
    body[end] = byte[0];
    end + 1
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[track_caller]
    fn check(params: &[(&str, &str)], expected: &str) {
        assert_eq!(encode(params), expected);
        let decoded: Vec<_> = form_urlencoded::parse(expected.as_bytes()).collect();
        let decoded: Vec<_> = decoded
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        assert_eq!(decoded, params);
    }

    #[test]
    fn order_and_duplicates_are_kept() {
        check(&[("b", "2"), ("a", "1"), ("b", "3")], "b=2&a=1&b=3");
    }

    #[test]
    fn characters_with_a_meaning_in_forms_are_escaped() {
        check(&[("a&b", "1=2;3+4%5 6")], "a%26b=1%3D2%3B3%2B4%255+6");
        check(
            &[("json", "{\"k\":[1]}\r\n")],
            "json=%7B%22k%22%3A%5B1%5D%7D%0D%0A",
        );
    }

    #[test]
    fn text_beyond_ascii_is_escaped_as_utf8() {
        check(&[("名", "ё€😀")], "%E5%90%8D=%D1%91%E2%82%AC%F0%9F%98%80");
    }

    #[test]
    fn every_character_is_written_as_by_form_urlencoded() {
        let text: String = ('\0'..='\u{2ff}').collect();
        let mut theirs = form_urlencoded::Serializer::new(String::new());
        let theirs = theirs.append_pair(&text, &text).finish();
        check(&[(&text, &text)], &theirs);
        assert_eq!(super::length(&text) * 2 + 1, theirs.len());
    }

    #[test]
    fn without_parameters_the_body_is_empty_and_an_empty_value_ends_in_an_equals_sign() {
        check(&[], "");
        check(&[("a", "")], "a=");
    }
}
