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
mod support;
mod time;
mod tls;
mod tunnel;

pub(crate) use aliexpress_transport::Transport;
use aliexpress_transport::{Builder, Error};
use support::{BODY, message, send, send_default, soon};

/// The transport that these tests are about; the same tests run against the async one in `it_async`.
pub(crate) trait Built {
    fn built(self) -> Result<Transport, Error>;
}

/// Waits until the transport knows what came on its connections. This one looks when it takes a connection.
pub(crate) fn notice(_: &Transport) {}

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
