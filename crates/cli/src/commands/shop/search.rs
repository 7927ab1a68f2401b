//! `aliexpress search`.

use aliexpress::shop::{FoundProduct, Search};
use aliexpress_models::shared::CategoryId;
use clap::Args;
use serde_json::{Value, json};

use super::{MarketArgs, amount, cell, text};
use crate::connection::Connection;
use crate::failure::Failure;
use crate::input::number::{category, count};
use crate::input::settings::Settings;
use crate::output::Output;
use crate::output::progress::Progress;
use crate::output::table::table;

#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Examples:\n  aliexpress search usb cable --market FR/EUR/fr\n  aliexpress search phone --market US/USD/en --sort min_price,asc --limit 50 --json"
)]
pub(crate) struct SearchArgs {
    /// What to search for
    #[arg(value_name = "WORDS", required = true)]
    words: Vec<String>,

    #[command(flatten)]
    market: MarketArgs,

    /// Stops after this many products
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = count)]
    limit: usize,

    /// The sort order: min_price, orders or comments, then asc or desc, such as min_price,asc
    #[arg(long, value_name = "ORDER", value_parser = sort_order)]
    sort: Option<String>,

    /// Searches only this category
    #[arg(long, value_name = "ID", value_parser = category)]
    category: Option<i64>,
}

/// Parses a sort order that the platform documents; it may ignore any other.
fn sort_order(text: &str) -> Result<String, &'static str> {
    let parts = text.split_once(',');
    match parts.is_some_and(|(key, direction)| {
        ["min_price", "orders", "comments"].contains(&key) && ["asc", "desc"].contains(&direction)
    }) {
        true => Ok(text.to_owned()),
        false => {
            Err("wanted min_price, orders or comments, then ,asc or ,desc, such as min_price,asc")
        }
    }
}

pub(crate) fn run(
    args: &SearchArgs,
    settings: &Settings,
    output: &mut Output,
) -> Result<(), Failure> {
    let market = args.market.of("search", settings)?;
    let connection = Connection::open(settings)?;
    let words = args.words.join(" ");
    let mut search = Search::new(words.as_str());
    if let Some(order) = &args.sort {
        search = search.sort_by(order);
    }
    if let Some(category) = args.category {
        search = search.category(CategoryId(category));
    }
    let progress = Progress::call(format!("searching {words:?}"));
    let found = connection.client.search(search, &market);
    let found: Result<Vec<_>, _> = found.take(args.limit).collect();
    drop(progress);
    let found = found?;
    if output.wants_json() {
        return found
            .iter()
            .try_for_each(|product| output.json_line(&described(product)));
    }
    if found.is_empty() {
        return output.line("nothing found");
    }
    let rows = found.iter().map(|product| {
        [
            product.id().map(|id| id.to_string()).unwrap_or_default(),
            text(product.title()),
            cell(product.price()),
            product
                .sold()
                .map(|sold| sold.to_string())
                .unwrap_or_default(),
        ]
    });
    output.line(table(["product", "title", "price", "sold"], rows))
}

fn described(product: &FoundProduct) -> Value {
    json!({
        "product_id": product.id().map(|id| id.to_string()),
        "title": product.title(),
        "price": amount(product.price()),
        "seller_price": amount(product.seller_price()),
        "sold": product.sold(),
        "url": product.url(),
    })
}
