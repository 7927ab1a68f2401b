//! `aliexpress order place`: places an order once, and always reports its outcome.

use std::io::{BufRead, IsTerminal, stdin};
use std::time::SystemTime;

use aliexpress::{Error, NewOrder, OrderRefusal, PlacedOrder, Reply, preflight};
use aliexpress_models::order_create::ProductItem;
use aliexpress_models::shared::OrderId;
use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::connection::Connection;
use crate::connection::journal_file;
use crate::failure::call_failure::as_texts;
use crate::failure::exit::Exit;
use crate::failure::{Failure, note, warn};
use crate::input::Input;
use crate::input::order_file;
use crate::input::parameters_check::UnknownKeys;
use crate::input::settings::Settings;
use crate::interrupt::SendingAnOrder;
use crate::output::Output;
use crate::output::facts::Facts;
use crate::output::moment::timestamp;
use crate::output::progress::Progress;
use crate::printable::printable;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress order place order.json\n  aliexpress order place - --yes --json < order.json\n  aliexpress order place order.json --sandbox"
)]
pub(crate) struct PlaceArgs {
    /// The order as JSON; `-` reads standard input
    #[arg(value_name = "FILE|-")]
    order: Input,

    /// Places the order without asking for confirmation
    #[arg(long)]
    yes: bool,

    /// Permits keys that the API's model lacks
    #[arg(long)]
    allow_unknown: bool,

    /// Settles an order whose outcome is unknown: sends it again under its out_order_id, which the
    /// platform reportedly recognises for 24 hours after it was first sent
    #[arg(long, value_name = "FIRST SENT", value_parser = time)]
    recover: Option<SystemTime>,
}

fn time(text: &str) -> Result<SystemTime, &'static str> {
    let time = text.parse::<Timestamp>().and_then(SystemTime::try_from);
    time.map_err(|_| "wanted a time with its zone, such as 2026-11-21T21:42:06Z")
}

pub(crate) fn run(
    args: &PlaceArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let order = order_file::read(&args.order, UnknownKeys::allowed(args.allow_unknown))?;
    let connection = Connection::with_journal(settings)?;
    warn_of_address(&order, output);
    if !args.yes {
        ask(&order, settings)?;
    }
    let id = order.out_order_id().as_str();
    announce(args, settings, output)?;
    let sending = SendingAnOrder::guard(output.wants_json());
    let progress = Progress::wait(
        format!("placing the order under out_order_id {id:?}"),
        output,
    );
    let placed = match args.recover {
        Some(first_sent) => connection.client.recover_order(&order, first_sent),
        None => connection.client.place_order(&order),
    };
    drop(progress);
    // Still guarded while the outcome is printed: a signal must not end the program before.
    let outcome = match placed {
        Ok(reply) => report(&order, &reply, &next(&reply, settings), output),
        Err(error) => Err(failure(args, settings, error)),
    };
    drop(sending);
    outcome
}

/// Prints, before the order is sent, how to continue if the program is ended.
fn announce(args: &PlaceArgs, settings: &Settings, output: &Output) -> Result<(), Failure> {
    if settings.sandbox {
        return Ok(());
    }
    let path = journal_file::path(settings)?;
    let first_sent = first_sent(args, SystemTime::now());
    let text = format!(
        "recorded the order in {} as sent {first_sent}; if this command is interrupted, settle the order with aliexpress order settle",
        path.display()
    );
    note(&text, output.wants_json());
    Ok(())
}

fn warn_of_address(order: &NewOrder, output: &Output) {
    for warning in preflight::check_order(order.request()) {
        let text = format!("the address may be refused: {warning}");
        warn(&text, output.wants_json());
    }
}

/// Shows the order, and continues only after a yes.
fn ask(order: &NewOrder, settings: &Settings) -> Result<(), Failure> {
    if !stdin().is_terminal() {
        return Err(Failure::usage(
            "ask whether to place the order",
            "no terminal",
            "--yes or a terminal",
        ));
    }
    crate::stderr::line(summary(order, settings));
    crate::stderr::write("Place this order? [y/N] ");
    let mut answer = String::new();
    stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Failure::file("read your answer", &error))?;
    match is_yes(&answer) {
        true => Ok(()),
        false => Err(Failure::new(
            Exit::NotConfirmed,
            "nothing was placed: you did not confirm",
        )),
    }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

fn summary(order: &NewOrder, settings: &Settings) -> Facts {
    let request = order.request();
    let address = &request.order.logistics_address;
    let payment = request
        .ds_extend_request
        .as_ref()
        .and_then(|extend| extend.payment.as_ref());
    let mut facts = Facts::default();
    facts.add("gateway", gateway(settings).to_owned());
    facts.add("out_order_id", order.out_order_id().to_string());
    for item in &request.order.product_items {
        facts.add("item", item_text(item));
    }
    facts.add(
        "deliver to",
        [
            &address.full_name,
            &address.address,
            &address.city,
            &address.province,
            &address.country,
        ]
        .map(String::as_str)
        .join(", "),
    );
    let currency = payment.and_then(|payment| payment.pay_currency.as_deref());
    let payment = match payment.and_then(|payment| payment.try_to_pay) {
        Some(true) => format!(
            "at once, in {}",
            currency.unwrap_or("the account's currency")
        ),
        _ => "not now".to_owned(),
    };
    facts.add("payment", payment);
    facts
}

fn gateway(settings: &Settings) -> &str {
    match settings.sandbox {
        true => "a sandbox",
        false => settings.gateway.as_deref().unwrap_or(aliexpress::GATEWAY),
    }
}

fn item_text(item: &ProductItem) -> String {
    let mut text = format!("{} of product {}", item.product_count, item.product_id);
    if let Some(variant) = &item.sku_attr {
        text.push_str(&format!(", variant {variant}"));
    }
    if let Some(service) = &item.logistics_service_name {
        text.push_str(&format!(", by {service}"));
    }
    text
}

/// Prints the outcome, or fails if the platform refused the order.
fn report(
    order: &NewOrder,
    reply: &Reply<PlacedOrder>,
    next: &[String],
    output: &mut Output,
) -> Result<Exit, Failure> {
    let (word, exit) = match reply.data() {
        PlacedOrder::Created { .. } => ("created", Exit::Done),
        PlacedOrder::CreatedNotPaid { .. } => ("created-not-paid", Exit::NotPaid),
        PlacedOrder::Duplicate { .. } => ("duplicate", Exit::Duplicate),
        PlacedOrder::Refused(refusal) => return Err(refused(order, refusal, reply)),
    };
    if let Err(failure) = print(word, order, reply, next, output) {
        // The order exists: its id must not be lost with the output.
        warn(&in_words(order, reply), output.wants_json());
        failure.print(output.wants_json());
    }
    Ok(exit)
}

fn print(
    word: &str,
    order: &NewOrder,
    reply: &Reply<PlacedOrder>,
    next: &[String],
    output: &mut Output,
) -> Result<(), Failure> {
    if output.wants_json() {
        return output.json(&json!({
            "outcome": word,
            "out_order_id": order.out_order_id().as_str(),
            "order_ids": as_texts(reply.order_ids()),
            "message": message(reply),
            "request_id": reply.request_id(),
        }));
    }
    output.line(in_words(order, reply))?;
    next.iter()
        .try_for_each(|step| output.line(format_args!("next: {step}")))?;
    output.request_id(reply.request_id())
}

fn message(placed: &PlacedOrder) -> Option<&str> {
    match placed {
        PlacedOrder::Created { message, .. } => message.as_deref(),
        PlacedOrder::CreatedNotPaid { reason, .. } => Some(reason),
        _ => None,
    }
}

fn in_words(order: &NewOrder, placed: &PlacedOrder) -> String {
    let id = printable(order.out_order_id().as_str());
    let named = named(placed);
    let mut text = match placed {
        PlacedOrder::CreatedNotPaid { .. } => {
            format!("{named} placed under out_order_id {id}, but not paid")
        }
        PlacedOrder::Duplicate { .. } => {
            format!("{named} was already placed under out_order_id {id}; nothing was placed now")
        }
        _ => format!("{named} placed under out_order_id {id}"),
    };
    if let Some(message) = message(placed) {
        text.push_str(&format!("; the platform says: {}", printable(message)));
    }
    text
}

fn named(placed: &PlacedOrder) -> String {
    let ids = as_texts(placed.order_ids());
    match ids.len() {
        0 => "an order".to_owned(),
        1 => format!("order {}", ids.concat()),
        _ => format!("orders {}", ids.join(", ")),
    }
}

/// What to do next.
fn next(placed: &PlacedOrder, settings: &Settings) -> Vec<String> {
    if settings.sandbox {
        return vec!["aliexpress sandbox starts a sandbox that keeps its orders".to_owned()];
    }
    if placed.order_ids().is_empty() {
        return vec!["look for the order on the platform's site".to_owned()];
    }
    let step = |id: &OrderId| match placed {
        PlacedOrder::CreatedNotPaid { .. } => {
            format!(
                "pay for it in a browser; aliexpress order get {id} --wait 60 shows the deadline"
            )
        }
        _ => format!("aliexpress order watch {id}"),
    };
    placed.order_ids().iter().map(step).collect()
}

fn refused(order: &NewOrder, refusal: &OrderRefusal, reply: &Reply<PlacedOrder>) -> Failure {
    let mut sentence = format!("platform refused the order: {refusal}");
    if let Some(id) = reply.request_id() {
        sentence.push_str(&format!(", request id {id}"));
    }
    let mut failure = Failure::new(Exit::Refused, sentence)
        .detail("code", refusal.code.as_str())
        .detail("message_of_platform", refusal.message.clone())
        .detail("out_order_id", order.out_order_id().as_str())
        .detail("request_id", reply.request_id());
    if let Some(info) = refusal.info {
        failure = failure.with_cause(info);
    }
    failure.hint("no order was placed")
}

/// The failure for an error of the call: whether an order may exist, and how to continue.
fn failure(args: &PlaceArgs, settings: &Settings, error: Error) -> Failure {
    let Some(open) = error.unknown_outcome() else {
        return match error.is_usage() {
            true => error.into(),
            false => Failure::from(error).hint("no order was placed"),
        };
    };
    let first_sent = first_sent(args, open.sent_at);
    let too_late = open.cause().is_some_and(Error::is_usage);
    let failure = Failure::from(error)
        .detail("first_sent", first_sent.as_str())
        .hint("do not place it under another out_order_id: if the first order exists, that would be a second one");
    let failure = failure.hint(match too_late {
        true => "look for the order on the platform's site; aliexpress order note records what you found".to_owned(),
        false => format!(
            "within 20 hours, aliexpress order place {} --recover {first_sent} sends it again under the same \
             id, which does not place a second order",
            args.order.as_argument()
        ),
    });
    match too_late || settings.sandbox {
        true => failure,
        false => failure.hint("aliexpress order settle settles every open order"),
    }
}

/// Rounded down to the second, which shortens the 24 hours and never extends them.
fn first_sent(args: &PlaceArgs, sent_at: SystemTime) -> String {
    timestamp(args.recover.unwrap_or(sent_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_y_and_yes_confirm() {
        for yes in ["y", "Y\n", " yes \r\n"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n", "yep", "no", "ja"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
