//! The tests of the blocking client against the async one: both must behave the same. Also tests of what
//! only an async client can do: futures that are dropped, tasks that wait together.

#![cfg(feature = "hyper")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../it/calls.rs"]
mod calls;
#[path = "../it/canaries.rs"]
mod canaries;
mod cancelled;
#[path = "../it/clocks.rs"]
mod clocks;
#[path = "../it/errors.rs"]
mod errors;
#[path = "../it/extra.rs"]
mod extra;
mod front;
#[path = "../it/guard.rs"]
mod guard;
#[path = "../it/guard_random.rs"]
mod guard_random;
#[path = "../it/guard_truth.rs"]
mod guard_truth;
#[path = "../it/journal.rs"]
mod journal;
#[path = "../it/limits.rs"]
mod limits;
#[path = "../it/recording.rs"]
mod recording;
#[path = "../it/server.rs"]
mod server;
#[path = "../it/settings.rs"]
mod settings;
#[path = "../it/shop.rs"]
mod shop;
#[path = "../it/shop_arguments.rs"]
mod shop_arguments;
#[path = "../it/shop_lists.rs"]
mod shop_lists;
#[path = "../it/shop_methods.rs"]
mod shop_methods;
#[path = "../it/shop_paged.rs"]
mod shop_paged;
#[path = "../it/shop_products.rs"]
mod shop_products;
#[path = "../it/shop_tasks.rs"]
mod shop_tasks;
#[path = "../it/threads.rs"]
mod threads;
#[path = "../it/tls.rs"]
mod tls;
#[path = "../it/tokens.rs"]
mod tokens;

use aliexpress::{AsyncClient, ClientBuilder, Error};
pub(crate) use front::{Built, Client};
pub(crate) use shop::{CREATE, GET, builder, client, order, quick};

fn build(builder: ClientBuilder) -> Result<AsyncClient, Error> {
    builder.build_async()
}

/// Uses the test's clock for the client's waits.
pub(crate) fn in_time(builder: ClientBuilder, time: &threads::DrivenTime) -> ClientBuilder {
    builder.async_timer(time.clone())
}
