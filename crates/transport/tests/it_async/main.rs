//! The tests of the blocking transport against the async one: both must behave the same.

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
#[path = "../it/support.rs"]
mod support;
#[path = "../it/time.rs"]
mod time;
mod timers;
#[path = "../it/tls.rs"]
mod tls;
#[path = "../it/tunnel.rs"]
mod tunnel;

use std::sync::OnceLock;
use std::time::Instant;

use aliexpress_transport::{AsyncHttp, AsyncTransport, Builder, Error, HttpRequest, HttpResponse};
use support::{BODY, message, send, send_default, soon};
use tokio::runtime::Runtime;

/// The async transport with the blocking one's method, which runs the future to its end.
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

/// Waits until the transport has noticed what arrived on its connections.
pub(crate) fn notice(_: &Transport) {
    runtime().block_on(timers::next_timers());
}

pub(crate) trait Built {
    fn built(self) -> Result<Transport, Error>;
}

impl Built for Builder {
    fn built(self) -> Result<Transport, Error> {
        self.build_async().map(|over| Transport { over })
    }
}

/// Chooses the expected text where the transports report different failures: the async one's.
pub(crate) fn either<T>(_blocking: T, asynchronous: T) -> T {
    asynchronous
}

/// Chooses what is expected of all transports but reqwest.
pub(crate) fn unless_reqwest<T>(others: T, _reqwest: T) -> T {
    others
}
