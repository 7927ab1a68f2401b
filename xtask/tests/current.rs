//! What is generated from tables and overlays is what is committed.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use xtask::codegen::Mode;
use xtask::root::Root;

#[test]
fn generated_code_is_current() {
    xtask::codegen::run(&Root::workspace(), Mode::Check).unwrap();
}

#[test]
fn the_list_of_discrepancies_is_current() {
    xtask::audit::run(&Root::workspace(), Mode::Check).unwrap();
}
