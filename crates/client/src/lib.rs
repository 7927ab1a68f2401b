//! SDK for the AliExpress Open Platform: typed requests and answers, signed calls, orders that are
//! never placed twice, and errors that say what went wrong.
//!
//! ```
//! use aliexpress::models::order_create::{LogisticsAddress, LogisticsAddressRequired, ProductItem, ProductItemRequired};
//! use aliexpress::{Client, CurrencyCode, NewOrder};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = aliexpress_sandbox::Sandbox::start()?;
//! # let (app_key, app_secret, session) = (sandbox.app_key(), sandbox.app_secret(), sandbox.session());
//! let client = Client::builder(app_key, app_secret)
//!     .session(session)
//! #   .gateway(sandbox.url())
//!     .build()?;
//!
//! let address = LogisticsAddress::new(LogisticsAddressRequired {
//!     full_name: "Ivan Petrov".into(),
//!     phone_country: "+7".into(),
//!     mobile_no: "9161234567".into(),
//!     country: "RU".into(),
//!     province: "Moscow".into(),
//!     city: "Moscow".into(),
//!     address: "Kashirskoe shosse 142".into(),
//! });
//! let item = ProductItem::new(ProductItemRequired { product_id: 1_005_001.into(), product_count: 2 }).sku_attr("14:70221");
//! let order = NewOrder::new("shop-2026-000123", address.zip("115551"), item)
//!     .pay_at_once(CurrencyCode::USD);
//! let placed = client.place_order(&order)?;
//! println!("{:?}, request {:?}", placed.data(), placed.request_id());
//! # assert!(matches!(placed.data(), aliexpress::PlacedOrder::Created { .. }), "{placed:?}");
//! # Ok(())
//! # }
//! ```
//!
//! This places an order with [`Client`], which blocks the calling thread; [`Client::from_env`]
//! reads the same credentials from environment variables. Clients are cheap to clone, and clones
//! share connections, call limits and tokens.
//!
//! # Calls
//!
//! - [`call`](Client::call) makes a typed call: any [`Request`] of [`models`]. For the most common
//!   ones there are shortcuts: [`order`](Client::order), [`order_info`](Client::order_info),
//!   [`wait_for_order`](Client::wait_for_order).
//! - [`place_order`](Client::place_order) places an order, never twice, even if the connection
//!   breaks; see [`orders`].
//! - [`call_raw`](Client::call_raw) calls any other API by its name, and
//!   [`system_call`](Client::system_call) makes system calls.
//! - [`prepare`](Client::prepare) signs a call for another HTTP client to send, and [`read()`]
//!   reads the answer.
//!
//! A [`Reply`] dereferences to the data, and also holds the request id and the raw body.
//! [`CallOptions`] override settings for some calls: format, session, deadline; see
//! [`Client::with`].
//!
//! [`AsyncClient`](https://docs.rs/aliexpress/latest/aliexpress/struct.AsyncClient.html) (feature
//! `hyper`; `reqwest` to configure a reqwest client; `async` over another HTTP library) has the
//! same methods for async programs. For any other HTTP stack, [`machine`] is a call as a state machine.
//!
//! # Errors
//!
//! There is one [`Error`] type, with methods that answer: may the call be made
//! [again](Error::may_retry), and [when](Error::retry_after); may the platform have
//! [acted](Error::may_have_acted); what did it [say](Error::api_error), and what does that
//! [mean](Error::code_info).
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = aliexpress_sandbox::Sandbox::start()?;
//! # let client = aliexpress::Client::builder(sandbox.app_key(), sandbox.app_secret())
//! #     .session("expired").gateway(sandbox.url()).build()?;
//! if let Err(error) = client.order(10_000_001) {
//!     let advice = error.code_info().map(|info| info.advice);
//!     println!("{error}: {advice:?}");
//! #   assert!(error.is_session_expired() && advice.is_some());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Retries, call limits, deadlines
//!
//! Calls that only read are retried where that may help, within one
//! [deadline](ClientBuilder::deadline); calls that change something are sent once, unless it is
//! certain that the first try changed nothing. [`Effect::of`] says which is which. [`RetryPolicy`]
//! and [`CallLimits`] set how often and how fast calls are made; [several programs](limits) can
//! share the limits. Each try is signed again.
//!
//! # Sessions
//!
//! A session (access token) is either fixed ([`ClientBuilder::session`]) or comes from a [token
//! store](ClientBuilder::token_store) and is refreshed automatically; see [`tokens`].
//!
//! # Secrets and logs
//!
//! The app secret, sessions, tokens and codes print as `[redacted]` and appear in no error or log.
//! Each try is a `tracing` span named `call`, at debug level, with the API, the number of the try,
//! status, request id and duration, but no parameters and no bodies. [`Error::raw`] and
//! [`Reply::raw`] do hold what the platform sent, including buyers' personal data.
//!
//! The blocking client uses ureq-proto, which writes the bytes of answers to the `log` crate at
//! trace level. If you collect that level, set the target `ureq_proto` to debug or less, or enable
//! the feature `no-trace-log`, which removes the trace level of `log` (not of `tracing`) from the
//! whole program.
//!
//! # Tests
//!
//! The crate `aliexpress-sandbox` imitates the platform's gateway on loopback: point
//! [`ClientBuilder::gateway`] at it. [`ClientBuilder::record_to`] keeps the platform's answers in
//! files, and [`ClientBuilder::replay_from`] answers from them.
//!
//! # How sure the facts are
//!
//! This crate was written from the platform's documentation, without access to its live gateway.
//! Items that rely on reports by third parties or on assumptions say so.
//!
//! # Requirements
//!
//! Rust 1.88, and a C compiler for the TLS library.
//!
//! The features `rust_decimal` and `jiff`, passed on to [`models`], convert amounts to exact
//! decimals and timestamps to civil and zoned times. Neither is on by default.

mod app;
#[cfg(feature = "async")]
mod async_client;
mod ban;
mod builder;
mod call;
mod caller;
mod client;
pub mod codes;
mod error;
mod extra;
mod gateway_clock;
pub mod journal;
pub mod limits;
pub mod machine;
pub mod orders;
mod partial_answer;
pub mod preflight;
mod prepared;
pub mod push;
mod read;
mod recording;
mod redact;
mod reply;
mod retry;
mod secrets;
pub mod shop;
mod store_error;
mod timer;
pub mod tokens;
mod wire;

pub use aliexpress_models as models;
pub use aliexpress_models::{Answer, ApiError, COMMON_PARAMETERS, Request};
pub use aliexpress_signing::{AppKey, AppSecret, Explanation, SignMethod, Signer};
pub use aliexpress_transport as transport;
#[cfg(feature = "async")]
pub use async_client::AsyncClient;
pub use builder::{ClientBuilder, GATEWAY};
pub use call::{CallOptions, Effect, Format};
pub use client::Client;
pub use error::{Error, ErrorKind, UnknownOutcome};
pub use limits::CallLimits;
pub use orders::{
    CurrencyCode, NewOrder, OrderRefusal, PlacedOrder, read_order, read_recovered_order,
};
pub use prepared::Prepared;
pub use read::read;
pub use reply::{RawReply, Reply};
pub use retry::RetryPolicy;
pub use secrets::{AuthCode, RefreshToken, Session};
#[cfg(feature = "async")]
pub use timer::AsyncTimer;
pub use timer::BlockingTimer;
