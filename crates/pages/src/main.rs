//! The program `pages`: imports saved documentation pages, shows them and reports on them.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use pages::commands::Task;
use pages::root::Root;

/// Turns saved documentation pages into tables, trees and the report on them.
#[derive(Parser)]
#[command(name = "pages", arg_required_else_help = true)]
struct Arguments {
    /// Folder that holds `fixtures` [default: this workspace]
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    task: Task,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let root = arguments.root.map_or_else(Root::workspace, Root::at);
    match arguments.task.run(&root) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
