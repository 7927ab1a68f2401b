//! Maintainers' tasks: from a saved documentation page to tables, from tables to code, and the checks in between.
//!
//! Three rooms, with data at each door: [`read`] turns a page into a [`table::FieldTable`] and keeps facts only;
//! [`resolve`] turns a table with its samples into a [`tree::Tree`] and takes every decision; code is written from trees.

pub mod audit;
pub mod bench;
pub mod codegen;
pub mod commands;
pub mod read;
pub mod resolve;
pub mod root;
pub mod table;
pub mod tree;
pub mod type_text;
