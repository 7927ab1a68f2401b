//! Runs rustfmt on everything that is generated.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};
use pages::output::File;
use pages::root::Root;

/// The number of processes that share the files.
const RUNS: usize = 4;

/// The files as rustfmt writes them.
///
/// # Errors
///
/// When rustfmt is not installed, or cannot parse a file.
pub(super) fn formatted(root: &Root, files: Vec<File>) -> anyhow::Result<Vec<File>> {
    let folder = root.path().join("target/codegen");
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    let formatted = in_folder(root, files, &folder);
    fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    formatted
}

fn in_folder(root: &Root, files: Vec<File>, folder: &Path) -> anyhow::Result<Vec<File>> {
    let path = |at: usize| folder.join(format!("file{at}.rs"));
    let mut paths = Vec::new();
    for (at, file) in files.iter().enumerate() {
        if !names_modules(&file.text) {
            let path = path(at);
            fs::write(&path, &file.text).with_context(|| format!("writing {}", path.display()))?;
            paths.push(path);
        }
    }
    let length = paths.len().div_ceil(RUNS).max(1);
    let runs = paths.chunks(length).map(|paths| start(root, paths));
    let runs: Vec<Child> = runs.collect::<Result<_, _>>()?;
    let mut formatted = Vec::new();
    for file in &files {
        // Given a file, rustfmt also formats the files of its modules; from standard input it does not.
        formatted.push(match names_modules(&file.text) {
            true => Some(through(root, &file.text)?),
            false => None,
        });
    }
    for run in runs {
        finish(run)?;
    }
    let files = files.into_iter().zip(formatted).enumerate();
    let read = |(at, (file, text)): (usize, (File, Option<String>))| {
        let text = match text {
            Some(text) => text,
            None => fs::read_to_string(path(at)).context("reading what rustfmt has written")?,
        };
        Ok(File { text, ..file })
    };
    files.map(read).collect()
}

fn names_modules(text: &str) -> bool {
    let is_module =
        |line: &str| line.trim_start_matches("pub ").starts_with("mod ") && line.ends_with(';');
    text.lines().any(is_module)
}

fn start(root: &Root, paths: &[PathBuf]) -> anyhow::Result<Child> {
    let mut command = Command::new("rustfmt");
    command.args(["--edition", "2024", "--quiet"]).args(paths);
    if root.path().join("rustfmt.toml").exists() {
        command.arg("--config-path").arg(root.path());
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("starting rustfmt, which comes with the toolchain's component of that name")
}

fn through(root: &Root, text: &str) -> anyhow::Result<String> {
    let mut run = start(root, &[])?;
    if let Some(mut input) = run.stdin.take() {
        input
            .write_all(text.as_bytes())
            .context("sending code to rustfmt")?;
    }
    finish(run)
}

fn finish(run: Child) -> anyhow::Result<String> {
    let output = run.wait_with_output().context("waiting for rustfmt")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "cannot format generated code: rustfmt reports {}",
            said.trim()
        );
    }
    String::from_utf8(output.stdout).context("reading what rustfmt has written")
}
