//! Typed requests and answers of the AliExpress Open Platform, in JSON and XML.

mod api;
mod decode;
mod drift;
#[cfg(feature = "json")]
mod encode;
mod envelope;
mod fault;
mod generated;
#[cfg(feature = "json")]
mod json;
mod money;
mod record;
mod request;
mod scalars;
mod time;
#[cfg(feature = "xml")]
mod xml;

pub use api::{Api, ErrorCode, Retry};
pub use decode::{DecodeError, decode};
pub use drift::{Coercion, Drift, drift};
#[cfg(feature = "json")]
pub use encode::{Form, encode, encode_error, encode_system_error};
pub use envelope::{Answer, ApiError, Envelope};
pub use generated::*;
pub use money::{Amount, Monetary};
pub use record::{Field, Kind, List, Record, Shape, Shaped, View};
pub use request::Request;
pub use time::{CivilTime, PacificTime, Time};

#[cfg(test)]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the macros make public types with all their methods"
)]
mod tests;
