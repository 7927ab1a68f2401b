//! Errors about XML, in the words of this crate.

use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::Event;

use crate::fault::Fault;
use crate::text::shown;

#[cold]
pub(super) fn fault(message: &str) -> Fault {
    Fault::malformed(message.to_owned())
}

#[cold]
pub(super) fn nameless() -> Fault {
    fault("expected a name in a tag, found none")
}

#[cold]
pub(super) fn misplaced(event: &Event<'_>, inside: &str) -> Fault {
    let found = match event {
        Event::DocType(_) => "a document type definition",
        _ => "the end of the text",
    };
    fault(&format!("expected `</{}>`, found {found}", shown(inside)))
}

/// The error for what quick-xml refuses, in the words of this crate.
#[cold]
pub(super) fn malformed(error: Error) -> Fault {
    let message = match error {
        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            format!(
                "expected `</{}>`, found `</{}>`",
                shown(&expected),
                shown(&found)
            )
        }
        Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => {
            format!("expected an element, found `</{}>`", shown(&found))
        }
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            "expected `;` after `&` and a name, found none".to_owned()
        }
        Error::Syntax(error) => format!("expected well-formed markup, found a {error}"),
        error => format!(
            "expected well-formed XML, found an error: {}",
            shown(&error.to_string())
        ),
    };
    Fault::malformed(message)
}
