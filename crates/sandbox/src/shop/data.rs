//! The data files from which the shop is generated.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Words, stores, categories and currencies.
pub(super) static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../data/catalogue.json")));
/// The address trees, by country.
pub(super) static ADDRESSES: LazyLock<BTreeMap<String, Country>> =
    LazyLock::new(|| read(include_str!("../../data/addresses.json")));
/// The carriers, with the countries that they ship from and to.
pub(super) static CARRIERS: LazyLock<Vec<Carrier>> =
    LazyLock::new(|| read(include_str!("../../data/carriers.json")));

/// Reads a file of this crate.
///
/// # Panics
///
/// If the file is invalid, which tests would have found.
fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("a data file of this crate")
}

#[derive(Debug, Deserialize)]
pub(super) struct Catalogue {
    pub(super) words: Words,
    pub(super) stores: Vec<Store>,
    pub(super) feeds: Vec<String>,
    /// The value of one yuan, in millionths of each currency. Invented, and near the rates of 2025.
    pub(super) currencies: BTreeMap<String, i64>,
    pub(super) categories: Vec<OuterCategory>,
}

/// Words that titles have in addition to the article's name.
#[derive(Debug, Deserialize)]
pub(super) struct Words {
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
}

/// A store that sells.
#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct Store {
    pub(crate) id: i64,
    pub(crate) name: String,
    /// The country from which its goods are shipped, two letters of ISO 3166.
    pub(crate) country: String,
}

impl Store {
    /// The page of the store, without a scheme.
    pub(crate) fn url(&self) -> String {
        format!("//www.aliexpress.com/store/{}", self.id)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct OuterCategory {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) children: Vec<Category>,
}

/// A category of products.
#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct Category {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(super) nouns: Vec<String>,
    pub(crate) options: Vec<OptionData>,
    pub(super) weight_grams: [i64; 2],
    pub(super) price_fen: [i64; 2],
}

/// An option: a property in which the variants of a product differ.
#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct OptionData {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) values: Vec<ValueData>,
}

#[derive(Debug, Deserialize, PartialEq)]
pub(crate) struct ValueData {
    pub(crate) id: i64,
    pub(crate) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Country {
    /// Cities by province.
    pub(super) provinces: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Carrier {
    /// The name that an order gives as `logistics_service_name`.
    pub(super) code: String,
    pub(super) company: String,
    pub(super) from: Vec<String>,
    /// The countries it ships to; empty for all.
    pub(super) to: Vec<String>,
    pub(super) days: [i64; 2],
    pub(super) base_fen: i64,
    pub(super) per_kilogram_fen: i64,
    /// The value of goods above which it ships free of charge; negative for never.
    pub(super) free_above_fen: i64,
    pub(super) most_grams: i64,
    pub(super) tracking: bool,
}
