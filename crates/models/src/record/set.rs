//! The setters of requests: `Request::new(required…).field(value)`.

/// A chainable setter for each optional field: `zip: into(impl Into<String>);`, one line per field
/// with the function of this module that sets it, and its argument type.
///
/// A macro, because a method for each of thousands of fields would be a quarter of the generated
/// code. Setters are generic or `#[inline]`, so that a program compiles only those that it calls.
macro_rules! setters {
    ($name:ident { $($(#[$mark:meta])* $field:ident: $set:ident($value:ty);)* }) => {
        #[allow(deprecated, reason = "the platform's marks are for users of the fields")]
        impl $name {
            $(
                /// Sets the field of the same name.
                $(#[$mark])*
                #[must_use]
                #[inline]
                pub fn $field(mut self, value: $value) -> Self {
                    self.$field = $crate::record::set::$set(value);
                    self
                }
            )*
        }
    };
}
pub(crate) use setters;

/// A field of exactly this type.
#[inline]
pub(crate) fn some<T>(value: T) -> Option<T> {
    Some(value)
}

/// A text, an id or a time, converted from any type that can become one.
#[inline]
pub(crate) fn into<T>(value: impl Into<T>) -> Option<T> {
    Some(value.into())
}

/// A list of exactly these elements.
#[inline]
pub(crate) fn all<T>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    values.into_iter().collect()
}

/// A list of texts, ids or times, converted from any types that can become one.
#[inline]
pub(crate) fn each<T>(values: impl IntoIterator<Item = impl Into<T>>) -> Vec<T> {
    values.into_iter().map(Into::into).collect()
}
