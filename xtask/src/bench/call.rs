//! What a call costs beyond its exchange, as the client's own benchmark tells.

use anyhow::Context as _;

use super::measure::cargo;
use super::report::Table;
use pages::root::Root;

/// Runs the benchmark of the client.
pub(super) fn table(root: &Root) -> anyhow::Result<Table> {
    let mut table = Table::new(
        "Calls",
        "Microseconds by the clock for one order.get against a server on loopback that keeps the connection, the server \
         and the kernel included: assembled, signed, sent, read; the median of many. Bare ureq posts the same bytes and \
         ignores the answer; the two take turns. At most 1.35 is promised.",
        &["bare ureq", "client", "of bare ureq"],
    );
    let report = cargo(
        root.path(),
        &["bench", "-p", "aliexpress", "--bench", "call"],
    )?;
    let figure = |label: &str| {
        let line = report.lines().find_map(|line| line.strip_prefix(label));
        let figure = line.and_then(|line| line.trim().split(',').next());
        figure.with_context(|| format!("no line {label:?} in {report:?}"))
    };
    table.cells(&[figure("bare ureq")?, figure("client")?, figure("ratio")?]);
    Ok(table)
}
