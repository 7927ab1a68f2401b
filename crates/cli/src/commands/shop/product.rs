//! `aliexpress product`.

use aliexpress::shop::{Product, Sku};
use aliexpress_models::shared::ProductId;
use clap::Args;
use serde_json::{Value, json};

use super::{MarketArgs, amount, cell, product_number, properties, text};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::input::settings::Settings;
use crate::output::Output;
use crate::output::facts::Facts;
use crate::output::progress::Progress;
use crate::output::table::table;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress product 1005006789012345 --market FR/EUR/fr\n  aliexpress product 1005006789012345 --market FR/EUR/fr --json | jq -r .sku_id"
)]
pub(crate) struct ProductArgs {
    /// The product id
    #[arg(value_name = "ID", value_parser = product_number())]
    id: ProductId,

    #[command(flatten)]
    market: MarketArgs,
}

pub(crate) fn run(
    args: &ProductArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let market = args.market.of("read the product", settings)?;
    let connection = Connection::open(settings)?;
    let progress = Progress::call(format!("reading product {}", args.id));
    let reply = connection.client.product(args.id, &market);
    drop(progress);
    let reply = reply?;
    let product = reply.data();
    if output.wants_json() {
        for sku in product.skus() {
            output.json_line(&described(product, &sku))?;
        }
        return Ok(());
    }
    output.line(format_args!(
        "product {} for {}",
        product.id(),
        product.market()
    ))?;
    output.line(facts(product))?;
    let rows = product.skus().map(|sku| {
        [
            sku.id().map(ToString::to_string).unwrap_or_default(),
            properties(&sku),
            cell(sku.price()),
            cell(sku.list_price()),
            sku.stock()
                .map(|stock| stock.to_string())
                .unwrap_or_default(),
            text(sku.attr()),
        ]
    });
    let heads = ["variant", "is", "price", "list price", "stock", "sku_attr"];
    output.line(table(heads, rows))?;
    output.request_id(reply.request_id())
}

fn facts(product: &Product) -> Facts {
    let mut facts = Facts::default();
    facts.add("title", product.title().map(str::to_owned));
    let store = product.ae_store_info.as_ref();
    facts.add("store", store.and_then(|store| store.store_name.clone()));
    let base = product.ae_item_base_info_dto.as_ref();
    let status = base.and_then(|base| base.product_status_type.as_ref());
    facts.add("status", status.map(ToString::to_string));
    let rating = base.and_then(|base| base.avg_evaluation_rating.as_ref());
    facts.add("rating", rating.map(ToString::to_string));
    for mismatch in product.mismatches() {
        facts.add("warning", mismatch.to_string());
    }
    facts
}

/// A variant with the id, title and market of its product, so that each line is complete.
fn described(product: &Product, sku: &Sku<'_>) -> Value {
    let properties: serde_json::Map<_, _> = sku
        .properties()
        .map(|(name, value)| (name.to_owned(), Value::from(value)))
        .collect();
    json!({
        "product_id": product.id().to_string(),
        "title": product.title(),
        "market": product.market().to_string(),
        "sku_id": sku.id().map(ToString::to_string),
        "sku_attr": sku.attr(),
        "properties": properties,
        "price": amount(sku.price()),
        "list_price": amount(sku.list_price()),
        "stock": sku.stock(),
        "warnings": product.mismatches().iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
