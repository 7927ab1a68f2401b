//! One blocking HTTP exchange with the AliExpress Open Platform, on [ureq](https://docs.rs/ureq).
//!
//! A form is posted; the status, the few headers that matter and the bytes of the body come back,
//! whatever the status. Where no whole answer comes back, the [`Error`] says how far the exchange
//! came, what had been received, and whether the server can have seen any of the request.
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
//! # What it knows nothing of
//!
//! API names, parameters, signatures, sessions, JSON, XML, orders, retries. It reads no
//! clock but the monotonic one (rustls reads the date to judge certificates), and no environment
//! unless [`Builder::proxy_from_env`] tells it to.
//!
//! # Sent once
//!
//! A request is written at most once. ureq repeats nothing, and no redirect is followed: a 3xx is an
//! answer like any other, because a form that carries a session must not be posted elsewhere.
//!
//! A connection that is kept between exchanges can be closed by the server at the very moment the
//! next request leaves. Before a kept connection is used it is probed, and one that the server has
//! closed by then is left for a new one. What remains is the moment between the probe and the
//! write. Such a failure is reported from [`Phase::Send`] on and is never
//! [certainly not sent](Error::certainly_not_sent). Where that doubt costs more than a handshake,
//! ask for a [new connection](Connection::New).
//!
//! # Time
//!
//! | limit | default | covers |
//! |---|---|---|
//! | [connect](Builder::connect_timeout) | 10 s | name, TCP, proxy and TLS of a new connection together |
//! | [read](Builder::read_timeout) | 30 s | each wait for the next bytes, or to get rid of some |
//! | [total](Builder::total_timeout) | 60 s | the exchange from first to last |
//! | the deadline of [`Transport::send`] | | the same; the earlier of the two holds |
//!
//! On a kept connection no name is looked up and no thread is started. A new connection to a host
//! given by name looks the name up in a separate thread, because the system's resolver cannot be
//! cancelled; a lookup that outlasts the time-out is abandoned, and its thread ends with it.
//!
//! # Answers that stop early
//!
//! An answer shorter than its `Content-Length`, without its last chunk or without the end of its
//! gzip stream is an [error](Error::is_cut), as is a reset at any point; what had come is in
//! [`Error::answer_so_far`]. An answer that announces no length at all ends where the server closes
//! the connection: there a cut cannot be distinguished from the end.
//!
//! # TLS
//!
//! rustls with ring; certificates are always verified, against Mozilla's roots and those added with
//! [`Builder::root_certificates_pem`]. Building needs a C compiler besides Rust, no other library.
//!
//! # Logs
//!
//! This crate logs nothing. The libraries below it use the [`log`](https://docs.rs/log) crate: ureq
//! writes methods, hosts and statuses at debug level, and ureq-proto 0.7 the bytes of every answer
//! and the head of every request at trace level. An answer can hold tokens and the addresses of
//! buyers: a program whose logger takes the trace level keeps the target `ureq_proto` below it, or
//! turns on the feature below.
//!
//! # Features
//!
//! - `no-trace-log` sets `log/max_level_debug`, which takes the trace level of the `log` crate (not of
//!   `tracing`) from the whole program. It is off by default because it silences other crates, too.
//!
//! gzip is always compiled in; [`Builder::gzip`] says whether it is asked for.

#[cfg(feature = "async")]
mod async_http;
#[cfg(feature = "reqwest")]
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
mod roots;
mod settings;
mod target;
mod transport;

#[cfg(feature = "async")]
pub use async_http::{AsyncHttp, BoxFuture};
#[cfg(feature = "reqwest")]
pub use async_transport::AsyncTransport;
pub use body::{Body, OpenContent, StreamedBody};
pub use builder::Builder;
pub use error::{Error, ErrorKind, Phase};
pub use exchange::{Connection, HttpRequest, HttpResponse, Method};
pub use multipart::{Content, FilePart, Multipart};
pub use transport::Transport;
