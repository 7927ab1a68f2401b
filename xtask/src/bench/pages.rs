//! Measures the cost of reading a page, with the benchmark of the page readers.

use std::process::Command;

use anyhow::{Context as _, bail, ensure};

use super::report::Table;
use pages::root::Root;

const COLUMNS: [&str; 9] = [
    "layout",
    "rows",
    "page KB",
    "read ms",
    "resolve ms",
    "of reading",
    "µs per row",
    "of the smallest",
    "peak KB",
];

/// Runs `cargo bench` on the page readers and reads the figures from its output.
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
        "Milliseconds of wall time to read and to resolve a generated page of each layout, the microseconds per \
         row to resolve it (also relative to the smallest page), and the peak heap.",
        &COLUMNS,
    );
    // The first line is the heading.
    for line in String::from_utf8_lossy(&output.stdout).lines().skip(1) {
        let cells: Vec<_> = line.split_whitespace().collect();
        ensure!(
            cells.len() == COLUMNS.len(),
            "the benchmark of the page readers: found {line:?}; wanted {} figures",
            COLUMNS.len()
        );
        table.cells(&cells);
    }
    Ok(table)
}
