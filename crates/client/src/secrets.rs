//! Sessions, refresh tokens and authorisation codes: texts that no output shows.

use std::fmt;
use std::sync::Arc;

use aliexpress_models::raw::Value;
use zeroize::{Zeroize as _, Zeroizing};

/// A text that clones share, that is overwritten in memory when the last of them is dropped, and
/// that can be compared but never printed. A macro, because these are separate types with the same
/// traits.
macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Arc<Zeroizing<String>>);

        impl $name {
            /// Takes the text unchanged, including white space.
            pub fn new(text: impl Into<String>) -> Self {
                Self(Arc::new(Zeroizing::new(text.into())))
            }

            /// The text itself, for the few places that need it.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }
    };
}

secret! {
    /// The access token of an account, which authorises placing and reading its orders: `session`
    /// in a business call, `access_token` in a system call.
    ///
    /// A session is sent in the form body; for the few APIs that the platform documents with `GET`
    /// alone, it is sent in the query of the URL. `Debug` prints `[redacted]`, there is no
    /// `Display`, and its memory is overwritten when the last clone is dropped.
    Session
}

secret! {
    /// The token that refreshes an expired [`Session`]. Protected like a [`Session`].
    RefreshToken
}

secret! {
    /// The code that the authorisation page passes to the application's callback. It can be
    /// exchanged for tokens once, within three minutes (third parties report). Protected like a
    /// [`Session`].
    AuthCode
}

/// Overwrites the texts of an answer that contained tokens.
pub(crate) fn wipe(tree: &mut Value) {
    match tree {
        Value::Text(text) | Value::Number(text) => text.zeroize(),
        Value::List(elements) => elements.iter_mut().for_each(wipe),
        Value::Object(members) => members.iter_mut().for_each(|(_, value)| wipe(value)),
        Value::Integer(number) => *number = 0,
        Value::Null | Value::Boolean(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_with_tokens_are_overwritten_in_memory() {
        let json = br#"{"access_token":"canary","list":[{"refresh_token":"canary"},7]}"#;
        let mut tree = aliexpress_models::raw::parse(json).unwrap();
        wipe(&mut tree);
        let left = tree.to_json();
        assert!(!left.contains("canary") && !left.contains('7'), "{left}");
    }

    #[test]
    fn debug_output_of_secrets_is_redacted() {
        let printed = format!(
            "{:?} {:#?} {:?}",
            Session::new("canary"),
            RefreshToken::new("canary"),
            AuthCode::new("canary")
        );
        assert_eq!(
            printed,
            "Session([redacted]) RefreshToken([redacted]) AuthCode([redacted])"
        );
    }
}
