//! Measures the time from a clone to the first typed order: README's first command with an empty target folder.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::compile::time_of_children;
use super::measure::cargo;
use super::report::Table;
use pages::root::Root;

/// The number of crates in the list of the slowest ones.
const LISTED: usize = 12;

/// Builds and runs the example; dependencies must have been fetched.
pub(super) fn tables(root: &Root) -> anyhow::Result<[Table; 2]> {
    let target = root.path().join("target/bench/first-order");
    if target.exists() {
        fs::remove_dir_all(&target).with_context(|| format!("removing {}", target.display()))?;
    }
    let (before, started) = (time_of_children()?, Instant::now());
    cargo(
        root.path(),
        &[
            "run",
            "--offline",
            "--timings",
            "--example",
            "place_and_follow",
            "--target-dir",
            &target.to_string_lossy(),
        ],
    )?;
    let clock = started.elapsed().as_secs_f64();
    let processor = (time_of_children()? - before) as f64 / 100.0;
    let units = units(&target)?;
    Ok([total(clock, processor, units.len()), longest(units)])
}

fn total(clock: f64, processor: f64, units: usize) -> Table {
    let mut table = Table::new(
        "First order",
        "`cargo run --example place_and_follow` in a fresh clone, with dependencies fetched: seconds until an \
         order was placed and read, including two seconds in which the example waits for its order to become \
         visible. Processor time is the sum of all cores; wall time depends on the machine's load.",
        &["compilations", "processor s", "clock s"],
    );
    table.cells(&[
        &units.to_string(),
        &format!("{processor:.0}"),
        &format!("{clock:.0}"),
    ]);
    table
}

fn longest(mut units: Vec<(String, f64)>) -> Table {
    let mut table = Table::new(
        "First order, by crate",
        "The crates that take longest, build scripts included, in wall time. Compilations run in parallel; the \
         share is that of the sum of all compilation times.",
        &["crate", "s", "share"],
    );
    let all: f64 = units.iter().map(|(_, seconds)| seconds).sum();
    units.sort_by(|a, b| a.0.cmp(&b.0));
    // The times of a crate and of its build script are added.
    units.dedup_by(|second, first| {
        let same = first.0 == second.0;
        first.1 += if same { second.1 } else { 0.0 };
        same
    });
    units.sort_by(|a, b| b.1.total_cmp(&a.1));
    for (name, seconds) in units.iter().take(LISTED) {
        let share = format!("{:.0} %", 100.0 * seconds / all);
        table.cells(&[name, &format!("{seconds:.1}"), &share]);
    }
    table
}

/// The crate of every compilation and its seconds, from the data in cargo's report.
fn units(target: &Path) -> anyhow::Result<Vec<(String, f64)>> {
    let path = target.join("cargo-timings/cargo-timing.html");
    let page = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    let data = page
        .split_once("const UNIT_DATA = ")
        .and_then(|(_, rest)| rest.split_once("];"))
        .with_context(|| format!("no UNIT_DATA in {}", path.display()))?;
    let units: Vec<Value> = serde_json::from_str(&format!("{}]", data.0))
        .with_context(|| format!("reading UNIT_DATA in {}", path.display()))?;
    ensure!(
        !units.is_empty(),
        "nothing was compiled into {}",
        target.display()
    );
    let named = units.iter().map(|unit| {
        let name = unit["name"]
            .as_str()
            .context("a compilation without a name")?;
        let seconds = unit["duration"]
            .as_f64()
            .context("a compilation without a duration")?;
        Ok((name.to_owned(), seconds))
    });
    named.collect()
}
