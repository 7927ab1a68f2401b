//! What may be shown about a signed call when its signature is refused.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::SignMethod;
use crate::canonical::{pieces, signed};

/// What was signed, without the values: enough to compare both sides of a refused signature.
///
/// It contains no value of any parameter and not the secret, so it is safe to log if the names of
/// the parameters are. If two sides agree on the hash, they differ in the secret or the hash
/// method; if they agree on the names but not on the length, they differ in a value (or in the
/// path).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// How the call was signed.
    pub sign_method: SignMethod,
    /// Whether the canonical string begins with the path.
    pub path_signed: bool,
    /// The names of the signed parameters, in the order in which they were signed.
    pub names: Vec<String>,
    /// Length of the canonical string, in bytes of UTF-8; for `md5` without the secret on either
    /// side.
    pub length: usize,
    /// SHA-256 of the canonical string, without a key, in lower-case hexadecimal, as `sha256sum`
    /// prints it.
    pub sha256: String,
}

/// Explains the signature of a call; the parameters are those of
/// [`Signer::sign`](crate::Signer::sign).
///
/// ```
/// use aliexpress_signing::{SignMethod, explain};
///
/// let mut params = [("session", "secret"), ("app_key", "12345678")];
/// assert_eq!(
///     explain(SignMethod::Sha256, None, &mut params).to_string(),
///     "sign method sha256, no path, parameters in order: app_key, session; \
///      canonical string of 28 bytes with SHA-256 \
///      2be5b3b3e85209ee7c0f56c9adc2f58dd6e9e73518580fc66831e70bf44fe179",
/// );
/// ```
pub fn explain(method: SignMethod, path: Option<&str>, params: &mut [(&str, &str)]) -> Explanation {
    let mut length = 0;
    let mut hash = Sha256::new();
    for piece in pieces(method, path, params) {
        length += piece.len();
        hash.update(piece);
    }
    Explanation {
        sign_method: method,
        path_signed: path.is_some() && method.signs_path(),
        names: signed(params).map(|(name, _)| name.to_owned()).collect(),
        length,
        sha256: base16ct::lower::encode_string(&hash.finalize()),
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path_signed {
            "a path first"
        } else {
            "no path"
        };
        write!(
            f,
            "sign method {}, {path}, parameters in order: {}; \
             canonical string of {} bytes with SHA-256 {}",
            self.sign_method,
            self.names.join(", "),
            self.length,
            self.sha256,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_shows_names_but_neither_values_nor_the_path() {
        let mut params = [("sign", "_canary"), ("a", "_canary")];
        let explanation = explain(SignMethod::Sha256, Some("/canary/path"), &mut params);
        assert_eq!(
            explanation.to_string(),
            "sign method sha256, a path first, parameters in order: a; \
             canonical string of 20 bytes with SHA-256 \
             c4122c59c25a1e04ee51b4b5dd49f089607a0891db0dce174f058e11d0405b3f"
        );
        assert!(!format!("{explanation:?}").contains("canary"));
    }

    #[test]
    fn a_path_that_the_method_does_not_sign_is_not_mentioned() {
        assert!(!explain(SignMethod::HmacSha256, Some("/path"), &mut []).path_signed);
    }
}
