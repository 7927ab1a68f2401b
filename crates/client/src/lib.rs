//! SDK for the AliExpress Open Platform: typed orders, signed calls, and clear answers to what went
//! wrong.

mod builder;
mod call;
mod client;
pub mod codes;
mod error;
mod limits;
mod mask;
pub mod orders;
pub mod preflight;
mod prepared;
pub mod push;
mod read;
mod recording;
mod reply;
mod retry;
mod salvage;
mod secrets;
mod token_calls;
pub mod tokens;

pub use aliexpress_models as models;
pub use aliexpress_models::{Answer, ApiError, Request};
pub use aliexpress_signing::{AppKey, AppSecret, Explanation, SignMethod, Signer};
pub use builder::{ClientBuilder, GATEWAY};
pub use call::{CallOptions, Effect, Format};
pub use client::Client;
pub use error::{Error, UnknownOutcome};
pub use limits::CallLimits;
pub use orders::{NewOrder, OrderRefusal, PlacedOrder, read_order};
pub use prepared::Prepared;
pub use read::read;
pub use reply::{RawReply, Reply};
pub use retry::Retry;
pub use secrets::{AuthCode, RefreshToken, Session};
