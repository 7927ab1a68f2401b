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
         and the kernel included: assembled, signed, sent, read; the median of many. The bare call of the HTTP library \
         beneath posts the same bytes and ignores the answer; all four take turns in one run. The goal is 1.15.",
        &["client", "over", "bare", "client's call", "of bare"],
    );
    let report = cargo(
        root.path(),
        &[
            "bench",
            "-p",
            "aliexpress",
            "--features",
            "reqwest",
            "--bench",
            "call",
        ],
    )?;
    let figure = |label: &str| {
        let line = report.lines().find_map(|line| line.strip_prefix(label));
        let figure = line.and_then(|line| line.trim().split(',').next());
        figure.with_context(|| format!("no line {label:?} in {report:?}"))
    };
    for (client, over, call) in [
        ("blocking", "ureq", "client"),
        ("async", "reqwest", "async"),
    ] {
        let bare = figure(&format!("bare {over} "))?;
        let ratio = figure(&format!("of {over} "))?;
        table.cells(&[client, over, bare, figure(&format!("{call} "))?, ratio]);
    }
    Ok(table)
}
