//! Measures the cost of a call in addition to its exchange, with the client's own benchmark.

use anyhow::Context as _;

use super::measure::cargo;
use super::report::Table;
use pages::root::Root;

/// Runs the benchmark of the client.
pub(super) fn table(root: &Root) -> anyhow::Result<Table> {
    let mut table = Table::new(
        "Calls",
        "Microseconds for one order.get over a reused connection to a server on loopback, including the server \
         and the kernel: built, signed, sent and decoded; the median of many. The bare call posts the same bytes \
         with a common HTTP library, used as its documentation shows, and ignores the answer; all four alternate \
         in one run. Client and server share one processor, because between two the time for waking the other end varies by more than a \
         call. Processor time excludes the machine's other load. The goal is 1.15.",
        &[
            "client",
            "against",
            "measured",
            "bare",
            "client's call",
            "of bare",
        ],
    );
    let report = cargo(
        root.path(),
        &[
            "bench",
            "-p",
            "aliexpress",
            "--features",
            "hyper",
            "--bench",
            "call",
        ],
    )?;
    for way in ["in wall time", "in processor time"] {
        let lines = report.lines().skip_while(|line| *line != format!("{way}:"));
        let lines: Vec<_> = lines
            .skip(1)
            .take_while(|line| !line.ends_with(':'))
            .collect();
        let figure = |label: &str| {
            let line = lines.iter().find_map(|line| line.strip_prefix(label));
            let figure = line.and_then(|line| line.trim().split(',').next());
            figure.with_context(|| format!("no line {label:?} {way} in {report:?}"))
        };
        for (client, over, call) in [
            ("blocking", "ureq", "client"),
            ("async", "reqwest", "async"),
        ] {
            let bare = figure(&format!("bare {over} "))?;
            let ratio = figure(&format!("of {over} "))?;
            let own = figure(&format!("{call} "))?;
            table.cells(&[client, over, way, bare, own, ratio]);
        }
    }
    Ok(table)
}
