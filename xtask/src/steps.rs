//! Tasks that run other commands: the steps of CI, and the drift report.

use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};

use anyhow::{Context as _, bail};

use pages::families::Families;
use pages::root::Root;

/// The commands that must pass, in order. The first are those of the README.
const CI: &[&str] = &[
    "cargo run --example place_and_follow",
    // Provides a server for the tests of the stores, or prints that there is none.
    "cargo xtask postgres",
    "cargo test --workspace",
    // 16 threads with 10,000 calls each, through both clients.
    "cargo test --workspace --test it --test it_async sixteen_threads_with -- --ignored",
    "cargo run --quiet --example seller_order",
    "cargo run --quiet --example webhook",
    "cargo run --quiet --example async_program",
    "cargo run --quiet --example decode_folder -- fixtures/samples/aliexpress.trade.ds.order.get",
    "cargo fmt --all --check",
    "cargo clippy --workspace --all-targets --all-features -- -D warnings",
    "cargo doc --workspace --no-deps --all-features",
    "cargo check --quiet -p aliexpress-models --no-default-features",
    "cargo check --quiet -p aliexpress --features hyper",
    "cargo check --quiet -p aliexpress-stores --no-default-features --features postgres",
    "cargo xtask families",
    "cargo test -p aliexpress-models --features all --test samples --test shapes",
    "cargo xtask import --check",
    "cargo xtask codegen --check",
    "cargo xtask audit --check",
    // Installs mdBook and cargo-deny, or prints that they cannot be installed in seconds.
    "cargo xtask tools",
    "cargo xtask deny",
    "cargo package --quiet --no-verify --allow-dirty -p aliexpress -p aliexpress-models -p aliexpress-signing \
     -p aliexpress-transport -p aliexpress-stores -p aliexpress-sandbox -p aliexpress-cli",
    "cargo xtask book",
    // Each prints a message and passes if there is no Chromium.
    "bash xtask/book-site/run",
    "bash xtask/sandbox-page/run",
];

/// Runs the commands that must pass, and prints each.
///
/// # Errors
///
/// When a command cannot be started or fails; the remaining ones are not run.
pub fn ci(root: &Root) -> anyhow::Result<()> {
    for line in CI {
        println!("\n$ {line}");
        let mut words = line.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).env("RUSTDOCFLAGS", "-D warnings");
        command.env("CARGO_NET_RETRY", "10");
        let status = command
            .current_dir(root.path())
            .status()
            .with_context(|| format!("starting {line}"))?;
        if !status.success() {
            bail!("{line}: failed with {status}");
        }
    }
    Ok(())
}

/// Provides a PostgreSQL server for the tests of the stores: installs Debian's package if there is none and
/// this is root. Prints the outcome in one line; without a server, those tests are skipped.
pub fn postgres() {
    const INSTALL: &str = "apt-get install --yes --no-install-recommends postgresql";
    if has_postgres() {
        println!("PostgreSQL is installed");
        return;
    }
    let succeeds = |line: &str| {
        let mut words = line.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or_default());
        // A network that swallows packets must not hold up everything else.
        for setting in [
            "Acquire::Retries=2",
            "Acquire::http::Timeout=20",
            "DPkg::Lock::Timeout=60",
        ] {
            command.args(["-o", setting]);
        }
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        let output = command.output();
        output.is_ok_and(|output| output.status.success())
    };
    let is_root = Command::new("id").arg("-u").output();
    let is_root = is_root.is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    // The first attempt fails on a machine that has no list of packages yet.
    if is_root && (succeeds(INSTALL) || (succeeds("apt-get update") && succeeds(INSTALL))) {
        println!("PostgreSQL was installed by {INSTALL:?}");
        return;
    }
    println!(
        "tests on PostgreSQL are skipped: no server is installed, and {INSTALL:?} cannot install one here"
    );
}

/// Places orders under faults and kills, on every database that is available; prints a table and returns the exit
/// code.
///
/// # Errors
///
/// When the attack cannot be started.
pub fn attack(root: &Root, orders: usize, kills: usize, seed: u64) -> anyhow::Result<ExitCode> {
    let status = Command::new("cargo")
        .args(["run", "--quiet", "--release", "-p", "aliexpress-stores"])
        .args(["--features", "postgres", "--example", "attack", "--"])
        .args([orders.to_string(), kills.to_string(), seed.to_string()])
        .current_dir(root.path())
        .status()
        .context("starting the attack")?;
    Ok(exit_code(status))
}

/// Whether the tests of the stores find a PostgreSQL server.
fn has_postgres() -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let debian = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    let mut folders = std::env::split_paths(&path).chain(debian);
    std::env::var_os("STORES_TEST_POSTGRES_BIN").is_some()
        || folders.any(|folder| folder.join("initdb").exists())
}

/// Checks each family of the models alone: no family depends on another, or on the default ones.
///
/// # Errors
///
/// When a check cannot be started or fails; the remaining ones are not run.
pub fn families(root: &Root) -> anyhow::Result<()> {
    for family in Families::load(root)?.iter() {
        let features = format!("json,xml,{}", family.name);
        println!("checking the family {}", family.name);
        let status = Command::new("cargo")
            .args([
                "check",
                "--quiet",
                "-p",
                "aliexpress-models",
                "--no-default-features",
            ])
            .args(["--features", &features])
            .env("RUSTFLAGS", "-D warnings")
            .env("CARGO_TARGET_DIR", root.path().join("target/families"))
            .current_dir(root.path())
            .status()
            .context("starting cargo")?;
        if !status.success() {
            bail!("the family {} alone: failed with {status}", family.name);
        }
    }
    Ok(())
}

/// Compares a stored answer with its model and returns the exit code. It runs a program of the models crate, so that
/// xtask can be built even if the models cannot.
///
/// # Errors
///
/// When the program cannot be started.
pub fn drift(root: &Root, answer: &Path, api: &str) -> anyhow::Result<ExitCode> {
    let answer = std::path::absolute(answer).context("finding the answer's folder")?;
    let status = Command::new("cargo")
        .args([
            "run",
            "--quiet",
            "-p",
            "aliexpress-models",
            "--example",
            "drift",
            "--",
        ])
        .arg(&answer)
        .args(["--api", api])
        .current_dir(root.path())
        .status()
        .context("starting the drift report")?;
    Ok(exit_code(status))
}

fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    code.map_or(ExitCode::FAILURE, ExitCode::from)
}
