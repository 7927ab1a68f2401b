//! Requests: which API they call, and their parameters on the wire.

use crate::envelope::Answer;
use crate::record::{Record, Shaped};

/// A request of a business call.
pub trait Request: Record + Shaped {
    /// Name of the API, such as `aliexpress.trade.ds.order.get`.
    const API: &'static str;

    /// What the platform answers.
    type Answer: Answer;

    /// The call's own parameters in the page's order: scalars as text, objects and lists as JSON text.
    ///
    /// Parameters without a value and blank ones are left out, for the platform's own SDKs disagree on
    /// whether a blank one is signed.
    #[cfg(feature = "json")]
    fn params(&self) -> Vec<(&'static str, String)>
    where
        Self: Sized,
    {
        params(self)
    }
}

#[cfg(feature = "json")]
fn params(request: &dyn Record) -> Vec<(&'static str, String)> {
    let fields = request.shape().fields.iter().enumerate();
    fields
        .map(|(index, field)| {
            (
                field.key,
                crate::record::wire_text(request.view(index), field),
            )
        })
        .filter(|(_, text)| !text.trim_ascii().is_empty())
        .collect()
}
