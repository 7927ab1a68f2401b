//! The committed generated files are those that the tables and overlays give.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use pages::output::Mode;
use pages::root::Root;

#[test]
fn generated_code_is_current() {
    xtask::codegen::run(&Root::workspace(), Mode::Check).unwrap();
}

#[test]
fn trees_follow_from_tables_and_overlays() {
    pages::commands::import::check(&Root::workspace()).unwrap();
}

#[test]
fn the_list_of_discrepancies_is_current() {
    pages::audit::run(&Root::workspace(), Mode::Check).unwrap();
}
