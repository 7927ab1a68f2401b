//! `aliexpress man`: prints the manual, generated from the definition of the command line.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use crate::failure::Failure;
use crate::output::Output;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress man | man -l -\n  aliexpress man --out ~/.local/share/man/man1"
)]
pub(crate) struct ManArgs {
    /// Writes a page per command into this folder instead
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &ManArgs, program: Command, output: &mut Output) -> Result<(), Failure> {
    match &args.out {
        None => {
            let mut page = Vec::new();
            Man::new(program)
                .render(&mut page)
                .map_err(|error| Failure::output(&error))?;
            output.bytes(&page)
        }
        Some(folder) => {
            let doing = format!("write manual pages to {}", folder.display());
            std::fs::create_dir_all(folder)
                .and_then(|()| clap_mangen::generate_to(program, folder))
                .map_err(|error| Failure::file(doing, &error))
        }
    }
}
