//! The search for secrets in what the async client over reqwest prints, logs and writes: a separate process, because a
//! process has one logger.

#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[allow(dead_code, reason = "the search calls some of the methods")]
#[path = "../it_async/front.rs"]
mod front;
#[path = "../secrets/search.rs"]
mod search;

use aliexpress::{AsyncClient, ClientBuilder, Error};
pub(crate) use front::{Built, Client};

fn build(builder: ClientBuilder) -> Result<AsyncClient, Error> {
    // The option that would log every message.
    builder.build_reqwest(|reqwest| reqwest.connection_verbose(true))
}

pub(crate) const FRONT: &str = "reqwest";

/// The HTTP library whose log is also searched.
pub(crate) const HTTP_LOG: Option<&str> = Some("reqwest");
