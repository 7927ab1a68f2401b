//! Maintainers' tasks: from committed trees to code, the checks in between, and the benchmarks.
//!
//! What pages say is read in the crate `pages`; code is written from its trees.

pub mod bench;
pub mod book;
pub mod codegen;
pub mod steps;
pub mod tools;
