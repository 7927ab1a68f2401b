//! `aliexpress track`.

use aliexpress::shop::{Parcel, Tracking};
use aliexpress_models::EpochMillis;
use aliexpress_models::ds::order_tracking_get::DetailNode;
use aliexpress_models::shared::OrderId;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{LanguageArgs, text};
use crate::commands::order::order_number;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::input::settings::Settings;
use crate::output::Output;
use crate::output::facts::Facts;
use crate::output::progress::Progress;
use crate::output::table::table;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress track 8150000000000001\n  aliexpress track 8150000000000001 --json | jq -r .tracking_number"
)]
pub(crate) struct TrackArgs {
    /// The order id
    #[arg(value_name = "ORDER", value_parser = order_number())]
    order_id: OrderId,

    #[command(flatten)]
    language: LanguageArgs,
}

pub(crate) fn run(
    args: &TrackArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let connection = Connection::open(settings)?;
    let order_id = args.order_id;
    let progress = Progress::call(format!("reading the parcels of order {order_id}"));
    let reply = connection
        .client
        .tracking(order_id, args.language.of(settings));
    drop(progress);
    let reply = reply?;
    let tracking = reply.data();
    if output.wants_json() {
        return tracking
            .parcels()
            .iter()
            .try_for_each(|parcel| output.json_line(&described(order_id, parcel)));
    }
    if *tracking == Tracking::NotShipped {
        output.line(format_args!(
            "order {order_id}: nothing shipped yet, or no such order of the account"
        ))?;
    }
    for parcel in tracking.parcels() {
        shown(parcel, output)?;
    }
    output.request_id(reply.request_id())
}

fn shown(parcel: &Parcel, output: &mut Output) -> Result<(), Failure> {
    output.line(format_args!("parcel {}", text(parcel.number())))?;
    let mut facts = Facts::default();
    facts.add("carrier", parcel.carrier().map(str::to_owned));
    facts.add("expected", parcel.eta_time_stamps.map(moment));
    let items = parcel.package_item_list.iter().map(|item| {
        let quantity = item.quantity.map(|quantity| format!("{quantity} × "));
        let title = item.item_title.as_deref().unwrap_or("(untitled)");
        format!("{}{title}", quantity.unwrap_or_default())
    });
    facts.add("contains", items.collect::<Vec<_>>().join(", "));
    output.line(facts)?;
    if parcel.events().is_empty() {
        return Ok(());
    }
    let rows = parcel.events().iter().map(|event| {
        [
            event.time_stamp.map(moment).unwrap_or_default(),
            text(event.tracking_name.as_deref()),
            text(event.tracking_detail_desc.as_deref()),
        ]
    });
    output.line(table(["time", "event", "what happened"], rows))
}

/// A point in time in UTC; the unchanged number if it is out of range.
fn moment(time: EpochMillis) -> String {
    Timestamp::from_millisecond(time.0)
        .map_or_else(|_| time.0.to_string(), |time| format!("{time:.0}"))
}

fn described(order_id: OrderId, parcel: &Parcel) -> Value {
    let event = |event: &DetailNode| {
        json!({
            "time": event.time_stamp.map(moment),
            "name": event.tracking_name,
            "description": event.tracking_detail_desc,
        })
    };
    json!({
        "order_id": order_id.to_string(),
        "tracking_number": parcel.number(),
        "carrier": parcel.carrier(),
        "expected": parcel.eta_time_stamps.map(moment),
        "events": parcel.events().iter().map(event).collect::<Vec<_>>(),
    })
}
