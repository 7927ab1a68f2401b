//! Answers without a model: one tree for JSON and XML that loses nothing.
//!
//! [`decode_raw`] reads any answer. Digits and the order of members are kept, and nothing is rounded. [`Value::at`]
//! finds a value by its path, which is the same for every form of the answer:
//!
#![cfg_attr(feature = "json", doc = "```")]
#![cfg_attr(not(feature = "json"), doc = "```ignore")]
//! use aliexpress_models::raw::decode_raw;
//!
//! let simplified = br#"{"result":{"delivery_options":[{"code":"EMS","shipping_fee_cent":8.30}]}}"#;
//! let full = br#"{"aliexpress_ds_freight_query_response":{"result":{"delivery_options":
//!     {"delivery_option_d_t_o":{"code":"EMS","shipping_fee_cent":"8.30"}}}}}"#;
//! for answer in [&simplified[..], &full[..]] {
//!     let data = decode_raw(answer)?.outcome?;
//!     let option = data.at("result.delivery_options[0]")?;
//!     assert_eq!(option.at("code")?.text()?, "EMS");
//!     assert_eq!(option.at("shipping_fee_cent")?.decimal()?, "8.30");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(any(feature = "json", feature = "xml"))]
pub use crate::decode::{business_refusal, decode_raw, parse};
pub use crate::tree::Value;
#[cfg(any(feature = "json", feature = "xml"))]
pub use crate::tree::{Step, ValueError, steps};
