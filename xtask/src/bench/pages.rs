//! What reading a page costs, from the benchmark of the page readers.

use std::process::Command;

use anyhow::{Context as _, bail};

use super::report::Table;
use pages::root::Root;

/// Runs `cargo bench` on the page readers and takes over its lines.
pub(super) fn table(root: &Root) -> anyhow::Result<Table> {
    let output = Command::new("cargo")
        .args(["bench", "--quiet", "-p", "pages", "--bench", "pages"])
        .current_dir(root.path())
        .output()
        .context("starting the benchmark of the page readers")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("the benchmark of the page readers failed: {}", said.trim());
    }
    let mut table = Table::new(
        "Pages",
        "Milliseconds by the clock, and the heap at its peak, to read and resolve made-up pages in each layout: both \
         grow with the rows.",
        &[
            "layout",
            "rows",
            "page KB",
            "read ms",
            "resolve ms",
            "µs per row",
            "peak KB",
            "bytes per row",
        ],
    );
    // The first line is the heading.
    for line in String::from_utf8_lossy(&output.stdout).lines().skip(1) {
        let cells: Vec<_> = line.split_whitespace().collect();
        table.cells(&cells);
    }
    Ok(table)
}
