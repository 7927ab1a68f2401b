//! `aliexpress order open`, `list`, `settle`, `find` and `note`: the orders in the journal.

use aliexpress::journal::{Conclusion, JournalError, JournaledOrder, OrderJournal, OrderState};
use aliexpress::orders::{FoundOrder, SettledOrder};
use aliexpress_models::shared::OrderId;
use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::order_number;
use crate::connection::Connection;
use crate::connection::journal_file;
use crate::failure::call_failure::as_texts;
use crate::failure::exit::Exit;
use crate::failure::{Failure, warn};
use crate::input::settings::Settings;
use crate::interrupt::SendingAnOrder;
use crate::output::Output;
use crate::output::moment::{distance, timestamp};
use crate::output::order_view::order_view;
use crate::output::progress::Progress;
use crate::output::table::table;
use crate::printable::printable;

/// Whose orders to show, in a journal that other programs use, too. Commands that send orders do not have it: they must
/// record an order under the account whose session they use.
#[derive(Args, Clone, Debug)]
pub(super) struct AccountArgs {
    /// The account in the journal, as another program names it with `ClientBuilder::account` [default: app key and profile]
    #[arg(
        long,
        value_name = "NAME",
        value_parser = NonEmptyStringValueParser::new(),
        conflicts_with_all = ["app_key", "profile", "gateway"]
    )]
    account: Option<String>,
}

impl AccountArgs {
    fn name(&self, settings: &Settings) -> String {
        let name = self.account.clone();
        name.unwrap_or_else(|| journal_file::account(settings))
    }

    fn description(&self) -> String {
        match &self.account {
            Some(name) => format!("the account {name:?}"),
            None => "this app key and profile".to_owned(),
        }
    }
}

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress order open --json\n  aliexpress order open --journal shop.db --account shop"
)]
pub(crate) struct OpenArgs {
    #[command(flatten)]
    account: AccountArgs,
}

#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  aliexpress order find shop-2026-000123")]
pub(crate) struct FindArgs {
    /// Your own id, under which the order was placed
    out_order_id: String,
}

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress order note shop-2026-000123 --placed 8187300604617185\n  aliexpress order note shop-2026-000123 --none"
)]
#[command(group = ArgGroup::new("found").args(["placed", "none"]).required(true))]
pub(crate) struct NoteArgs {
    /// Your own id, under which the order was placed
    out_order_id: String,

    /// The platform's id of an order that you found; repeatable
    #[arg(long, value_name = "ID", value_parser = order_number())]
    placed: Vec<OrderId>,

    /// States that no order exists under this id; it can then be placed again
    #[arg(long)]
    none: bool,

    #[command(flatten)]
    account: AccountArgs,
}

pub(crate) fn open(
    args: &OpenArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let journal = journal_file::open_existing(settings, output.wants_json())?;
    let account = args.account.name(settings);
    let orders = journal.map(|journal| journal.open(&account)).transpose()?;
    let orders = orders.unwrap_or_default();
    let nothing = format!("no order of {} is open", args.account.description());
    show(&orders, &nothing, output)
}

/// Lists the latest orders of the journal, the newest first.
pub(super) fn list(
    last: usize,
    account: &AccountArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let journal = journal_file::open_existing(settings, output.wants_json())?;
    let name = account.name(settings);
    let orders = journal
        .map(|journal| journal.latest(&name, last))
        .transpose()?;
    let orders = orders.unwrap_or_default();
    let nothing = format!("the journal has no orders of {}", account.description());
    show(&orders, &nothing, output)
}

pub(crate) fn note(
    args: &NoteArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let journal = journal_file::open(settings)?;
    let account = args.account.name(settings);
    let (state, note) = match args.none {
        true => (OrderState::NotPlaced, "noted: no order exists"),
        false => (OrderState::Placed, "noted manually"),
    };
    let known = journal.find(&account, &args.out_order_id)?;
    let known = known.ok_or_else(|| JournalError::unknown_order(&args.out_order_id))?;
    let conclusion = Conclusion::new(known.attempts, state, std::time::SystemTime::now())
        .order_ids(args.placed.as_slice())
        .note(note);
    journal.conclude(&account, &args.out_order_id, &conclusion)?;
    let known = journal.find(&account, &args.out_order_id)?;
    if args.none && known.as_ref().is_some_and(|known| known.state != state) {
        let text = "the journal already has proof that the order exists; it stays recorded";
        warn(text, output.wants_json());
    }
    show(known.as_slice(), "", output)
}

pub(crate) fn find(
    args: &FindArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let connection = Connection::with_journal(settings)?;
    let progress = Progress::call("finding the order".to_owned());
    let found = connection.client.find_order(&args.out_order_id)?;
    drop(progress);
    let Some(known) = &found.journal else {
        return Err(not_in_the_journal(&args.out_order_id));
    };
    if output.wants_json() {
        return output.json(&found_json(known, &found));
    }
    output.line(rows([known]))?;
    for (id, order) in &found.orders {
        output.line("")?;
        output.line(order_view(&id.to_string(), order, Timestamp::now()))?;
    }
    found.hidden.iter().try_for_each(|id| {
        output.line(format_args!(
            "order {id} is not visible: it is too new, or another account's"
        ))
    })?;
    match known.order_ids.is_empty() {
        true => output.line("the platform has no call that finds an order by this id; within 20 hours of first sending it, use aliexpress order settle"),
        false => Ok(()),
    }
}

fn not_in_the_journal(out_order_id: &str) -> Failure {
    let id: String = out_order_id.chars().take(80).collect();
    Failure::usage(
        "find the order",
        format_args!("nothing under out_order_id {id:?} in the journal"),
        "an order that this program placed",
    )
}

fn found_json(known: &JournaledOrder, found: &FoundOrder) -> Value {
    let orders = found.orders.iter().map(|(id, order)| {
        let order = serde_json::to_value(order).unwrap_or_default();
        json!({"order_id": id.to_string(), "order": order})
    });
    json!({
        "journal": described(known),
        "orders": orders.collect::<Vec<_>>(),
        "hidden": as_texts(&found.hidden),
    })
}

/// Settles the open orders. If any stays open, the exit code is that of an unknown outcome.
pub(crate) fn settle(settings: &Settings, output: &mut Output) -> Result<Exit, Failure> {
    let connection = Connection::with_journal(settings)?;
    let sending = SendingAnOrder::guard(output.wants_json());
    let progress = Progress::wait("settling open orders".to_owned(), output);
    let settled = connection.client.settle_open_orders()?;
    drop((progress, sending));
    if output.wants_json() {
        settled
            .iter()
            .try_for_each(|order| output.json_line(&settled_json(order)))?;
    } else if settled.is_empty() {
        output.line("no order is open")?;
    }
    let mut exit = Exit::Done;
    for order in &settled {
        if order.outcome.is_err() {
            exit = Exit::UnknownOutcome;
        }
        if !output.wants_json() {
            output.line(in_words(order))?;
        }
    }
    Ok(exit)
}

fn in_words(settled: &SettledOrder) -> String {
    let id = printable(&settled.out_order_id);
    match &settled.outcome {
        Ok(reply) => {
            let ids = as_texts(reply.order_ids()).join(", ");
            let named = match ids.is_empty() {
                true => "an order whose id the platform does not state".to_owned(),
                false => format!("order {ids}"),
            };
            format!("{id}: settled: {named}")
        }
        Err(error) => {
            let first_sent = timestamp(settled.first_sent);
            format!(
                "{id}: still open, first sent {first_sent}: {}",
                printable(&error.to_string())
            )
        }
    }
}

fn settled_json(settled: &SettledOrder) -> Value {
    let mut object = json!({
        "out_order_id": settled.out_order_id,
        "first_sent": timestamp(settled.first_sent),
        "settled": settled.outcome.is_ok(),
    });
    match &settled.outcome {
        Ok(reply) => object["order_ids"] = as_texts(reply.order_ids()).into(),
        Err(error) => object["why"] = error.to_string().into(),
    }
    object
}

fn show(orders: &[JournaledOrder], nothing: &str, output: &mut Output) -> Result<(), Failure> {
    if output.wants_json() {
        return orders
            .iter()
            .try_for_each(|order| output.json_line(&described(order)));
    }
    match orders.is_empty() {
        true => output.line(nothing),
        false => output.line(rows(orders)),
    }
}

fn rows<'a>(orders: impl IntoIterator<Item = &'a JournaledOrder>) -> String {
    let now = Timestamp::now();
    let rows = orders.into_iter().map(|order| {
        let first_sent = timestamp(order.first_sent);
        let ago = Timestamp::try_from(order.first_sent).map_or_else(
            |_| String::new(),
            |time| format!(" ({})", distance(time, now)),
        );
        [
            printable(&order.out_order_id).into_owned(),
            order.state.as_str().to_owned(),
            as_texts(&order.order_ids).join(", "),
            format!("{first_sent}{ago}"),
            order.attempts.to_string(),
            printable(&order.note).into_owned(),
        ]
    });
    table(
        [
            "out_order_id",
            "state",
            "orders",
            "first sent",
            "sent",
            "note",
        ],
        rows,
    )
}

/// An order as JSON, without the request, which contains the recipient.
fn described(order: &JournaledOrder) -> Value {
    json!({
        "out_order_id": order.out_order_id,
        "state": order.state.as_str(),
        "order_ids": as_texts(&order.order_ids),
        "first_sent": timestamp(order.first_sent),
        "changed": timestamp(order.changed),
        "attempts": order.attempts,
        "note": order.note,
    })
}
