//! The sandbox over plain HTTP, as clients that nobody here wrote see it.

mod diagnosis;
mod faults;
mod replay;
mod refusals;
mod signatures;
mod tokens;
mod wire;
