//! The trait for exchanges in an asynchronous program.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use crate::error::Error;
use crate::exchange::{HttpRequest, HttpResponse};

/// A boxed future, for traits that are used as trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends a request and waits for the whole answer, without blocking a thread.
///
/// `AsyncTransport` (feature `hyper`) and `ReqwestTransport` (feature `reqwest`) implement it. An
/// implementation for another HTTP library must guarantee the same as
/// [`Transport`](crate::Transport):
///
/// - A request is written at most once. The library must neither repeat it nor follow a redirect.
/// - A request that asks for a [new connection](crate::Connection::New) gets one.
/// - An error states the phase in which it happened ([`Error::in_phase`], [`Error::timed_out_in`]);
///   if in doubt, the later one. Up to [`Phase::Handshake`](crate::Phase::Handshake) the request
///   counts as certainly not sent, and orders are sent again.
/// - The exchange ends by the deadline, and the size of an answer is limited.
/// - No text of the request or of the answer is part of an error.
pub trait AsyncHttp: Send + Sync + 'static {
    /// Sends the request with its method and returns the answer, with any status.
    fn send<'a>(
        &'a self,
        request: HttpRequest<'a>,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<HttpResponse, Error>>;
}
