//! Values of a model, seen without the model's type.

use super::Record;

/// The value of a field.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum View<'a> {
    /// The field has no value.
    Absent,
    /// An integer.
    Integer(i64),
    /// A boolean.
    Boolean(bool),
    /// A text; also times, money and codes.
    Text(&'a str),
    /// An object.
    Record(&'a dyn Record),
    /// A list, possibly empty.
    List(&'a dyn List),
}

/// The elements of a list.
pub trait List {
    /// How many elements there are.
    fn len(&self) -> usize;

    /// The element at `index`, from 0; [`View::Absent`] past the end.
    fn get(&self, index: usize) -> View<'_>;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A value that can return its view.
pub(crate) trait Show {
    fn show(&self) -> View<'_>;
}

impl Show for i64 {
    fn show(&self) -> View<'_> {
        View::Integer(*self)
    }
}

impl Show for bool {
    fn show(&self) -> View<'_> {
        View::Boolean(*self)
    }
}

impl Show for String {
    fn show(&self) -> View<'_> {
        View::Text(self)
    }
}

impl<T: Record> Show for T {
    fn show(&self) -> View<'_> {
        View::Record(self)
    }
}

impl<T: Show> Show for Option<T> {
    fn show(&self) -> View<'_> {
        self.as_ref().map_or(View::Absent, Show::show)
    }
}

impl<T: Show> Show for Vec<T> {
    fn show(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Show> List for Vec<T> {
    fn len(&self) -> usize {
        self.len()
    }

    fn get(&self, index: usize) -> View<'_> {
        self.as_slice().get(index).map_or(View::Absent, Show::show)
    }
}
