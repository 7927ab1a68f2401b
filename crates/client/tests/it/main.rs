//! The client against a sandbox that checks every call, and against a server that misbehaves on
//! purpose. Everything runs on loopback.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod calls;
mod canaries;
mod clocks;
mod errors;
mod extra;
mod guard;
mod guard_random;
mod guard_truth;
mod hostile;
mod journal;
mod limits;
mod machine;
mod preflight;
mod recording;
mod server;
mod settings;
mod shop;
mod shop_arguments;
mod shop_lists;
mod shop_methods;
mod shop_paged;
mod shop_products;
mod shop_tasks;
mod stored;
mod threads;
mod tls;
mod tokens;

pub(crate) use aliexpress::Client;
use aliexpress::{ClientBuilder, Error};
pub(crate) use shop::{CREATE, GET, builder, client, order, quick};

/// Uses the test's clock for the client's waits.
pub(crate) fn in_time(builder: ClientBuilder, time: &threads::DrivenTime) -> ClientBuilder {
    builder.blocking_timer(time.clone())
}

/// The client under test; `it_async` runs the same tests against the async one.
pub(crate) trait Built {
    fn built(self) -> Result<Client, Error>;
}

impl Built for ClientBuilder {
    fn built(self) -> Result<Client, Error> {
        self.build()
    }
}
