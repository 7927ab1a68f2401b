//! The tests of what depends on the transport, against the async client over reqwest: the order guard, the journal,
//! call options, secrets, TLS, dropped futures. The rest of the client does not depend on its transport.

#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../it/calls.rs"]
mod calls;
#[path = "../it/canaries.rs"]
mod canaries;
#[path = "../it_async/cancelled.rs"]
mod cancelled;
#[allow(dead_code, reason = "these tests call some of the methods")]
#[path = "../it_async/front.rs"]
mod front;
#[path = "../it/guard.rs"]
mod guard;
#[path = "../it/guard_random.rs"]
mod guard_random;
#[path = "../it/guard_truth.rs"]
mod guard_truth;
#[path = "../it/journal.rs"]
mod journal;
#[path = "../it/server.rs"]
mod server;
#[path = "../it/settings.rs"]
mod settings;
#[path = "../it/shop.rs"]
mod shop;
#[path = "../it/tls.rs"]
mod tls;

use aliexpress::{AsyncClient, ClientBuilder, Error};
pub(crate) use front::{Built, Client};
pub(crate) use shop::{CREATE, GET, builder, client, order, quick};

fn build(builder: ClientBuilder) -> Result<AsyncClient, Error> {
    builder.build_reqwest(|reqwest| reqwest)
}
