//! Counts the instructions and measures the time of programs whose last argument is a number of iterations.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, bail};

/// A program to measure, with its first arguments.
pub(super) struct Program {
    path: PathBuf,
    first: Vec<String>,
}

impl Program {
    pub(super) fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            first: Vec::new(),
        }
    }

    pub(super) fn with(path: &str, first: &[&str]) -> Self {
        Self {
            path: path.into(),
            first: first.iter().map(|&word| word.to_owned()).collect(),
        }
    }

    pub(super) fn output(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(&self.path);
        run(command.args(&self.first).args(arguments)).map(|(text, _)| text)
    }

    /// Instructions of one iteration: the difference between two runs, so that the cost of starting cancels out.
    pub(super) fn instructions(&self, arguments: &[&str]) -> anyhow::Result<u64> {
        const FEW: u64 = 5;
        const MANY: u64 = 25;
        let few = self.counted(arguments, FEW)?;
        let many = self.counted(arguments, MANY)?;
        Ok(many.saturating_sub(few) / (MANY - FEW))
    }

    fn counted(&self, arguments: &[&str], iterations: u64) -> anyhow::Result<u64> {
        let mut command = Command::new("valgrind");
        command
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(&self.path)
            .args(&self.first)
            .args(arguments)
            .arg(iterations.to_string());
        let (_, log) = run(&mut command).context("counting instructions with valgrind")?;
        let count = log
            .split("Collected :")
            .nth(1)
            .and_then(|rest| rest.split_whitespace().next());
        count
            .and_then(|count| count.parse().ok())
            .with_context(|| format!("no count of instructions in {log:?}"))
    }

    /// The wall time of one iteration in microseconds, the best of several runs; `None` if the program is not
    /// installed.
    pub(super) fn microseconds(&self, arguments: &[&str]) -> anyhow::Result<Option<f64>> {
        const FEW: u32 = 50;
        const MANY: u32 = 550;
        const TRIES: u32 = 5;
        let is_installed = Command::new(&self.path).arg("--version").output().is_ok();
        if !is_installed {
            return Ok(None);
        }
        let mut best = f64::INFINITY;
        for _ in 0..TRIES {
            let few = self.timed(arguments, FEW)?;
            let many = self.timed(arguments, MANY)?;
            best = best.min((many - few) * 1e6 / f64::from(MANY - FEW));
        }
        Ok(Some(best))
    }

    fn timed(&self, arguments: &[&str], iterations: u32) -> anyhow::Result<f64> {
        let start = Instant::now();
        self.output(&[arguments, &[&iterations.to_string()]].concat())?;
        Ok(start.elapsed().as_secs_f64())
    }
}

/// Runs cargo in `folder`, and returns its standard output.
pub(super) fn cargo(folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    run(Command::new("cargo").args(arguments).current_dir(folder)).map(|(text, _)| text)
}

/// Standard output and standard error of a command that must succeed.
fn run(command: &mut Command) -> anyhow::Result<(String, String)> {
    let line = format!("{command:?}");
    let output = command
        .output()
        .with_context(|| format!("starting {line}"))?;
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        bail!("{line}: failed with {}\n{log}", output.status);
    }
    Ok((String::from_utf8_lossy(&output.stdout).into_owned(), log))
}
