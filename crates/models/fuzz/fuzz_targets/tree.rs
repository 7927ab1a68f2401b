#![no_main]
#![allow(dead_code, reason = "each target uses a part of the properties")]

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| oracle::tree(bytes));
