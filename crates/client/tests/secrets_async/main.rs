//! The search for secrets in what the async client over reqwest prints, logs and writes: a separate process, because a
//! process has one logger.

#![cfg(feature = "reqwest")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[allow(dead_code, reason = "the search calls some of the methods")]
#[path = "../it_async/front.rs"]
mod front;
#[path = "../secrets/search.rs"]
mod search;

pub(crate) use front::{Built, Client};

/// The library beneath whose log is searched too.
pub(crate) const HTTP_CLIENT: &str = "reqwest";
