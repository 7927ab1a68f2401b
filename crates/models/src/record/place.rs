//! Places in a model that a reader can fill, seen without the model's type.

use super::Record;
use super::room::Room;

/// The place of a field.
pub trait Place {
    /// Takes a value: a field's only one, or the next element of a list.
    fn take<'p>(&'p mut self, offer: Offer<'_>, room: &mut Room) -> Taken<'p>;
}

/// A value for a place. The field's table says which of these its place takes.
#[derive(Clone, Copy)]
pub enum Offer<'a> {
    Integer(i64),
    Boolean(bool),
    Text(&'a str),
    /// An object, whose members follow.
    Object,
}

/// What became of a value.
#[must_use]
pub enum Taken<'p> {
    Done,
    /// The object to fill.
    Object(&'p mut dyn Record),
    /// The field was given before, with another value that would be lost.
    Contradicts,
    /// The list has as many elements as the answer's size allows.
    NoRoom,
    /// The place is for another kind of value than the table says.
    Misplaced,
}

/// A type that stands in models as `Option<T>` and `Vec<T>`.
pub(crate) trait Part: Sized {
    fn fill<'p>(place: &'p mut Option<Self>, offer: Offer<'_>) -> Taken<'p>;
    fn add<'p>(list: &'p mut Vec<Self>, offer: Offer<'_>, room: &mut Room) -> Taken<'p>;
}

impl<T: Part> Place for Option<T> {
    #[inline]
    fn take<'p>(&'p mut self, offer: Offer<'_>, _: &mut Room) -> Taken<'p> {
        T::fill(self, offer)
    }
}

impl<T: Part> Place for Vec<T> {
    #[inline]
    fn take<'p>(&'p mut self, offer: Offer<'_>, room: &mut Room) -> Taken<'p> {
        T::add(self, offer, room)
    }
}

impl<T: Record> Place for T {
    #[inline]
    fn take<'p>(&'p mut self, offer: Offer<'_>, _: &mut Room) -> Taken<'p> {
        match offer {
            Offer::Object => Taken::Object(self),
            _ => Taken::Misplaced,
        }
    }
}

impl<T: Record + Default> Part for T {
    #[inline]
    fn fill<'p>(place: &'p mut Option<Self>, offer: Offer<'_>) -> Taken<'p> {
        match offer {
            Offer::Object if place.is_none() => Taken::Object(place.insert(Self::default())),
            Offer::Object => Taken::Contradicts,
            _ => Taken::Misplaced,
        }
    }

    #[inline]
    fn add<'p>(list: &'p mut Vec<Self>, offer: Offer<'_>, room: &mut Room) -> Taken<'p> {
        match offer {
            Offer::Object if room.takes(size_of::<Self>()) => {
                list.push(Self::default());
                match list.last_mut() {
                    Some(last) => Taken::Object(last),
                    None => Taken::NoRoom,
                }
            }
            Offer::Object => Taken::NoRoom,
            _ => Taken::Misplaced,
        }
    }
}

/// Fills a field that had no value; another value than the one it has is none that may be dropped.
#[inline]
pub(crate) fn keep<'p, T: PartialEq>(place: &mut Option<T>, value: T) -> Taken<'p> {
    match place {
        Some(old) if *old != value => Taken::Contradicts,
        _ => {
            *place = Some(value);
            Taken::Done
        }
    }
}

/// The same for a field without an `Option`, which has no value while it has its default.
#[inline]
pub(crate) fn replace<'p, T: PartialEq + Default>(place: &mut T, value: T) -> Taken<'p> {
    if *place != value && *place != T::default() {
        return Taken::Contradicts;
    }
    *place = value;
    Taken::Done
}

#[inline]
pub(crate) fn push<'p, T>(list: &mut Vec<T>, value: T, room: &mut Room) -> Taken<'p> {
    if !room.takes(size_of::<T>()) {
        return Taken::NoRoom;
    }
    list.push(value);
    Taken::Done
}

/// Lets a scalar type stand in models: `scalar!(OrderId: Integer)` for one that is `From<i64>`.
macro_rules! scalar {
    ($name:ty: $offer:ident) => {
        impl $crate::record::Place for $name {
            #[inline]
            fn take<'p>(
                &'p mut self,
                offer: $crate::record::Offer<'_>,
                _: &mut $crate::record::Room,
            ) -> $crate::record::Taken<'p> {
                match offer {
                    $crate::record::Offer::$offer(value) => {
                        $crate::record::replace(self, Self::from(value))
                    }
                    _ => $crate::record::Taken::Misplaced,
                }
            }
        }
        impl $crate::record::Part for $name {
            #[inline]
            fn fill<'p>(
                place: &'p mut Option<Self>,
                offer: $crate::record::Offer<'_>,
            ) -> $crate::record::Taken<'p> {
                match offer {
                    $crate::record::Offer::$offer(value) => {
                        $crate::record::keep(place, Self::from(value))
                    }
                    _ => $crate::record::Taken::Misplaced,
                }
            }

            #[inline]
            fn add<'p>(
                list: &'p mut Vec<Self>,
                offer: $crate::record::Offer<'_>,
                room: &mut $crate::record::Room,
            ) -> $crate::record::Taken<'p> {
                match offer {
                    $crate::record::Offer::$offer(value) => {
                        $crate::record::push(list, Self::from(value), room)
                    }
                    _ => $crate::record::Taken::Misplaced,
                }
            }
        }
    };
}
pub(crate) use scalar;

scalar!(i64: Integer);
scalar!(bool: Boolean);
scalar!(String: Text);
