//! What this crate's readers say when a text is no JSON or XML, or when a model refuses a value.

use std::fmt;

/// A reader's error. Boxed, for it stands in the result of every read of every field.
#[derive(Debug)]
pub(crate) struct Fault(Box<str>);

impl Fault {
    #[cold]
    pub(crate) fn new(message: String) -> Self {
        Self(message.into_boxed_str())
    }

    pub(crate) fn message(self) -> String {
        self.0.into_string()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl serde_core::de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}
