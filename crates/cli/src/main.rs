//! The AliExpress Open Platform at a terminal.

mod call_failure;
mod cli;
mod commands;
mod connection;
mod exit;
mod facts;
mod failure;
mod input;
mod interrupt;
mod journal_file;
mod log;
mod loopback;
mod members;
mod moment;
mod order_detail_view;
mod order_file;
mod order_status;
mod order_view;
mod output;
mod parameters;
mod printable;
mod progress;
mod refusal;
mod settings;
mod table;
mod token_file;
mod tree;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use exit::Exit;
use failure::Failure;
use output::Output;
use settings::Settings;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_parsed(&error),
    };
    cli.settings.color.apply();
    log::start(cli.settings.detail(), cli.settings.json);
    match run(&cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print(cli.settings.json);
            failure.exit().into()
        }
    }
}

/// Prints help, or what is wrong with the command line; for programs as JSON, if they asked for it.
fn not_parsed(error: &clap::Error) -> ExitCode {
    let asked_for_json = std::env::args_os().any(|arg| arg == "--json");
    if error.exit_code() == 0 || !asked_for_json {
        // Nothing is left to be done where not even this can be printed.
        let _ = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Usage.code()));
    }
    let text = error.render().to_string();
    let first = text.lines().next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    Failure::new(Exit::Usage, message).print(true);
    Exit::Usage.into()
}

fn run(cli: &Cli) -> Result<Exit, Failure> {
    let output = &mut Output::new(cli.settings.json);
    let settings = || Settings::read(&cli.settings);
    match &cli.command {
        Command::Order(command) => return commands::order::run(command, &settings()?, output),
        Command::Call(args) => commands::call::run(args, &settings()?, output)?,
        Command::Auth(command) => return commands::auth::run(command, &settings()?, output),
        Command::Apis => commands::apis::run(output)?,
        Command::Decode(args) => return commands::decode::run(args, output),
        Command::Push(command) => return commands::push::run(command, &settings()?, output),
        Command::Explain(args) => commands::explain::run(args, output)?,
        Command::Sign(args) => commands::sign::run(args, &settings()?, output)?,
        Command::Sandbox(args) => {
            let app_key = cli.settings.app_key.as_deref();
            commands::sandbox::run(args, app_key, output)?;
        }
        Command::Completions(args) => commands::completions::run(args, output)?,
        Command::Man(args) => commands::man::run(args, output)?,
    }
    Ok(Exit::Done)
}
