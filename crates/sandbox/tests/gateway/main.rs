//! The sandbox over plain HTTP, as clients that no one here wrote see it.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod clients;
mod diagnosis;
mod diagnosis_pairs;
mod every_api;
mod faults;
mod hostile;
mod lifetime;
mod listings;
mod load;
mod orders;
mod page;
mod pushes;
mod refusals;
mod replay;
mod seller;
mod shop;
mod signatures;
mod tokens;
mod traps;
mod wire;
