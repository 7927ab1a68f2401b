//! A finished signature.

use std::fmt;

use ctutils::CtEq;

/// The length of the longest signature, SHA-256 in hexadecimal.
const LONGEST: usize = 64;

/// The signature of a call: the value of its `sign` parameter, in upper-case hexadecimal.
///
/// 64 characters for the SHA-256 methods, 32 for the MD5 ones, stored without a heap allocation.
/// Two signatures are compared in constant time.
#[derive(Clone, Copy)]
pub struct Signature {
    // The first `length` bytes are hexadecimal digits, the rest are zero.
    text: [u8; LONGEST],
    length: u8,
}

impl Signature {
    /// Writes a digest of at most 32 bytes in hexadecimal.
    pub(crate) fn from_digest(digest: &[u8]) -> Self {
        let mut text = [0; LONGEST];
        let length = base16ct::upper::encode(digest, &mut text)
            .expect("the digests of this crate have at most 32 bytes")
            .len();
        Self {
            text,
            length: length as u8,
        }
    }

    /// The signature as it is sent.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).expect("hexadecimal digits are ASCII")
    }

    /// Whether `claimed` is exactly this signature, letter case included. The time depends only on
    /// its length.
    #[must_use]
    pub fn matches(&self, claimed: &str) -> bool {
        self.as_bytes().ct_eq(claimed.as_bytes()).to_bool()
    }

    fn as_bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }
}

impl AsRef<str> for Signature {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signature").field(&self.as_str()).finish()
    }
}

impl PartialEq for Signature {
    fn eq(&self, other: &Self) -> bool {
        self.matches(other.as_str())
    }
}

impl Eq for Signature {}

impl From<Signature> for String {
    fn from(signature: Signature) -> Self {
        signature.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_printed_in_upper_case() {
        let signature = Signature::from_digest(&[0x00, 0x9f, 0xab]);
        assert_eq!(signature.to_string(), "009FAB");
        assert_eq!(format!("{signature:?}"), r#"Signature("009FAB")"#);
    }

    #[test]
    fn only_the_complete_signature_matches() {
        let signature = Signature::from_digest(&[0x12, 0xab]);
        assert!(signature.matches("12AB"));
        for claimed in [
            "", "12A", "12AB0", "12AC", "02AB", "12ab", "12AB\n", "１２AB",
        ] {
            assert!(!signature.matches(claimed), "{claimed:?}");
        }
        assert_ne!(signature, Signature::from_digest(&[0x12]));
    }
}
