//! The sandbox over plain HTTP, without this project's client.

#![allow(clippy::unwrap_used, reason = "a test that cannot continue panics")]

mod clients;
mod commands;
mod diagnosis;
mod diagnosis_pairs;
mod diagnosis_values;
mod every_api;
mod faults;
mod hostile;
mod http;
mod lifetime;
mod listings;
mod load;
mod older_apis;
mod order_life;
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
mod vectors;
mod wire;
