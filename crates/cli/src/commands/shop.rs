//! Commands for shops: products, searches, freight, parcels, affiliate links, addresses, categories.

pub(crate) mod address;
pub(crate) mod categories;
pub(crate) mod freight;
pub(crate) mod links;
pub(crate) mod product;
pub(crate) mod search;
pub(crate) mod track;

use aliexpress::shop::{Market, Money, Sku};
use aliexpress_models::shared::ProductId;
use clap::Args;
use clap::builder::TypedValueParser;

use crate::failure::Failure;
use crate::input::settings::Settings;
use serde_json::{Value, json};

/// The market option.
#[derive(Args, Clone, Debug)]
pub(crate) struct MarketArgs {
    /// The buyer's market: country, currency and language, such as FR/EUR/fr [environment: ALIEXPRESS_MARKET; profile: market]
    #[arg(long, value_name = "FR/EUR/fr", value_parser = market)]
    market: Option<Market>,
}

impl MarketArgs {
    /// The market of the option, or else of the settings.
    pub(crate) fn of(&self, doing: &str, settings: &Settings) -> Result<Market, Failure> {
        let market = self.market.clone().or_else(|| settings.market.clone());
        market.ok_or_else(|| {
            Failure::usage(
                doing,
                "no market",
                "--market FR/EUR/fr, ALIEXPRESS_MARKET, or `market` in the profile",
            )
        })
    }
}

fn market(text: &str) -> Result<Market, String> {
    text.parse()
        .map_err(|error: aliexpress::Error| error.to_string())
}

/// The language option.
#[derive(Args, Clone, Debug)]
pub(crate) struct LanguageArgs {
    /// The language, such as fr or pt_BR [default: that of the market in the settings, else English]
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
}

impl LanguageArgs {
    /// The language of the option, or else of the market in the settings, or else English.
    pub(crate) fn of<'a>(&'a self, settings: &'a Settings) -> &'a str {
        let market = settings.market.as_ref();
        let language = self.language.as_deref();
        language.or(market.map(Market::locale)).unwrap_or("en")
    }
}

/// Parses a product id.
fn product_number() -> impl TypedValueParser<Value = ProductId> {
    |text: &str| {
        let number = text.parse().ok().filter(|number| *number > 0);
        number
            .map(ProductId)
            .ok_or("wanted a product id, such as 1005006789012345")
    }
}

/// An amount with its currency, for a cell; empty if there is none.
fn cell(money: Option<Money>) -> String {
    money.map(|money| money.to_string()).unwrap_or_default()
}

/// An amount with its currency as JSON; `null` if there is none.
fn amount(money: Option<Money>) -> Value {
    money.map_or(
        Value::Null,
        |money| json!({ "amount": money.amount.to_string(), "currency": money.currency }),
    )
}

/// The properties of a variant, as `Color: Black, Size: M`.
fn properties(sku: &Sku<'_>) -> String {
    let pairs = sku
        .properties()
        .map(|(name, value)| format!("{name}: {value}"));
    pairs.collect::<Vec<_>>().join(", ")
}

/// A text for a cell; empty if there is none.
fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}
