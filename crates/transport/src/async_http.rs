//! What carries exchanges in an asynchronous program.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use crate::error::Error;
use crate::exchange::{HttpRequest, HttpResponse};

/// A future on the heap, for traits that are used as objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends a request and waits for the whole answer, without blocking a thread.
///
/// `AsyncTransport` (feature `reqwest`) is a ready one. Whoever implements it for another HTTP library keeps to
/// what [`Transport`](crate::Transport) promises:
///
/// - A request is written at most once. The library must not repeat it, and must follow no redirect.
/// - A request that asks for a [new connection](crate::Connection::New) gets one.
/// - An error tells the phase in which it arose ([`Error::in_phase`], [`Error::timed_out_in`]); in doubt the later
///   one. Up to [`Phase::Handshake`](crate::Phase::Handshake) the request counts as certainly not sent, and orders
///   are sent again.
/// - The exchange ends by the deadline, and what is read of an answer has a limit.
/// - No text of the request or of the answer is part of an error.
pub trait AsyncHttp: Send + Sync + 'static {
    /// Sends the request by its method and gives the answer, whatever its status.
    fn send<'a>(
        &'a self,
        request: HttpRequest<'a>,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<HttpResponse, Error>>;
}
