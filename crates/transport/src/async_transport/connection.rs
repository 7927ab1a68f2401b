//! Connections, and the pool of those that are kept.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::{Handle, Id};
use ureq::http::{Request, Response};

use crate::async_exchange::explain::LARGEST_HEAD;
use crate::async_exchange::watched::Watched;

/// Bytes to and from a server.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// One connection, which carries one exchange at a time.
///
/// It makes progress only while its exchange is polled, in the same task: no other task is woken for it, and nothing
/// more is written for an exchange that was dropped.
pub(super) struct Connection {
    sender: SendRequest<Watched>,
    driver: http1::Connection<TokioIo<Box<dyn Stream>>, Watched>,
    is_over: bool,
}

impl Connection {
    pub(super) async fn on(stream: Box<dyn Stream>) -> hyper::Result<Box<Self>> {
        let (sender, driver) = http1::Builder::new()
            .max_header_size(LARGEST_HEAD)
            .handshake(TokioIo::new(stream))
            .await?;
        Ok(Box::new(Self {
            sender,
            driver,
            is_over: false,
        }))
    }

    /// Sends a request and waits for the head of its answer. The error contains the request if no byte of it was
    /// written.
    pub(super) async fn send(
        &mut self,
        request: Request<Watched>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Watched>>> {
        let mut answer = pin!(self.sender.try_send_request(request));
        poll_fn(|context| {
            drive(&mut self.driver, &mut self.is_over, context);
            answer.as_mut().poll(context)
        })
        .await
    }

    /// The body of an answer on this connection.
    pub(super) fn body(&mut self, incoming: Incoming) -> DrivenBody<'_> {
        DrivenBody {
            connection: self,
            incoming,
        }
    }

    /// Whether it can carry another exchange, as far as is known without waiting.
    fn is_open(&mut self, context: &mut Context<'_>) -> bool {
        drive(&mut self.driver, &mut self.is_over, context);
        !self.is_over && matches!(self.sender.poll_ready(context), Poll::Ready(Ok(())))
    }
}

/// Reads and writes as much as is possible without waiting. The exchange on the connection reports how it ends.
fn drive(
    driver: &mut http1::Connection<TokioIo<Box<dyn Stream>>, Watched>,
    is_over: &mut bool,
    context: &mut Context<'_>,
) {
    if !*is_over {
        *is_over = Pin::new(driver).poll(context).is_ready();
    }
}

/// The body of an answer. To poll it also drives its connection.
pub(super) struct DrivenBody<'a> {
    connection: &'a mut Connection,
    incoming: Incoming,
}

impl http_body::Body for DrivenBody<'_> {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        let Connection {
            driver, is_over, ..
        } = &mut *self.connection;
        drive(driver, is_over, context);
        Pin::new(&mut self.incoming).poll_frame(context)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// Idle connections.
pub(super) struct Kept {
    idle: Mutex<VecDeque<Idle>>,
    most: usize,
    longest: Duration,
}

struct Idle {
    connection: Box<Connection>,
    /// The server it is connected to.
    server: String,
    /// The runtime that its socket belongs to: in another runtime nothing would wake the exchange.
    runtime: Id,
    since: Instant,
}

impl Kept {
    pub(super) fn new(most: usize, longest: Duration) -> Self {
        Self {
            idle: Mutex::default(),
            most,
            longest,
        }
    }

    /// The connection to this server that was used last, if one is open.
    pub(super) async fn take(&self, server: &str) -> Option<Box<Connection>> {
        let runtime = Handle::current().id();
        loop {
            let mut connection = self.newest(server, runtime)?;
            let open = poll_fn(|context| Poll::Ready(connection.is_open(context)));
            if open.await {
                return Some(connection);
            }
        }
    }

    fn newest(&self, server: &str, runtime: Id) -> Option<Box<Connection>> {
        let mut idle = self.idle();
        let now = Instant::now();
        // The oldest one is at the front.
        while let Some(first) = idle.front()
            && now.duration_since(first.since) > self.longest
        {
            idle.pop_front();
        }
        let fits = |idle: &Idle| idle.server == server && idle.runtime == runtime;
        let newest = idle.iter().rposition(fits)?;
        idle.remove(newest).map(|idle| idle.connection)
    }

    /// Closes the connections to this server.
    pub(super) fn close(&self, server: &str) {
        self.idle().retain(|idle| idle.server != server);
    }

    /// Keeps a connection after its exchange.
    pub(super) fn put(&self, server: &str, connection: Box<Connection>) {
        if connection.is_over || connection.sender.is_closed() {
            return;
        }
        let mut idle = self.idle();
        idle.push_back(Idle {
            connection,
            server: server.to_owned(),
            runtime: Handle::current().id(),
            since: Instant::now(),
        });
        if idle.len() > self.most {
            idle.pop_front();
        }
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
