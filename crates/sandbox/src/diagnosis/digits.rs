//! How a signature itself is written: its encoding, not what it signs.

use aliexpress_signing::SignMethod;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;

/// A signature as it was sent.
pub(super) struct Digits {
    /// In hex, lower or upper case.
    pub(super) hex: String,
    /// The mistake in its encoding, if there is one.
    pub(super) mistake: Option<&'static str>,
}

impl Digits {
    /// Reads a signature.
    pub(super) fn of(claimed: &str) -> Self {
        let trimmed = claimed.trim();
        if let Some(hex) = hex_in_base64(trimmed) {
            return Self {
                hex,
                mistake: Some("Base64 of the hexadecimal digits instead of the digits"),
            };
        }
        if let Some(bytes) = base64(trimmed) {
            return Self {
                hex: base16ct::upper::encode_string(&bytes),
                mistake: Some("Base64 instead of upper-case hexadecimal"),
            };
        }
        if let Some(hex) = without_dashes(trimmed) {
            return Self {
                hex,
                mistake: Some("dashes between the digits, as .NET's BitConverter writes them"),
            };
        }
        let is_lower = trimmed.contains(|digit: char| digit.is_ascii_lowercase());
        let mistake = match (trimmed == claimed, is_lower) {
            (false, _) => Some("white space around the signature"),
            (true, true) => Some("lower-case hexadecimal instead of upper case"),
            (true, false) => None,
        };
        Self {
            hex: trimmed.to_owned(),
            mistake,
        }
    }

    /// Why no secret can give this signature by the requested method, judged by its length and characters only.
    pub(super) fn remark(&self, method: SignMethod) -> Option<String> {
        let wanted = match method {
            SignMethod::Md5 | SignMethod::Hmac => 32,
            _ => 64,
        };
        let length = self.hex.chars().count();
        if !self.hex.chars().all(|digit| digit.is_ascii_hexdigit()) {
            return Some(format!(
                "it is not hexadecimal; {method} gives {wanted} digits"
            ));
        }
        let hash = match length {
            32 => ", as MD5 has",
            40 => ", as SHA-1 has",
            64 => ", as SHA-256 has",
            96 => ", as SHA-384 has",
            128 => ", as SHA-512 has",
            _ => "",
        };
        (length != wanted)
            .then(|| format!("it has {length} hex digits{hash}, where {method} gives {wanted}"))
    }
}

/// The bytes of a hash in Base64.
fn base64(text: &str) -> Option<Vec<u8>> {
    // Hex digits of other lengths are also valid Base64, but of other numbers of bytes.
    let digits = text.trim_end_matches('=').len();
    let bytes = [22, 43].contains(&digits).then(|| from_base64(text))?;
    bytes.filter(|bytes| [16, 32].contains(&bytes.len()))
}

/// The hex digits of a hash, themselves encoded in Base64, as by PHP's `base64_encode(hash_hmac(…))`.
fn hex_in_base64(text: &str) -> Option<String> {
    let digits = text.trim_end_matches('=').len();
    let bytes = [43, 86].contains(&digits).then(|| from_base64(text))??;
    let hex = String::from_utf8(bytes).ok()?;
    hex.bytes()
        .all(|digit| digit.is_ascii_hexdigit())
        .then_some(hex)
}

/// Reads the standard and the URL-safe alphabet, padded or not; a raw plus arrives as a blank.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let plain = text.trim_end_matches('=').chars();
    let plain: String = plain
        .map(|character| match character {
            ' ' | '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    BASE64_STANDARD_NO_PAD.decode(plain).ok()
}

/// The digits of `AB-CD-EF`.
fn without_dashes(text: &str) -> Option<String> {
    let bytes: Vec<&str> = text.split('-').collect();
    let is_byte =
        |byte: &&str| byte.len() == 2 && byte.bytes().all(|digit| digit.is_ascii_hexdigit());
    (bytes.len() > 1 && bytes.iter().all(is_byte)).then(|| bytes.concat())
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn the_form_of_a_signature_rules_out_methods() {
        let remark = |text: &str| Digits::of(text).remark(SignMethod::Sha256);
        assert_eq!(remark(&"AB".repeat(32)), None);
        assert_eq!(
            remark(&"ab".repeat(20)).unwrap(),
            "it has 40 hex digits, as SHA-1 has, where sha256 gives 64"
        );
        assert_eq!(
            remark("nonsense").unwrap(),
            "it is not hexadecimal; sha256 gives 64 digits"
        );
        let base64 = Digits::of(&BASE64_STANDARD.encode([0xab; 32]));
        assert_eq!(base64.hex, "AB".repeat(32));
        assert_eq!(base64.remark(SignMethod::Sha256), None);
        let mut bytes = [0xfb; 32];
        bytes[..5].copy_from_slice(b"hello");
        let hex = base16ct::upper::encode_string(&bytes);
        let dashes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        for (written, mistake) in [
            (BASE64_STANDARD.encode(bytes), "Base64 instead of"),
            (
                BASE64_STANDARD.encode(bytes).replace('+', " "),
                "Base64 instead of",
            ),
            (BASE64_URL_SAFE_NO_PAD.encode(bytes), "Base64 instead of"),
            (BASE64_STANDARD.encode(&hex), "Base64 of the hexadecimal"),
            (dashes.join("-"), "dashes between"),
        ] {
            let digits = Digits::of(&written);
            assert_eq!(digits.hex, hex);
            assert!(digits.mistake.unwrap().starts_with(mistake), "{written}");
        }
        let of_md5 = Digits::of(&BASE64_STANDARD.encode("0123456789abcdef0123456789abcdef"));
        assert_eq!(of_md5.hex, "0123456789abcdef0123456789abcdef");
    }
}
