//! `aliexpress order watch`.

use std::time::{Duration, Instant, SystemTime};

use aliexpress::{Error, Reply};
use aliexpress_models::order_get::Order;
use aliexpress_models::shared::{LogisticsStatus, OrderId, OrderStatus};
use clap::Args;
use serde_json::json;

use super::order_number;
use crate::connection::Connection;
use crate::failure::exit::Exit;
use crate::failure::{Failure, warn};
use crate::input::settings::{Settings, seconds};
use crate::output::Output;
use crate::output::moment::timestamp;
use crate::output::order_status::{is_over, meaning};
use crate::output::progress::Progress;
use crate::printable::printable;

/// How long to wait for a new order to become visible without `--within`.
const VISIBLE_WITHIN: Duration = Duration::from_secs(60);

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress order watch 8187300604617185 --until WAIT_BUYER_ACCEPT_GOODS\n  aliexpress order watch 8187300604617185 --every 60 --within 3600 --json"
)]
pub(crate) struct WatchArgs {
    /// The order id
    #[arg(value_name = "ID", value_parser = order_number())]
    order_id: OrderId,

    /// Stops when the order has this status, such as WAIT_BUYER_ACCEPT_GOODS
    #[arg(long, value_name = "STATUS", value_parser = |text: &str| status(text))]
    until: Option<OrderStatus>,

    /// The interval between checks
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    every: Duration,

    /// Gives up after this long
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    within: Option<Duration>,
}

/// Parses a documented status. With any other, the command might wait for ever.
fn status(text: &str) -> Result<OrderStatus, String> {
    let documented = OrderStatus::DOCUMENTED.iter();
    let mut found = documented.filter(|status| status.as_str().eq_ignore_ascii_case(text));
    found.next().cloned().ok_or_else(|| {
        let names: Vec<_> = OrderStatus::DOCUMENTED
            .iter()
            .map(OrderStatus::as_str)
            .collect();
        format!("wanted one of {}", names.join(", "))
    })
}

pub(crate) fn run(
    args: &WatchArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let connection = Connection::open(&settings.within(args.within))?;
    let started = Instant::now();
    let order_id = args.order_id;
    let progress = Progress::wait(
        format!("waiting for order {order_id} to become visible"),
        output,
    );
    let visible_within = args.within.unwrap_or(VISIBLE_WITHIN);
    let first = connection.client.wait_for_order(order_id, visible_within)?;
    let mut state = state_of(&first);
    progress.hide_while(|| report(args, &state, output))?;
    while !ended(args, &state)? {
        progress.say(format!("watching order {order_id}"));
        pause(args, started, &state)?;
        let checked = connection.client.order(order_id);
        let Some(order) = unless_transient(checked, &progress, output)? else {
            continue;
        };
        let now = state_of(&order);
        if now != state {
            progress.hide_while(|| report(args, &now, output))?;
            state = now;
        }
    }
    Ok(())
}

/// Waits until the next check, or fails if the time limit has passed.
fn pause(args: &WatchArgs, started: Instant, state: &State) -> Result<(), Failure> {
    let left = args
        .within
        .map(|within| within.saturating_sub(started.elapsed()));
    if left.is_some_and(|left| left.is_zero()) {
        return Err(out_of_time(args, state));
    }
    std::thread::sleep(left.map_or(args.every, |left| left.min(args.every)));
    Ok(())
}

/// The order, or `None` after an error that a later check may not have.
fn unless_transient(
    checked: Result<Reply<Order>, Error>,
    progress: &Progress,
    output: &Output,
) -> Result<Option<Reply<Order>>, Failure> {
    match checked {
        Ok(reply) => Ok(Some(reply)),
        Err(error) if error.may_retry() && error.order_not_visible().is_none() => {
            let warning = format!("{error}; checking again");
            progress.hide_while(|| warn(&warning, output.wants_json()));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// The status of the order and of its goods.
type State = (Option<OrderStatus>, Option<LogisticsStatus>);

fn state_of(order: &Order) -> State {
    (order.order_status.clone(), order.logistics_status.clone())
}

fn report(args: &WatchArgs, (status, goods): &State, output: &mut Output) -> Result<(), Failure> {
    let at = timestamp(SystemTime::now());
    let code = status.as_ref().map_or("no status", OrderStatus::as_str);
    let goods = goods.as_ref().map(LogisticsStatus::as_str);
    if output.wants_json() {
        return output.json_line(&json!({
            "order_id": args.order_id.to_string(),
            "at": at,
            "order_status": status.as_ref().map(OrderStatus::as_str),
            "logistics_status": goods,
        }));
    }
    let meaning = status.as_ref().map(meaning).unwrap_or_default();
    let goods = goods.unwrap_or_default();
    let line = format!("{at}  {}  {}  {meaning}", printable(code), printable(goods));
    output.line(line.trim_end())
}

/// Whether the order has the wanted status, or is finished. Fails if it is finished without the wanted status.
fn ended(args: &WatchArgs, (status, _): &State) -> Result<bool, Failure> {
    let Some(status) = status else {
        return Ok(false);
    };
    match &args.until {
        Some(wanted) if wanted == status => Ok(true),
        Some(wanted) if is_over(status) => Err(Failure::new(
            Exit::OutOfTime,
            format!(
                "cannot wait for order {} any longer: found it finished with {status}; wanted {wanted}",
                args.order_id
            ),
        )),
        _ => Ok(is_over(status)),
    }
}

fn out_of_time(args: &WatchArgs, (status, _): &State) -> Failure {
    let found = status.as_ref().map_or("no status", OrderStatus::as_str);
    let wanted = args
        .until
        .as_ref()
        .map_or("it finished", OrderStatus::as_str);
    let within = args.within.unwrap_or_default().as_secs_f64();
    Failure::new(
        Exit::OutOfTime,
        format!(
            "cannot wait for order {} any longer: found {} after {within} s; wanted {wanted}",
            args.order_id,
            printable(found)
        ),
    )
    .detail("order_id", args.order_id.to_string())
}
