//! The basis of every model: a table of keys, and access to each field by its index.
//!
//! The generated code names each field once in its struct and once in its
//! [`record!`](crate::record::record) table. Reading, writing, comparing with an answer and
//! printing are written here once for all models, without generics. Therefore the crate compiles
//! fast, and all models handle the platform's habits in the same way.

#[cfg(feature = "reading")]
mod coerce;
mod debug;
mod equal;
#[cfg(feature = "json")]
pub(crate) mod json;
#[cfg(feature = "reading")]
mod layout;
#[cfg(feature = "reading")]
mod list;
#[cfg(feature = "reading")]
mod place;
#[cfg(feature = "reading")]
mod read;
#[cfg(feature = "reading")]
mod room;
#[cfg(feature = "serde")]
mod serde;
#[cfg_attr(
    not(feature = "all"),
    allow(
        dead_code,
        unused_macros,
        reason = "it depends on the enabled families which setters exist"
    )
)]
pub(crate) mod set;
mod view;

pub(crate) use debug::debug;
#[cfg(feature = "encode")]
pub(crate) use debug::elements;
pub(crate) use equal::equal;
#[cfg(feature = "reading")]
pub use layout::{Layout, list_layout};
#[cfg(feature = "reading")]
pub(crate) use place::{Offer, Part, Place, Taken, keep, push, replace, scalar};
#[cfg(any(feature = "json", feature = "xml"))]
pub(crate) use read::{kind_of, read_field};
#[cfg(feature = "reading")]
pub(crate) use room::Room;
#[cfg(feature = "serde")]
pub(crate) use serde::{from_serde, write};
#[cfg_attr(
    not(feature = "all"),
    allow(unused_imports, reason = "without a family there are no setters")
)]
pub(crate) use set::setters;
pub(crate) use view::Show;
pub use view::{List, View};

/// A model: an object in the platform's requests or answers.
///
/// Implemented only by generated code. It lets a program walk through any model without knowing its
/// type, as the sandbox and the drift report do.
pub trait Record {
    /// The table of this model's fields.
    fn shape(&self) -> &'static Shape;

    /// The value of the field at `index` in [`Shape::fields`]; [`View::Absent`] past the end.
    fn view(&self, index: usize) -> View<'_>;

    /// Mutable access to the field at `index`; `None` past the end. The type cannot be named
    /// outside of this crate, which seals the trait.
    #[cfg(feature = "reading")]
    #[doc(hidden)]
    fn place(&mut self, index: usize) -> Option<&mut dyn Place>;
}

/// A type whose table of fields is known without a value of it.
pub trait Shaped {
    /// The table of the model's fields.
    const SHAPE: &'static Shape;
}

/// The table of one model.
#[derive(Debug)]
#[non_exhaustive]
pub struct Shape {
    /// Name of the Rust type.
    pub name: &'static str,
    /// One entry per field, in the order of the platform's page.
    pub fields: &'static [Field],
}

impl Shape {
    pub(crate) const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self { name, fields }
    }

    /// The field with this key on the wire, or with this alias.
    #[inline]
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.find(key, 0).map(|index| &self.fields[index])
    }

    /// The index of the field with this key; `hint` is its index if keys come in the page's order.
    pub(crate) fn find(&self, key: &str, hint: usize) -> Option<usize> {
        let (before, after) = self.fields.split_at(hint.min(self.fields.len()));
        let ahead = after.iter().position(|field| field.key == key);
        ahead
            .map(|index| index + before.len())
            .or_else(|| before.iter().position(|field| field.key == key))
            .or_else(|| {
                self.fields
                    .iter()
                    .position(|field| field.alias == Some(key))
            })
    }
}

/// A field of a model, as documented on the platform's page.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Field {
    /// The key on the wire.
    pub key: &'static str,
    /// A second key under which the same value may come.
    pub alias: Option<&'static str>,
    /// The type of the value.
    pub kind: Kind,
    /// The inner name of a list in full answers and in XML, such as `string` in `{"string": ["a",
    /// "b"]}`.
    pub wrapper: Option<&'static str>,
    /// Whether the inner name occurs in a sample; otherwise it was derived from the type by the
    /// platform's rule.
    pub wrapper_proven: bool,
    /// Whether a request without it is refused.
    pub required: bool,
    /// Whether the value is personal data, which debug output leaves out.
    pub personal: bool,
    /// Whether requests write the value as text, numbers and booleans included.
    pub as_text: bool,
    /// Whether the value may be any JSON: an object without documented fields, kept as JSON text.
    pub free: bool,
}

#[allow(
    dead_code,
    reason = "what the tables say; those of the features that are on may not say all of it"
)]
impl Field {
    const fn new(key: &'static str, kind: Kind) -> Self {
        Self {
            key,
            alias: None,
            kind,
            wrapper: None,
            wrapper_proven: false,
            required: false,
            personal: false,
            as_text: false,
            free: false,
        }
    }

    pub(crate) const fn integer(key: &'static str) -> Self {
        Self::new(key, Kind::Integer)
    }

    pub(crate) const fn boolean(key: &'static str) -> Self {
        Self::new(key, Kind::Boolean)
    }

    pub(crate) const fn text(key: &'static str) -> Self {
        Self::new(key, Kind::Text)
    }

    pub(crate) const fn record(key: &'static str, shape: &'static Shape) -> Self {
        Self::new(key, Kind::Record(shape))
    }

    pub(crate) const fn integers(key: &'static str) -> Self {
        Self::new(key, Kind::Integers)
    }

    pub(crate) const fn booleans(key: &'static str) -> Self {
        Self::new(key, Kind::Booleans)
    }

    pub(crate) const fn texts(key: &'static str) -> Self {
        Self::new(key, Kind::Texts)
    }

    pub(crate) const fn records(key: &'static str, shape: &'static Shape) -> Self {
        Self::new(key, Kind::Records(shape))
    }

    pub(crate) const fn alias(mut self, key: &'static str) -> Self {
        self.alias = Some(key);
        self
    }

    pub(crate) const fn inner(mut self, name: &'static str) -> Self {
        self.wrapper = Some(name);
        self.wrapper_proven = true;
        self
    }

    pub(crate) const fn inner_unproven(mut self, name: &'static str) -> Self {
        self.wrapper = Some(name);
        self
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn personal(mut self) -> Self {
        self.personal = true;
        self
    }

    pub(crate) const fn free(mut self) -> Self {
        self.free = true;
        self
    }

    pub(crate) const fn written_as_text(mut self) -> Self {
        self.as_text = true;
        self
    }
}

/// The type of a field's value.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// An integer of 64 bits.
    Integer,
    /// A boolean.
    Boolean,
    /// A text; also times, money and codes, which keep their text.
    Text,
    /// An object.
    Record(&'static Shape),
    /// A list of integers.
    Integers,
    /// A list of booleans.
    Booleans,
    /// A list of texts.
    Texts,
    /// A list of objects.
    Records(&'static Shape),
}

impl Kind {
    /// Whether the value is a list.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::Integers | Self::Booleans | Self::Texts | Self::Records(_)
        )
    }

    /// The table of the object, or of the list's elements.
    pub fn shape(self) -> Option<&'static Shape> {
        match self {
            Self::Record(shape) | Self::Records(shape) => Some(shape),
            _ => None,
        }
    }
}

/// Makes a struct a model: `0: "key" => kind field;`, one numbered line per field in the page's
/// order, with the type for objects and lists of objects, as in `1: "money" => record(Money)
/// money;`.
///
/// A macro, because a function cannot contain implementations of traits. The methods are
/// `#[inline]` so that they are compiled only where a model is used.
macro_rules! record {
    ($name:ident { $($index:literal: $key:literal => $kind:ident$(($of:ident))? $field:ident $(.$note:ident($($value:expr)?))*;)* }) => {
        impl $crate::record::Shaped for $name {
            const SHAPE: &'static $crate::record::Shape = &$crate::record::Shape::new(stringify!($name), &[
                $($crate::record::Field::$kind($key $(, <$of as $crate::record::Shaped>::SHAPE)?) $(.$note($($value)?))*,)*
            ]);
        }
        #[allow(deprecated, reason = "the platform's marks are for users of the fields")]
        impl $crate::record::Record for $name {
            #[inline]
            fn shape(&self) -> &'static $crate::record::Shape {
                <Self as $crate::record::Shaped>::SHAPE
            }
            #[inline]
            fn view(&self, index: usize) -> $crate::record::View<'_> {
                match index {
                    $($index => $crate::record::Show::show(&self.$field),)*
                    _ => $crate::record::View::Absent,
                }
            }
            #[cfg(feature = "reading")]
            #[inline]
            fn place(&mut self, index: usize) -> Option<&mut dyn $crate::record::Place> {
                match index {
                    $($index => Some(&mut self.$field),)*
                    _ => None,
                }
            }
        }
        #[cfg(feature = "serde")]
        impl<'de> serde_core::Deserialize<'de> for $name {
            fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                $crate::record::from_serde(deserializer)
            }
        }
        #[cfg(feature = "serde")]
        impl serde_core::Serialize for $name {
            fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::record::write(self, serializer)
            }
        }
        impl std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::record::debug(self, formatter)
            }
        }
        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                $crate::record::equal(self, other)
            }
        }
        impl Eq for $name {}
    };
}
pub(crate) use record;
