//! `aliexpress freight`.

use aliexpress::Client;
use aliexpress::shop::{Freight, Market, Product, ShippingOption, Sku, SkuRef};
use aliexpress_models::shared::{ProductId, SkuId};
use clap::Args;
use serde_json::{Value, json};

use super::{MarketArgs, amount, cell, product_number, properties, text};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::input::number::quantity;
use crate::input::settings::Settings;
use crate::output::Output;
use crate::output::progress::Progress;
use crate::output::table::table;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress freight 1005006789012345 --market FR/EUR/fr\n  aliexpress freight 1005006789012345 --sku 12000012345678901 --quantity 3 --market FR/EUR/fr --json"
)]
pub(crate) struct FreightArgs {
    /// The product id
    #[arg(value_name = "ID", value_parser = product_number())]
    id: ProductId,

    /// The variant, as `aliexpress product` lists it [default: the first in stock]
    #[arg(long, value_name = "VARIANT")]
    sku: Option<String>,

    /// The number of pieces
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = quantity)]
    quantity: i64,

    #[command(flatten)]
    market: MarketArgs,
}

pub(crate) fn run(
    args: &FreightArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let market = &args.market.of("ask for freight", settings)?;
    let connection = Connection::open(settings)?;
    let progress = Progress::call(format!("reading the shipping options of {}", args.id));
    let (sku, variant_text) = variant(args, &connection.client, market)?;
    let reply = connection.client.freight(&sku, args.quantity, market);
    drop(progress);
    let reply = reply?;
    let freight = reply.data();
    if output.wants_json() {
        return freight
            .options
            .iter()
            .try_for_each(|option| output.json_line(&described(&sku, freight, option)));
    }
    output.line(format_args!(
        "{} of product {} to {market}, variant {variant_text}",
        args.quantity, args.id
    ))?;
    let rows = freight.options.iter().map(|option| {
        [
            text(option.service()),
            text(option.name()),
            cell(option.fee()),
            days(option),
            tracked(option).to_owned(),
            marks(freight, option),
        ]
    });
    output.line(table(
        ["service", "name", "fee", "days", "tracked", ""],
        rows,
    ))?;
    output.request_id(reply.request_id())
}

/// The requested variant or the first in stock, and its description for people.
fn variant(
    args: &FreightArgs,
    client: &Client,
    market: &Market,
) -> Result<(SkuRef, String), Failure> {
    if let Some(sku) = &args.sku {
        let (product, sku) = (args.id, SkuId(sku.clone()));
        let variant_text = sku.to_string();
        return Ok((SkuRef { product, sku }, variant_text));
    }
    let reply = client.product(args.id, market)?;
    let product: &Product = reply.data();
    let in_stock = |sku: &Sku<'_>| sku.stock().is_none_or(|stock| stock >= args.quantity);
    let Some(sku) = product.skus().find(in_stock) else {
        return Err(Failure::usage(
            "choose a variant",
            format_args!("none with {} in stock", args.quantity),
            "one that is named by --sku",
        ));
    };
    let number = sku.id().map(ToString::to_string).unwrap_or_default();
    let more = match properties(&sku) {
        properties if properties.is_empty() => String::new(),
        properties => format!(" ({properties})"),
    };
    Ok((
        sku.reference(),
        format!("{number}{more}, the first in stock"),
    ))
}

fn days(option: &ShippingOption) -> String {
    match option.days() {
        (Some(least), Some(most)) if least != most => format!("{least} to {most}"),
        (_, Some(most)) => most.to_string(),
        (Some(least), None) => format!("from {least}"),
        (None, None) => String::new(),
    }
}

fn tracked(option: &ShippingOption) -> &'static str {
    match option.is_tracked() {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    }
}

fn is(best: Option<&ShippingOption>, option: &ShippingOption) -> bool {
    best.is_some_and(|best| std::ptr::eq(best, option))
}

fn marks(freight: &Freight, option: &ShippingOption) -> String {
    let cheapest = is(freight.cheapest(), option).then_some("cheapest");
    let fastest = is(freight.fastest(), option).then_some("fastest");
    let marks: Vec<_> = cheapest.into_iter().chain(fastest).collect();
    marks.join(", ")
}

fn described(sku: &SkuRef, freight: &Freight, option: &ShippingOption) -> Value {
    let (min_days, max_days) = option.days();
    json!({
        "product_id": sku.product.to_string(),
        "sku_id": sku.sku.to_string(),
        "service": option.service(),
        "name": option.name(),
        "fee": amount(option.fee()),
        "min_days": min_days,
        "max_days": max_days,
        "tracked": option.is_tracked(),
        "cheapest": is(freight.cheapest(), option),
        "fastest": is(freight.fastest(), option),
    })
}
