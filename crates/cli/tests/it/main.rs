//! Tests of the built program: standard output, standard error and exit code.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking, in its helpers too"
)]

mod auth;
mod call;
mod decode;
mod decode_many;
mod docs;
mod explain;
mod help;
mod messages;
mod order;
mod order_journal;
mod picture;
mod program;
mod push;
mod sandbox;
mod sandbox_files;
mod sandbox_library;
mod settings;
mod shop;
mod sign;
mod verbose;
