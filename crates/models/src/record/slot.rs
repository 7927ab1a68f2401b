//! Places in a model that a reader can fill, seen without the model's type.

use serde_core::de::Error;

use super::read::grow;
use super::{Record, Shape, Shaped, Trail};

/// The place of one field.
pub(crate) enum Slot<'a> {
    Integer(&'a mut dyn Put<i64>),
    Boolean(&'a mut dyn Put<bool>),
    Text(&'a mut dyn PutText),
    Record(&'a mut dyn Nest),
    Integers(&'a mut dyn Put<i64>),
    Booleans(&'a mut dyn Put<bool>),
    Texts(&'a mut dyn PutText),
    Records(&'a mut dyn Grow),
    /// The model itself.
    Root(&'a mut dyn Record),
    /// Past the end of the table.
    Unknown,
}

// One constructor per word of the `record!` table.
#[allow(dead_code, reason = "no API uses every word of the table")]
impl<'a> Slot<'a> {
    pub(crate) fn integer(place: &'a mut impl Put<i64>) -> Self {
        Self::Integer(place)
    }

    pub(crate) fn boolean(place: &'a mut impl Put<bool>) -> Self {
        Self::Boolean(place)
    }

    pub(crate) fn text(place: &'a mut impl PutText) -> Self {
        Self::Text(place)
    }

    pub(crate) fn record(place: &'a mut impl Nest) -> Self {
        Self::Record(place)
    }

    pub(crate) fn integers(place: &'a mut impl Put<i64>) -> Self {
        Self::Integers(place)
    }

    pub(crate) fn booleans(place: &'a mut impl Put<bool>) -> Self {
        Self::Booleans(place)
    }

    pub(crate) fn texts(place: &'a mut impl PutText) -> Self {
        Self::Texts(place)
    }

    pub(crate) fn records(place: &'a mut impl Grow) -> Self {
        Self::Records(place)
    }

    /// The same place once more, for a shorter time.
    pub(crate) fn again(&mut self) -> Slot<'_> {
        match self {
            Self::Integer(place) => Slot::Integer(*place),
            Self::Boolean(place) => Slot::Boolean(*place),
            Self::Text(place) => Slot::Text(*place),
            Self::Record(place) => Slot::Record(*place),
            Self::Integers(place) => Slot::Integers(*place),
            Self::Booleans(place) => Slot::Booleans(*place),
            Self::Texts(place) => Slot::Texts(*place),
            Self::Records(place) => Slot::Records(*place),
            Self::Root(record) => Slot::Root(*record),
            Self::Unknown => Slot::Unknown,
        }
    }

    /// How many elements a list has; 0 for anything else.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Integers(place) => place.len(),
            Self::Booleans(place) => place.len(),
            Self::Texts(place) => place.len(),
            Self::Records(place) => place.len(),
            _ => 0,
        }
    }

    /// The table of the elements of a list of objects.
    pub(crate) fn element(&self) -> Option<&'static Shape> {
        match self {
            Self::Records(place) => Some(place.element()),
            _ => None,
        }
    }

    /// Adds an element to a list of objects.
    pub(super) fn grow<E: Error>(&mut self, trail: &mut Trail<'_>) -> Result<(), E> {
        match self {
            Self::Records(place) => grow(*place, trail).map(drop),
            _ => Ok(()),
        }
    }

    /// The last element of a list of objects.
    pub(crate) fn last(&mut self) -> Option<&mut dyn Record> {
        match self {
            Self::Records(place) => place.last(),
            _ => None,
        }
    }
}

/// Whether a value found its place.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use]
pub(crate) enum Fit {
    Taken,
    /// The field was given before with another value, which would be lost.
    Contradicts,
}

/// A place for whole numbers or truth values: a field that takes one, a list that takes any number.
pub(crate) trait Put<T> {
    fn put(&mut self, value: T) -> Fit;

    /// How many elements a list has.
    fn len(&self) -> usize {
        0
    }
}

/// A place for texts.
pub(crate) trait PutText {
    fn put_text(&mut self, text: &str) -> Fit;

    /// How many elements a list has.
    fn len(&self) -> usize {
        0
    }
}

/// A field that holds an object.
pub(crate) trait Nest {
    /// The object to fill; none when it was given before.
    fn open(&mut self) -> Option<&mut dyn Record>;
}

/// A list of objects.
pub(crate) trait Grow {
    fn grow(&mut self) -> &mut dyn Record;
    fn last(&mut self) -> Option<&mut dyn Record>;
    fn len(&self) -> usize;
    fn element(&self) -> &'static Shape;

    /// Bytes that an element takes, without what it points to.
    fn element_size(&self) -> usize;
}

fn keep<T: PartialEq>(place: &mut Option<T>, value: T) -> Fit {
    match place {
        Some(old) if *old != value => Fit::Contradicts,
        _ => {
            *place = Some(value);
            Fit::Taken
        }
    }
}

impl<T: From<i64> + PartialEq> Put<i64> for Option<T> {
    fn put(&mut self, value: i64) -> Fit {
        keep(self, T::from(value))
    }
}

impl<T: From<bool> + PartialEq> Put<bool> for Option<T> {
    fn put(&mut self, value: bool) -> Fit {
        keep(self, T::from(value))
    }
}

impl<T: for<'t> From<&'t str> + PartialEq> PutText for Option<T> {
    fn put_text(&mut self, text: &str) -> Fit {
        keep(self, T::from(text))
    }
}

impl<T: From<i64>> Put<i64> for Vec<T> {
    fn put(&mut self, value: i64) -> Fit {
        self.push(T::from(value));
        Fit::Taken
    }

    fn len(&self) -> usize {
        self.len()
    }
}

impl<T: From<bool>> Put<bool> for Vec<T> {
    fn put(&mut self, value: bool) -> Fit {
        self.push(T::from(value));
        Fit::Taken
    }

    fn len(&self) -> usize {
        self.len()
    }
}

impl<T: for<'t> From<&'t str>> PutText for Vec<T> {
    fn put_text(&mut self, text: &str) -> Fit {
        self.push(T::from(text));
        Fit::Taken
    }

    fn len(&self) -> usize {
        self.len()
    }
}

impl<T: Record> Nest for T {
    fn open(&mut self) -> Option<&mut dyn Record> {
        Some(self)
    }
}

impl<T: Record + Default> Nest for Option<T> {
    fn open(&mut self) -> Option<&mut dyn Record> {
        match self {
            Some(_) => None,
            None => Some(self.insert(T::default())),
        }
    }
}

impl<T: Record + Shaped + Default> Grow for Vec<T> {
    fn grow(&mut self) -> &mut dyn Record {
        self.push(T::default());
        let last = self.len() - 1;
        &mut self[last]
    }

    fn last(&mut self) -> Option<&mut dyn Record> {
        self.last_mut().map(|last| last as &mut dyn Record)
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn element(&self) -> &'static Shape {
        T::SHAPE
    }

    fn element_size(&self) -> usize {
        size_of::<T>()
    }
}

/// Lets a type stand in a required field, where there is no `Option` around it. A later value replaces the
/// earlier one only where both agree or the earlier one is still the default.
macro_rules! required_field {
    ($trait:ident$(<$value:ty>)?, $method:ident($given:ty) for $name:ty) => {
        impl $crate::record::$trait$(<$value>)? for $name {
            #[inline]
            fn $method(&mut self, value: $given) -> $crate::record::Fit {
                let value = <$name>::from(value);
                if *self != value && *self != <$name>::default() {
                    return $crate::record::Fit::Contradicts;
                }
                *self = value;
                $crate::record::Fit::Taken
            }
        }
    };
}
pub(crate) use required_field;

required_field!(Put<i64>, put(i64) for i64);
required_field!(Put<bool>, put(bool) for bool);
required_field!(PutText, put_text(&str) for String);
