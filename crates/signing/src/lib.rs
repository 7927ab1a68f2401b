//! Request signatures of the AliExpress Open Platform.
//!
//! Every call to the platform is signed. Its parameters, sorted and concatenated, are the
//! *canonical string*; the keyed hash of that string with the application's secret is the
//! *signature*, which is sent as the parameter `sign`. This crate makes and verifies signatures,
//! and verifies the signatures of the platform's push messages.
//!
//! It reads no clock, opens no socket and uses neither HTTP nor JSON. The timestamp is a parameter
//! like any other, so the same input always gives the same output. Values are signed raw; the
//! sender encodes them for a URL or a form afterwards.
//!
//! # Signing a call
//!
//! ```
//! use aliexpress_signing::{AppSecret, SignMethod, Signer};
//!
//! // Made once per application: the keyed hash state is computed here and copied for each call.
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
//! // A gateway verifies the parameters as received, in any order and including `sign`.
//! let mut received = params.to_vec();
//! received.push(("sign", signature.as_str()));
//! assert!(signer.verify(SignMethod::Sha256, None, &mut received, signature.as_str()));
//! ```
//!
//! For a *system call*, such as `/auth/token/create`, pass its path instead of `None`. A *business
//! call*, which names its API in `method`, has none.
//!
//! # When a signature is refused
//!
//! Each of the two steps of a signature can be inspected: [`canonical_string`] returns the text to
//! hash, and [`Signer::sign_canonical`] hashes such a text. The text contains the session and
//! possibly a buyer's data, so keep it out of logs. [`explain`] returns what is safe to report: the
//! names in order, and the length and SHA-256 of the canonical string.
//!
//! # Features
//!
//! - `md5` (default): the legacy sign methods `md5` and `hmac`. Without it, neither their variants
//!   nor their names exist.
//!
//! # Sources
//!
//! The rules come from the platform's documentation and from the requests of its official SDKs,
//! without access to the live gateway; the repository's test cases were reproduced with several
//! independent SDKs. Items say so where a rule is an inference.

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
