//! What a call costs beyond its exchange, as the client's own benchmark tells.

use anyhow::Context as _;

use super::measure::cargo;
use super::report::Table;
use crate::root::Root;

/// Runs the benchmark of the client.
pub(super) fn table(root: &Root) -> anyhow::Result<Table> {
    let mut table = Table::new(
        "Calls",
        "Microseconds for one order.get against a server on loopback that keeps the connection: assembled, signed, \
         sent, read. Bare ureq posts the same bytes and ignores the answer; batches of either take turns. The clock \
         counts the server and the kernel, too; at most 1.35 is promised.",
        &["by", "bare ureq", "client", "of bare ureq"],
    );
    let report = cargo(
        root.path(),
        &["bench", "-p", "aliexpress", "--bench", "call"],
    )?;
    for (label, name) in [
        ("wall", "clock"),
        ("thread cpu", "processor time of the caller"),
    ] {
        let line = report.lines().find_map(|line| line.strip_prefix(label));
        let cells = line.with_context(|| format!("no line {label:?} in {report:?}"))?;
        let cells: Vec<_> = [name].into_iter().chain(cells.split_whitespace()).collect();
        table.cells(&cells);
    }
    Ok(table)
}
