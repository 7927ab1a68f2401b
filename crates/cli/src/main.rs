//! The AliExpress Open Platform at a terminal.

mod cli;
mod commands;
mod connection;
mod failure;
mod input;
mod interrupt;
mod loopback;
mod output;
mod printable;
mod stderr;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use cli::{Cli, Command};
use commands::shop;
use failure::Failure;
use failure::exit::Exit;
use input::settings::flags::SettingsArgs as _;
use output::Output;
use output::log::Detail;

fn main() -> ExitCode {
    let command = with_negative_numbers(Cli::command());
    let parsed = command.try_get_matches().and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches)?;
        Ok((cli, Detail::of(&matches)))
    });
    let (cli, detail) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return not_parsed(&error),
    };
    cli.output.color.apply();
    output::log::start(detail, cli.output.json);
    match run(&cli) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            failure.print(cli.output.json);
            failure.exit().into()
        }
    }
}

/// Reads `-1` as a value and not as an unknown flag, so that the error says what its argument wants.
fn with_negative_numbers(command: clap::Command) -> clap::Command {
    command
        .allow_negative_numbers(true)
        .mut_subcommands(with_negative_numbers)
}

/// Prints help, or the error in the command line, with `--json` as JSON.
fn not_parsed(error: &clap::Error) -> ExitCode {
    let asked_for_json = std::env::args_os().any(|arg| arg == "--json");
    if error.exit_code() == 0 || !asked_for_json {
        let printed = error.print();
        let exit = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Usage.code()));
        return match printed {
            Err(io) if !error.use_stderr() => {
                let failure = Failure::output(&io);
                failure.print(asked_for_json);
                failure.exit().into()
            }
            _ => exit,
        };
    }
    let text = error.render().to_string();
    // The lines up to the first blank one are the message; usage and hints follow.
    let lines: Vec<_> = text
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    let message = lines.join(" ");
    Failure::new(
        Exit::Usage,
        message.strip_prefix("error: ").unwrap_or(&message),
    )
    .print(true);
    Exit::Usage.into()
}

fn run(cli: &Cli) -> Result<Exit, Failure> {
    let output = &mut Output::new(cli.output.json);
    match &cli.command {
        Command::Order(command) => return commands::order::run(command, output),
        Command::Product(product) => {
            shop::product::run(&product.args, &product.settings.read()?, output)?
        }
        Command::Search(search) => {
            shop::search::run(&search.args, &search.settings.read()?, output)?
        }
        Command::Freight(freight) => {
            shop::freight::run(&freight.args, &freight.settings.read()?, output)?
        }
        Command::Track(track) => shop::track::run(&track.args, &track.settings.read()?, output)?,
        Command::Links(links) => {
            return shop::links::run(&links.args, &links.settings.read()?, output);
        }
        Command::Address(address) => {
            shop::address::run(&address.args, &address.settings.read()?, output)?
        }
        Command::Categories(categories) => {
            shop::categories::run(&categories.args, &categories.settings.read()?, output)?
        }
        Command::Call(call) => commands::call::run(&call.args, &call.settings.read()?, output)?,
        Command::Auth(command) => return commands::auth::run(command, output),
        Command::Push(command) => return commands::push::run(command, output),
        Command::Sign(sign) => commands::sign::run(&sign.args, &sign.settings.read()?, output)?,
        Command::Apis(args) => commands::apis::run(args, output)?,
        Command::Decode(args) => return commands::decode::run(args, output),
        Command::Explain(args) => commands::explain::run(args, output)?,
        Command::Sandbox(args) => commands::sandbox::run(args, output)?,
        Command::Completions(args) => commands::completions::run(args, Cli::command(), output)?,
        Command::Man(args) => commands::man::run(args, Cli::command(), output)?,
    }
    Ok(Exit::Done)
}
