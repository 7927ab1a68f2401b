//! Tests that all stores must pass, with threads, connections and programs that are killed; and tests of each database.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod conformance;
mod homes;
#[cfg(unix)]
mod killed;
mod odd_files;
#[cfg(all(unix, feature = "postgres"))]
mod postgres;
#[cfg(all(unix, feature = "postgres"))]
mod server;
mod sqlite;
mod tokens;
