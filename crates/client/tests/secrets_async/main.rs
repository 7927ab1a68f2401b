//! The search for secrets in what the async client prints, logs and writes: a separate process, because a
//! process has one logger.

#![cfg(feature = "hyper")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[allow(dead_code, reason = "the search calls some of the methods")]
#[path = "../it_async/front.rs"]
mod front;
#[path = "../secrets/search.rs"]
mod search;

use aliexpress::{AsyncClient, ClientBuilder, Error};
pub(crate) use front::{Built, Client};

fn build(builder: ClientBuilder) -> Result<AsyncClient, Error> {
    builder.build_async()
}

pub(crate) const FRONT: &str = "async";

/// hyper has no log that could be searched.
pub(crate) const HTTP_LOG: Option<&str> = None;
