//! The AliExpress Open Platform at a terminal.

fn main() {}
