//! One blocking HTTP exchange with the AliExpress Open Platform, on [ureq](https://docs.rs/ureq).
//!
//! Posts a form and returns the status, the few relevant headers and the bytes of the body,
//! with any status. If no complete answer arrives, the [`Error`] says which phase the exchange
//! reached, what was received, and whether the server can have seen any of the request.
//!
//! ```
//! use std::time::{Duration, Instant};
//!
//! use aliexpress_transport::{HttpRequest, Phase, Transport, form};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let transport = Transport::builder()
//!     .connect_timeout(Duration::from_secs(5))
//!     .user_agent("my-shop/2.0")
//!     .build()?;
//!
//! let body = form::encode(&[("method", "aliexpress.trade.ds.order.get"), ("format", "json")]);
//! # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let url = format!("http://{}/sync", server.local_addr()?);
//! # std::thread::spawn(move || {
//! #     use std::io::{Read, Write};
//! #     let (mut stream, _) = server.accept().unwrap();
//! #     let mut request = Vec::new();
//! #     while !request.ends_with(b"format=json") {
//! #         let mut byte = [0];
//! #         stream.read_exact(&mut byte).unwrap();
//! #         request.extend(byte);
//! #     }
//! #     stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
//! # });
//! // `url` is a gateway's address, such as https://api-sg.aliexpress.com/sync.
//! let deadline = Instant::now() + Duration::from_secs(20);
//! let answer = transport.send(&HttpRequest::form(&url, &body), deadline)?;
//! assert_eq!((answer.status, &*answer.body), (200, &b"{}"[..]));
//!
//! // Nothing listens on port 1: the error says that nothing was sent.
//! let error = transport.send(&HttpRequest::form("http://127.0.0.1:1/", &body), deadline).unwrap_err();
//! assert_eq!(error.phase(), Phase::Connect);
//! assert!(error.is_connect() && error.certainly_not_sent());
//! assert_eq!(error.to_string(), "cannot connect for POST http://127.0.0.1:1/");
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! It knows nothing about API names, parameters, signatures, sessions, JSON, XML, orders and
//! retries. It reads only the monotonic clock (rustls reads the date to verify certificates), and
//! no environment variables unless [`Builder::proxy_from_env`] is called.
//!
//! # Sent once
//!
//! A request is written at most once. ureq repeats nothing, and no redirect is followed: a 3xx is
//! an answer like any other, because a form that contains a session must not be posted elsewhere.
//!
//! The server can close a kept connection at the very moment when the next request is sent. A kept
//! connection is therefore probed before use, and replaced by a new one if the server has closed
//! it. The moment between the probe and the write remains. Such a failure is reported from
//! [`Phase::Send`] on and is never [certainly not sent](Error::certainly_not_sent). If that doubt
//! costs more than a handshake, request a [new connection](Connection::New).
//!
//! # Time
//!
//! | limit | default | covers |
//! |---|---|---|
//! | [connect](Builder::connect_timeout) | 10 s | name, TCP, proxy and TLS of a new connection together |
//! | [read](Builder::read_timeout) | 30 s | each wait to receive or send the next bytes |
//! | [total](Builder::total_timeout) | 60 s | the exchange from first to last |
//! | the deadline of [`Transport::send`] | | the same; the earlier of the two applies |
//!
//! On a kept connection no name is looked up and no thread is started. A new connection to a host
//! given by name looks the name up in a separate thread, because the system's resolver cannot be
//! cancelled; a lookup that outlasts the time-out is abandoned, and its thread ends with it.
//!
//! # Answers that stop early
//!
//! An answer that is shorter than its `Content-Length`, lacks its last chunk or the end of its gzip
//! stream is an [error](Error::is_cut), and so is a reset at any point; the part that arrived is in
//! [`Error::answer_so_far`]. An answer that announces no length ends where the server closes the
//! connection, so a premature end cannot be detected.
//!
//! # TLS
//!
//! rustls with ring; certificates are always verified, against Mozilla's roots and those added with
//! [`Builder::root_certificates_pem`]. Building needs Rust and a C compiler, but no other library.
//!
//! # Logs
//!
//! This crate logs nothing. The libraries below it use the [`log`](https://docs.rs/log) crate: ureq
//! writes methods, hosts and statuses at debug level, and ureq-proto 0.7 the bytes of every answer
//! and the head of every request at trace level. An answer can contain tokens and addresses of
//! buyers: if your logger collects the trace level, set the target `ureq_proto` to debug or less,
//! or enable the feature below.
//!
//! # Features
//!
//! - `async` adds the trait `AsyncHttp`; `hyper` adds `AsyncTransport`, which implements it over
//!   hyper; `reqwest` adds `ReqwestTransport`, which implements it over reqwest clients that the
//!   program configures.
//! - `no-trace-log` sets `log/max_level_debug`, which removes the trace level of the `log` crate
//!   (not of `tracing`) from the whole program. It is off by default because it silences other
//!   crates, too.
//!
//! gzip is always compiled in; [`Builder::gzip`] sets whether it is requested.

#[cfg(feature = "hyper")]
mod async_exchange;
#[cfg(feature = "async")]
mod async_http;
#[cfg(feature = "hyper")]
mod async_transport;
mod body;
mod builder;
mod connector;
mod content_type;
mod error;
mod exchange;
mod explain_ureq;
pub mod form;
mod multipart;
mod phase;
#[cfg(feature = "reqwest")]
mod reqwest_transport;
mod roots;
mod settings;
mod target;
mod transport;

#[cfg(feature = "async")]
pub use async_http::{AsyncHttp, BoxFuture};
#[cfg(feature = "hyper")]
pub use async_transport::AsyncTransport;
pub use body::{Body, OpenContent, StreamedBody};
pub use builder::Builder;
pub use error::{Error, ErrorKind, Phase};
pub use exchange::{Connection, HttpRequest, HttpResponse, Method};
pub use multipart::{Content, FilePart, Multipart};
#[cfg(feature = "reqwest")]
pub use reqwest;
#[cfg(feature = "reqwest")]
pub use reqwest_transport::ReqwestTransport;
pub use transport::Transport;
