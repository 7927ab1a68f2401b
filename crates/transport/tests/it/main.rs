//! The transport against a server on loopback that misbehaves on purpose.

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

/// The transport under test; `it_async` runs the same tests against the async one.
pub(crate) trait Built {
    fn built(self) -> Result<Transport, Error>;
}

/// Waits until the transport has noticed what arrived on its connections. The blocking one checks when it reuses one.
pub(crate) fn notice(_: &Transport) {}

impl Built for Builder {
    fn built(self) -> Result<Transport, Error> {
        self.build()
    }
}

/// Chooses the expected text where the transports report different failures: the blocking one's.
pub(crate) fn either<T>(blocking: T, _asynchronous: T) -> T {
    blocking
}

/// Chooses what is expected of all transports but reqwest.
pub(crate) fn unless_reqwest<T>(others: T, _reqwest: T) -> T {
    others
}
