//! Compares the cost of a call in the sandbox with that in a bare server.

use super::measure::{Program, cargo};
use super::report::Table;
use pages::root::Root;

/// Counts the instructions of both servers.
pub(super) fn table(root: &Root) -> anyhow::Result<Table> {
    let mut table = Table::new(
        "Sandbox",
        "Instructions of the server for one call over a reused connection, without the kernel: an order with one \
         line, and a search result of 7 KB. The floor is a bare hyper server that answers the same \
         bytes. `cargo bench -p aliexpress-sandbox` measures requests per second, compared with the same server.",
        &["call", "floor", "sandbox", "of the floor"],
    );
    let example = "bench_sandbox";
    let build = [
        "build",
        "--release",
        "-p",
        "aliexpress-sandbox",
        "--example",
    ];
    cargo(root.path(), &[&build[..], &[example]].concat())?;
    let program = Program::new(root.path().join("target/release/examples").join(example));
    for call in ["order", "search"] {
        let floor = program.instructions(&["hyper", call])?;
        let sandbox = program.instructions(&["sandbox", call])?;
        table.row(call, None, floor, &[sandbox]);
    }
    Ok(table)
}
