//! How a signature itself is written, whatever it signs.

use aliexpress_signing::SignMethod;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// A signature as it was sent.
pub(super) struct Digits {
    /// In hex, in any case.
    pub(super) hex: String,
    /// What is wrong with how it is written.
    pub(super) mistake: Option<&'static str>,
}

impl Digits {
    /// Reads a signature.
    pub(super) fn of(claimed: &str) -> Self {
        let trimmed = claimed.trim();
        if let Some(bytes) = base64(trimmed) {
            return Self {
                hex: bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
                mistake: Some("Base64 where upper-case hex is wanted"),
            };
        }
        let is_lower = trimmed.contains(|digit: char| digit.is_ascii_lowercase());
        let mistake = match (trimmed == claimed, is_lower) {
            (false, _) => Some("white space around the signature"),
            (true, true) => Some("lower-case hex where upper case is wanted"),
            (true, false) => None,
        };
        Self {
            hex: trimmed.to_owned(),
            mistake,
        }
    }

    /// What the writing alone shows: that no secret makes this signature by the method asked for.
    pub(super) fn remark(&self, method: SignMethod) -> Option<String> {
        let wanted = match method {
            SignMethod::Md5 | SignMethod::Hmac => 32,
            _ => 64,
        };
        let length = self.hex.chars().count();
        if !self.hex.chars().all(|digit| digit.is_ascii_hexdigit()) {
            return Some(format!(
                "it is no hex, where {method} gives {wanted} digits"
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

/// The bytes of a hash in Base64; a raw plus arrives as a blank.
fn base64(text: &str) -> Option<Vec<u8>> {
    // Hex of these lengths is Base64 too, of other numbers of bytes.
    if ![24, 44].contains(&text.len()) {
        return None;
    }
    let plain: String = text
        .chars()
        .map(|character| match character {
            ' ' | '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let bytes = BASE64_STANDARD.decode(plain).ok()?;
    [16, 32].contains(&bytes.len()).then_some(bytes)
}

#[cfg(test)]
mod tests {
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
            "it is no hex, where sha256 gives 64 digits"
        );
        let base64 = Digits::of(&BASE64_STANDARD.encode([0xab; 32]));
        assert_eq!(base64.hex, "AB".repeat(32));
        assert_eq!(base64.remark(SignMethod::Sha256), None);
    }
}
