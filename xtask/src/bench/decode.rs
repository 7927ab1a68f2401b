//! Compares the speed of `aliexpress decode` with that of the library, with the program's own benchmark.

use anyhow::Context as _;
use pages::root::Root;

use super::measure::cargo;
use super::report::Table;

/// Runs the benchmark of the program.
pub(super) fn table(root: &Root) -> anyhow::Result<Table> {
    let mut table = Table::new(
        "Stored answers",
        "Answers per second of wall time: 100,000 answers of order.get, one per line, by `aliexpress decode \
         --json` and by two loops of the library over the same file on as many threads; the median of five \
         alternating runs. One loop decodes; the other also writes each answer as JSON, as the program does. The \
         goal is at least half the speed of the second loop.",
        &["reader", "answers per second", "the program's part"],
    );
    let report = cargo(
        root.path(),
        &["bench", "-p", "aliexpress-cli", "--bench", "decode"],
    )?;
    for (label, name) in [
        ("program", "`aliexpress decode`"),
        ("decode", "a loop that decodes"),
        ("and write", "a loop that decodes and writes"),
    ] {
        let line = report.lines().find_map(|line| line.strip_prefix(label));
        let line = line.with_context(|| format!("no line {label:?} in {report:?}"))?;
        let mut parts = line.split(',').map(str::trim);
        let speed = parts.next().unwrap_or_default();
        let ratio = parts.find_map(|part| part.strip_prefix("ratio "));
        table.cells(&[name, speed, ratio.unwrap_or_default()]);
    }
    Ok(table)
}
