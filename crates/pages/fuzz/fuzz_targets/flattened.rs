//! A page that begins with a table in the flattened layout: for any text after that, reading and resolving end with a
//! value or an error.

#![no_main]

use pages::read::page;
use pages::resolve::{Decisions, resolve};

const HEAD: &str = "GET/POST\nexample.thing.get\nResponse Parameters\nName\nType\nDescription\n";

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for page_bytes in [bytes, &[HEAD.as_bytes(), bytes].concat()] {
        if let Ok(table) = page("page.txt", page_bytes, "2026-01-01") {
            let _ = resolve(&table, &Decisions::default(), &pages::resolve::Model::default());
        }
    }
});
