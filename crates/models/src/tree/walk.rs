//! A tree as a [`Source`]: for values that were kept until their layout was known, and for what other serde
//! deserializers read.

use std::slice::Iter;

use super::Value;
use crate::fault::Fault;
use crate::source::{Key, Piece, Source};

/// Walks through a tree.
pub(crate) struct Walk<'v> {
    /// The next value.
    next: &'v Value,
    /// The remaining members and elements of the objects and lists around it.
    open: Vec<Rest<'v>>,
}

enum Rest<'v> {
    Members(Iter<'v, (Box<str>, Value)>),
    Elements(Iter<'v, Value>),
}

impl<'v> Walk<'v> {
    pub(crate) fn new(value: &'v Value) -> Self {
        Self {
            next: value,
            open: Vec::new(),
        }
    }
}

impl Source for Walk<'_> {
    fn value(&mut self) -> Result<Piece<'_>, Fault> {
        Ok(match self.next {
            Value::Null => Piece::Null,
            Value::Boolean(value) => Piece::Boolean(*value),
            Value::Integer(value) => Piece::Integer(*value),
            Value::Number(digits) => Piece::Digits(digits),
            Value::Text(text) => Piece::Text(text),
            Value::List(elements) => {
                self.open.push(Rest::Elements(elements.iter()));
                Piece::List
            }
            Value::Object(members) => {
                self.open.push(Rest::Members(members.iter()));
                Piece::Object
            }
        })
    }

    fn key(&mut self, likely: Option<&str>) -> Result<Key<'_>, Fault> {
        let Some(Rest::Members(members)) = self.open.last_mut() else {
            return Ok(Key::End);
        };
        let Some((key, value)) = members.next() else {
            self.open.pop();
            return Ok(Key::End);
        };
        self.next = value;
        match likely == Some(key) {
            true => Ok(Key::Likely),
            false => Ok(Key::Other(key)),
        }
    }

    fn element(&mut self) -> Result<bool, Fault> {
        let Some(Rest::Elements(elements)) = self.open.last_mut() else {
            return Ok(false);
        };
        match elements.next() {
            Some(element) => self.next = element,
            None => {
                self.open.pop();
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn skip(&mut self) -> Result<(), Fault> {
        Ok(())
    }
}
