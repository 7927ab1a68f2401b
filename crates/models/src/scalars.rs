//! Scalar types: the macros that make types of ids, code lists and bit masks.
//!
//! They are macros because each makes a type with the same traits; the generated code only supplies names, values and
//! texts.

#[cfg(feature = "serde")]
use std::fmt;

#[cfg(feature = "serde")]
use serde_core::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};

#[cfg(feature = "serde")]
use crate::tree::is_exact_number;

/// An integer, which other programs may have stored as its digits.
#[cfg(feature = "serde")]
pub(crate) fn read_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    struct Integer;

    impl Visitor<'_> for Integer {
        type Value = i64;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an integer of 64 bits, or its digits in a text")
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
            Ok(value)
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
            i64::try_from(value).map_err(|_| E::custom("an integer above 2^63-1"))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<i64, E> {
            text.trim_ascii()
                .parse()
                .map_err(|_| E::invalid_value(Unexpected::Other("another text"), &self))
        }
    }
    deserializer.deserialize_any(Integer)
}

/// A text, which other programs may have stored as an integer.
#[cfg(feature = "serde")]
pub(crate) fn read_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Text;

    impl<'de> Visitor<'de> for Text {
        type Value = String;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a text or an integer")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_i64<E: Error>(self, value: i64) -> Result<String, E> {
            Ok(value.to_string())
        }

        fn visit_u64<E: Error>(self, value: u64) -> Result<String, E> {
            Ok(value.to_string())
        }

        fn visit_i128<E: Error>(self, value: i128) -> Result<String, E> {
            Ok(value.to_string())
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
            let member = map.next_entry::<String, String>();
            match member {
                Ok(Some((key, digits))) if is_exact_number(&key, &digits) => Ok(digits),
                _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
            }
        }
    }
    deserializer.deserialize_any(Text)
}

/// Lets an integer type be stored as an integer, and read from an integer or from its digits.
macro_rules! store_as_integer {
    ($name:ident, $value:expr) => {
        #[cfg(feature = "serde")]
        impl serde_core::Serialize for $name {
            #[inline]
            fn serialize<S: serde_core::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let value: fn(&Self) -> i64 = $value;
                serializer.serialize_i64(value(self))
            }
        }
        #[cfg(feature = "serde")]
        impl<'de> serde_core::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: serde_core::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::scalars::read_integer(deserializer).map(Self::from)
            }
        }
    };
}
pub(crate) use store_as_integer;

/// Lets a text type be stored as a text, and read from a text or from an integer.
macro_rules! store_as_text {
    ($name:ident) => {
        #[cfg(feature = "serde")]
        impl serde_core::Serialize for $name {
            #[inline]
            fn serialize<S: serde_core::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_ref())
            }
        }
        #[cfg(feature = "serde")]
        impl<'de> serde_core::Deserialize<'de> for $name {
            #[inline]
            fn deserialize<D: serde_core::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let text = $crate::scalars::read_text(deserializer)?;
                Ok(Self::from(text.as_str()))
            }
        }
        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            /// Accepts any text.
            #[inline]
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }
    };
}
pub(crate) use store_as_text;

/// An id, which is an integer or a text: `id! { /// … OrderId(i64) }`.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident(i64)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl From<i64> for $name {
            #[inline]
            fn from(value: i64) -> Self {
                Self(value)
            }
        }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            #[inline]
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
        impl $crate::record::Show for $name {
            #[inline]
            fn show(&self) -> $crate::record::View<'_> {
                $crate::record::View::Integer(self.0)
            }
        }
        #[cfg(feature = "reading")]
        $crate::record::scalar!($name: Integer);
        $crate::scalars::store_as_integer!($name, |id| id.0);
    };
    ($(#[$doc:meta])* $name:ident(String)) => {
        $crate::scalars::text! { $(#[$doc])* #[derive(PartialOrd, Ord)] $name }
    };
}
pub(crate) use id;

/// A text with a meaning, unchanged. It has no order unless one is derived, because alphabetical order is not always
/// the order of the meaning.
macro_rules! text {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name(pub String);

        impl $name {
            /// The text, unchanged.
            #[inline]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
        impl From<String> for $name {
            #[inline]
            fn from(text: String) -> Self {
                Self(text)
            }
        }
        impl AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(&self.0)
            }
        }
        $crate::scalars::text_field!($name);
    };
}
pub(crate) use text;

/// Lets a type that has `AsRef<str>` and `From<&str>` be a field of a model.
macro_rules! text_field {
    ($name:ident) => {
        impl $crate::record::Show for $name {
            #[inline]
            fn show(&self) -> $crate::record::View<'_> {
                $crate::record::View::Text(self.as_ref())
            }
        }
        #[cfg(feature = "reading")]
        $crate::record::scalar!($name: Text);
        $crate::scalars::store_as_text!($name);
    };
}
pub(crate) use text_field;

/// A documented list of codes; other codes are kept unchanged.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$code_doc:meta])* $code:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$code_doc])* $code,)*
            /// A code that the platform's pages do not list, unchanged.
            Other(String),
        }

        impl $name {
            /// The documented codes, in the page's order.
            pub const DOCUMENTED: &'static [Self] = &[$(Self::$code),*];

            /// The code on the wire.
            #[inline]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$code => $text,)*
                    Self::Other(text) => text,
                }
            }
        }
        impl From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$code,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }
        impl PartialEq for $name {
            /// Compares the text on the wire, so that a documented code equals the same code in
            /// `Other`.
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }
        impl Eq for $name {}
        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $name {
            /// Compares the text on the wire.
            #[inline]
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }
        impl std::hash::Hash for $name {
            #[inline]
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }
        impl Default for $name {
            /// An empty code.
            #[inline]
            fn default() -> Self {
                Self::Other(String::new())
            }
        }
        impl AsRef<str> for $name {
            #[inline]
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }
        impl std::fmt::Display for $name {
            #[inline]
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.as_str())
            }
        }
        $crate::scalars::text_field!($name);
    };
}
pub(crate) use codes;

/// A documented bit mask; undocumented bits are kept.
macro_rules! flags {
    ($(#[$doc:meta])* $name:ident { $($(#[$flag_doc:meta])* $flag:ident = $bit:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
        pub struct $name(i64);

        impl $name {
            $($(#[$flag_doc])* pub const $flag: Self = Self($bit);)*

            /// All documented bits.
            pub const ALL: Self = Self(0 $(| $bit)*);

            /// The mask with these bits, documented or not.
            pub const fn from_bits(bits: i64) -> Self {
                Self(bits)
            }

            /// The mask as a number.
            pub const fn bits(self) -> i64 {
                self.0
            }

            /// Whether every bit of `other` is set.
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
        }
        impl std::ops::BitOr for $name {
            type Output = Self;

            #[inline]
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }
        impl From<i64> for $name {
            #[inline]
            fn from(bits: i64) -> Self {
                Self(bits)
            }
        }
        impl std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut names = Vec::new();
                $(if self.contains(Self::$flag) { names.push(stringify!($flag)); })*
                write!(formatter, "{}({} = {})", stringify!($name), self.0, names.join(" | "))
            }
        }
        impl $crate::record::Show for $name {
            #[inline]
            fn show(&self) -> $crate::record::View<'_> {
                $crate::record::View::Integer(self.0)
            }
        }
        #[cfg(feature = "reading")]
        $crate::record::scalar!($name: Integer);
        $crate::scalars::store_as_integer!($name, |mask| mask.0);
        impl std::fmt::Display for $name {
            /// The mask in decimal, as the platform writes it.
            #[inline]
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(formatter)
            }
        }
        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            #[inline]
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}
pub(crate) use flags;
