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
//! The platform writes numbers and booleans as text and texts of digits as numbers, sends a list of
//! one as the bare element, and leaves empty elements where it means nothing. All that is read as what
//! it means. Unknown fields are ignored, and a code that no page lists is kept in the `Other`
//! variant of its enumeration. A value that fits none of this is a [`DecodeError`], which says where it
//! stands, what was found and what was wanted. No number goes through floating point.
//!
//! Hostile bytes end in a value or an error: nothing panics, nothing recurses deeper than the models do,
//! and a list that is to fill the memory with empty elements is refused.
//!
//! # Refusals are values
//!
//! A refusal of the platform was read well; it is the other side of [`Envelope::outcome`]. A text that is no
//! answer is a [`DecodeError`]:
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
//! The platform adds fields without notice, and sends others in another shape than its pages say. [`decode`]
//! copes with both; [`drift()`] lists them:
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
//! # A folder of stored answers into rows
//!
//! Files of one answer each go through [`decode`], files with an answer per line through [`decode_lines`].
//! What cannot be read is put aside by name, and spoils nothing else:
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
//! APIs are grouped in families; each has a module, such as [`ds::order_create`]: the request, the answer, and the
//! objects in between, every field as the platform documents it. `types` of a family has the objects that several
//! of its APIs use, [`shared`] ids and code lists. They are written from trees of the documentation; [`APIS`] lists
//! those of the features that are on, with the error codes that their pages document. What no one has described yet
//! has a line of facts: the documented type, the name on the wire, the documented values.
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
    feature = "encode",
    doc = "- [`encode`](encode()) writes an answer in any form, for gateways that stand in for the platform."
)]
//! - With the feature `serde` every model implements serde's traits, so that other readers of serde serve, too.
//!   They read simplified and full answers alike, without the envelope, through a tree.
//!
//! # Features
//!
//! - `json` (default): reads JSON, and writes requests.
//! - `xml` (default): reads XML, on quick-xml's reader.
//! - `serde` (default): reads and writes models, ids and amounts with the formats of serde.
//! - `drift` (default): compares answers with their models.
//! - `lines` (default): reads files with an answer per line.
//! - `encode` (default): writes answers as JSON and XML.
//! - `ds`, `affiliate`, `trade`, `solution`, `system` (default), and one feature per other family of APIs: their
//!   modules; `all` turns on every one. Each module says which feature it needs.
//! - `rust_decimal`: exact decimals from amounts.
//! - `jiff`: civil and zoned times from texts.
//!
//! Without any, and with `json` alone, there is no dependency. No feature brings a procedural macro that a
//! model needs.
//!
//! # Requirements
//!
//! Rust 1.88. It knows nothing of HTTP, signatures and clocks.

#![cfg_attr(docsrs, feature(doc_cfg))]
mod api;
mod call;
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
        reason = "the families that are on decide how pages are turned"
    )
)]
mod paging;
#[cfg(feature = "reading")]
pub mod raw;
mod record;
#[cfg(feature = "reading")]
mod refusal;
mod request;
mod scalars;
#[cfg(feature = "reading")]
mod source;
mod text;
mod time;
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
