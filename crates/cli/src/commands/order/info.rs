//! `aliexpress order info`.

use aliexpress_models::shared::{ExtInfo, OrderId};
use clap::{Args, ValueEnum};

use super::order_number;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::input::settings::Settings;
use crate::output::order_detail_view::order_detail_view;
use crate::output::progress::Progress;
use crate::output::tree::tree;
use crate::output::{Answer, Output};

#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  aliexpress order info 10000001 --sandbox --json")]
pub(crate) struct InfoArgs {
    /// The order id
    #[arg(value_name = "ID", value_parser = order_number())]
    order_id: OrderId,

    /// What to include besides the order itself, separated by commas [default: everything]
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    include: Vec<Part>,

    /// Shows every field, with its name on the wire
    #[arg(long, conflicts_with = "json")]
    all: bool,
}

/// Parts of an order's details that can be requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Issue,
    Loan,
    Logistics,
    Buyer,
    Refund,
}

impl InfoArgs {
    fn details(&self) -> ExtInfo {
        let bits = self.include.iter().map(|part| match part {
            Part::Issue => ExtInfo::ISSUE,
            Part::Loan => ExtInfo::LOAN,
            Part::Logistics => ExtInfo::LOGISTICS,
            Part::Buyer => ExtInfo::BUYER,
            Part::Refund => ExtInfo::REFUND,
        });
        bits.reduce(|all, bit| all | bit).unwrap_or(ExtInfo::ALL)
    }
}

pub(crate) fn run(
    args: &InfoArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let connection = Connection::open(settings)?;
    let progress = Progress::call(format!("reading order {}", args.order_id));
    let reply = connection.client.order_info(args.order_id, args.details());
    drop(progress);
    let reply = reply?;
    let request_id = reply.request_id();
    if output.wants_json() {
        let order = reply.data();
        return output.json(&Answer { order, request_id });
    }
    match args.all {
        true => output.line(tree(reply.data()))?,
        false => {
            output.line(order_detail_view(&args.order_id.to_string(), &reply))?;
            output.line("\n--all shows every field")?;
        }
    }
    output.request_id(request_id)
}
