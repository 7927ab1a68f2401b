//! Measures the cost of building: seconds of processor time of all child processes of cargo.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::Bench;
use super::measure::cargo;
use super::report::Table;
use super::twin;

/// Builds the models and their twin in empty folders: without features, with serde's traits, and with JSON in use.
pub(super) fn table(bench: &Bench<'_>) -> anyhow::Result<Table> {
    let mut table = Table::new(
        "Building",
        "Processor time of a clean release build in hundredths of a second, dependencies included. The floor is \
         the same structs with serde's derive; with JSON, both read answers of three APIs. The models also build \
         without serde, which their own readers of JSON and XML do not need. For all families, the derive is \
         measured for one API in ten, and its cost beyond serde itself multiplied by ten.",
        &["features", "serde's derive", "models", "of the derive"],
    );
    let packages = twin::to_build(bench)?;
    let derive = built(&packages.derive)?;
    table.row("default families", None, derive, &[built(&packages.bare)?]);
    table.row(
        "default families, serde",
        None,
        derive,
        &[built(&packages.with_serde)?],
    );
    let [models, derive] = &packages.with_json;
    table.row(
        "default families, json",
        None,
        built(derive)?,
        &[built(models)?],
    );
    let serde = built(&packages.serde)?;
    let derive = serde + 10 * built(&packages.tenth)?.saturating_sub(serde);
    table.row("all families", None, derive, &[built(&packages.all)?]);
    Ok(table)
}

/// The size of a program that decodes one answer, in bytes.
pub(super) fn sizes(bench: &Bench<'_>) -> anyhow::Result<Table> {
    let mut table = Table::new(
        "Size",
        "Bytes of a stripped release build of a program that decodes a file and prints the answer. The floor is \
         a program that reads a file and prints its length.",
        &["program", "floor", "bytes", "of the floor"],
    );
    let floor = stripped(&twin::reads_a_file(bench)?)?;
    for (name, features) in [
        ("json and one family", Some("\"json\", \"trade\"")),
        ("default features", None),
    ] {
        let program = twin::reads_one_answer(bench, features)?;
        table.row(name, None, floor, &[stripped(&program)?]);
    }
    Ok(table)
}

fn stripped(package: &Path) -> anyhow::Result<u64> {
    let strip = ["--config", "profile.release.strip=true"];
    let build = [&["build", "--release", "--offline"], &strip[..]].concat();
    cargo(package, &build)?;
    let name = package
        .file_name()
        .context("a package without a folder's name")?;
    let program = package.join("target/release").join(name);
    let data = fs::metadata(&program).with_context(|| format!("reading {}", program.display()))?;
    Ok(data.len())
}

/// The processor time of a build in an empty folder, in hundredths of a second.
fn built(package: &Path) -> anyhow::Result<u64> {
    let target = package.join("target");
    if target.exists() {
        fs::remove_dir_all(&target).with_context(|| format!("removing {}", target.display()))?;
    }
    let before = time_of_children()?;
    cargo(package, &["build", "--release", "--offline"])?;
    Ok(time_of_children()? - before)
}

/// The processor time of ended child processes, in user and system mode, in hundredths of a second.
///
/// Source: <https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html>, fields 16 and 17. Linux counts in
/// hundredths of a second on all common machines.
pub(super) fn time_of_children() -> anyhow::Result<u64> {
    let stat = fs::read_to_string("/proc/self/stat")
        .context("reading processor times, which Linux keeps in /proc")?;
    // The second field is the program's name in brackets, which may contain blanks.
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let times = fields.skip(13).take(2);
    times
        .map(|time| time.parse::<u64>().context("reading /proc/self/stat"))
        .sum()
}
