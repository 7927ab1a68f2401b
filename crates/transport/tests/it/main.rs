//! What the transport does against a server on loopback that misbehaves on purpose.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, not their helpers"
)]

mod answers;
mod cuts;
mod kept;
mod limits;
mod proxy;
mod refused_tunnels;
mod server;
mod time;
mod tls;
mod tunnel;

use std::error::Error as _;
use std::iter::successors;
use std::time::{Duration, Instant};

pub(crate) use aliexpress_transport::Transport;
use aliexpress_transport::{Builder, Error, HttpRequest, HttpResponse};

/// The body that every test sends; it must never turn up in an error.
const BODY: &str = "method=a.b&session=canary";

/// The transport that these tests are about; the same tests run against the async one in `it_async`.
pub(crate) trait Built {
    fn built(self) -> Result<Transport, Error>;
}

impl Built for Builder {
    fn built(self) -> Result<Transport, Error> {
        self.build()
    }
}

/// A failure that one of the two cannot tell from another: what the blocking one says, and what the async one does.
pub(crate) fn either<T>(blocking: T, _asynchronous: T) -> T {
    blocking
}

/// What holds here in place of what holds over reqwest.
pub(crate) fn unless_reqwest<T>(others: T, _reqwest: T) -> T {
    others
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn send(builder: Builder, url: &str) -> Result<HttpResponse, Error> {
    builder
        .built()
        .unwrap()
        .send(&HttpRequest::form(url, BODY), soon())
}

fn send_default(url: &str) -> Result<HttpResponse, Error> {
    send(Transport::builder(), url)
}

/// The message of an error and those of its causes, after a look for what must not be in them.
fn message(error: &Error) -> String {
    let causes = successors(error.source(), |&cause| cause.source());
    let message = causes.fold(error.to_string(), |message, cause| {
        format!("{message} | {cause}")
    });
    let debug = format!("{error:?}");
    assert!(
        !message.contains("canary") && !debug.contains("canary"),
        "{message}\n{debug}"
    );
    message
}
