//! Turns saved documentation pages into the field trees that codegen reads.
//!
//! Two rooms, with data at each door: [`read`] turns a page into a [`table::FieldTable`] and keeps facts only;
//! [`resolve`] turns a table with its samples into a [`tree::Tree`] and takes every decision. Nothing here knows of Rust.

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
