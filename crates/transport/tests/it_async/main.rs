//! The tests of the blocking transport against the async one: what holds for one holds for the other.

#![cfg(feature = "hyper")]
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, not their helpers"
)]

#[path = "../it/answers.rs"]
mod answers;
#[path = "../it/cuts.rs"]
mod cuts;
mod dropped;
#[path = "../it/kept.rs"]
mod kept;
#[path = "../it/limits.rs"]
mod limits;
#[path = "../it/proxy.rs"]
mod proxy;
#[path = "../it/refused_tunnels.rs"]
mod refused_tunnels;
mod runtimes;
#[path = "../it/server.rs"]
mod server;
#[path = "../it/time.rs"]
mod time;
#[path = "../it/tls.rs"]
mod tls;
#[path = "../it/tunnel.rs"]
mod tunnel;

use std::error::Error as _;
use std::iter::successors;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use aliexpress_transport::{AsyncHttp, AsyncTransport, Builder, Error, HttpRequest, HttpResponse};
use tokio::runtime::Runtime;

/// The body that every test sends; it must never turn up in an error.
const BODY: &str = "method=a.b&session=canary";

/// The async transport behind the blocking one's method, which runs the future to its end.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    over: AsyncTransport,
}

impl Transport {
    pub(crate) fn builder() -> Builder {
        aliexpress_transport::Transport::builder()
    }

    pub(crate) fn send(
        &self,
        request: &HttpRequest<'_>,
        deadline: Instant,
    ) -> Result<HttpResponse, Error> {
        runtime().block_on(self.over.send(*request, deadline))
    }
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.enable_all().build().unwrap()
    })
}

pub(crate) trait Built {
    fn built(self) -> Result<Transport, Error>;
}

impl Built for Builder {
    fn built(self) -> Result<Transport, Error> {
        self.build_async().map(|over| Transport { over })
    }
}

/// A failure that one of the two cannot tell from another: what the blocking one says, and what the async one does.
pub(crate) fn either<T>(_blocking: T, asynchronous: T) -> T {
    asynchronous
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
