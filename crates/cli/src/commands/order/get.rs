//! `aliexpress order get`.

use std::time::Duration;

use aliexpress_models::shared::OrderId;
use clap::Args;
use jiff::Timestamp;

use super::order_number;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::input::settings::{Settings, seconds};
use crate::output::order_view::order_view;
use crate::output::progress::Progress;
use crate::output::{Answer, Output};

#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  aliexpress order get 10000001 --sandbox")]
pub(crate) struct GetArgs {
    /// The order id
    #[arg(value_name = "ID", value_parser = order_number())]
    order_id: OrderId,

    /// Waits up to this long for a new order to become visible, which takes some seconds
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    wait: Option<Duration>,
}

pub(crate) fn run(args: &GetArgs, settings: &Settings, output: &mut Output) -> Result<(), Failure> {
    let connection = Connection::open(settings)?;
    let (client, order_id) = (&connection.client, args.order_id);
    let reply = match args.wait {
        Some(within) => {
            let _progress = Progress::wait(
                format!("waiting for order {order_id} to become visible"),
                output,
            );
            client.wait_for_order(order_id, within)
        }
        None => {
            let _progress = Progress::call(format!("reading order {order_id}"));
            client.order(order_id)
        }
    }?;
    let request_id = reply.request_id();
    if output.wants_json() {
        let order = reply.data();
        return output.json(&Answer { order, request_id });
    }
    output.line(order_view(&order_id.to_string(), &reply, Timestamp::now()))?;
    output.request_id(request_id)
}
