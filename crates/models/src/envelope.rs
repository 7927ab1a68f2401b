//! The platform's envelope around an answer, and its refusals.
//!
//! An answer comes under `<api>_response` with a request id inside (full), or without an outer key
//! and with the request id next to its fields (simplified). A refusal comes under `error_response`
//! (business calls), or without an outer key and with a `message` (system calls).

use std::fmt;

use crate::error_code::ErrorCode;
use crate::record::{Record, Shaped, record};
use crate::text::{quoted, shown};

/// The type of an answer, which knows its API.
pub trait Answer: Record + Shaped + Default + 'static {
    /// Name of the API, such as `aliexpress.trade.ds.order.get`.
    const API: &'static str;

    /// The key of a full answer and the root of an XML answer, such as
    /// `aliexpress_trade_ds_order_get_response`.
    const KEY: &'static str;

    /// The error codes that the API's page lists.
    const ERROR_CODES: &'static [ErrorCode] = &[];
}

/// An answer of the platform: the requested data or a refusal, and the ids of the request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Envelope<T> {
    /// The data, or the platform's refusal.
    pub outcome: Result<T, ApiError>,
    /// The platform's id of this request, which its support asks for.
    pub request_id: Option<String>,
    /// The id of the platform's internal trace, if it gives one.
    pub trace_id: Option<String>,
}

/// A refusal by the platform, with all its fields unchanged.
///
/// The codes are text: the current gateway uses words (`IllegalAccessToken`), the legacy gateway
/// numbers (`27`), and services behind them add sub-codes (`isv.insufficient-permission`).
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ApiError {
    /// The gateway's code.
    pub code: Option<String>,
    /// Who is at fault: `ISV` the caller, `ISP` a service behind the gateway, `SYSTEM` the
    /// platform.
    pub kind: Option<String>,
    /// The gateway's message (`msg`, in system calls `message`).
    pub message: Option<String>,
    /// The service's own code.
    pub sub_code: Option<String>,
    /// The service's own message.
    pub sub_message: Option<String>,
    /// The platform's id of this request.
    pub request_id: Option<String>,
    /// The id of the platform's internal trace, if it gives one.
    pub trace_id: Option<String>,
}

record!(ApiError {
    0: "code" => text code;
    1: "type" => text kind;
    2: "msg" => text message .alias("message");
    3: "sub_code" => text sub_code;
    4: "sub_msg" => text sub_message;
    5: "request_id" => text request_id;
    6: "_trace_id_" => text trace_id;
});

/// The key of a refusal by the gateway.
#[cfg(any(feature = "json", feature = "xml"))]
pub(crate) const REFUSAL: &str = "error_response";

#[cfg(any(feature = "json", feature = "xml"))]
impl ApiError {
    /// Whether there is a code that does not mean success.
    pub(crate) fn has_refusing_code(&self) -> bool {
        let code = self.code.as_deref();
        code.is_some_and(|code| !is_success(code))
    }
}

/// Whether a code of the platform means success: blank, zero (`0`, `00`, `0.0`) or 200.
#[cfg(any(feature = "json", feature = "xml"))]
pub(crate) fn is_success(code: &str) -> bool {
    let code = code.trim_ascii();
    let digits = code.strip_prefix('-').unwrap_or(code);
    let zeros = |text: &str| text.bytes().all(|byte| byte == b'0');
    match digits.split_once('.') {
        Some((whole, part)) => !whole.is_empty() && zeros(whole) && zeros(part),
        None => zeros(digits) || code == "200",
    }
}

impl fmt::Display for ApiError {
    /// The codes and messages in one line, without the request id.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "code {}",
            shown(self.code.as_deref().unwrap_or("(none)"))
        )?;
        if let Some(message) = &self.message {
            write!(formatter, " {}", quoted(message))?;
        }
        if let Some(sub_code) = &self.sub_code {
            write!(formatter, ", sub-code {}", shown(sub_code))?;
        }
        if let Some(sub_message) = &self.sub_message {
            write!(formatter, " {}", quoted(sub_message))?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
