//! Turns saved documentation pages into the field trees that codegen reads.
//!
//! There are two stages: [`read`] turns a page into a [`table::FieldTable`] and keeps only facts; [`resolve`] turns a
//! table with its samples into a [`tree::Tree`] and makes every decision. Nothing here knows of Rust.

pub mod audit;
pub mod commands;
pub mod document;
pub mod families;
mod lines;
pub mod merge;
pub mod output;
pub mod read;
pub mod resolve;
pub mod root;
pub mod rules;
pub mod same_key;
pub mod sources;
pub mod table;
pub mod tree;
pub mod type_text;
