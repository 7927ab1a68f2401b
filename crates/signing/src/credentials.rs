//! The application's key, which is public, and its secret.

use std::fmt;

use zeroize::Zeroizing;

/// The application's key as shown in the developer console: the `app_key` of every call. Not a
/// secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AppKey(String);

impl AppKey {
    /// Takes the key unchanged; the platform detects an empty or wrong one.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for AppKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<String> for AppKey {
    fn from(key: String) -> Self {
        Self(key)
    }
}

impl From<&str> for AppKey {
    fn from(key: &str) -> Self {
        Self::new(key)
    }
}

/// The application's secret, the key of every signature.
///
/// Its memory is overwritten when it is dropped, `Debug` prints `[redacted]`, and there is no
/// `Display`. A `String` is taken over without a copy; if a `&str` is passed, the caller's original
/// is not overwritten.
#[derive(Clone)]
pub struct AppSecret(Zeroizing<String>);

impl AppSecret {
    /// Takes the secret unchanged. White space counts: a line break at the end of a file gives a
    /// different secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    /// The secret itself, for the few places that need it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AppSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppSecret([redacted])")
    }
}

impl From<String> for AppSecret {
    fn from(secret: String) -> Self {
        Self::new(secret)
    }
}

impl From<&str> for AppSecret {
    fn from(secret: &str) -> Self {
        Self::new(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_not_printed() {
        let secret = AppSecret::new("canary");
        assert_eq!(
            format!("{secret:?} {secret:#?}"),
            "AppSecret([redacted]) AppSecret([redacted])"
        );
        assert_eq!(secret.expose(), "canary");
    }

    #[test]
    fn the_key_is_printed_unchanged() {
        assert_eq!(format!("{:>4}|", AppKey::from("12")), "  12|");
    }
}
