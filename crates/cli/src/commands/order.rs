//! `aliexpress order`: placing, reading and following orders.

mod get;
mod info;
mod journal;
mod list;
mod place;
mod watch;

use aliexpress_models::shared::OrderId;
use clap::Subcommand;
use clap::builder::TypedValueParser;

use crate::failure::Failure;
use crate::failure::exit::Exit;
use crate::input::settings::Settings;
use crate::output::Output;

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum OrderCommand {
    /// Places an order, after asking
    Place(place::PlaceArgs),
    /// Lists the orders whose outcome is open, by the journal
    #[command(after_help = "Examples:\n  aliexpress order open --json")]
    Open,
    /// Settles the orders whose outcome is open: finds them, or places them under the same out_order_id
    #[command(
        after_help = "Examples:\n  aliexpress order settle\n  aliexpress order settle --json"
    )]
    Settle,
    /// Lists the orders that the journal knows, or a seller's at the platform
    List(list::ListArgs),
    /// Finds an order by the id of your own, and places nothing
    Find(journal::FindArgs),
    /// Records what you found out about an open order by other means
    Note(journal::NoteArgs),
    /// Shows an order as its buyer sees it
    Get(get::GetArgs),
    /// Shows an order as its seller sees it
    Info(info::InfoArgs),
    /// Prints each change of an order until it is over
    Watch(watch::WatchArgs),
}

pub(crate) fn run(
    command: &OrderCommand,
    settings: &Settings,
    output: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        OrderCommand::Place(args) => return place::run(args, settings, output),
        OrderCommand::Open => journal::open(settings, output)?,
        OrderCommand::Settle => return journal::settle(settings, output),
        OrderCommand::List(args) => list::run(args, settings, output)?,
        OrderCommand::Find(args) => journal::find(args, settings, output)?,
        OrderCommand::Note(args) => journal::note(args, settings, output)?,
        OrderCommand::Get(args) => get::run(args, settings, output)?,
        OrderCommand::Info(args) => info::run(args, settings, output)?,
        OrderCommand::Watch(args) => watch::run(args, settings, output)?,
    }
    Ok(Exit::Done)
}

/// Reads an order's number.
pub(crate) fn order_number() -> impl TypedValueParser<Value = OrderId> {
    |text: &str| {
        let number = text.parse().ok().filter(|number| *number > 0);
        number
            .map(OrderId)
            .ok_or("wanted an order's number, such as 8150000000000001")
    }
}
