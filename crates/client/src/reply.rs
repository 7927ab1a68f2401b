//! The result of a call.

use std::fmt;
use std::ops::Deref;

use aliexpress_models::BusinessRefusal;
use aliexpress_models::raw::{Value, ValueError};
use serde::de::{DeserializeOwned, value};

use crate::call::Format;
use crate::codes;
use crate::error::Error;

/// The answer to a typed call: the data, and the envelope around it.
///
/// A reply dereferences to the data: `reply.result` is short for `reply.data().result`. Its `Debug`
/// output shows the data without personal fields, and not the raw body.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Reply<T> {
    pub(crate) api: &'static str,
    pub(crate) data: T,
    pub(crate) request_id: Option<String>,
    pub(crate) trace_id: Option<String>,
    pub(crate) raw: Vec<u8>,
}

impl<T> Reply<T> {
    /// A reply without an exchange, such as for an order that the journal knows.
    pub(crate) fn made(api: &'static str, data: T) -> Self {
        Self {
            api,
            data,
            request_id: None,
            trace_id: None,
            raw: Vec::new(),
        }
    }

    /// The data in an answer that is a refusal.
    pub(crate) fn over_refusal(api: &'static str, data: T, refused: &Error) -> Self {
        Self {
            api,
            data,
            request_id: refused.request_id().map(str::to_owned),
            trace_id: None,
            raw: refused.raw().unwrap_or_default().to_vec(),
        }
    }

    /// The data.
    pub fn data(&self) -> &T {
        &self.data
    }

    /// The data alone.
    pub fn into_data(self) -> T {
        self.data
    }

    /// The platform's id of this request, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The id of the platform's internal trace, if it gives one.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// The refusal that the API gave inside the successful answer; `None` if there is none. See
    /// [`codes::business_refusal`](crate::codes::business_refusal).
    pub fn business_refusal(&self) -> Option<BusinessRefusal> {
        codes::business_refusal(self.api, &self.raw)
    }

    /// The body as received. It may contain personal data of buyers.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Replaces the data and keeps the envelope.
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        Reply {
            api: self.api,
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

/// The answer to [`call_raw`](crate::Client::call_raw), undecoded. This answer is not a refusal by
/// the gateway.
///
/// The API itself may still have refused: see [`business_refusal`](Self::business_refusal).
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RawReply {
    pub(crate) api: Box<str>,
    pub(crate) format: Format,
    pub(crate) data: Value,
    pub(crate) request_id: Option<String>,
    pub(crate) trace_id: Option<String>,
    pub(crate) raw: Vec<u8>,
}

impl RawReply {
    /// The actual format of the answer, which may differ from the one requested.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The answer without its envelope, every digit preserved.
    pub fn data(&self) -> &Value {
        &self.data
    }

    /// The value at a path such as `result.delivery_options[0].code`, the same for every form of an answer; see
    /// [`Value::at`].
    ///
    /// # Errors
    ///
    /// When there is no such value.
    pub fn at(&self, path: &str) -> Result<&Value, ValueError> {
        self.data.at(path)
    }

    /// Decodes the answer without its envelope into your own type.
    ///
    /// # Errors
    ///
    /// When it does not fit the type.
    pub fn deserialize<T: DeserializeOwned>(&self) -> Result<T, value::Error> {
        self.data.deserialize()
    }

    /// The refusal that the API gave inside the successful answer; `None` if there is none. See
    /// [`codes::business_refusal`](crate::codes::business_refusal).
    pub fn business_refusal(&self) -> Option<BusinessRefusal> {
        codes::refusal_unless_excepted(&self.api, self.data.business_refusal()?)
    }

    /// The platform's id of this request, which its support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The id of the platform's internal trace, if it gives one.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// The body as received. It may contain personal data of buyers.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// The body as text. It may contain personal data of buyers.
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
