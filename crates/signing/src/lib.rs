//! Request signatures of the AliExpress Open Platform.
//!
//! Every call to the platform is signed: its parameters, sorted and written one after the other,
//! make the *canonical string*; a keyed hash of that string under the application's secret is the
//! *signature*, and travels with the call as the parameter `sign`. This crate makes signatures,
//! checks them, and checks the signatures of the platform's push messages.
//!
//! It reads no clock, opens no socket, knows no HTTP and no JSON. The timestamp is a parameter like
//! any other, so the same input always gives the same output. Nothing is encoded for a URL: values
//! are signed raw, and whoever sends them encodes them afterwards.
//!
//! # Signing a call
//!
//! ```
//! use aliexpress_signing::{AppSecret, SignMethod, Signer};
//!
//! // Made once per application: the keyed hash state is worked out here and copied for each call.
//! let signer = Signer::new(&AppSecret::new("helloworld"));
//!
//! let mut params = [
//!     ("app_key", "12345678"),
//!     ("method", "aliexpress.trade.ds.order.get"),
//!     ("timestamp", "1517820392000"),
//!     ("sign_method", SignMethod::Sha256.as_str()),
//!     ("single_order_query", r#"{"order_id":"10000001"}"#),
//! ];
//! let signature = signer.sign(SignMethod::Sha256, None, &mut params);
//! assert_eq!(
//!     signature.as_str(),
//!     "EE7B8C2FDF8C65EF38064564E044459EFBF21E9583E3F709C974AB4B941DB1CB",
//! );
//!
//! // What a gateway does with the parameters as they arrive, `sign` among them and in any order.
//! let mut received = params.to_vec();
//! received.push(("sign", signature.as_str()));
//! assert!(signer.verify(SignMethod::Sha256, None, &mut received, signature.as_str()));
//! ```
//!
//! A *system call* such as `/auth/token/create` passes its path instead of `None`; a *business
//! call*, one that names its API in `method`, has none.
//!
//! # When a signature is refused
//!
//! The signature is made in two steps, and each can be looked at: [`canonical_string`] is the text
//! that gets hashed, [`Signer::sign_canonical`] hashes such a text. The text holds the session and
//! whatever the call carries of a buyer's data, so it belongs in no log. [`explain`] gives what is
//! safe to report: the names in their order, and the length and SHA-256 of the canonical string.
//!
//! # Features
//!
//! - `md5` (on): the legacy sign methods `md5` and `hmac`. A build without it knows neither
//!   their variants nor their names.
//!
//! # Sources
//!
//! No live gateway was called. The rules follow the platform's documentation and the official SDKs'
//! requests; the repository's signature cases were derived again from several independent SDKs.
//! Where a rule is an inference, the item says so.

mod canonical;
mod credentials;
mod explain;
mod method;
pub mod push;
mod signature;
mod signer;

pub use canonical::canonical_string;
pub use credentials::{AppKey, AppSecret};
pub use explain::{Explanation, explain};
pub use method::{SignMethod, UnknownSignMethod};
pub use signature::Signature;
pub use signer::Signer;
