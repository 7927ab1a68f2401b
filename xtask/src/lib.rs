//! Maintainers' tasks: code generation from committed trees, checks, and benchmarks.
//!
//! The crate `pages` reads the platform's pages; code is generated from its trees.

pub mod bench;
pub mod book;
pub mod codegen;
pub mod steps;
pub mod tools;
