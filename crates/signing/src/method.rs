//! The hash methods that a call can use, with their names on the wire.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// How a call is signed; the value of its `sign_method` parameter.
///
/// `S` below is the canonical string, see [`canonical_string`](crate::canonical_string).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SignMethod {
    /// `sha256`: HMAC-SHA256(secret, path + S). Recommended for every call, and the only method of
    /// system calls.
    #[default]
    Sha256,
    /// `hmac-sha256`: HMAC-SHA256(secret, S), the legacy gateway's name for the same hash.
    HmacSha256,
    /// `hmac`: HMAC-MD5(secret, S), on the legacy gateway only.
    #[cfg(feature = "md5")]
    Hmac,
    /// `md5`: MD5(secret + S + secret). Third parties report that it also works for business calls.
    #[cfg(feature = "md5")]
    Md5,
}

impl SignMethod {
    /// Every method that this build supports.
    pub const ALL: &[SignMethod] = &[
        SignMethod::Sha256,
        SignMethod::HmacSha256,
        #[cfg(feature = "md5")]
        SignMethod::Hmac,
        #[cfg(feature = "md5")]
        SignMethod::Md5,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            SignMethod::Sha256 => "sha256",
            SignMethod::HmacSha256 => "hmac-sha256",
            #[cfg(feature = "md5")]
            SignMethod::Hmac => "hmac",
            #[cfg(feature = "md5")]
            SignMethod::Md5 => "md5",
        }
    }

    /// Whether the path of a system call is signed.
    ///
    /// True only for `sha256`. The official SDKs never include a path for `md5`. `hmac` and
    /// `hmac-sha256` belong to the legacy gateway, which has no system calls; that they include no
    /// path either is an inference.
    pub const fn signs_path(self) -> bool {
        matches!(self, SignMethod::Sha256)
    }
}

impl fmt::Display for SignMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for SignMethod {
    type Err = UnknownSignMethod;

    /// Parses the name on the wire; letter case matters.
    fn from_str(name: &str) -> Result<Self, UnknownSignMethod> {
        SignMethod::ALL
            .iter()
            .copied()
            .find(|method| method.as_str() == name)
            .ok_or_else(|| UnknownSignMethod::new(name))
    }
}

/// A text that is not the name of a [`SignMethod`] in this build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSignMethod {
    found: String,
}

impl UnknownSignMethod {
    /// Keeps only enough of the text to recognise it, because it comes from outside and may have
    /// any length.
    fn new(found: &str) -> Self {
        Self {
            found: found.chars().take(32).collect(),
        }
    }
}

impl fmt::Display for UnknownSignMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot read sign method: found {:?}; wanted ",
            self.found
        )?;
        for (position, method) in SignMethod::ALL.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}{method}")?;
        }
        Ok(())
    }
}

impl Error for UnknownSignMethod {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parsed_as_they_are_printed() {
        for method in SignMethod::ALL {
            assert_eq!(method.to_string().parse(), Ok(*method));
        }
    }

    #[cfg(feature = "md5")]
    #[test]
    fn the_error_for_an_unknown_name_quotes_it_and_lists_the_known_names() {
        let error = "SHA256".parse::<SignMethod>().unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"cannot read sign method: found "SHA256"; wanted sha256, hmac-sha256, hmac, md5"#
        );
    }

    #[cfg(not(feature = "md5"))]
    #[test]
    fn legacy_methods_are_unknown_without_their_feature() {
        let error = "md5".parse::<SignMethod>().unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"cannot read sign method: found "md5"; wanted sha256, hmac-sha256"#
        );
    }

    #[test]
    fn the_error_for_a_long_unknown_name_quotes_only_its_beginning() {
        let error = "é".repeat(1_000_000).parse::<SignMethod>().unwrap_err();
        assert!(error.to_string().len() < 200);
    }
}
