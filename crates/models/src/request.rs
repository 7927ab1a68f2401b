//! Requests: the API that they call, and their parameters on the wire.

use crate::call::Call;
use crate::envelope::Answer;
use crate::file::File;
#[cfg(feature = "json")]
use crate::record::json::{Lists, write_value};
#[cfg(feature = "json")]
use crate::record::{Field, View};
use crate::record::{Record, Shaped};

/// A request of one API.
pub trait Request: Record + Shaped {
    /// Name of the API, such as `aliexpress.trade.ds.order.get`; for a system call its path, such
    /// as `/auth/token/create`.
    const API: &'static str;

    /// How the call is made: its effect, session, HTTP method and files.
    const CALL: Call;

    /// The type of the platform's answer.
    type Answer: Answer;

    /// The files of the call, with the names of their parameters.
    fn files(&self) -> Vec<(&'static str, &File)> {
        Vec::new()
    }

    /// The call's own parameters in the page's order: scalars as text, objects and lists as JSON
    /// text.
    ///
    /// Parameters without a value and blank ones are left out, because the platform's own SDKs
    /// disagree on whether to sign a blank one.
    #[cfg(feature = "json")]
    fn params(&self) -> Vec<(&'static str, String)>
    where
        Self: Sized,
    {
        params(self)
    }
}

#[cfg(feature = "json")]
#[inline]
fn params(request: &dyn Record) -> Vec<(&'static str, String)> {
    let fields = request.shape().fields.iter().enumerate();
    fields
        .map(|(index, field)| {
            let text = wire_text(request.view(index), field);
            (field.key, text)
        })
        .filter(|(_, text)| !text.trim_ascii().is_empty())
        .collect()
}

/// A parameter: a scalar as text, anything else as JSON text; empty if it has no value.
#[cfg(feature = "json")]
#[inline]
fn wire_text(view: View<'_>, field: &Field) -> String {
    match view {
        View::Absent => String::new(),
        View::Integer(value) => value.to_string(),
        View::Boolean(value) => value.to_string(),
        View::Text(value) => value.to_owned(),
        View::List(list) if list.is_empty() => String::new(),
        View::Record(_) | View::List(_) => {
            let mut text = String::new();
            write_value(&mut text, view, field, Lists::Plain);
            text
        }
    }
}
