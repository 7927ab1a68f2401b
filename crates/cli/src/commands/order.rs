//! `aliexpress order`: places, reads and watches orders.

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
use crate::input::settings::flags::{
    CallSettings, JournalSettings, OrderSettings, SettingsArgs as _, With,
};
use crate::output::Output;

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum OrderCommand {
    /// Places an order, after asking for confirmation
    Place(With<place::PlaceArgs, OrderSettings>),
    /// Lists the orders in the journal whose outcome is unknown
    Open(With<journal::OpenArgs, JournalSettings>),
    /// Settles the orders whose outcome is unknown: finds them, or places them under the same out_order_id
    #[command(
        after_help = "Examples:\n  aliexpress order settle\n  aliexpress order settle --json"
    )]
    Settle(OrderSettings),
    /// Lists the orders in the journal, or a seller's orders on the platform
    List(With<list::ListArgs, OrderSettings>),
    /// Finds an order by your own id, without placing it
    Find(With<journal::FindArgs, OrderSettings>),
    /// Records what you found out about an open order by other means
    Note(With<journal::NoteArgs, JournalSettings>),
    /// Shows an order as its buyer sees it
    Get(With<get::GetArgs, CallSettings>),
    /// Shows an order as its seller sees it
    Info(With<info::InfoArgs, CallSettings>),
    /// Prints each change of an order until it is finished
    Watch(With<watch::WatchArgs, CallSettings>),
}

pub(crate) fn run(command: &OrderCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        OrderCommand::Place(place) => {
            return place::run(&place.args, &place.settings.read()?, output);
        }
        OrderCommand::Open(open) => journal::open(&open.args, &open.settings.read()?, output)?,
        OrderCommand::Settle(settings) => return journal::settle(&settings.read()?, output),
        OrderCommand::List(list) => list::run(&list.args, &list.settings.read()?, output)?,
        OrderCommand::Find(find) => journal::find(&find.args, &find.settings.read()?, output)?,
        OrderCommand::Note(note) => journal::note(&note.args, &note.settings.read()?, output)?,
        OrderCommand::Get(get) => get::run(&get.args, &get.settings.read()?, output)?,
        OrderCommand::Info(info) => info::run(&info.args, &info.settings.read()?, output)?,
        OrderCommand::Watch(watch) => watch::run(&watch.args, &watch.settings.read()?, output)?,
    }
    Ok(Exit::Done)
}

/// Parses an order id.
pub(crate) fn order_number() -> impl TypedValueParser<Value = OrderId> {
    |text: &str| {
        let number = text.parse().ok().filter(|number| *number > 0);
        number
            .map(OrderId)
            .ok_or("wanted an order id, such as 8150000000000001")
    }
}
