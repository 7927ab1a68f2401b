//! The tasks on pages that the programs `pages` and `cargo xtask` offer at a terminal.

pub mod fields;
pub mod import;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;

use crate::audit;
use crate::output::Mode;
use crate::root::Root;
use crate::sources::Stated;

/// A task on pages.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Write the content of saved pages and portal JSON into fixtures/tables, fixtures/samples and fixtures/trees
    Import {
        /// Saved files, or folders of them; if omitted, only the trees are written again
        #[arg(value_name = "PATH")]
        pages: Vec<PathBuf>,
        /// Name of the source in fixtures/sources.toml [default: by the file's folder, else by its layout]
        #[arg(long, value_name = "NAME")]
        source: Option<String>,
        /// Day or month of the files, if they do not state it themselves
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
        /// Write nothing; fail if a tree differs from what the tables and overlays give
        #[arg(long, conflicts_with = "pages")]
        check: bool,
    },
    /// Print the resolved field tree of a saved documentation page
    Fields {
        /// A saved page
        #[arg(value_name = "PAGE")]
        page: PathBuf,
        /// Print JSON, for programs
        #[arg(long)]
        json: bool,
        /// Exit with code 1 if anything is unproven
        #[arg(long)]
        strict: bool,
    },
    /// Write docs/discrepancies.md: the contradictions of the pages, and how they were settled
    Audit {
        /// Write nothing; fail if it is stale
        #[arg(long)]
        check: bool,
    },
}

impl Task {
    /// Runs the task on the files below `root`.
    ///
    /// # Errors
    ///
    /// When a page cannot be read, a file cannot be written, or a check fails.
    pub fn run(self, root: &Root) -> anyhow::Result<ExitCode> {
        match self {
            Self::Import {
                pages,
                source,
                as_of,
                check,
            } => {
                if check {
                    return import::check(root).map(|()| ExitCode::SUCCESS);
                }
                let report = import::run(root, &pages, &Stated { source, as_of })?;
                for line in &report.lines {
                    show(&format!("{line}\n"))?;
                }
                for line in &report.failed {
                    eprintln!("error: {line}");
                }
                Ok(match report.failed.is_empty() {
                    true => ExitCode::SUCCESS,
                    false => ExitCode::FAILURE,
                })
            }
            Self::Fields { page, json, strict } => print_fields(root, &page, json, strict),
            Self::Audit { check } => audit::run(root, Mode::of(check)).map(|()| ExitCode::SUCCESS),
        }
    }
}

/// Writes to standard output. If the reader closes the pipe early, this is not an error.
fn show(text: &str) -> io::Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn print_fields(root: &Root, page: &Path, json: bool, strict: bool) -> anyhow::Result<ExitCode> {
    let tree = fields::tree(root, page)?;
    let unproven: Vec<_> = tree
        .findings
        .iter()
        .filter(|finding| !finding.proven)
        .collect();
    if json {
        show(&format!("{}\n", fields::json(&tree)?))?;
        for finding in &unproven {
            eprintln!("unproven: {}", fields::sentence(finding));
        }
    } else {
        show(&fields::text(&tree))?;
    }
    Ok(if strict && !unproven.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// A page's file name and bytes.
fn page(path: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let bytes =
        std::fs::read(path).with_context(|| format!("reading the page {}", path.display()))?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    Ok((name.unwrap_or_default(), bytes))
}

/// The current day in UTC, as `yyyy-mm-dd`.
fn today() -> String {
    jiff::Timestamp::now()
        .to_zoned_datetime(jiff::tz::TimeZone::UTC)
        .date()
        .to_string()
}
