//! What a call gives.

use std::fmt;
use std::ops::Deref;

use crate::call::Format;

/// The answer to a typed call: the data, and what the platform sent around it.
///
/// It can be used as the data itself: `reply.result` instead of `reply.data().result`. Its `Debug`
/// output shows the data, of which personal fields are left out, but not the raw body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    pub(crate) data: T,
    pub(crate) request_id: Option<String>,
    pub(crate) trace_id: Option<String>,
    pub(crate) raw: Vec<u8>,
}

impl<T> Reply<T> {
    /// The data.
    pub fn data(&self) -> &T {
        &self.data
    }

    /// The data, without the rest.
    pub fn into_data(self) -> T {
        self.data
    }

    /// The platform's name for the exchange, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The platform's internal trace, where it gives one.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// The body as it came. It may hold personal data of buyers.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Other data under the same envelope.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        Reply {
            data: change(self.data),
            request_id: self.request_id,
            trace_id: self.trace_id,
            raw: self.raw,
        }
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("data", &self.data)
            .field("request_id", &self.request_id)
            .field("trace_id", &self.trace_id)
            .field("raw", &format_args!("{} bytes", self.raw.len()))
            .finish()
    }
}

/// The answer to a call of an API without a model: known to be no refusal, otherwise as it came.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RawReply {
    pub(crate) format: Format,
    pub(crate) json: Option<serde_json::Value>,
    pub(crate) request_id: Option<String>,
    pub(crate) raw: Vec<u8>,
}

impl RawReply {
    /// What the answer is, whatever was asked for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The answer as JSON, its wrapper included; none where it is XML.
    ///
    /// Whole numbers of 64 bits are exact. Longer ones are not: take them from
    /// [`raw`](Self::raw).
    pub fn json(&self) -> Option<&serde_json::Value> {
        self.json.as_ref()
    }

    /// The platform's name for the exchange, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The body as it came. It may hold personal data of buyers.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The body as text. It may hold personal data of buyers.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.raw)
    }
}

impl fmt::Debug for RawReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawReply")
            .field("format", &self.format)
            .field("request_id", &self.request_id)
            .field("raw", &format_args!("{} bytes", self.raw.len()))
            .finish()
    }
}
