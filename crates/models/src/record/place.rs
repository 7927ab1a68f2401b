//! Places in a model that a reader can fill, seen without the model's type.

use super::Record;
use super::room::Room;

/// The place of a field.
pub trait Place {
    /// Takes a value that is not an object: a field's only one, or the next element of a list.
    fn take(&mut self, _: Offer<'_>, _: &mut Room) -> Taken {
        Taken::Misplaced
    }

    /// Makes an object, whose members follow. `None` if the field already has an object, if a list may not grow any
    /// more, or if the field is not for objects.
    fn object(&mut self, _: &mut Room) -> Option<&mut dyn Record> {
        None
    }
}

/// A value for a place. The field's table says which of these variants its place accepts.
#[derive(Clone, Copy)]
pub enum Offer<'a> {
    Integer(i64),
    Boolean(bool),
    Text(&'a str),
}

/// The result of offering a value.
#[derive(Clone, Copy, PartialEq)]
#[must_use]
pub enum Taken {
    Done,
    /// The field already has another value, which would be lost.
    Contradicts,
    /// The list has as many elements as the answer's size allows.
    NoRoom,
    /// The place is for another kind of value than the table says.
    Misplaced,
}

/// A type that models hold as `Option<T>` and `Vec<T>`: models make objects, all other types take values.
pub(crate) trait Part: Sized {
    #[inline]
    fn fill(_: &mut Option<Self>, _: Offer<'_>) -> Taken {
        Taken::Misplaced
    }

    #[inline]
    fn add(_: &mut Vec<Self>, _: Offer<'_>, _: &mut Room) -> Taken {
        Taken::Misplaced
    }

    #[inline]
    fn fill_object(_: &mut Option<Self>) -> Option<&mut dyn Record> {
        None
    }

    #[inline]
    fn add_object<'p>(_: &'p mut Vec<Self>, _: &mut Room) -> Option<&'p mut dyn Record> {
        None
    }
}

impl<T: Part> Place for Option<T> {
    #[inline]
    fn take(&mut self, offer: Offer<'_>, _: &mut Room) -> Taken {
        T::fill(self, offer)
    }

    #[inline]
    fn object(&mut self, _: &mut Room) -> Option<&mut dyn Record> {
        T::fill_object(self)
    }
}

impl<T: Part> Place for Vec<T> {
    #[inline]
    fn take(&mut self, offer: Offer<'_>, room: &mut Room) -> Taken {
        T::add(self, offer, room)
    }

    #[inline]
    fn object(&mut self, room: &mut Room) -> Option<&mut dyn Record> {
        T::add_object(self, room)
    }
}

impl<T: Record> Place for T {
    #[inline]
    fn object(&mut self, _: &mut Room) -> Option<&mut dyn Record> {
        Some(self)
    }
}

impl<T: Record + Default> Part for T {
    #[inline]
    fn fill_object(place: &mut Option<Self>) -> Option<&mut dyn Record> {
        match place {
            Some(_) => None,
            None => Some(place.insert(Self::default())),
        }
    }

    #[inline]
    fn add_object<'p>(list: &'p mut Vec<Self>, room: &mut Room) -> Option<&'p mut dyn Record> {
        push(list, Self::default, room).map(|record| record as &mut dyn Record)
    }
}

/// Fills a field without a value. If it already has another value, nothing is changed.
#[inline]
pub(crate) fn keep<T: PartialEq>(place: &mut Option<T>, value: T) -> Taken {
    match place {
        Some(old) if *old != value => Taken::Contradicts,
        Some(_) => Taken::Done,
        None => {
            *place = Some(value);
            Taken::Done
        }
    }
}

/// The same for a field without an `Option`, whose default means that it has no value.
#[inline]
pub(crate) fn replace<T: PartialEq + Default>(place: &mut T, value: T) -> Taken {
    if *place != value && *place != T::default() {
        return Taken::Contradicts;
    }
    *place = value;
    Taken::Done
}

/// Adds an element to a list, if there is room.
#[inline]
pub(crate) fn push<'p, T>(
    list: &'p mut Vec<T>,
    value: impl FnOnce() -> T,
    room: &mut Room,
) -> Option<&'p mut T> {
    if !room.takes(size_of::<T>()) {
        return None;
    }
    if list.capacity() == 0 {
        // Most lists have one element, and a vector that grows on demand would begin with room for four.
        list.reserve_exact(1);
    }
    list.push(value());
    list.last_mut()
}

/// Lets a scalar type be a field of models: `scalar!(OrderId: Integer)` for one that is `From<i64>`.
macro_rules! scalar {
    ($name:ty: $offer:ident) => {
        impl $crate::record::Place for $name {
            #[inline]
            fn take(
                &mut self,
                offer: $crate::record::Offer<'_>,
                _: &mut $crate::record::Room,
            ) -> $crate::record::Taken {
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
            fn fill(
                place: &mut Option<Self>,
                offer: $crate::record::Offer<'_>,
            ) -> $crate::record::Taken {
                match offer {
                    $crate::record::Offer::$offer(value) => {
                        $crate::record::keep(place, Self::from(value))
                    }
                    _ => $crate::record::Taken::Misplaced,
                }
            }

            #[inline]
            fn add(
                list: &mut Vec<Self>,
                offer: $crate::record::Offer<'_>,
                room: &mut $crate::record::Room,
            ) -> $crate::record::Taken {
                match offer {
                    $crate::record::Offer::$offer(value) => {
                        match $crate::record::push(list, || Self::from(value), room) {
                            Some(_) => $crate::record::Taken::Done,
                            None => $crate::record::Taken::NoRoom,
                        }
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
