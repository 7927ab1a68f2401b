//! Typed requests and answers of the AliExpress Open Platform, in JSON and XML.
//!
//! All forms of an answer decode into the same type and the same value: full and simplified JSON,
//! and XML.
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
//! # Lenient types, strict values
//!
//! The platform writes numbers and booleans as text and numeric texts as numbers, sends a single
//! element instead of a list of one, and leaves elements empty that have no value. All of this is
//! decoded as intended. Unknown fields are ignored, and an undocumented code is kept in the `Other`
//! variant of its enumeration. A value that fits none of this is a [`DecodeError`], which states
//! the path, what was found and what was wanted. No number is converted to floating point.
//!
//! Hostile input gives a value or an error: nothing panics, nothing recurses deeper than the models
//! do, and a list that would fill the memory with empty elements is refused.
//!
//! # Refusals are values
//!
//! A refusal by the platform decodes without an error: it is the `Err` of [`Envelope::outcome`]. A
//! text that is not an answer is a [`DecodeError`]:
//!
#![cfg_attr(feature = "json", doc = "```")]
#![cfg_attr(not(feature = "json"), doc = "```ignore")]
//! use aliexpress_models::decode;
//! use aliexpress_models::order_get::OrderGetAnswer;
//!
//! let refusal = br#"{"error_response": {"code": "15", "msg": "Remote service error",
//!     "sub_code": "isv.insufficient-permission", "request_id": "r"}}"#;
//! let error = decode::<OrderGetAnswer>(refusal)?.outcome.unwrap_err();
//! assert_eq!(error.sub_code.as_deref(), Some("isv.insufficient-permission"));
//!
//! let broken = br#"{"result": {"child_order_list": [{}, {"product_count": "12a"}]}}"#;
//! let error = decode::<OrderGetAnswer>(broken).unwrap_err();
//! assert_eq!(
//!     error.problem(),
//!     "result.child_order_list[1].product_count: expected an integer, found \"12a\""
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Drift
//!
//! The platform adds fields without notice, and sends some with another type or shape than
//! documented. [`decode`] accepts both; [`drift()`] lists them:
//!
#![cfg_attr(all(feature = "json", feature = "drift"), doc = "```")]
#![cfg_attr(not(all(feature = "json", feature = "drift")), doc = "```ignore")]
//! use aliexpress_models::{Api, drift};
//!
//! let api = Api::find("aliexpress.trade.ds.order.get").expect("it has models");
//! let answer = br#"{"result": {"pay_timeout_second": "1200", "brand_new": {"a": 1}}}"#;
//! let drift = drift(answer, api)?;
//! assert_eq!(drift.unknown, ["result.brand_new"]);
//! assert_eq!(drift.coerced[0].path, "result.pay_timeout_second");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Converting a folder of stored answers into rows
//!
//! Use [`decode`] for files with one answer each, and [`decode_lines`] for files with one answer
//! per line. Lines that cannot be decoded are collected here and do not affect the others:
//!
#![cfg_attr(all(feature = "json", feature = "lines"), doc = "```")]
#![cfg_attr(not(all(feature = "json", feature = "lines")), doc = "```ignore")]
//! use aliexpress_models::order_get::OrderGetAnswer;
//! use aliexpress_models::{Monetary as _, decode_lines};
//! use std::fs::{self, File};
//! use std::io::BufReader;
//!
//! # let folder = std::env::temp_dir().join(format!("answers-{}", std::process::id()));
//! # fs::create_dir_all(&folder)?;
//! # let order = r#"{"result":{"user_order_amount":{"amount":"8.34","currency_code":"USD"},"child_order_list":[
//! #     {"product_name":"Bottle","product_count":1},{"product_name":"Cup","product_count":2}]}}"#;
//! # fs::write(folder.join("orders.jsonl"), order.replace('\n', "") + "\n{\"result\":\n")?;
//! let (mut rows, mut unread) = (Vec::new(), Vec::new());
//! for file in fs::read_dir(&folder)? {
//!     let path = file?.path();
//!     let mut answers = decode_lines::<OrderGetAnswer, _>(BufReader::new(File::open(&path)?));
//!     while let Some(answer) = answers.next() {
//!         let Ok(Ok(data)) = answer.map(|envelope| envelope.outcome) else {
//!             unread.push(format!("{}:{}", path.display(), answers.line()));
//!             continue;
//!         };
//!         let order = data.result.unwrap_or_default();
//!         let currency = order.user_order_amount.as_ref().and_then(|money| money.currency_code());
//!         for child in &order.child_order_list {
//!             rows.push((
//!                 child.product_name.clone().unwrap_or_default(),
//!                 child.product_count.unwrap_or_default(),
//!                 currency.unwrap_or_default().to_owned(),
//!             ));
//!         }
//!     }
//! }
//! assert_eq!(rows[1], ("Cup".to_owned(), 2, "USD".to_owned()));
//! assert!(unread[0].ends_with("orders.jsonl:2"));
//! # fs::remove_dir_all(&folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Models
//!
//! APIs are grouped in families. Each family is a module with a module for each API, such as
//! [`ds::order_create`], which contains the request, the answer and the objects in them, with every
//! documented field. The `types` module of a family has the objects that several of its APIs use,
//! [`shared`] has ids and code lists. All are generated from the platform's documentation. [`APIS`]
//! lists the APIs of the enabled features, with their documented error codes. A field without a
//! description has a line of facts instead: the documented type, the name on the wire, the
//! documented values.
//!
//! Ids, times and money have their own types: [`OrderId`](shared::OrderId), [`PacificTime`] for
//! times in US Pacific time without a time zone in the text, [`Amount`] and [`Monetary`].
//!
//! # More
//!
//! - [`drift()`] compares an answer with its model: new fields, unexpected types and shapes, and
//!   missing fields.
//! - [`Api`] and [`Record`] are for programs that learn an API's name only at run time.
#![cfg_attr(
    feature = "encode",
    doc = "- [`encode`](encode()) writes an answer in any form, for gateways that stand in for the platform."
)]
//! - With the feature `serde` every model implements serde's traits, so that other formats and
//!   readers work, too. They decode simplified and full answers alike, without the envelope, by way
//!   of a tree.
//!
//! # Features
//!
//! - `json` (default): decodes JSON, and encodes requests.
//! - `xml` (default): decodes XML, with quick-xml.
//! - `serde` (default): serde's traits for models, ids and amounts.
//! - `drift` (default): compares answers with their models.
//! - `lines` (default): decodes files with one answer per line.
//! - `encode` (default): encodes answers as JSON and XML.
//! - `ds`, `affiliate`, `trade`, `solution`, `system` (default), and one feature for each other
//!   family of APIs: their modules; `all` enables all of them. Each module says which feature it
//!   needs.
//! - `rust_decimal`: exact decimals from amounts.
//! - `jiff`: civil and zoned times from texts.
//!
//! Without features, and with `json` alone, there are no dependencies. No feature needs a
//! procedural macro for the models.
//!
//! # Requirements
//!
//! Rust 1.88. This crate uses no HTTP, no signatures and no clock.

#![cfg_attr(docsrs, feature(doc_cfg))]
mod api;
mod call;
mod decimal_text;
#[cfg(any(feature = "json", feature = "xml"))]
mod decode;
#[cfg(all(feature = "drift", any(feature = "json", feature = "xml")))]
mod drift;
#[cfg(feature = "encode")]
mod encode;
mod envelope;
mod error_code;
#[cfg(feature = "reading")]
mod fault;
mod file;
mod generated;
#[cfg(feature = "json")]
mod json;
#[cfg(all(feature = "lines", any(feature = "json", feature = "xml")))]
mod lines;
mod money;
#[cfg_attr(
    not(feature = "all"),
    allow(
        dead_code,
        reason = "it depends on the enabled families how pages are requested"
    )
)]
mod paging;
#[cfg(feature = "reading")]
pub mod raw;
mod record;
#[cfg(any(feature = "json", feature = "xml"))]
mod refusal;
#[cfg(feature = "reading")]
mod refusal_keys;
mod request;
mod scalars;
#[cfg(feature = "reading")]
mod source;
mod text;
mod time;
#[cfg(feature = "reading")]
mod tree;
mod typed_texts;
#[cfg(feature = "xml")]
mod xml;

pub use api::{Api, COMMON_PARAMETERS, Family};
pub use call::{Call, Effect, Session, Verb};
#[cfg(any(feature = "json", feature = "xml"))]
pub use decode::{DecodeError, decode};
#[cfg(all(feature = "drift", any(feature = "json", feature = "xml")))]
pub use drift::{Coercion, Drift, drift};
#[cfg(feature = "encode")]
pub use encode::{Form, encode, encode_error, encode_system_error};
pub use envelope::{Answer, ApiError, Envelope};
pub use error_code::{ErrorCode, RetryClass};
pub use file::File;
pub use generated::*;
#[cfg(all(feature = "lines", any(feature = "json", feature = "xml")))]
pub use lines::{LineError, Lines, decode_lines};
pub use money::{Amount, CurrencyOf, Monetary};
pub use paging::{ListPage, PageRef, Paged};
pub use record::{Field, Kind, List, Record, Shape, Shaped, View};
#[cfg(feature = "reading")]
pub use record::{Layout, list_layout};
#[cfg(any(feature = "json", feature = "xml"))]
pub use refusal::BusinessRefusal;
pub use request::Request;
pub use time::{CivilTime, PacificTime, Time};
pub use typed_texts::{Decimal, EpochMillis, Joined, JsonText, Url};

#[cfg(test)]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "the macros make public types with all their methods"
)]
mod tests;
