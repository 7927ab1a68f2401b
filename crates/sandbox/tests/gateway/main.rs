//! The sandbox over plain HTTP, as clients that nobody here wrote see it.

mod diagnosis;
mod faults;
mod page;
mod pushes;
mod refusals;
mod replay;
mod signatures;
mod tokens;
mod wire;
