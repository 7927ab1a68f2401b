//! The tests of the blocking transport against the one over reqwest: both must behave the same. Of the tests of proxies,
//! only those for https are included, because reqwest opens no other tunnels.

#![cfg(feature = "reqwest")]
#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute, not their helpers"
)]

#[path = "../it/answers.rs"]
mod answers;
mod configured;
#[path = "../it/cuts.rs"]
mod cuts;
#[path = "../it_async/dropped.rs"]
mod dropped;
#[path = "../it/kept.rs"]
mod kept;
#[path = "../it/limits.rs"]
mod limits;
mod plain_proxy;
#[path = "../it/refused_tunnels.rs"]
mod refused_tunnels;
#[path = "../it/server.rs"]
mod server;
#[path = "../it/support.rs"]
mod support;
#[path = "../it/time.rs"]
mod time;
#[path = "../it_async/timers.rs"]
mod timers;
#[path = "../it/tls.rs"]
mod tls;
#[path = "../it/tunnel.rs"]
mod tunnel;

use std::sync::{Arc, mpsc};
use std::time::Instant;

use aliexpress_transport::{
    AsyncHttp, Body, Builder, Error, HttpRequest, HttpResponse, Method, ReqwestTransport,
    StreamedBody,
};
use support::{BODY, message, send, send_default, soon};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// The transport over reqwest with the blocking one's method, which waits for the future's end.
#[derive(Clone)]
pub(crate) struct Transport {
    over: ReqwestTransport,
    runtime: Arc<OneThread>,
}

impl Transport {
    pub(crate) fn builder() -> Builder {
        aliexpress_transport::Transport::builder()
    }

    fn of(over: ReqwestTransport) -> Self {
        let runtime = Arc::new(OneThread::start());
        Self { over, runtime }
    }

    pub(crate) fn send(
        &self,
        request: &HttpRequest<'_>,
        deadline: Instant,
    ) -> Result<HttpResponse, Error> {
        let (transport, request) = (self.over.clone(), Owned::of(request));
        let (give, take) = mpsc::channel();
        self.runtime.handle.spawn(async move {
            let answer = transport.send(request.borrowed(), deadline).await;
            // hyper's tasks return the connection to the pool; they run while this task yields.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            give.send(answer).unwrap();
        });
        take.recv().unwrap()
    }
}

/// A runtime with one thread, so that nothing depends on the order of threads.
struct OneThread {
    handle: Handle,
    /// Ends the runtime when it is dropped.
    _end: oneshot::Sender<()>,
}

impl OneThread {
    fn start() -> Self {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().build().unwrap();
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        std::thread::spawn(move || runtime.block_on(ended));
        Self { handle, _end: end }
    }
}

/// A request with owned contents, which can be moved into a task.
struct Owned {
    url: String,
    content_type: String,
    body: Result<Vec<u8>, StreamedBody>,
    method: Method,
    connection: aliexpress_transport::Connection,
}

impl Owned {
    fn of(request: &HttpRequest<'_>) -> Self {
        Self {
            url: request.url.to_owned(),
            content_type: request.content_type.to_owned(),
            body: match request.body {
                Body::Bytes(bytes) => Ok(bytes.to_vec()),
                Body::Streamed(body) => Err(body.clone()),
                _ => panic!("no test sends this kind of body"),
            },
            method: request.method,
            connection: request.connection,
        }
    }

    fn borrowed(&self) -> HttpRequest<'_> {
        let request = match &self.body {
            _ if self.method == Method::Get => HttpRequest::get(&self.url),
            Ok(bytes) => HttpRequest::new(&self.url, &self.content_type, bytes),
            Err(body) => HttpRequest::streamed(&self.url, &self.content_type, body),
        };
        request.on(self.connection)
    }
}

/// Waits until the transport has noticed what arrived on its connections.
pub(crate) fn notice(transport: &Transport) {
    let (give, take) = mpsc::channel();
    transport.runtime.handle.spawn(async move {
        timers::next_timers().await;
        give.send(()).unwrap();
    });
    take.recv().unwrap();
}

pub(crate) trait Built {
    fn built(self) -> Result<Transport, Error>;
}

impl Built for Builder {
    fn built(self) -> Result<Transport, Error> {
        self.build_reqwest(|client| client).map(Transport::of)
    }
}

/// Chooses the expected text where the transports report different failures: reqwest's, which is the async one's.
pub(crate) fn either<T>(_blocking: T, asynchronous: T) -> T {
    asynchronous
}

/// Chooses what is expected over reqwest only.
pub(crate) fn unless_reqwest<T>(_others: T, reqwest: T) -> T {
    reqwest
}
