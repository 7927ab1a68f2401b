//! Typed requests and answers of the AliExpress Open Platform, in JSON and XML.
//!
//! One type reads every form of an answer to the same value: full and simplified JSON, and XML.
//!
#![cfg_attr(feature = "json", doc = "```")]
#![cfg_attr(not(feature = "json"), doc = "```ignore")]
//! use aliexpress_models::decode;
//! use aliexpress_models::order_get::OrderGetAnswer;
//! use aliexpress_models::shared::OrderStatus;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let simplified = br#"{
//!     "result": {"order_status": "FINISH", "pay_timeout_second": "1200"},
//!     "code": "0",
//!     "request_id": "0ba2887315178178017221014"
//! }"#;
//! let envelope = decode::<OrderGetAnswer>(simplified)?;
//! assert_eq!(envelope.request_id.as_deref(), Some("0ba2887315178178017221014"));
//!
//! // A refusal by the platform is a value, too.
//! let order = envelope.outcome?.result.ok_or("an answer without an order")?;
//! assert_eq!(order.order_status, Some(OrderStatus::Finish));
//! assert_eq!(order.pay_timeout_second, Some(1200));
//! # Ok(())
//! # }
//! ```
//!
//! # What is taken, and what is not
//!
//! The platform writes numbers and truth values as text and texts of digits as numbers, sends a list of
//! one as the bare element, and leaves empty elements where it means nothing. All that is read as what
//! it means. Unknown fields are passed over, and a code that no page lists is kept in the `Other`
//! variant of its enumeration. A value that fits none of this is a [`DecodeError`], which says where it
//! stands, what was found and what was wanted. No number goes through floating point.
//!
//! Hostile bytes end in an error: depth is bounded, and memory is a small multiple of the input.
//!
//! # Models
//!
//! Each API has a module, such as [`order_get`]: the request, the answer, and the objects in between,
//! every field as the platform's page has it. [`shared`] has ids, code lists and objects that several
//! APIs use. They are written from tables of the pages; [`APIS`] lists them, with the error codes that
//! their pages document.
//!
//! Ids, times and money have types of their own: [`OrderId`](shared::OrderId), [`PacificTime`] for the
//! times of which the platform writes no zone, [`Amount`] and [`Monetary`].
//!
//! # More
//!
//! - [`drift()`] compares an answer with its model: what is new, what came in another shape, what never
//!   came.
//! - [`Api`] and [`Record`] serve programs that learn an API's name only at run time.
#![cfg_attr(
    feature = "json",
    doc = "- [`encode`](encode()) writes an answer in any form, for gateways that stand in for the platform."
)]
//! - Every model implements serde's traits, so that other readers of serde serve, too. They read
//!   simplified and full answers alike, without the envelope.
//!
//! # Features
//!
//! - `json` (default): reads JSON, writes JSON and XML; adds serde_json.
//! - `xml` (default): reads XML, by a reader of this crate.
//! - `rust_decimal`: exact decimals from amounts.
//! - `jiff`: civil and zoned times from texts.
//!
//! Without any, the only dependency is `serde_core`. No feature brings a procedural macro that a model
//! needs.
//!
//! # Requirements
//!
//! Rust 1.88. It knows nothing of HTTP, signatures and clocks.

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
